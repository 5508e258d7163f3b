"""How a Pulumi program and a plugin written in Python are started, and what their ends mean."""

import json
import os
import signal
from collections.abc import Mapping
from pathlib import Path

from pulumi.runtime.proto import language_pb2 as messages

from local.engine.interpreter import Interpreter

_ALREADY_SHOWN = 32
"""The executor's exit status once it has logged the program's exception itself."""


def program_command(
    interpreter: Interpreter, executor: Path, engine_address: str, request: messages.RunRequest
) -> list[str]:
    """Command line of the executor, the script in Pulumi's SDK that runs a program."""
    return [
        str(interpreter.executable),
        "-u",  # what the program prints is shown when it prints it
        str(executor),
        *("--monitor", request.monitor_address),
        *("--engine", engine_address),
        *("--project", request.project),
        *("--stack", request.stack),
        *("--pwd", request.pwd),
        *("--root_directory", request.info.root_directory),
        *("--dry_run", "true" if request.dryRun else "false"),
        *("--parallel", str(request.parallel)),
        *("--organization", request.organization),
        # The entry point "." is the folder itself: Python then runs its __main__.py.
        os.path.normpath(os.path.join(request.info.program_directory, request.info.entry_point)),
        *request.args,
    ]


def program_environment(
    environment: Mapping[str, str], request: messages.RunRequest
) -> dict[str, str]:
    """Add the stack's config, as the SDK reads it, to what the program inherits."""
    return {
        **environment,
        "PULUMI_CONFIG": json.dumps(dict(request.config)),
        "PULUMI_CONFIG_SECRET_KEYS": json.dumps(list(request.configSecretKeys)),
    }


def program_result(status: int) -> messages.RunResponse:
    """What the engine is told; status: the exit status, negative for a signal's number."""
    if status == _ALREADY_SHOWN:
        return messages.RunResponse(bail=True)
    if status < 0:
        return messages.RunResponse(error=f"the program was ended by signal {_signal(-status)}")
    if status > 0:
        return messages.RunResponse(error=f"the program ended with exit status {status}")
    return messages.RunResponse()


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:  # Python names only two of the realtime signals
        return str(number)


def plugin_command(interpreter: Interpreter, request: messages.RunPluginRequest) -> list[str]:
    """Command line of a policy pack ("analyzer"), or of any other kind of plugin."""
    python = [str(interpreter.executable), "-u"]
    folder = request.info.program_directory
    if request.kind == "analyzer":
        return [*python, "-m", "pulumi.policy", *request.args, folder]
    return [*python, folder, *request.args]


def plugin_folder(request: messages.RunPluginRequest) -> Path:
    """Working directory: a policy pack's own folder, as its official host does it."""
    if request.kind == "analyzer":
        return Path(request.info.program_directory)
    return Path(request.pwd)


def plugin_environment(request: messages.RunPluginRequest) -> dict[str, str]:
    """Read "NAME=value" entries, of which the last one of a name counts."""
    return {name: value for name, _, value in (entry.partition("=") for entry in request.env)}
