"""What clients send: requests in any of the ways that HTTP allows, and what it does not allow."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from hypothesis import strategies as st

from container.signature import Signature
from tests.fuzz.bodies import LARGE_BYTES, TOKENS, mutated, posts
from tests.fuzz.connections import End, Script, shortened

LONG = b"a" * 70_000
LONGER = b"a" * 3_000_000

METHODS = (
    *(b"GET", b"POST", b"HEAD", b"PUT", b"PATCH", b"DELETE", b"OPTIONS", b"TRACE", b"CONNECT"),
    *(b"PRI", b"M-SEARCH", b"post", b"", b"X" * 40),
)
TARGETS = (
    *(b"/ping", b"/invocations", b"/", b"*", b"//ping", b"/ping/", b"/invocations?x=%zz#f"),
    *(b"http://here/invocations", b"http://here", b"here:80", b"/%2e%2e/ping", b"/%ff", b"/%00"),
    *(b"/\xff", b"/models", b"/models/a", b"/models/a/invoke", b"/models?next_page_token=%00"),
    *(b"/models/%2F%2e%2e/invoke", b"/models//invoke", b"/" + LONG, b"/ping?" + LONGER, b""),
)
VERSIONS = (b"HTTP/1.1", b"HTTP/1.1", b"HTTP/1.1", b"HTTP/1.0", b"HTTP/0.9", b"HTTP/2.0", b"X")
FIELDS = (
    *(b"Host: here", b"Host: ", b"Content-Type: application/json", b"Accept: text/csv"),
    *(b"Content-Length: 0", b"Content-Length: 9", b"Content-Length: -1", b"Content-Length: 5, 5"),
    *(b"Content-Length: 99999999999999999999", b"Content-Length: 18446744073709551615"),
    *(b"Content-Length: 0x5", b"Content-Length: ", b"Content-Length: 7000000"),
    *(b"Transfer-Encoding: chunked", b"Transfer-Encoding: gzip, chunked", b"Transfer-Encoding: x"),
    *(b"Expect: 100-continue", b"Expect: x", b"Connection: close", b"Connection: keep-alive"),
    *(b"Upgrade: websocket\r\nConnection: Upgrade", b"Upgrade: h2c\r\nConnection: Upgrade"),
    *(b"Content-Encoding: gzip", b" folded", b"No colon", b": no name", b"X: \0", b"X: \xff"),
    *(b"X" + LONG + b": y", b"X: " + LONG, b"X: " + LONGER, b"X: y\r\n" * 3_000 + b"X: y"),
    b"X-Amzn-SageMaker-Custom-Attributes: include=set,contributions,intervals",
)
BODIES = (
    *(b"", b"[[1,2]]", b"5\r\nabcde\r\n0\r\n\r\n", b"5;x=y\r\nabcde\r\n0\r\nX: y\r\n\r\n"),
    *(b"ZZ\r\n", b"-5\r\nabcde\r\n", b"FFFFFFFFFFFFFFFFF\r\n", b"5\nabcde\n0\n\n", b"5\r\nabcdefg"),
    *(b"0\r\n" + b"X: y\r\n" * 3_000 + b"\r\n", b"1;" + LONG + b"\r\na\r\n0\r\n\r\n"),
    *(b"1" * LARGE_BYTES, b"{" * LARGE_BYTES, b"GET /ping HTTP/1.1\r\n\r\n" * 9_000),
)


@dataclass(frozen=True)
class Call:
    """A request. headers: by their names in lower case."""

    method: bytes
    target: bytes
    headers: Mapping[bytes, bytes]
    body: bytes

    def __repr__(self) -> str:
        line = self.method + b" " + self.target
        return f"Call({shortened(line)}, {dict(self.headers)}, {shortened(self.body)})"


class Conversation(NamedTuple):
    """A client, and the requests that it is owed an answer to, in their order."""

    script: Script
    calls: Sequence[Call]

    @property
    def to_head(self) -> bool:
        """Whether some answer may have no body, whatever its length."""
        return b"HEAD" in b"".join(self.script.pieces)


def predictions(signature: Signature, target: bytes) -> st.SearchStrategy[Call]:
    """Requests for predictions, right and wrong."""
    return posts(signature).map(lambda post: Call(b"POST", target, post.headers, post.body))


def of_models(folders: Sequence[Path]) -> st.SearchStrategy[Call]:
    """Requests to load, show, unload and ask models, some of which have no artifact."""
    names = st.sampled_from(["a", "b", "a.b", "", "x" * 300])
    urls = st.sampled_from(
        [*map(str, folders), "/no/such/folder", "/dev/null", "", "\0", "y" * 999]
    )
    whole = st.fixed_dictionaries({"model_name": names, "url": urls}).map(json.dumps)
    bodies = whole.map(str.encode)
    load = st.builds(Call, st.just(b"POST"), st.just(b"/models"), st.just({}), bodies)
    odd = st.builds(Call, st.just(b"POST"), st.just(b"/models"), st.just({}), mutated(bodies))
    others = st.builds(
        Call,
        st.sampled_from([b"GET", b"DELETE", b"PUT", b"POST"]),
        st.sampled_from([b"/models", b"/models/a", b"/models/b", b"/models/a%20b", b"/models/c"]),
        st.just({}),
        st.just(b""),
    )
    rows = st.sampled_from([b'{"instances": [[5, 3, 1, 0.2]]}', b"5,3,1,0.2", b""])
    target = st.sampled_from([b"/models/a/invoke", b"/models/b/invoke", b"/models/a%20b/invoke"])
    return load | odd | others | st.builds(Call, st.just(b"POST"), target, st.just({}), rows)


@st.composite
def sound(draw: st.DrawFn, calls: st.SearchStrategy[Call]) -> Conversation:
    """Several requests on one connection, framed in any way that is right, cut at any place."""
    asked = draw(st.lists(calls, min_size=1, max_size=4))
    requests = [_framed(draw, call) for call in asked]
    if draw(st.booleans()):
        requests = [b"".join(requests)]  # all before the first answer
    pieces = [piece for request in requests for piece in _cut(draw, request)]
    return Conversation(Script(pieces, End.READ), asked)


@st.composite
def odd(draw: st.DrawFn) -> Conversation:
    """What is no HTTP, or no more than nearly."""
    requests = draw(st.lists(_odd_request(), min_size=1, max_size=3))
    sent = b"".join(requests)
    if draw(st.booleans()):
        sent = draw(mutated(st.just(sent)))
    # Seldom READ: who sends only a part of a body is let wait for seconds.
    end = draw(st.sampled_from([End.READ] + [End.HALF_CLOSE] * 12 + [End.ABORT] * 12))
    return Conversation(Script(_cut(draw, sent), end), [])


@st.composite
def _odd_request(draw: st.DrawFn) -> bytes:
    line = [draw(st.sampled_from(part)) for part in (METHODS, TARGETS, VERSIONS)]
    fields = draw(st.lists(st.sampled_from(FIELDS), max_size=4))
    body = draw(st.sampled_from(BODIES) | st.sampled_from(TOKENS))
    return b"\r\n".join([b" ".join(line), *fields, b"", body])


def _framed(draw: st.DrawFn, call: Call) -> bytes:
    fields = [b"%b:%b" % (draw(_cased(name)), b" " + value) for name, value in call.headers.items()]
    if draw(st.sampled_from([True] + [False] * 5)):
        fields.append(b"Expect: 100-continue")
    if draw(st.booleans()):
        fields.append(b"Content-Length: %d" % len(call.body))
        body = call.body
    else:
        fields.append(b"Transfer-Encoding: " + draw(st.sampled_from([b"chunked", b"Chunked"])))
        body = _chunked(draw, call.body)
    fields = draw(st.permutations([b"Host: here", *fields]))
    return b"\r\n".join([b"%b %b HTTP/1.1" % (call.method, call.target), *fields, b"", body])


def _cased(name: bytes) -> st.SearchStrategy[bytes]:
    return st.sampled_from([name, name.upper(), name.title()])


def _chunked(draw: st.DrawFn, body: bytes) -> bytes:
    chunks = []
    for piece in filter(None, _cut(draw, body)):
        size = draw(st.sampled_from([b"%x", b"%X", b"000%x", b'%x;a="b"'])) % len(piece)
        chunks.append(size + b"\r\n" + piece + b"\r\n")
    trailer = draw(st.sampled_from([b"", b"X-T: 1\r\n"]))
    return b"".join(chunks) + b"0\r\n" + trailer + b"\r\n"


def _cut(draw: st.DrawFn, whole: bytes) -> list[bytes]:
    places = sorted(draw(st.lists(st.integers(0, len(whole)), max_size=3)))
    return [whole[i:j] for i, j in zip([0, *places], [*places, len(whole)], strict=True)]
