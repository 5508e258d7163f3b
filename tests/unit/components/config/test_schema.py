"""The JSON Schema of a stack's YAML: what it takes, and what it refuses while one types."""

import re
from pathlib import Path
from typing import Annotated, Any

import fastjsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from components.config.reference import EXAMPLE
from components.config.references import ArtifactReference
from components.config.schema import blocks, stack_file_schema
from components.config.stack import ConfigError
from components.config.units import (
    PER_FIVE_MINUTES,
    SECONDS,
    ErrorRate,
    Megabytes,
    Milliseconds,
    PerMinute,
    Seconds,
    percent,
)
from tests.unit.components.config.conftest import MINIMAL, changed, endpoint, load
from tests.unit.components.config.test_endpoint import BLOCKS, VARIANTS
from tests.unit.components.config.test_gateway import MISTAKES as GATEWAY_MISTAKES
from tests.unit.components.config.test_network import MISTAKES as NETWORK_MISTAKES
from tests.unit.components.config.test_network import NETWORK
from tests.unit.components.config.test_rollout import MISTAKES as ROLLOUT
from tests.unit.components.config.test_scaling import MISTAKES as SCALING
from tests.unit.components.config.test_stack import FULL, JSON, ONE_MISTAKE, PLACES

REPOSITORY = Path(__file__).parents[4]
judge = fastjsonschema.compile(stack_file_schema(), use_default=False)
ASCII = st.characters(codec="ascii")
STACK_FILES = sorted(REPOSITORY.glob("Pulumi.*.yaml"))


def stack_file(config):
    ours = {f"ml-gateway:{key}": value for key, value in config.items()}
    return {"config": {"aws:region": "eu-central-1"} | ours}


def takes(document) -> bool:
    try:
        judge(document)
    except fastjsonschema.JsonSchemaException:
        return False
    return True


@pytest.mark.parametrize("path", STACK_FILES, ids=lambda path: path.name)
def test_the_stacks_in_the_repository_are_taken(path):
    judge(yaml.safe_load(path.read_text()))


def test_every_form_of_endpoint_route_and_roll_out_is_taken():
    stack = yaml.safe_load((REPOSITORY / "Pulumi.local.yaml").read_text())
    forms = yaml.safe_load((REPOSITORY / "tests/stack/forms.yaml").read_text())
    judge({"config": stack["config"] | forms})


def test_a_config_with_every_key_is_taken():
    judge(stack_file(FULL))


def test_the_example_of_the_page_is_taken():
    judge(yaml.safe_load(EXAMPLE.read_text()))


@pytest.mark.parametrize("absent", ["shadow", "async", "rollout", "capture"])
def test_nothing_may_stand_where_a_key_is_optional(absent):
    config = changed((f"endpoints.iris.{absent}", None))
    assert load(config)
    judge(stack_file(config))


def test_keys_of_the_engine_are_left_to_it():
    document = stack_file(MINIMAL)
    document["config"]["pulumi:tags"] = {"team": "data"}
    judge(document | {"encryptionsalt": "v1:salt", "secretsprovider": "passphrase"})


MISTAKES: list[tuple[dict[str, Any], str]] = (
    [(changed((path, value)), line) for path, value, line in ONE_MISTAKE]
    + [(endpoint(variants={"forest": variant}), line) for variant, line in VARIANTS]
    + [(endpoint(**{key: value}), line) for key, value, line in BLOCKS]
    + [(changed(*changes), line) for changes, line in GATEWAY_MISTAKES]
    + [
        (changed(("network", NETWORK), (path, value)), line)
        for path, value, line in NETWORK_MISTAKES
    ]
    + [(endpoint(scaling=keys), line) for keys, line in SCALING]
    + [(endpoint(rollout=keys), line) for keys, line in ROLLOUT]
)
SEVERAL_KEYS = (
    "exactly one of",
    "(min)",
    "none on a route without query",
    "targetTracking, since steps follow",
    "errorRate, latencyP90 or both",
)
BEYOND_A_SCHEMA = (
    "min: 2.0. ",  # the number 2 to JSON Schema
    'zone: "Berlin". ',  # which time zones there are, the program looks up
    'cidr: "10.20.1.0/20". ',  # what a range's first address is, the program counts
)


