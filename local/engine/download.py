"""One file over HTTP within a limit of time, whatever the network does."""

import http.client
import threading
import time
import urllib.request
from concurrent.futures import Future, wait
from pathlib import Path
from urllib.error import HTTPError, URLError

from local.engine.errors import UnavailableError
from local.engine.progress import Progress

_TICK_SECONDS = 1.0
_CHUNK_BYTES = 1 << 16


def download(url: str, target: Path, limit_seconds: float, progress: Progress) -> None:
    """Write what `url` answers to `target`, by way of the proxies that the environment names.

    limit_seconds: for the whole of it, from looking up the name to the last byte.
    Raises UnavailableError if it takes longer or fails; `target` may then hold a part.
    """
    outcome: Future[None] = Future()
    abandoned = threading.Event()
    # In a thread, since a socket's timeout covers neither the name's look-up nor all of a
    # host's addresses together. A daemon, so that Ctrl-C does not wait for it either.
    arguments = (url, target, 2 * limit_seconds, outcome, abandoned)  # it never gives up first
    threading.Thread(target=_transfer, args=arguments, daemon=True).start()
    deadline = time.monotonic() + limit_seconds
    try:
        while not outcome.done():
            left = deadline - time.monotonic()
            if left <= 0:
                raise UnavailableError(f"{url}: did not come whole within {limit_seconds:g} s")
            wait([outcome], min(left, _TICK_SECONDS))
            progress.tick()
    finally:
        abandoned.set()
    try:
        outcome.result()
    except (OSError, http.client.HTTPException) as error:
        raise UnavailableError(f"{url}: {_reason(error)}") from error


def _transfer(
    url: str,
    target: Path,
    timeout_seconds: float,
    outcome: "Future[None]",
    abandoned: threading.Event,
) -> None:
    opener = urllib.request.build_opener()
    opener.addheaders = [("User-Agent", "ml-gateway")]  # some hosts refuse Python's own
    try:
        with opener.open(url, timeout=timeout_seconds) as answer, target.open("wb") as file:
            while not abandoned.is_set() and (chunk := answer.read1(_CHUNK_BYTES)):
                file.write(chunk)
        outcome.set_result(None)
    except Exception as error:
        outcome.set_exception(error)


def _reason(error: OSError | http.client.HTTPException) -> str:
    if isinstance(error, HTTPError):
        error.close()
        return f"HTTP status {error.code}"
    cause = error.reason if isinstance(error, URLError) else error
    words = (cause.strerror if isinstance(cause, OSError) else None) or str(cause) or repr(cause)
    return " ".join(words.split())
