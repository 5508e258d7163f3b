"""The Go module that pins the engine's source: go.mod and go.sum beside this file."""

import hashlib
import re
import sysconfig
from dataclasses import dataclass
from pathlib import Path

from local.engine.errors import EngineError
from local.engine.version import Version

MODULE_FOLDER = Path(__file__).resolve().parent
_ENGINE_LINE = re.compile(r"^\s*github\.com/pulumi/pulumi/pkg/v3 (v\S+)", re.MULTILINE)
_GO_LINE = re.compile(r"^go (\S+)$", re.MULTILINE)
_DIGEST_LENGTH = 12


@dataclass(frozen=True)
class EngineModule:
    """What the module's files ask for.

    version: of the engine. go: the oldest Go that builds it. build_name: the same only for
    the same sources on the same platform.
    """

    folder: Path
    version: Version
    go: Version
    build_name: str


def read_module(folder: Path = MODULE_FOLDER, platform: str | None = None) -> EngineModule:
    """Read go.mod and go.sum in `folder`; platform: this machine's unless given.

    Raises EngineError if a file is missing or go.mod pins no engine or no Go.
    https://go.dev/ref/mod#go-mod-file
    """
    try:
        requirements = (folder / "go.mod").read_bytes()
        checksums = (folder / "go.sum").read_bytes()
    except OSError as error:
        raise EngineError(
            f"{error.filename}: {error.strerror}. Restore it from version control."
        ) from error
    text = requirements.decode(errors="replace")
    version = Version.of_pulumi(_first(_ENGINE_LINE, text))
    go = Version.of_go("go" + _first(_GO_LINE, text))
    if version is None or go is None:
        raise EngineError(
            f"{folder / 'go.mod'}: needs a line 'go X.Y.Z' and a requirement "
            "'github.com/pulumi/pulumi/pkg/v3 vX.Y.Z'. Restore it from version control."
        )
    digest = _digest(requirements, checksums, (platform or sysconfig.get_platform()).encode())
    return EngineModule(folder, version, go, f"{version}-{digest}")


def _first(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    return match[1] if match else ""


def _digest(*parts: bytes) -> str:
    """Hash the parts' own hashes, so that text moved from one to the next changes the result."""
    whole = hashlib.sha256()
    for part in parts:
        whole.update(hashlib.sha256(part).digest())
    return whole.hexdigest()[:_DIGEST_LENGTH]