@pytest.mark.parametrize(("config", "line"), MISTAKES)
def test_of_the_mistakes_only_those_about_several_keys_wait_for_the_program(config, line):
    later = any(words in line for words in (*SEVERAL_KEYS, *BEYOND_A_SCHEMA))
    assert takes(stack_file(config)) is later


@pytest.mark.parametrize(
    "changes",
    [
        {"aws:region": "mars"},
        {"aws:profile": "prod"},
        {"ml-gatway:logs": {}},
        {"ml-gateway:log": {}},
    ],
)
def test_a_key_or_region_that_nobody_knows_is_refused(changes):
    assert not takes({"config": stack_file(MINIMAL)["config"] | changes})


@pytest.mark.parametrize("missing", ["aws:region", "ml-gateway:endpoints", "ml-gateway:direct"])
def test_a_key_that_is_required_is_missed(missing):
    config = stack_file(MINIMAL)["config"]
    del config[missing]
    assert not takes({"config": config})


@given(st.lists(st.tuples(st.sampled_from(PLACES), JSON), max_size=1))
def test_what_the_models_take_the_schema_takes(changes):
    config = changed(*changes, base=FULL)
    try:
        load(config)
    except ConfigError:
        return
    judge(stack_file(config))


WAIT: Any = Annotated[int, SECONDS.within("a time from 2m to 1h", lowest=120, highest=3600)]
TYPES: dict[str, Any] = {
    "a rate": PerMinute,
    "a time": Seconds,
    "a time with limits": WAIT,
    "a latency": Milliseconds,
    "a size": Megabytes,
    "a rate with a least": Annotated[int, PER_FIVE_MINUTES.within("10/5min or more", lowest=10)],
    "a percentage": Annotated[int, percent(5, 50)],
    "an error rate": ErrorRate,
    "an artifact": ArtifactReference,
}


@pytest.mark.parametrize("type_", TYPES.values(), ids=TYPES)
@given(st.data())
def test_a_text_of_the_schemas_form_is_what_the_validator_takes(type_, data):
    adapter: TypeAdapter[Any] = TypeAdapter(type_)
    # Ascii, as Python's own tables of what is printable differ from any pattern's.
    form = re.compile(adapter.json_schema()["pattern"].removesuffix("$") + r"\Z", re.ASCII)
    adapter.validate_python(data.draw(st.from_regex(form, alphabet=ASCII)))


@given(st.integers(1, 9999), st.sampled_from(["s", "m", "h"]))
def test_a_time_has_the_schemas_form_just_where_the_validator_takes_it(number, unit):
    adapter: TypeAdapter[int] = TypeAdapter(WAIT)
    text = f"{number}{unit}"
    form = re.fullmatch(adapter.json_schema()["pattern"], text)
    assert bool(form) is (120 <= number * {"s": 1, "m": 60, "h": 3600}[unit] <= 3600)


def test_defaults_are_written_as_users_write_them():
    made = blocks()
    assert made["Logs"]["properties"]["retention"]["default"] == "90d"
    assert made["Cors"]["properties"]["maxAge"]["default"] == "10m"
    assert made["Cooldown"]["properties"]["scaleOut"]["default"] == "1m"
    assert "default" not in made["Endpoint"]["properties"]["network"]


def test_instance_types_are_listed_and_burstable_ones_only_where_nothing_scales():
    made = blocks()
    scaled = made["Instances"]["properties"]["type"]["enum"]
    assert "ml.m5.large" in scaled
    assert "ml.t2.medium" not in scaled
    assert "ml.t2.medium" in made["ShadowInstances"]["properties"]["type"]["enum"]
