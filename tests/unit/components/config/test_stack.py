"""The stack's config: what is valid, and the line that each mistake gets."""

import json
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from components.artifacts.artifact import LocalArtifact
from components.config.endpoint import Instances
from components.config.scaling import Scaling
from components.config.stack import ConfigError, StackConfig, load_config
from components.config.strict import Strict
from tests.unit.components.config.conftest import (
    ASYNC,
    CANARY,
    CAPTURE,
    FOREST,
    MINIMAL,
    MISSING,
    SHADOW,
    VPC,
    as_the_engine_gives_it,
    changed,
    load,
    mistakes,
)

ROOT = Path(__file__).parents[4]


def test_a_minimal_config_is_read_with_its_defaults():
    config = load(MINIMAL)
    iris = config.endpoints["iris"]
    forest = iris.variants["forest"]
    assert forest.artifact == LocalArtifact(Path("build/iris-forest"))
    assert forest.instances == Instances(type="ml.m5.large", min=2, max=6)
    assert forest.weight == 1
    assert iris.scaling == Scaling.model_validate({"target": "1200/min"})
    assert config.direct.routes["/iris"].endpoint == "iris"
    standard = config.direct.plans["standard"]
    assert (standard.throttle.rate, standard.throttle.burst, standard.quota) == (50, 100, 100_000)
    assert standard.keys == ["data-science"]
    assert config.logs.retention == 90


@pytest.mark.parametrize("path", sorted(ROOT.glob("Pulumi.*.yaml")), ids=lambda path: path.name)
def test_the_configs_in_the_repository_are_valid(path):
    config = yaml.safe_load(path.read_text())["config"]
    values = {k: v if isinstance(v, str) else json.dumps(v) for k, v in config.items()}
    assert isinstance(load_config(values), StackConfig)


@pytest.mark.parametrize(
    ("key", "fix"),
    [
        ("ml-gatway:logs", "Write ml-gateway:logs if that is meant."),
        ("ml-gateway-dev:endpoints", "Write ml-gateway:endpoints if that is meant."),
        ("datadog:apiKey", "Remove it."),
    ],
)
def test_a_key_of_another_namespace_would_be_ignored_and_is_refused(key, fix):
    values = as_the_engine_gives_it(MINIMAL) | {key: "s3cret"}
    with pytest.raises(ConfigError) as refused:
        load_config(values)
    assert str(refused.value).splitlines()[1:] == [
        f"  {key}: not used. Allowed: keys that begin with one of ml-gateway:, aws:, pulumi:. {fix}"
    ]


def test_the_engines_own_keys_are_left_to_it():
    assert load_config(as_the_engine_gives_it(MINIMAL) | {"pulumi:tags": "{}"})


THREE = [
    (f"{FOREST}.instances", {"type": "ml.m5.large", "min": 3, "max": 2, "spot": True}),
    ("endpoints.iris.scaling.target", "20/s"),
]


def test_three_mistakes_in_one_endpoint_are_named_in_one_error():
    assert mistakes(changed(*THREE)) == [
        f"{FOREST}.instances.max: 2. Allowed: a whole number from 3 (min) to 100. "
        "Raise max or lower min.",
        f"{FOREST}.instances.spot: unknown key, with the value true. "
        "Allowed: the keys type, min, max. Remove it.",
        'endpoints.iris.scaling.target: "20/s". Allowed: a whole number above 0, '
        "of up to 9 digits, followed by /min. Write it like 1200/min.",
    ]


def test_three_mistakes_in_three_layers_are_named_in_one_error():
    config = changed(
        (f"{FOREST}.instances.max", 1),
        ("direct.plans.standard.quota", "9/s"),
        ("direct.plan", {}),
    )
    assert mistakes(config) == [
        f"{FOREST}.instances.max: 1. Allowed: a whole number from 2 (min) to 100. "
        "Raise max or lower min.",
        'direct.plans.standard.quota: "9/s". Allowed: a whole number above 0, '
        "of up to 9 digits, followed by /day. Write it like 100000/day.",
        "direct.plan: unknown key, with the value {}. Allowed: the keys routes, auth, plans, "
        "throttle, cors, page, waf, tracing. Remove it, or write plans if that is meant.",
    ]


FROM_1_TO = "Allowed: a whole number from 1 to"
NUMBER = "Write a number without quotes and without decimals."
ENTRIES = "Allowed: 1 or more entries. Add one."
RETENTION = (
    "Allowed: one of 1d, 3d, 5d, 7d, 14d, 30d, 60d, 90d, 120d, 150d, 180d, 365d, 400d, 545d, "
    "731d, 1096d, 1827d, 2192d, 2557d, 2922d, 3288d, 3653d."
)
VARIANT = MINIMAL["endpoints"]["iris"]["variants"]["forest"]
DIRECT_KEYS = "the keys routes, auth, plans, throttle, cors, page, waf, tracing"

