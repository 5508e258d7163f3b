"""What `pulumi preview --json` prints, as far as anybody here reads it.

https://github.com/pulumi/pulumi/blob/v3.259.0/pkg/display/json.go (PreviewDigest)
"""

import re
from collections.abc import Sequence

from gateway_policies.json_object import JsonError, JsonObject

_BEGIN = re.compile(r"^\{", re.MULTILINE)


def digest(text: str) -> JsonObject:
    """The whole of it. Raises JsonError.

    text: of standard output; the engine may have written lines above the JSON, such as which
    plugin it downloads.
    """
    begin = _BEGIN.search(text)
    found = JsonObject.parse(text[begin.start() :] if begin else text)
    if "steps" not in found.values:
        raise JsonError("steps is missing")
    return found


def steps(preview: JsonObject) -> Sequence[JsonObject]:
    """Its steps on resources, that on the stack itself among them. Raises JsonError."""
    return [JsonObject.of(step, "a step") for step in preview.items("steps")]
