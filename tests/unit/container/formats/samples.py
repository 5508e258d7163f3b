"""What the tests of all formats share: signatures, rows, and how a refusal reads."""

import json
from typing import Any

import pytest
from hypothesis import strategies as st

from container.errors import MAX_BODY_BYTES, RequestError
from container.signature import Feature, Signature

LARGE_BYTES = 6_000_000

float32 = st.floats(width=32, allow_nan=False, allow_infinity=False)


def numbers(*names: str) -> Signature:
    """Of a model that takes numbers alone."""
    return Signature(tuple(map(Feature, names)), ("yes", "no"))


PAIR = numbers("a", "b")

COLOURS = ("red", "green", 'say "x"', "a,b[{")
MIXED = Signature(
    (Feature("size"), Feature("colour", categories=COLOURS), Feature("shape", categories=("0",))),
    ("yes", "no"),
)
TEXTS = Signature(MIXED.features[1:], ("yes", "no"))


def tables(width: int) -> st.SearchStrategy[list[list[float]]]:
    return st.lists(st.lists(float32, min_size=width, max_size=width), min_size=1, max_size=20)


def refusal(parse, *arguments) -> dict[str, Any]:
    """The error that a client would get, which is small whatever the request held."""
    with pytest.raises(RequestError) as error:
        parse(*arguments)
    written = error.value.to_json()
    assert written.startswith(b'{"error":{"code":"')
    assert written.endswith(b"}}")
    assert len(written) < MAX_BODY_BYTES
    refused: dict[str, Any] = json.loads(written)["error"]
    return refused


def rows_or_refused(parse, *arguments):
    """None for a refusal; no other exception passes."""
    try:
        return parse(*arguments)
    except RequestError as error:
        refused = error
    assert len(refused.to_json()) < MAX_BODY_BYTES
    return None