ONE_MISTAKE = [
    ("image", "ml-gateway:latest", 'image: "ml-gateway:latest". Allowed: repository@sha256: and '
     "64 hex digits, the repository in this account's registry and without its host. "
     "Pin the image by its digest."),
    ("imgae", "x", 'imgae: unknown key, with the value "x". Allowed: the keys image, endpoints, '
     "direct, network, data, logs. Remove it, or write image if that is meant."),
    ("endpoints.iris.variants", {}, f"endpoints.iris.variants: {{}}. {ENTRIES}"),
    ("endpoints.iris.variants", {f"v{n}": VARIANT for n in range(11)},
     "endpoints.iris.variants: an object. Allowed: 10 or fewer entries. Remove some."),
    ("endpoints.iris.variants", {"Forest": VARIANT}, 'endpoints.iris.variants: the name "Forest". '
     "Allowed: 1 to 20 lower-case letters, digits and single dashes between them, a letter first. "
     "Rename it."),
    (FOREST, [], f"{FOREST}: []. Allowed: an object with the keys artifact, models, image, "
     "instances, serverless, weight. Write an object."),
    (f"{FOREST}.artifact", "/etc", f'{FOREST}.artifact: "/etc". Allowed: a local folder, '
     "s3://bucket/key@sha256:<hex>, or the ARN of a model package's version. "
     "Give a folder inside the project, relative to its root."),
    (f"{FOREST}.weight", 0, f"{FOREST}.weight: 0. {FROM_1_TO} 1000. Raise it."),
    (f"{FOREST}.weight", "9", f'{FOREST}.weight: "9". {FROM_1_TO} 1000. {NUMBER}'),
    (f"{FOREST}.instances.min", 2.0, f"{FOREST}.instances.min: 2.0. "
     f"Allowed: a whole number from 0 to 100. {NUMBER}"),
    (f"{FOREST}.instances.max", 101, f"{FOREST}.instances.max: 101. {FROM_1_TO} 100. Lower it."),
    (f"{FOREST}.instances.max", True, f"{FOREST}.instances.max: true. {FROM_1_TO} 100. {NUMBER}"),
    (f"{FOREST}.instances.max", MISSING, f"{FOREST}.instances.max: missing. Allowed: Upper limit "
     "of autoscaling, instances; at least min. Capped by policy. Add it."),
    (f"{FOREST}.instances.type", 5, f"{FOREST}.instances.type: 5. "
     "Allowed: an instance type of SageMaker hosting. Write it like ml.m5.large."),
    ("direct", MISSING, f"direct: missing. Allowed: an object with {DIRECT_KEYS}. Add it."),
    ("direct.routes", {}, f"direct.routes: {{}}. {ENTRIES}"),
    ("direct.plans", [], "direct.plans: []. Allowed: an object: Usage plans by name, for `apiKey`: "
     "without a key no request is answered. Write an object."),
    ("direct.plans.standard.throttle.rate", "50/min", 'direct.plans.standard.throttle.rate: '
     '"50/min". Allowed: a whole number above 0, of up to 9 digits, followed by /s. '
     "Write it like 50/s."),
    ("direct.plans.standard.throttle.burst", 5001,
     f"direct.plans.standard.throttle.burst: 5001. {FROM_1_TO} 5000. Lower it."),
    ("direct.plans.standard.keys", [], f"direct.plans.standard.keys: []. {ENTRIES}"),
    ("direct.plans.standard.keys", "me", 'direct.plans.standard.keys: "me". Allowed: a list: '
     "API keys of this plan, one for each client. Write a list."),
    ("data", {"deleteOnDestroy": "yes"}, 'data.deleteOnDestroy: "yes". Allowed: true or false. '
     "Write true or false."),
    ("logs", {"retention": "31d"}, f'logs.retention: "31d". {RETENTION} Write 60d.'),
    ("logs", {"retention": "4000d"}, f'logs.retention: "4000d". {RETENTION} Write 3653d.'),
    ("logs", "30d", 'logs: "30d". Allowed: an object with the key retention. Write an object.'),
]  # fmt: skip


@pytest.mark.parametrize(("path", "value", "line"), ONE_MISTAKE)
def test_a_mistake_is_named_with_key_value_allowed_and_fix(path, value, line):
    assert mistakes(changed((path, value))) == [line]


def test_a_stack_without_endpoints_says_so_at_its_routes_too():
    assert mistakes(changed(("endpoints", MISSING))) == [
        "endpoints: missing. Allowed: an object: SageMaker endpoints by name. Add it.",
        'direct.routes./iris.endpoint: "iris". Allowed: an endpoint of this stack: none. '
        "Name one of them, or add the endpoint.",
    ]


@pytest.mark.parametrize(("name", "shown"), [("é", "\\u00e9"), ("a\n", "a\\n")])
def test_an_endpoint_whose_name_is_a_mistake_is_not_offered_to_routes(name, shown):
    endpoints = {name: MINIMAL["endpoints"]["iris"], "churn": MINIMAL["endpoints"]["iris"]}
    assert mistakes(changed(("endpoints", endpoints))) == [
        f'endpoints: the name "{shown}". Allowed: 1 to 20 lower-case letters, digits and single '
        "dashes between them, a letter first. Rename it.",
        'direct.routes./iris.endpoint: "iris". Allowed: an endpoint of this stack: churn. '
        "Name one of them, or add the endpoint.",
    ]


