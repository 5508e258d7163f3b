"""The Pulumi CLI that is already installed."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from local.engine.version import Version

MINIMUM_VERSION = Version(3, 238, 0)
"""The oldest engine that runs this project's program and policy pack."""

HOST_NAME = "pulumi-language-python"
_VERSION_TIMEOUT_SECONDS = 30.0


class UnusableError(Exception):
    """The `pulumi` on PATH will not do; the message is the reason, half a line."""


@dataclass(frozen=True)
class Installed:
    """A usable `pulumi` from PATH."""

    executable: Path
    version: Version


def find_installed(environ: Mapping[str, str]) -> Installed | None:
    """Check the first `pulumi` on PATH, the one that a shell would start; None if there is none.

    Raises UnusableError if it does not run, is older than MINIMUM_VERSION or would find no
    language host for Python.
    """
    search_path = environ.get("PATH", "")
    found = shutil.which("pulumi", path=search_path)
    if found is None:
        return None
    executable = Path(found)
    version = _version(executable, environ)
    if version < MINIMUM_VERSION:
        raise UnusableError(f"{executable} is version {version}, below {MINIMUM_VERSION}")
    # The engine itself looks in the same two places.
    beside = executable.resolve().parent / HOST_NAME
    if shutil.which(HOST_NAME, path=search_path) is None and not os.access(beside, os.X_OK):
        raise UnusableError(f"{executable} has no {HOST_NAME} beside it or on PATH")
    return Installed(executable, version)


def _version(executable: Path, environ: Mapping[str, str]) -> Version:
    try:
        result = subprocess.run(
            [executable, "version"],
            env={**environ, "PULUMI_SKIP_UPDATE_CHECK": "true"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_VERSION_TIMEOUT_SECONDS,
        )
    except subprocess.TimeoutExpired as error:
        raise UnusableError(
            f"`{executable} version` did not end within {_VERSION_TIMEOUT_SECONDS:.0f} s"
        ) from error
    except OSError as error:
        raise UnusableError(f"{executable} cannot be started: {error.strerror}") from error
    if result.returncode != 0:
        raise UnusableError(f"`{executable} version` ended with exit status {result.returncode}")
    version = Version.of_pulumi(result.stdout)
    if version is None:
        raise UnusableError(f"`{executable} version` answers {result.stdout.strip()!r}")
    return version
