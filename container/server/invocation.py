"""An invocation, from a request's body and headers to its answer: no HTTP, no waiting."""

from functools import lru_cache
from typing import NamedTuple

from container.errors import Code, RequestError
from container.explain.explanations import ASKED_OF_TREES
from container.formats.answers import check_extras, format_answer
from container.formats.include import ATTRIBUTES
from container.formats.media_types import Format, negotiate
from container.formats.request import parse_request
from container.formats.rows import Row
from container.formats.unusual import unusual
from container.model import Model
from container.predictions import Disclosure, Extra

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


class Invocation(NamedTuple):
    """What a request asks of a model."""

    rows: list[Row]
    include: frozenset[Extra]
    answer: Format

    @property
    def explains(self) -> bool:
        """Whether it asks the trees: which takes long."""
        return not self.include.isdisjoint(ASKED_OF_TREES)


def parse(
    model: Model, disclose: Disclosure, body: bytes, headers: dict[bytes, bytes]
) -> Invocation:
    """What a body and its headers, by their names in lower case, ask. Raises RequestError."""
    requested, answer = _negotiated(headers.get(b"content-type"), headers.get(b"accept"))
    attributes = _text(headers.get(ATTRIBUTES_HEADER))
    rows, include = parse_request(requested, body, model.signature, attributes)
    if include:
        check_extras(include, answer, disclose)
    return Invocation(rows, include, answer)


def answer(model: Model, disclose: Disclosure, asked: Invocation) -> Answer:
    """What `model` answers.

    Raises RequestError where there is no such answer, and whatever a model that fails raises.
    """
    predictions = model.predict(asked.rows)
    extras = unusual(asked.rows, model.signature)
    if asked.include:
        explained = model.explanations.of(asked.include, asked.rows, predictions)
        extras = [
            {**own, **more}
            for own, more in zip(explained, extras or [{}] * len(explained), strict=True)
        ]
    content = format_answer(asked.answer, model.labels, predictions, extras, disclose)
    if len(content) > MAX_BODY_BYTES:
        raise RequestError(
            Code.PAYLOAD_TOO_LARGE,
            f"The answer to {len(asked.rows)} rows has {len(content)} bytes. "
            f"At most {MAX_BODY_BYTES} are allowed. Send fewer rows.",
        )
    return Answer(200, content, _MEDIA_TYPES[asked.answer])


@lru_cache(maxsize=64)
def _negotiated(content_type: bytes | None, accept: bytes | None) -> tuple[Format, Format]:
    """`negotiate`, worked out once: a client's headers seldom change."""
    return negotiate(_text(content_type), _text(accept))


def _text(header: bytes | None) -> str | None:
    return None if header is None else header.decode("latin-1")
