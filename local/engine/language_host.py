"""Pulumi's language host for Python: starts programs and policy packs for the engine.

Stands in for the official host where the engine is built from Go modules, which serve none.
What it does not serve (code generation, packing, templates), gRPC refuses as unimplemented.
https://github.com/pulumi/pulumi/blob/master/proto/pulumi/language.proto
"""

import queue
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path

import grpc
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import language_pb2 as messages
from pulumi.runtime.proto.language_pb2_grpc import LanguageRuntimeServicer
from pulumi.runtime.proto.plugin_pb2 import PluginInfo

from local.engine.interpreter import InterpreterError, find_interpreter
from local.engine.processes import Processes
from local.engine.program import (
    plugin_command,
    plugin_environment,
    plugin_folder,
    program_command,
    program_environment,
    program_result,
)

_NO_DEBUGGER = "--attach-debugger: this language host has none. Use Pulumi's official CLI."
_CHUNK_BYTES = 4096


class LanguageHost(LanguageRuntimeServicer):
    """The service, as one engine process uses it.

    engine_address: host:port of the engine's own service. executor: the script that runs a
    program. environment: what programs inherit.
    """

    def __init__(self, engine_address: str, executor: Path, environment: Mapping[str, str]) -> None:
        self._engine_address = engine_address
        self._executor = executor
        self._environment = environment
        self._programs = Processes()
        self._plugins = Processes()

    def close(self) -> None:
        """Kill all programs and plugins, and start no more."""
        self._programs.close()
        self._plugins.close()

    def Handshake(
        self, request: messages.LanguageHandshakeRequest, context: grpc.ServicerContext
    ) -> messages.LanguageHandshakeResponse:
        """Learn the engine's address."""
        self._engine_address = request.engine_address
        return messages.LanguageHandshakeResponse()

    def GetPluginInfo(self, request: Empty, context: grpc.ServicerContext) -> PluginInfo:
        """Answer no version: the host comes with the repository."""
        return PluginInfo()

    def GetRequiredPackages(
        self, request: messages.GetRequiredPackagesRequest, context: grpc.ServicerContext
    ) -> messages.GetRequiredPackagesResponse:
        """Ask the engine to fetch nothing: the local cloud puts its provider on PATH."""
        return messages.GetRequiredPackagesResponse()

    def GetRequiredPlugins(
        self, request: messages.GetRequiredPluginsRequest, context: grpc.ServicerContext
    ) -> messages.GetRequiredPluginsResponse:
        """Ask for nothing, in the form that older engines use."""
        return messages.GetRequiredPluginsResponse()

    def RuntimeOptionsPrompts(
        self, request: messages.RuntimeOptionsRequest, context: grpc.ServicerContext
    ) -> messages.RuntimeOptionsResponse:
        """Ask nothing: the project's runtime options are in its Pulumi.yaml."""
        return messages.RuntimeOptionsResponse()

    def About(
        self, request: messages.AboutRequest, context: grpc.ServicerContext
    ) -> messages.AboutResponse:
        """Name the program's Python and its version."""
        with _faults_reported(context):
            interpreter = find_interpreter(request.info, self._environment)
            version = interpreter.describe().version
            return messages.AboutResponse(executable=str(interpreter.executable), version=version)

    def GetProgramDependencies(
        self, request: messages.GetProgramDependenciesRequest, context: grpc.ServicerContext
    ) -> messages.GetProgramDependenciesResponse:
        """List the packages of the program's Python, those that others brought along too."""
        with _faults_reported(context):
            packages = find_interpreter(request.info, self._environment).describe().packages
            return messages.GetProgramDependenciesResponse(
                dependencies=[
                    messages.DependencyInfo(name=name, version=version)
                    for name, version in sorted(packages.items())
                ]
            )

    def InstallDependencies(
        self, request: messages.InstallDependenciesRequest, context: grpc.ServicerContext
    ) -> Iterator[messages.InstallDependenciesResponse]:
        """Install nothing, and say so: the repository's own tooling fills the environment."""
        with _faults_reported(context):
            interpreter = find_interpreter(request.info, self._environment)
            line = f"Nothing installed: {interpreter.executable} is used as it is.\n"
            yield messages.InstallDependenciesResponse(stdout=line.encode())

    def Run(
        self, request: messages.RunRequest, context: grpc.ServicerContext
    ) -> messages.RunResponse:
        """Run a program to its end; its output goes to the host's, which the engine shows."""
        if request.attach_debugger:
            return messages.RunResponse(error=_NO_DEBUGGER)
        try:
            interpreter = find_interpreter(request.info, self._environment)
            command = program_command(interpreter, self._executor, self._engine_address, request)
            environment = program_environment(self._environment, request)
            with self._programs.started(
                command, Path(request.pwd), interpreter.activated(environment)
            ) as program:
                _kill_with_call(program, context)
                return program_result(program.wait())
        except InterpreterError as error:
            return messages.RunResponse(error=str(error))
        except OSError as error:
            return messages.RunResponse(error=f"cannot be started: {_cause(error)}")

    def RunPlugin(
        self, request: messages.RunPluginRequest, context: grpc.ServicerContext
    ) -> Iterator[messages.RunPluginResponse]:
        """Run a policy pack until the engine cancels the call; stream output, then exit status."""
        if request.attach_debugger:
            context.abort(grpc.StatusCode.UNIMPLEMENTED, _NO_DEBUGGER)
        with _faults_reported(context):
            interpreter = find_interpreter(request.info, self._environment)
            with self._plugins.started(
                plugin_command(interpreter, request),
                plugin_folder(request),
                interpreter.activated(plugin_environment(request)),
                subprocess.PIPE,
            ) as plugin:
                _kill_with_call(plugin, context)
                yield from _output(plugin)
                yield messages.RunPluginResponse(exitcode=plugin.wait())

    def Cancel(self, request: Empty, context: grpc.ServicerContext) -> Empty:
        """Kill programs; plugins end with their own calls, for they may have to clean up."""
        self._programs.kill()
        return Empty()