def test_a_config_with_nothing_in_it_names_all_that_is_missing():
    with pytest.raises(ConfigError) as error:
        load_config({})
    assert str(error.value).count(": missing. ") == 3


FULL = changed(
    ("endpoints.iris.shadow", SHADOW),
    ("endpoints.iris.rollout", CANARY),
    ("endpoints.iris.capture", CAPTURE),
    ("endpoints.iris.network", {"isolation": False, "vpc": VPC}),
    ("endpoints.iris.scaling.scaleIn", "step"),
    ("endpoints.iris.scaling.cooldown", {"scaleIn": "5m", "scaleOut": "1m"}),
    (
        "endpoints.iris.scaling.schedule.night",
        {"at": "cron(0 20 * * ? *)", "zone": "Europe/Berlin", "min": 1, "max": 2},
    ),
    ("endpoints.slow", MINIMAL["endpoints"]["iris"]),
    ("endpoints.slow.async", ASYNC),
    ("endpoints.slow.scaling", {"backlog": 5}),
    (
        "endpoints.rare",
        {
            "variants": {
                "forest": {
                    "artifact": f"s3://models/key@sha256:{'a' * 64}",
                    "image": MINIMAL["image"],
                    "serverless": {
                        "memory": "2GB",
                        "concurrency": 20,
                        "provisioned": {"min": 1, "max": 2},
                    },
                }
            },
            "scaling": {"utilization": "70%"},
        },
    ),
    ("direct.routes./iris.query", ["a", "b"]),
    ("direct.routes./iris.cache", "5m"),
    ("direct.routes./iris.throttle", {"rate": "9/s", "burst": 9}),
    ("direct.routes./slow", {"endpoint": "slow", "targetVariant": False}),
    ("direct.throttle", {"rate": "90/s", "burst": 90}),
    ("direct.cors", {"origin": "https://console.example.com", "maxAge": "1h"}),
    ("direct.waf", {"rate": "2000/5min"}),
    ("direct.auth", "apiKey"),
    ("direct.tracing", True),
    ("network", {"cidr": "10.20.0.0/20", "zones": ["a", "b"]}),
    ("data", {"deleteOnDestroy": True}),
    ("logs", {"retention": "30d"}),
)
"""Every key that there is, but for those that exclude others."""


def places(block, prefix=""):
    """The path of every key in a block and in the blocks below it."""
    for key, value in block.items():
        yield f"{prefix}{key}"
        if isinstance(value, dict):
            yield from places(value, f"{prefix}{key}.")


PLACES = sorted(places(FULL))
KEYS = st.sampled_from(
    sorted({place.rpartition(".")[2] for place in PLACES} | {"linear", "[key]", "a.b"})
) | st.text(max_size=3)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(), max_size=8)
    | st.sampled_from(["\ud800", "1200/min", "build/iris-forest", "iris", "ml.m5.large", "\x00"])
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=15,
)
PYDANTICS_WORDS = ("Input should", "Value error", "Field required", "Extra inputs", "validation")


def assert_read_or_explained(values):
    """No other error, text that any terminal and protocol takes, a line for each mistake."""
    try:
        load_config(values)
    except ConfigError as error:
        text = str(error)
        assert text.isascii()
        assert not [words for words in PYDANTICS_WORDS if words in text]
        for line in text.split("\n")[1:]:
            assert line.startswith("  ml-gateway:")
            assert " Allowed: " in line


BLOCKS = [
    block for block in Strict.__subclasses__() if block.__module__.startswith("components.config.")
]


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.__name__)
def test_every_key_is_explained(block):
    assert [name for name, field in block.model_fields.items() if not field.description] == []


def test_a_config_with_every_key_is_read():
    assert load(FULL).endpoints.keys() == {"iris", "slow", "rare"}


@given(st.lists(st.tuples(st.sampled_from(PLACES), JSON), min_size=1, max_size=2))
def test_any_values_at_any_places_are_read_or_explained(changes):
    # The deepest first: what is set below it would have no place in it.
    changes.sort(key=lambda change: change[0].count("."), reverse=True)
    assert_read_or_explained(as_the_engine_gives_it(changed(*changes, base=FULL)))


@given(st.sampled_from(PLACES))
def test_any_key_may_be_missing(place):
    assert_read_or_explained(as_the_engine_gives_it(changed((place, MISSING), base=FULL)))


@given(st.dictionaries(KEYS.map("ml-gateway:{}".format), JSON.map(json.dumps) | st.text()))
def test_any_config_at_all_is_read_or_explained(values):
    assert_read_or_explained(values | {"aws:region": "eu-central-1"})


@pytest.mark.parametrize("text", ["[" * 100_000, "9" * 5_000, '{"a":' * 900 + "1" + "}" * 900])
def test_a_text_that_no_json_reader_takes_is_explained(text):
    assert_read_or_explained(as_the_engine_gives_it(MINIMAL) | {"ml-gateway:endpoints": text})
