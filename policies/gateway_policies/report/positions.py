"""Where in the program a resource is made: what `pulumi preview --json` says, and the log does not.

https://github.com/pulumi/pulumi/blob/v3.259.0/sdk/go/common/apitype/core.go (ResourceV3)
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gateway_policies.json_object import JsonError, JsonObject
from gateway_policies.preview import digest, steps

_IN_PROJECT = re.compile(r"project:///(?P<uri>[^#]+)#(?P<line>[1-9][0-9]*)(,[0-9]+)?")


class DigestError(Exception):
    """The file is not what `pulumi preview --json` prints; the text names the fix."""


@dataclass(frozen=True)
class Position:
    """A line of a file."""

    uri: str
    """Relative to the project's folder, with the escapes of a URI."""
    line: int


def positions(text: str) -> Mapping[str, Position]:
    """By URN the line that makes the resource. Raises DigestError.

    A resource that no line within the project makes has none.
    """
    try:
        found = {step.text("urn"): next(_lines(step), None) for step in steps(digest(text))}
    except JsonError as error:
        raise DigestError(
            f"not what pulumi preview --json prints: {error}. Run the preview again."
        ) from error
    return {urn: position for urn, position in found.items() if position}


def _lines(step: JsonObject) -> Iterator[Position]:
    """The innermost call first: what a library makes is the line that calls the library."""
    state = step.object("newState")
    frames = (
        [JsonObject.of(frame, "a frame") for frame in state.items("stackTrace")] if state else []
    )
    for said in [state, *frames] if state else []:
        match = _IN_PROJECT.fullmatch(said.text("sourcePosition", ""))
        if match and not _is_foreign(match["uri"]):
            yield Position(match["uri"], int(match["line"]))


def _is_foreign(uri: str) -> bool:
    folders = uri.split("/")
    return ".." in folders or "site-packages" in folders or "node_modules" in folders
