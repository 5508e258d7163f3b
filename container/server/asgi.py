"""The server as an ASGI application: predictions and health first, Flask behind for the rest.

https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html
https://asgi.readthedocs.io/en/latest/specs/www.html
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, cast

from a2wsgi import WSGIMiddleware

from container.errors import Code, RequestError
from container.explain.explanations import MAX_EXPLAINED_BYTES
from container.model import Model
from container.predictions import Disclosure
from container.server.app import INTERNAL, create_app
from container.server.body import (
    LARGE_BYTES,
    READ_SECONDS,
    Disconnected,
    Receive,
    discard_rest,
    part_of,
    read_rest,
    read_small_rest,
)
from container.server.invocation import Answer, Invocation, answer, parse, refusal
from container.server.models import Models
from container.server.models_api import asked_model

MAX_LARGE = 8
"""Large bodies that a worker reads, lets wait or answers at once; 48 MiB at most."""

QUICK_ROWS = 500
"""Up to here a request is answered as it comes; more rows may take longer than a millisecond."""

MAX_WAITING_ROWS = 50_000
"""Of all requests with more than QUICK_ROWS that wait for their turn: some seconds of work."""

MAX_EXPLAINING = 2 * MAX_EXPLAINED_BYTES
"""Of all requests that wait for their explanation or get it: some 6 seconds of work."""

THREADS = 4
"""Of each worker, for what Flask answers."""

OVERLOADED = refusal(
    RequestError(Code.OVERLOADED, "The server has too much to do. Try again in a second."),
    (b"retry-after", b"1"),
)

LATE = refusal(
    RequestError(
        Code.INVALID_REQUEST,
        f"The body did not arrive within {READ_SECONDS} seconds. Send all of it, in one go.",
    ),
    # The rest of it would be taken for the next request.
    (b"connection", b"close"),
)

_OF_LENGTH = (b"content-length", b"transfer-encoding")

Scope = dict[str, Any]
Message = dict[str, Any]
Send = Callable[[Message], Awaitable[None]]

_log = logging.getLogger(__name__)


class Application:
    """Answers for one model or for several, and makes one prediction at a time.

    A request of few rows is answered at once. Longer ones take turns, and others are answered
    between them: SageMaker waits 2 seconds for /ping. Explanations are computed in a thread.
    """

    def __init__(self, served: Model | Models, disclose: Disclosure) -> None:
        self._served = served
        self._disclose = disclose
        rest = create_app(served if isinstance(served, Models) else None)
        self._rest = WSGIMiddleware(cast(Any, rest), workers=THREADS)
        self._large = self._waiting_rows = self._explaining = 0
        self._turn, self._explanation = asyncio.Lock(), asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Called by the server for each request."""
        path, method = scope["path"], scope["method"]
        try:
            if method == "POST" and (model := self._asked(path)):
                answered = messages(await self._invocation(model, scope, receive))
            elif path == "/ping" and method in {"GET", "HEAD"}:
                answered = messages(self._ping())
            else:
                answered = await self._other(scope, receive)
        except RequestError as error:
            answered = messages(refusal(error))
        except TimeoutError:
            answered = messages(LATE)
        except Disconnected:
            return
        except Exception:
            _log.exception("a request could not be answered")
            answered = messages(refusal(INTERNAL))
        for message in answered:
            await send(message)

    def _asked(self, path: str) -> Model | None:
        """The model that a path asks for predictions. Raises RequestError where it is not there."""
        if isinstance(self._served, Models):
            return asked_model(self._served, path)
        return self._served if path == "/invocations" else None

    def _ping(self) -> Answer:
        """200 only if the model predicts its own sample rightly, at each call anew.

        The answer is about the process that gives it. Of several, each has done so when it was
        loaded; there may be hundreds.
        """
        if isinstance(self._served, Models):
            return Answer(200)
        try:
            mistakes = self._served.sample_mistakes()
        except Exception:
            _log.exception("the model failed on its own sample")
            return Answer(503)
        for mistake in mistakes:
            _log.error("the model is wrong on its own sample: %s", mistake)
        return Answer(503 if mistakes else 200)

    async def _invocation(self, model: Model, scope: Scope, receive: Receive) -> Answer:
        headers = dict(scope["headers"])
        body, more = part_of(await receive())
        if more:
            if _is_large(headers):
                return await self._large_invocation(model, headers, receive, body)
            body = await read_rest(receive, body)
        asked = parse(model, self._disclose, body, headers)
        if asked.explains or len(asked.rows) > QUICK_ROWS:
            return await self._slow_answer(model, asked)
        return answer(model, self._disclose, asked)

    async def _large_invocation(
        self, model: Model, headers: dict[bytes, bytes], receive: Receive, body: bytes
    ) -> Answer:
        if self._large >= MAX_LARGE:
            await discard_rest(receive)
            return OVERLOADED
        self._large += 1
        try:
            body = await read_rest(receive, body)
            async with self._turn:
                await _others_first()
                asked = parse(model, self._disclose, body, headers)
            return await self._slow_answer(model, asked)
        finally:
            self._large -= 1

    async def _slow_answer(self, model: Model, asked: Invocation) -> Answer:
        """The answer when it is the request's turn; or that there are too many before it."""
        if asked.explains:
            return await self._explained(model, asked)
        rows = len(asked.rows)
        if self._waiting_rows and self._waiting_rows + rows > MAX_WAITING_ROWS:
            return OVERLOADED
        self._waiting_rows += rows
        try:
            async with self._turn:
                await _others_first()
                return answer(model, self._disclose, asked)
        finally:
            self._waiting_rows -= rows

    async def _explained(self, model: Model, asked: Invocation) -> Answer:
        cost = model.explanations.cost(len(asked.rows))
        if self._explaining and self._explaining + cost > MAX_EXPLAINING:
            return OVERLOADED
        self._explaining += cost
        try:
            async with self._explanation:
                return await asyncio.to_thread(answer, model, self._disclose, asked)
        finally:
            self._explaining -= cost

    async def _other(self, scope: Scope, receive: Receive) -> list[Message]:
        """By Flask, in a thread: which waits for nobody, since the body has been read.

        All of the answer: a client that errs or goes in between would cut it in two.
        """
        body, more = part_of(await receive())
        whole = await read_small_rest(receive, body) if more else body

        async def receive_all() -> Message:
            return {"type": "http.request", "body": whole, "more_body": False}

        # Flask reads no body whose length is not said, as of one that came in chunks.
        headers = [header for header in scope["headers"] if header[0] not in _OF_LENGTH]
        known = scope | {"headers": [*headers, (b"content-length", b"%d" % len(whole))]}
        answered: list[Message] = []

        async def keep(message: Message) -> None:
            answered.append(message)

        await self._rest(known, receive_all, keep)  # type: ignore[arg-type]
        return answered


def messages(answer: Answer) -> list[Message]:
    """What ASGI sends for a whole answer."""
    headers = [
        (b"content-type", answer.media_type),
        (b"content-length", b"%d" % len(answer.content)),
        *answer.headers,
    ]
    return [
        {"type": "http.response.start", "status": answer.status, "headers": headers},
        {"type": "http.response.body", "body": answer.content},
    ]


async def _others_first() -> None:
    """After the one before, whatever else is there: one turn answers it, the next one sends it."""
    for _ in range(2):
        await asyncio.sleep(0)


def _is_large(headers: dict[bytes, bytes]) -> bool:
    """Whether a body may be large: by its length, or because it does not say."""
    return int(headers.get(b"content-length", LARGE_BYTES)) >= LARGE_BYTES
