"""Which Python runs a program or a policy pack, and what is installed for it."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from google.protobuf import json_format
from pulumi.runtime.proto.language_pb2 import ProgramInfo

_QUERY_TIMEOUT_SECONDS = 60.0
_DESCRIBE = """
import importlib.metadata, json, platform
packages = {d.name: d.version for d in importlib.metadata.distributions()}
print(json.dumps({"version": platform.python_version(), "packages": packages}))
"""


class InterpreterError(Exception):
    """The project's runtime options name no Python that can be run."""


@dataclass(frozen=True)
class Description:
    """What an interpreter says of itself; packages: version by distribution name."""

    version: str
    packages: Mapping[str, str]


@dataclass(frozen=True)
class Interpreter:
    """A Python; virtualenv: the folder of its virtual environment, if it has one."""

    executable: Path
    virtualenv: Path | None

    def activated(self, environment: Mapping[str, str]) -> dict[str, str]:
        """Copy `environment` with the virtual environment active, as its activate script does.

        https://docs.python.org/3/library/venv.html
        """
        result = dict(environment)
        if self.virtualenv is not None:
            result["VIRTUAL_ENV"] = str(self.virtualenv)
            result["PATH"] = f"{self.executable.parent}{os.pathsep}{result.get('PATH', '')}"
            result.pop("PYTHONHOME", None)
        return result

    def describe(self) -> Description:
        """Ask for its version and packages. Raises InterpreterError if it gives no answer."""
        try:
            answer = subprocess.run(
                [self.executable, "-c", _DESCRIBE],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=True,
                timeout=_QUERY_TIMEOUT_SECONDS,
            ).stdout
            fields = json.loads(answer)
        except (OSError, subprocess.SubprocessError, ValueError) as error:
            raise InterpreterError(
                f"{self.executable} does not describe itself: {error}"
            ) from error
        return Description(fields["version"], fields["packages"])


def find_interpreter(info: ProgramInfo, environment: Mapping[str, str]) -> Interpreter:
    """Find the Python of the `virtualenv` runtime option, else `python3` on PATH.

    A relative virtualenv starts at the folder of Pulumi.yaml or PulumiPolicy.yaml.
    Raises InterpreterError if it is not there.
    https://www.pulumi.com/docs/iac/languages-sdks/python/#virtual-environments
    """
    option = json_format.MessageToDict(info.options).get("virtualenv")
    if not option:
        found = shutil.which("python3", path=environment.get("PATH", ""))
        if found is None:
            raise InterpreterError(
                "runtime.options.virtualenv is not set and no `python3` is on PATH. "
                "Name a virtual environment or install Python."
            )
        return Interpreter(Path(found), None)
    virtualenv = Path(info.root_directory) / str(option)
    executable = virtualenv / "bin" / "python"
    if not os.access(executable, os.X_OK):
        raise InterpreterError(
            f"runtime.options.virtualenv: {option!r} is no virtual environment: "
            f"{executable} does not exist. Create it, or name another in "
            f"{info.root_directory}."
        )
    return Interpreter(executable, virtualenv)
