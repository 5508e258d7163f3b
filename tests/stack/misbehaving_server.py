"""A container that does what the body says; tests put it in the place of container/server/serve.py.

The first word of a body is a way to answer, of WAYS or NO_HTTP; any other body comes back
as it is. While the file `broken` lies beside this module, three bodies in four are answered with
what is no HTTP.
"""

import random
import time
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

BROKEN = Path(__file__).with_name("broken")
OURS = b'{"error":{"code":"InvalidCell","message":"Not a number.","row":1,"column":2}}'
TRACE = b"Traceback (most recent call last): /opt/ml/code/secret.py arn:aws:s3:::private"
SLOW_SECONDS = 4
LATE_SECONDS = 35
WAYS = {
    "ours": (400, OURS),
    "foreign": (400, b'{"error":{"code":"Other","detail":"not of our form"}}'),
    "page": (403, b"<html>Forbidden</html>"),
    "long": (400, b'{"error":{"code":"InvalidCell","message":"%s"}}' % (b"x" * 3000)),
    "trace": (500, TRACE),
    "busy": (503, TRACE),
    "moved": (302, b""),
}
NO_HTTP = ("garbage", "cut", "short", "surplus", "twice", "silent")


class Handler(BaseHTTPRequestHandler):
    """One request of a connection."""

    def do_GET(self) -> None:
        """The health check: it is always well."""
        self._send(200, b"")

    def do_POST(self) -> None:
        """An invocation."""
        body = self.rfile.read(int(self.headers["content-length"]))
        way = (body.split() or [b""])[0].decode(errors="replace")
        if BROKEN.exists():
            way = random.choice((*NO_HTTP, *NO_HTTP, *NO_HTTP, "well"))  # noqa: S311
        if way == "late":
            time.sleep(LATE_SECONDS)
        if way == "slow":
            time.sleep(SLOW_SECONDS)
        if way in NO_HTTP:
            self._break(way, body)
        else:
            self._send(*WAYS.get(way, (200, body)))

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is logged."""

    def _send(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("content-type", "text/plain")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _break(self, way: str, body: bytes) -> None:
        length = len(body) + {"short": -2, "surplus": 2}.get(way, 0)
        whole = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (length, body)
        wire = {"garbage": b"\x00" * 100, "cut": whole[:-3], "twice": whole * 2, "silent": b""}
        self.wfile.write(wire.get(way, whole))
        self.close_connection = True


class Server(ThreadingHTTPServer):
    """Takes as many connections at once as the tests open."""

    request_queue_size = 256
    daemon_threads = True


def main(environment: Mapping[str, str]) -> int:
    """Serves until a signal ends the process."""
    address = environment["BIND_HOST"], int(environment["SAGEMAKER_BIND_TO_PORT"])
    Server(address, Handler).serve_forever()
    return 0
