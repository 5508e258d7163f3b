"""Bodies and headers of invocations: right in one of many ways, nearly right, or anything."""

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from hypothesis import strategies as st

from container.errors import RequestError
from container.formats.media_types import Format
from container.model import Model
from container.predictions import Disclosure, Extra
from container.server.invocation import ATTRIBUTES_HEADER, Answer, answer, parse, refusal
from container.signature import NEVER_SEEN, Signature
from tests.fuzz.connections import shortened

LARGE_BYTES = 6_300_000
"""A little more than a server takes."""

TOKENS = (
    *(b"[", b"]", b"{", b"}", b",", b":", b'"', b'""', b"'", b" ", b"\r", b"\n", b"\0", b"\t"),
    *(b"\xff", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\\u0000", b"\\ud800", b"\\", b"\xe2\x80\xa8"),
    *(b"NaN", b"-Infinity", b"null", b"true", b"e999", b"e-999", b"-", b".", b"9" * 400, b"0x1"),
    *(b'"instances"', b'"include"', b"[" * 2_000, b"{" * 30, b"\x93NUMPY", b"<f8", b"(9, 9)"),
)
"""What parsers have stumbled over."""

LATIN_1 = st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_characters="\x7f")


@dataclass(frozen=True)
class Post:
    """What a client sends to a model. headers: by their names in lower case."""

    body: bytes
    headers: dict[bytes, bytes]

    def __repr__(self) -> str:
        return f"Post({shortened(self.body)}, {self.headers})"


def answered(model: Model, disclose: Disclosure, post: Post) -> Answer:
    """What a server has to answer, by the very functions that it calls."""
    try:
        return answer(model, disclose, parse(model, disclose, post.body, post.headers))
    except RequestError as error:
        return refusal(error)


def tables(signature: Signature) -> st.SearchStrategy[list[list[float | str]]]:
    """Rows as people have them: a text where the feature has categories, else a float32."""
    return st.lists(st.tuples(*map(_cells, signature.features)).map(list), min_size=1, max_size=5)


def coded(row: Sequence[float | str], signature: Signature) -> list[float]:
    """A row of `tables` as the model gets it."""
    return [
        cell if isinstance(cell, float) else (codes or {}).get(cell, NEVER_SEEN)
        for cell, codes in zip(row, signature.codes, strict=True)
    ]


@st.composite
def written(
    draw: st.DrawFn, form: Format, rows: Sequence[Sequence[float | str]], signature: Signature
) -> bytes:
    """The rows as a body of one format, in one of the ways that it leaves open."""
    if form is Format.CSV:
        return _csv(draw, rows, signature)
    if form is Format.NPY:
        saved = io.BytesIO()
        order: Literal["C", "F"] = draw(st.sampled_from(("C", "F")))
        cells = np.array([coded(row, signature) for row in rows], np.float32, order=order)
        np.save(saved, cells.astype(draw(st.sampled_from(["<f4", "<f8"])), order="K"))
        return saved.getvalue()
    instances = [_array_or_record(draw, row, signature.names) for row in rows]
    if form is Format.JSON_LINES:
        return "\n".join(map(json.dumps, instances)).encode() + draw(st.sampled_from([b"", b"\n"]))
    document: dict[str, object] = {"instances": instances}
    if include := draw(st.lists(st.sampled_from(list(Extra)), max_size=3)):
        document["include"] = include
    indent = draw(st.sampled_from([None, 1]))
    return json.dumps(document, ensure_ascii=draw(st.booleans()), indent=indent).encode()


@st.composite
def mutated(draw: st.DrawFn, whole: st.SearchStrategy[bytes]) -> bytes:
    """Bytes in a few places of which others stand."""
    body = draw(whole)
    for _ in range(draw(st.integers(1, 5))):
        start = draw(st.integers(0, len(body)))
        end = start + draw(st.integers(0, 9))
        new = draw(st.sampled_from(TOKENS) | st.binary(max_size=9) | st.just(body[start : end * 2]))
        body = body[:start] + new + body[end:]
    return body


@st.composite
def stretched(draw: st.DrawFn, whole: st.SearchStrategy[bytes]) -> bytes:
    """Bytes of which a part comes again and again: work may not explode."""
    body = draw(whole)
    start = draw(st.integers(0, len(body)))
    end = start + draw(st.integers(1, 40))
    part = body[start:end] or draw(st.sampled_from(TOKENS))
    return body[:end] + part * draw(st.integers(2, LARGE_BYTES // len(part))) + body[end:]


@st.composite
def posts(draw: st.DrawFn, signature: Signature, *, large: bool = True) -> Post:
    """A request for predictions, most often with the headers that its body needs."""
    form = draw(st.sampled_from(Format))
    whole = tables(signature).flatmap(lambda rows: written(form, rows, signature))
    bodies = [whole, whole, mutated(whole), mutated(whole), st.binary(max_size=40)]
    body = draw(st.one_of(*bodies, *([stretched(whole)] if large else [])))
    headers = {
        b"content-type": draw(_headers(form, f"{form}; charset=utf-8", form.upper())),
        b"accept": draw(_headers(None, *Format, "text/*;q=0.5, */*;q=0.1", f"{form};q=0")),
        ATTRIBUTES_HEADER: draw(_headers(None, "include=set", "a=b; include=contributions,set")),
    }
    return Post(body, {name: value for name, value in headers.items() if value is not None})


def _cells(feature):
    numbers = st.floats(width=32, allow_nan=False, allow_infinity=False)
    near = st.floats(*feature.range).map(_float32) if feature.range else numbers
    if feature.categories is None:
        return near | numbers
    return st.sampled_from(feature.categories) | st.text(
        st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=9
    )


def _float32(value: float) -> float:
    return float(np.float32(value))


def _array_or_record(draw: st.DrawFn, row: Sequence[float | str], names: Sequence[str]) -> object:
    if draw(st.booleans()):
        return row
    return dict(draw(st.permutations(list(zip(names, row, strict=True)))))


def _csv(draw: st.DrawFn, rows: Sequence[Sequence[float | str]], signature: Signature) -> bytes:
    order = list(range(len(signature.names)))
    lines: list[Sequence[float | str]] = []
    # Rows of texts alone might be taken for a header where there is none.
    if draw(st.booleans()) or None not in signature.codes:
        order = draw(st.permutations(order))
        lines.append([signature.names[place] for place in order])
    lines += [[row[place] for place in order] for row in rows]
    end = draw(st.sampled_from(["\n", "\r\n"]))
    return (end.join(",".join(map(_csv_cell, line)) for line in lines) + end).encode()


def _csv_cell(cell: float | str) -> str:
    return repr(cell) if isinstance(cell, float) else '"' + cell.replace('"', '""') + '"'


def _headers(first: str | None, *others: str) -> st.SearchStrategy[bytes | None]:
    # Seldom another than the first: with wrong headers no body is looked at.
    odd = st.sampled_from(others) | st.text(LATIN_1, max_size=20).map(str.strip)
    return (
        st.sampled_from([st.just(first)] * 7 + [odd])
        .flatmap(lambda texts: texts)
        .map(lambda value: None if value is None else value.encode("latin-1"))
    )
