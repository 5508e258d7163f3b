"""The local cloud, assembled: control plane, gateway and provider in one process."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from wsgiref.types import WSGIApplication

import grpc
from pulumi.runtime.proto import provider_pb2_grpc
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from local.api_gateway.runtime import MAX_PAYLOAD_BYTES
from local.aws import Aws
from local.call_log import CallLog
from local.clock import Clock, system_clock
from local.control_plane import ControlPlane
from local.credentials import identity
from local.gateway import Gateway
from local.http_server import HttpServer
from local.log_writer import LogWriter
from local.provider.servicer import AwsProvider
from local.region import Region
from local.sagemaker.images import Images

_LOOPBACK = "127.0.0.1"
_MAX_MESSAGE_BYTES = 400 * 1024 * 1024
"""What the engine itself allows between it and a plugin."""


@dataclass(frozen=True)
class Addresses:
    """Where the parts of a running cloud listen."""

    api_url: str
    """Every AWS API."""
    gateway_url: str
    """Deployed REST APIs."""
    provider_port: int
    """The stand-in for the aws plugin."""


class Cloud:
    """A whole local cloud, on free ports. directory: its home's folder."""

    def __init__(self, directory: Path, clock: Clock = system_clock) -> None:
        self._directory = directory
        self._clock = clock
        self._calls = CallLog(clock)
        self._regions: dict[str, Region] = {}
        self._lock = threading.Lock()
        self._api_server = _server(ControlPlane(self._region))
        self._api_url = f"http://{_LOOPBACK}:{self._api_server.port}"
        self._logs = LogWriter(self._aws, clock)
        gateway = Gateway(self._all_regions, clock, self._calls, self._logs, identity)
        self._gateway_server = HttpServer(gateway, MAX_PAYLOAD_BYTES)
        self._gateway_url = self._gateway_server.url
        self._provider_server = grpc.server(
            ThreadPoolExecutor(16),
            options=[
                ("grpc.max_receive_message_length", _MAX_MESSAGE_BYTES),
                ("grpc.max_send_message_length", _MAX_MESSAGE_BYTES),
            ],
        )
        provider_pb2_grpc.add_ResourceProviderServicer_to_server(
            AwsProvider(self._aws), self._provider_server
        )
        provider_port = self._provider_server.add_insecure_port(f"{_LOOPBACK}:0")
        self.addresses = Addresses(self._api_url, self._gateway_url, provider_port)

    def start(self) -> None:
        """Begins to answer, in threads of its own."""
        for server in (self._api_server, self._gateway_server):
            threading.Thread(target=server.serve_forever, daemon=True).start()
        self._provider_server.start()

    def close(self) -> None:
        """Stops answering, and every process it started."""
        self._provider_server.stop(grace=None)
        self._gateway_server.close()
        for region in self._all_regions():
            region.close()
        self._api_server.shutdown()
        self._api_server.server_close()

    def _aws(self, region: str) -> Aws:
        return Aws(self._api_url, self._gateway_url, region)

    def _region(self, name: str) -> Region:
        with self._lock:
            if name not in self._regions:
                models = self._directory / "models"
                images = Images(self._directory / "projects")
                self._regions[name] = Region(
                    self._aws(name), models, images, self._clock, self._calls, self._logs
                )
            return self._regions[name]

    def _all_regions(self) -> list[Region]:
        with self._lock:
            return list(self._regions.values())


class _Silent(WSGIRequestHandler):
    """Calls of the control plane are not logged: the engine tells what it does."""

    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Says nothing."""


def _server(application: WSGIApplication) -> BaseWSGIServer:
    return make_server(_LOOPBACK, 0, application, threaded=True, request_handler=_Silent)
