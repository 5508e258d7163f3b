"""Previews of the engine as stacks."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_policies.reach.preview import PreviewError, read_stack
from gateway_policies.resource import UNKNOWN

NOT_KNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "x"}


def preview(*states: dict[str, Any]) -> str:
    steps = [{"op": "create", "newState": {"type": "t", "urn": "u"} | state} for state in states]
    return json.dumps({"config": {}, "steps": [*steps, {"op": "delete", "oldState": {}}]})


def values(**state: Any) -> Any:
    [resource] = read_stack(preview(state)).resources
    return resource.values


def test_a_resource_is_what_it_is_given_and_what_is_known_of_it():
    given_, known = {"name": "a", "size": 1}, {"size": 2, "arn": "x"}
    assert values(inputs=given_, outputs=known) == {"name": "a", "size": 2, "arn": "x"}
    assert values() == {}


def test_what_is_not_known_and_what_is_secret_is_unknown():
    held = {"late": NOT_KNOWN, "deep": [{"late": NOT_KNOWN}], "secret": SECRET}
    assert values(inputs=held) == {"late": UNKNOWN, "deep": [{"late": UNKNOWN}], "secret": UNKNOWN}


def test_what_feeds_a_property_comes_along():
    text = preview({"propertyDependencies": {"policy": ["urn:key"]}})
    [resource] = read_stack(f"Previewing (dev):\n{text}").resources
    assert resource.dependencies == {"policy": ["urn:key"]}


@pytest.mark.parametrize(
    "text",
    ["", "error: no stack named 'x'", "{", "{}", '{"steps": 3}', '{"steps": [{"newState": 1}]}'],
)
def test_anything_else_is_said_to_be_none(text):
    with pytest.raises(PreviewError, match="standard input is no preview"):
        read_stack(text)


@given(st.text())
def test_no_text_ends_in_another_exception(text):
    with suppress(PreviewError):
        read_stack(text)
