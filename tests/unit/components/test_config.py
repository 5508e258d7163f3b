"""The stack's config: what is valid, and the line that each mistake gets."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from components.artifact import LocalArtifact
from components.config import ConfigError, StackConfig, load_config

ROOT = Path(__file__).parents[3]
FOREST = "endpoints.iris.variants.forest"
MINIMAL: dict[str, Any] = {
    "image": f"team/model-server@sha256:{'0f' * 32}",
    "endpoints": {
        "iris": {
            "variants": {
                "forest": {
                    "artifact": "build/iris-forest",
                    "instances": {"type": "ml.m5.large", "min": 2, "max": 6},
                }
            },
            "scaling": {"target": "1200/min"},
        }
    },
    "direct": {
        "routes": {"/iris": {"endpoint": "iris"}},
        "plans": {
            "standard": {
                "throttle": {"rate": "50/s", "burst": 100},
                "quota": "100000/day",
                "keys": ["data-science"],
            }
        },
    },
}
MISSING = object()


def changed(*changes):
    """The minimal config, each (path, value) of it set, or taken out if MISSING."""
    config = copy.deepcopy(MINIMAL)
    for path, value in changes:
        *parents, last = path.split(".")
        block = config
        for parent in parents:
            block = block[parent]
        if value is MISSING:
            del block[last]
        else:
            block[last] = value
    return config


def as_the_engine_gives_it(config):
    """Qualified keys; text as it is, anything else as JSON."""
    return {"aws:region": "eu-central-1"} | {
        f"ml-gateway:{key}": value if isinstance(value, str) else json.dumps(value)
        for key, value in config.items()
    }


def load(config):
    return load_config(as_the_engine_gives_it(config))


def mistakes(config):
    """The lines of the error, without the namespace of the keys."""
    with pytest.raises(ConfigError) as error:
        load(config)
    first, *lines = str(error.value).split("\n  ")
    count = "1 mistake" if len(lines) == 1 else f"{len(lines)} mistakes"
    assert first == f"The stack's config has {count}; nothing was created."
    assert all(line.startswith("ml-gateway:") for line in lines)
    return [line.removeprefix("ml-gateway:") for line in lines]


def test_a_minimal_config_is_read_with_its_defaults():
    config = load(MINIMAL)
    forest = config.endpoints["iris"].variants["forest"]
    assert forest.artifact == LocalArtifact(Path("build/iris-forest"))
    assert (forest.instances.type, forest.instances.min, forest.instances.max) == (
        "ml.m5.large",
        2,
        6,
    )
    assert forest.weight == 1
    assert config.endpoints["iris"].scaling.target == 1200
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


def test_keys_of_other_namespaces_are_not_ours():
    values = as_the_engine_gives_it(MINIMAL) | {"aws:region": "eu-central-1", "ml-gatewayx:a": "1"}
    assert load_config(values) == load(MINIMAL)


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
        "direct.plan: unknown key, with the value {}. Allowed: the keys routes, plans. "
        "Remove it, or write plans if that is meant.",
    ]


FROM_1_TO = "Allowed: a whole number from 1 to"
NUMBER = "Write a number without quotes and without decimals."
FOLDER = (
    "Allowed: a local folder; s3:// objects and model packages cannot be deployed yet. "
    "Give the folder of an artifact inside the project, relative to its root."
)
IMAGE = (
    "Allowed: repository@sha256: and 64 hex digits, the repository in this account's registry "
    "and without its host. Pin the image by its digest."
)
TYPE = "Allowed: a SageMaker instance type. Write it like ml.m5.large."
ENTRIES = "Allowed: 1 or more entries. Add one."
RETENTION = (
    "Allowed: one of 1d, 3d, 5d, 7d, 14d, 30d, 60d, 90d, 120d, 150d, 180d, 365d, 400d, 545d, "
    "731d, 1096d, 1827d, 2192d, 2557d, 2922d, 3288d, 3653d."
)
VARIANT = MINIMAL["endpoints"]["iris"]["variants"]["forest"]

ONE_MISTAKE = [
    ("image", MISSING, "image: missing. Allowed: The container image, by digest: "
     "repository@sha256:<hex>, in this account's registry. Add it."),
    ("image", "ml-gateway:latest", f'image: "ml-gateway:latest". {IMAGE}'),
    ("image", 123, f"image: 123. {IMAGE}"),
    ("imgae", "x", 'imgae: unknown key, with the value "x". Allowed: the keys image, endpoints, '
     "direct, logs. Remove it, or write image if that is meant."),
    ("endpoints.iris.variants", {}, f"endpoints.iris.variants: {{}}. {ENTRIES}"),
    ("endpoints.iris.variants", {f"v{n}": VARIANT for n in range(11)},
     "endpoints.iris.variants: an object. Allowed: 10 or fewer entries. Remove some."),
    ("endpoints.iris.variants", {"Forest": VARIANT}, 'endpoints.iris.variants: the name "Forest". '
     "Allowed: 1 to 20 lower-case letters, digits and single dashes between them, a letter first. "
     "Rename it."),
    ("endpoints.iris.scaling", MISSING, "endpoints.iris.scaling: missing. "
     "Allowed: an object with the key target. Add it."),
    (FOREST, [], f"{FOREST}: []. Allowed: an object with the keys artifact, instances, weight. "
     "Write an object."),
    (f"{FOREST}.artifact", "/etc", f'{FOREST}.artifact: "/etc". {FOLDER}'),
    (f"{FOREST}.artifact", "../other", f'{FOREST}.artifact: "../other". {FOLDER}'),
    (f"{FOREST}.artifact", "s3://b/k", f'{FOREST}.artifact: "s3://b/k". {FOLDER}'),
    (f"{FOREST}.artifact", f"s3://models/key@sha256:{'a' * 64}",
     f'{FOREST}.artifact: "s3://models/key@sha256:{"a" * 64}". {FOLDER}'),
    (f"{FOREST}.artifact", None, f"{FOREST}.artifact: null. {FOLDER}"),
    (f"{FOREST}.weight", 0, f"{FOREST}.weight: 0. {FROM_1_TO} 1000. Raise it."),
    (f"{FOREST}.weight", "9", f'{FOREST}.weight: "9". {FROM_1_TO} 1000. {NUMBER}'),
    (f"{FOREST}.instances.min", 0, f"{FOREST}.instances.min: 0. {FROM_1_TO} 100. Raise it."),
    (f"{FOREST}.instances.min", 2.0, f"{FOREST}.instances.min: 2.0. {FROM_1_TO} 100. {NUMBER}"),
    (f"{FOREST}.instances.max", 101, f"{FOREST}.instances.max: 101. {FROM_1_TO} 100. Lower it."),
    (f"{FOREST}.instances.max", True, f"{FOREST}.instances.max: true. {FROM_1_TO} 100. {NUMBER}"),
    (f"{FOREST}.instances.max", MISSING, f"{FOREST}.instances.max: missing. Allowed: Upper limit "
     "of autoscaling, instances; at least min. Capped by policy. Add it."),
    (f"{FOREST}.instances.type", "m5.large", f'{FOREST}.instances.type: "m5.large". {TYPE}'),
    (f"{FOREST}.instances.type", 5, f"{FOREST}.instances.type: 5. {TYPE}"),
    (f"{FOREST}.instances.type", "ml.t3.medium", f'{FOREST}.instances.type: "ml.t3.medium". '
     "Allowed: an instance type that Application Auto Scaling takes, so no burstable one (ml.t*). "
     "Use one such as ml.m5.large."),
    ("direct", MISSING, "direct: missing. Allowed: an object with the keys routes, plans. "
     "Add it."),
    ("direct.routes", {}, f"direct.routes: {{}}. {ENTRIES}"),
    ("direct.routes", {"iris": {"endpoint": "iris"}}, 'direct.routes: the name "iris". '
     "Allowed: a path of lower-case letters, digits and dashes behind each /. "
     "Write it like /iris."),
    ("direct.routes", {"/iris": {"endpoint": "irs"}}, 'direct.routes./iris.endpoint: "irs". '
     "Allowed: an endpoint of this stack: iris. Name one of them, or add the endpoint."),
    ("direct.plans", [], "direct.plans: []. Allowed: an object: Usage plans by name; "
     "without a key no request is answered. Write an object."),
    ("direct.plans.standard.throttle.rate", "50/min", 'direct.plans.standard.throttle.rate: '
     '"50/min". Allowed: a whole number above 0, of up to 9 digits, followed by /s. '
     "Write it like 50/s."),
    ("direct.plans.standard.throttle.burst", 5001,
     f"direct.plans.standard.throttle.burst: 5001. {FROM_1_TO} 5000. Lower it."),
    ("direct.plans.standard.keys", [], f"direct.plans.standard.keys: []. {ENTRIES}"),
    ("direct.plans.standard.keys", "me", 'direct.plans.standard.keys: "me". Allowed: a list: '
     "API keys of this plan, one for each client. Write a list."),
    ("logs", {"retention": "31d"}, f'logs.retention: "31d". {RETENTION} Write 60d.'),
    ("logs", {"retention": "4000d"}, f'logs.retention: "4000d". {RETENTION} Write 3653d.'),
    ("logs", "30d", 'logs: "30d". Allowed: an object with the key retention. Write an object.'),
]  # fmt: skip


@pytest.mark.parametrize(("path", "value", "line"), ONE_MISTAKE)
def test_a_mistake_is_named_with_key_value_allowed_and_fix(path, value, line):
    assert mistakes(changed((path, value))) == [line]


def test_trainium_is_not_taken_for_a_burstable_type():
    config = load(changed((f"{FOREST}.instances.type", "ml.trn1.2xlarge")))
    assert config.endpoints["iris"].variants["forest"].instances.type == "ml.trn1.2xlarge"


def test_every_repetition_of_an_api_key_is_named_where_it_stands():
    plan = MINIMAL["direct"]["plans"]["standard"]
    plans = {"gold": plan | {"keys": ["a", "a"]}, "tin": plan | {"keys": ["b", "a"]}}
    rule = "Allowed: a name that no other key has, in any plan. Rename it or remove it."
    assert mistakes(changed(("direct.plans", plans))) == [
        f'direct.plans.gold.keys[1]: "a". {rule}',
        f'direct.plans.tin.keys[1]: "a". {rule}',
    ]


def test_endpoints_and_variants_that_would_share_the_name_of_a_model_are_refused():
    endpoint = MINIMAL["endpoints"]["iris"]
    endpoints = {
        "iris": endpoint | {"variants": {"eu-forest": VARIANT}},
        "iris-eu": endpoint | {"variants": {"forest": VARIANT}},
    }
    assert mistakes(changed(("endpoints", endpoints))) == [
        "endpoints: an object. Allowed: names of endpoints and variants that differ when joined "
        "by a dash. Rename what makes iris-eu-forest twice."
    ]


def test_a_stack_without_endpoints_says_so_at_its_routes_too():
    assert mistakes(changed(("endpoints", MISSING))) == [
        "endpoints: missing. Allowed: an object: SageMaker endpoints by name. Add it.",
        'direct.routes./iris.endpoint: "iris". Allowed: an endpoint of this stack: none. '
        "Name one of them, or add the endpoint.",
    ]


def test_an_endpoint_whose_name_is_a_mistake_is_not_offered_to_routes():
    endpoints = {"é": MINIMAL["endpoints"]["iris"], "churn": MINIMAL["endpoints"]["iris"]}
    assert mistakes(changed(("endpoints", endpoints))) == [
        'endpoints: the name "\\u00e9". Allowed: 1 to 20 lower-case letters, digits and single '
        "dashes between them, a letter first. Rename it.",
        'direct.routes./iris.endpoint: "iris". Allowed: an endpoint of this stack: churn. '
        "Name one of them, or add the endpoint.",
    ]


def test_a_config_with_nothing_in_it_names_all_that_is_missing():
    with pytest.raises(ConfigError) as error:
        load_config({})
    assert str(error.value).count(": missing. ") == 4


KEYS = st.sampled_from(
    ["image", "endpoints", "direct", "logs", "variants", "scaling", "artifact", "instances"]
    + ["routes", "plans", "keys", "retention", "iris", "/iris", "endpoint", "[key]", "a.b"]
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
PLACES = [
    *MINIMAL,
    *("endpoints.iris", "endpoints.iris.variants", "endpoints.iris.scaling.target", FOREST),
    *(f"{FOREST}.{key}" for key in ("artifact", "instances", "weight", "instances.type")),
    *("direct.routes", "direct.routes./iris", "direct.routes./iris.endpoint", "logs"),
    *("direct.plans", "direct.plans.standard", "direct.plans.standard.keys"),
]


def assert_read_or_explained(values):
    """No other error, text that any terminal and protocol takes, a line for each mistake."""
    try:
        load_config(values)
    except ConfigError as error:
        text = str(error)
        assert text.isascii()
        assert "Input should" not in text
        assert "Value error" not in text
        for line in text.split("\n")[1:]:
            assert line.startswith("  ml-gateway:")
            assert " Allowed: " in line


@given(st.sampled_from(PLACES), JSON)
def test_any_value_at_any_place_is_read_or_explained(place, value):
    assert_read_or_explained(as_the_engine_gives_it(changed((place, value))))


@given(st.dictionaries(KEYS.map("ml-gateway:{}".format), JSON.map(json.dumps) | st.text()))
def test_any_config_at_all_is_read_or_explained(values):
    assert_read_or_explained(values | {"aws:region": "eu-central-1"})


@pytest.mark.parametrize("text", ["[" * 100_000, "9" * 5_000, '{"a":' * 900 + "1" + "}" * 900])
def test_a_text_that_no_json_reader_takes_is_explained(text):
    assert_read_or_explained(as_the_engine_gives_it(MINIMAL) | {"ml-gateway:endpoints": text})
