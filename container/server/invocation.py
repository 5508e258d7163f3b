"""An invocation, from a request's body and headers to its answer: no HTTP, no waiting."""

from functools import lru_cache
from typing import NamedTuple

from container.errors import Code, RequestError
from container.formats.answers import Disclosure, check_extras, format_answer
from container.formats.include import ATTRIBUTES
from container.formats.media_types import Format, negotiate
from container.formats.request import parse_request
from container.formats.unusual import unusual
from container.model import Model

MAX_BODY_BYTES = 6_291_456
"""Largest body of a real-time request, and of its answer.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html
"""

ATTRIBUTES_HEADER = ATTRIBUTES.lower().encode()

_MEDIA_TYPES = {media_type: media_type.encode() for media_type in Format}


class Answer(NamedTuple):
    """What a request is answered with. headers: beside those of the content."""

    status: int
    content: bytes = b""
    media_type: bytes = b"application/json"
    headers: tuple[tuple[bytes, bytes], ...] = ()


def refusal(error: RequestError, *headers: tuple[bytes, bytes]) -> Answer:
    """The answer to a request that is refused."""
    return Answer(error.status, error.to_json(), headers=headers)


def invoke(model: Model, disclose: Disclosure, body: bytes, headers: dict[bytes, bytes]) -> Answer:
    """What `model` answers to one request. headers: their names in lower case.

    Raises RequestError where the request is refused, and whatever a model that fails raises.
    """
    requested, answer = _negotiated(headers.get(b"content-type"), headers.get(b"accept"))
    rows, include = parse_request(
        requested, body, model.signature, _text(headers.get(ATTRIBUTES_HEADER))
    )
    if include:
        check_extras(include, answer, disclose)
    predictions = model.predict(rows)
    extras = unusual(rows, model.signature)
    content = format_answer(answer, model.labels, predictions, extras, disclose)
    if len(content) > MAX_BODY_BYTES:
        raise RequestError(
            Code.PAYLOAD_TOO_LARGE,
            f"The answer to {len(rows)} rows has {len(content)} bytes. "
            f"At most {MAX_BODY_BYTES} are allowed. Send fewer rows.",
        )
    return Answer(200, content, _MEDIA_TYPES[answer])


@lru_cache(maxsize=64)
def _negotiated(content_type: bytes | None, accept: bytes | None) -> tuple[Format, Format]:
    """`negotiate`, worked out once: a client's headers seldom change."""
    return negotiate(_text(content_type), _text(accept))


def _text(header: bytes | None) -> str | None:
    return None if header is None else header.decode("latin-1")
