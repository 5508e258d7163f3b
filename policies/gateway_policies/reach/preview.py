"""A stack as `pulumi preview --json` prints it."""

from gateway_policies.json_object import JsonError, JsonObject
from gateway_policies.resource import UNKNOWN, Resource, Stack

UNKNOWN_TEXTS = frozenset(
    {
        "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "030794c1-ac77-496b-92df-f27374a8bd58",
        "e48ece36-62e2-4504-bad9-02848725956a",
    }
)
"""What the engine writes for a value that is not known, by type.

https://github.com/pulumi/pulumi/blob/master/sdk/go/common/resource/plugin/rpc.go
"""
SIGNATURE = "4dabf18193072939515e22adb298388d"
"""Key of an object that stands for something else: a secret or an asset."""


class PreviewError(Exception):
    """The text is no preview. The message says what to do."""


def read_stack(text: str) -> Stack:
    """The resources that a stack will have; what is to be deleted is not one of them.

    text: of standard output; the engine may have written lines above the JSON. Raises PreviewError.
    """
    try:
        preview = JsonObject.parse(text[max(text.find("{"), 0) :])
        if "steps" not in preview.values:
            raise JsonError("steps is missing")
        steps = preview.items("steps")
        states = [JsonObject.of(step, "a step").object("newState") for step in steps]
        return Stack([_resource(state) for state in states if state])
    except JsonError as error:
        raise PreviewError(
            f"standard input is no preview: {error}. Allowed: what `pulumi preview --json` prints. "
            "Look above for what the engine says instead."
        ) from error


def _resource(state: JsonObject) -> Resource:
    known = {**state.members("inputs"), **state.members("outputs")}
    values = {name: _value(value) for name, value in known.items()}
    feeding = state.members("propertyDependencies")
    return Resource("", values, state.text("type"), state.text("urn"), feeding)


def _value(value: object) -> object:
    if isinstance(value, dict):
        if SIGNATURE in value:
            return UNKNOWN
        return {name: _value(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_value(item) for item in value]
    return UNKNOWN if isinstance(value, str) and value in UNKNOWN_TEXTS else value
