"""The Go toolchain on this machine, and how it is run."""

import os
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from local.engine.errors import EngineError
from local.engine.progress import Progress
from local.engine.version import Version

_VERSION_TIMEOUT_SECONDS = 30.0
_TICK_SECONDS = 1.0


@dataclass(frozen=True)
class Go:
    """A Go that is new enough; environment: what its commands run with."""

    executable: Path
    environment: Mapping[str, str]

    def run(
        self, arguments: Sequence[str], folder: Path, log: IO[bytes], progress: Progress
    ) -> str:
        """Run `go ARGUMENTS` in `folder`, standard error into `log`; return standard output.

        Whatever ends the wait (Ctrl-C too) ends Go and all that it started.
        Raises EngineError if it fails or cannot be started.
        """
        command = [str(self.executable), *arguments]
        try:
            process = subprocess.Popen(
                command,
                cwd=folder,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                errors="surrogateescape",  # folders on this machine are named in it
                process_group=0,
            )
        except OSError as error:
            raise EngineError(f"{self.executable} cannot be started: {error.strerror}") from error
        with process:
            try:
                output = _wait(process, progress)
            except BaseException:
                os.killpg(process.pid, signal.SIGKILL)
                raise
        if process.returncode != 0:
            raise EngineError(f"`go {arguments[0]}` ended with exit status {process.returncode}")
        return output


def _wait(process: subprocess.Popen[str], progress: Progress) -> str:
    while True:
        try:
            return process.communicate(timeout=_TICK_SECONDS)[0]
        except subprocess.TimeoutExpired:
            progress.tick()


def find_go(environ: Mapping[str, str], required: Version) -> Go:
    """Find `go` on PATH. Raises EngineError if there is none, or it is older than `required`."""
    path = shutil.which("go", path=environ.get("PATH", ""))
    if path is None:
        raise EngineError(f"no `go` on PATH; Go >= {required} is needed")
    # Go must neither download another toolchain unasked nor join a workspace further up.
    # https://go.dev/doc/toolchain#GOTOOLCHAIN https://go.dev/ref/mod#workspaces
    environment = {
        **environ,
        "GOTOOLCHAIN": "local",
        "GOWORK": "off",
        "GOFLAGS": "-mod=readonly -trimpath",
    }
    answer = _version_text(path, environment)
    version = Version.of_go(answer)
    if version is None:
        raise EngineError(f"`{path} env GOVERSION` answers {answer!r}, not a version")
    if version < required:
        raise EngineError(f"{path} is Go {version}; Go >= {required} is needed")
    return Go(Path(path), environment)


def _version_text(path: str, environment: Mapping[str, str]) -> str:
    try:
        # In the root folder: no go.mod there can have a say in the answer.
        result = subprocess.run(
            [path, "env", "GOVERSION"],
            cwd="/",
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_VERSION_TIMEOUT_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise EngineError(f"{path} cannot be run: {error}") from error
    if result.returncode != 0:
        raise EngineError(
            f"`{path} env GOVERSION` ended with exit status {result.returncode}: "
            f"{result.stderr.strip()}"
        )
    return result.stdout.strip()
