"""The language host's process: serves one engine, and ends with it."""

import os
import shutil
import signal
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import FrameType
from typing import Never

import grpc
from pulumi.runtime.proto.language_pb2_grpc import add_LanguageRuntimeServicer_to_server

from local.engine.cache import EXECUTOR_NAME
from local.engine.language_host import LanguageHost

_CALLS_AT_ONCE = 32  # a call lasts as long as its program or policy pack
_PARENT_CHECK_SECONDS = 1.0
_ANY_MESSAGE_SIZE = -1
"""The engine's own limit is 400 MB; a config can be larger than gRPC's default of 4 MB."""


def serve(arguments: Sequence[str]) -> Never:
    """Serve the engine whose address comes last in `arguments`; print the port to be called on.

    Ends the process at once on SIGINT and SIGTERM, and within a second of the engine's death;
    what it has started ends with it.
    """
    if not arguments:
        sys.exit("usage: pulumi-language-python [FLAGS] ENGINE_ADDRESS (Pulumi's engine starts it)")
    executor = shutil.which(EXECUTOR_NAME)
    if executor is None:
        sys.exit(
            f"{EXECUTOR_NAME} is not on PATH. Put the folders that `local.engine.find` names "
            "first on PATH."
        )
    engine = os.getppid()
    host = LanguageHost(arguments[-1], Path(executor), os.environ)

    def stop(signal_number: int, frame: FrameType | None) -> Never:
        host.close()
        os._exit(0)  # no wait for calls: the engine would wait 5 s for this to end

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    server = grpc.server(
        ThreadPoolExecutor(_CALLS_AT_ONCE),
        options=[("grpc.max_receive_message_length", _ANY_MESSAGE_SIZE)],
    )
    add_LanguageRuntimeServicer_to_server(host, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    while server.wait_for_termination(_PARENT_CHECK_SECONDS) and os.getppid() == engine:
        pass
    host.close()
    os._exit(0)