@contextmanager
def _faults_reported(context: grpc.ServicerContext) -> Iterator[None]:
    """End the call with a message for what the user can put right."""
    try:
        yield
    except InterpreterError as error:
        context.abort(grpc.StatusCode.FAILED_PRECONDITION, str(error))
    except OSError as error:
        context.abort(grpc.StatusCode.FAILED_PRECONDITION, f"cannot be started: {_cause(error)}")


def _cause(error: OSError) -> str:
    return f"{error.filename}: {error.strerror}"


def _kill_with_call(child: subprocess.Popen[bytes], context: grpc.ServicerContext) -> None:
    if not context.add_callback(child.kill):  # the call is over already
        child.kill()


def _output(plugin: subprocess.Popen[bytes]) -> Iterator[messages.RunPluginResponse]:
    """Both streams' chunks as they come, until both have ended."""
    chunks: queue.Queue[messages.RunPluginResponse | None] = queue.Queue()

    def pump(stream: BufferedReader, wrap: Callable[[bytes], messages.RunPluginResponse]) -> None:
        while chunk := stream.read1(_CHUNK_BYTES):
            chunks.put(wrap(chunk))
        chunks.put(None)

    def stdout(chunk: bytes) -> messages.RunPluginResponse:
        return messages.RunPluginResponse(stdout=chunk)

    def stderr(chunk: bytes) -> messages.RunPluginResponse:
        return messages.RunPluginResponse(stderr=chunk)

    pumps = [
        threading.Thread(target=pump, args=arguments, daemon=True)
        for arguments in ((plugin.stdout, stdout), (plugin.stderr, stderr))
    ]
    for thread in pumps:
        thread.start()
    try:
        for _ in pumps:
            yield from iter(chunks.get, None)
    finally:
        for thread in pumps:
            thread.join()
