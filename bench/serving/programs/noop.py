"""The ceiling of our server's stack: it reads a request and answers constant bytes."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]

BODY = (
    b'{"predictions":[{"label":"setosa",'
    b'"probabilities":{"setosa":1.0,"versicolor":0.0,"virginica":0.0}}]}'
)
HEADERS = [
    (b"content-type", b"application/json"),
    (b"content-length", str(len(BODY)).encode()),
]


async def app(
    scope: Message,
    receive: Callable[[], Awaitable[Message]],
    send: Callable[[Message], Awaitable[None]],
) -> None:
    """An ASGI application."""
    if scope["type"] != "http":
        return  # it has nothing to do at start and end
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    await send({"type": "http.response.body", "body": BODY})
