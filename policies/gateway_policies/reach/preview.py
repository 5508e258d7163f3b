"""A stack as `pulumi preview --json` prints it."""

from gateway_policies.json_object import JsonError, JsonObject
from gateway_policies.preview import digest, steps
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
HIDDEN = "[secret]"
"""What it writes for a secret here."""
SIGNATURE = "4dabf18193072939515e22adb298388d"
"""Key of an object that stands for something else: a secret or an asset."""


class PreviewError(Exception):
    """The text is no preview. The message says what to do."""


def read_stack(text: str) -> Stack:
    """The resources that a stack will have; what is to be deleted is not one of them.

    text: what `pulumi preview --json --show-sames` prints; the engine may have written lines above
    the JSON. Raises PreviewError, also for a preview that failed or leaves resources out.
    """
    try:
        preview = digest(text)
        _check_whole(preview)
        made = [step for step in steps(preview) if step.object("newState")]
        found = {step.text("urn"): _resource(step) for step in made}
        return Stack(list(found.values()))
    except JsonError as error:
        raise PreviewError(
            f"standard input is no whole preview: {error}. Allowed: what `pulumi preview --json "
            "--show-sames` prints where it succeeds. Look above for what the engine says instead."
        ) from error


def _check_whole(preview: JsonObject) -> None:
    for item in preview.items("diagnostics"):
        diagnostic = JsonObject.of(item, "a diagnostic")
        if diagnostic.text("severity", "") == "error":
            raise JsonError(f"it failed ({diagnostic.text('message', '').strip()})")
    counts = preview.needed("changeSummary").values
    told = sum(count for count in counts.values() if isinstance(count, int))
    if (seen := len(preview.items("steps"))) < told:
        raise JsonError(f"it has {seen} steps of {told}")


def _resource(step: JsonObject) -> Resource:
    state, before = step.needed("newState"), step.object("oldState")
    # What AWS has made up of a resource that stays as it is stands in its old state alone.
    known = before.members("outputs") if before and step.text("op") == "same" else {}
    values = {**known, **state.members("inputs"), **state.members("outputs")}
    feeding = state.members("propertyDependencies")
    return Resource(
        "",
        {name: _value(value) for name, value in values.items()},
        state.text("type"),
        state.text("urn"),
        {name: urns for name, urns in feeding.items() if isinstance(urns, list)},
    )


def _value(value: object) -> object:
    if isinstance(value, dict):
        if SIGNATURE in value:
            return UNKNOWN
        return {name: _value(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_value(item) for item in value]
    hidden = isinstance(value, str) and (value == HIDDEN or value in UNKNOWN_TEXTS)
    return UNKNOWN if hidden else value
