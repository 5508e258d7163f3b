"""Conversions of a payload between text and binary.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-payload-encodings-workflow.html
"""

import base64
from enum import StrEnum

Payload = str | bytes
"""Text, which a template can read, or binary."""


class ContentHandling(StrEnum):
    """What an integration or its response does with a payload."""

    CONVERT_TO_BINARY = "CONVERT_TO_BINARY"
    CONVERT_TO_TEXT = "CONVERT_TO_TEXT"


def convert(body: bytes, *, is_binary: bool, to_binary: bool) -> Payload:
    """The payload in the form that is wanted: what crosses between the two does so as base64.

    Raises ValueError for a text that is to become binary and is not base64.
    """
    if is_binary:
        return body if to_binary else base64.b64encode(body).decode()
    return base64.b64decode(body, validate=True) if to_binary else body.decode("utf-8", "replace")


def encode(payload: Payload) -> bytes:
    """The bytes of a payload; half a surrogate pair is a question mark, as in Java."""
    return payload if isinstance(payload, bytes) else payload.encode("utf-8", "replace")


def becomes_binary(handling: ContentHandling | None, *, otherwise: bool) -> bool:
    """Whether a payload is to be binary. otherwise: where nothing is said."""
    return otherwise if handling is None else handling is ContentHandling.CONVERT_TO_BINARY
