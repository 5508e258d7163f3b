"""Previews of the engine as stacks."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_policies.reach.preview import UNKNOWN_TEXTS, PreviewError, read_stack
from gateway_policies.resource import UNKNOWN

SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "x"}


def preview(*states: dict[str, Any], op: str = "create", before: Any = None) -> str:
    made = [{"type": "t", "urn": f"u{index}"} | state for index, state in enumerate(states)]
    steps = [
        {"op": op, "urn": state["urn"], "newState": state, "oldState": before} for state in made
    ]
    gone = {"op": "delete", "urn": "old", "oldState": {}}
    return json.dumps({"steps": [*steps, gone], "changeSummary": {op: len(steps), "delete": 1}})


def values(op: str = "create", before: Any = None, **state: Any) -> Any:
    [resource] = read_stack(preview(state, op=op, before=before)).resources
    return resource.values


def test_a_resource_is_what_it_is_given_and_what_is_known_of_it():
    given_, known = {"name": "a", "size": 1}, {"size": 2, "arn": "x"}
    assert values(inputs=given_, outputs=known) == {"name": "a", "size": 2, "arn": "x"}
    assert values() == {}


def test_of_a_resource_that_stays_as_it_is_the_state_before_tells_what_aws_has_made_up():
    before = {"outputs": {"name": "a", "keyId": "5f0c"}}
    assert values(op="same", before=before, inputs={"name": "b"}) == {"name": "b", "keyId": "5f0c"}
    assert values(op="update", before=before, inputs={"name": "b"}) == {"name": "b"}


def test_a_resource_that_is_replaced_is_one():
    states = [{"urn": "u", "inputs": {"name": name}} for name in ("a", "b")]
    [resource] = read_stack(preview(*states)).resources
    assert resource.values == {"name": "b"}


@pytest.mark.parametrize("hidden", [*sorted(UNKNOWN_TEXTS), "[secret]", SECRET])
def test_what_is_not_known_and_what_is_secret_is_unknown(hidden):
    assert values(inputs={"one": hidden, "deep": [{"in": hidden}], "name": "a"}) == {
        "one": UNKNOWN,
        "deep": [{"in": UNKNOWN}],
        "name": "a",
    }


def test_what_feeds_a_property_comes_along():
    text = preview({"propertyDependencies": {"policy": ["urn:key"], "odd": None}})
    [resource] = read_stack(f"Previewing (dev):\n{text}").resources
    assert resource.dependencies == {"policy": ["urn:key"]}


@pytest.mark.parametrize(
    "text",
    [
        *("", "error: no stack named 'x'", "{", "{}", '{"steps": 3, "changeSummary": {}}'),
        '{"steps": [{"newState": 1}], "changeSummary": {}}',
        '{"steps": [3], "changeSummary": {}}',
        '{"steps": [], "changeSummary": []}',
        preview({"type": [1]}),
        preview({"urn": 3}),
        preview({"inputs": "x"}),
        preview({"propertyDependencies": [1]}),
    ],
)
def test_anything_else_is_said_to_be_none(text):
    with pytest.raises(PreviewError, match="standard input is no whole preview"):
        read_stack(text)


def test_a_preview_that_failed_is_none():
    failed = json.loads(preview({}))
    failed["diagnostics"] = [{"severity": "warning"}, {"severity": "error", "message": "no way\n"}]
    with pytest.raises(PreviewError, match=r"it failed \(no way\)"):
        read_stack(json.dumps(failed))


def test_a_preview_that_leaves_out_what_stays_as_it_is_is_none():
    short = json.loads(preview({}))
    short["changeSummary"]["same"] = 44
    with pytest.raises(PreviewError, match="it has 2 steps of 46"):
        read_stack(json.dumps(short))


@given(st.text())
def test_no_text_ends_in_another_exception(text):
    with suppress(PreviewError):
        read_stack(text)
