"""Builds the engine from Go modules into the user's cache, once per version."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import IO

from local.engine.cache import ENGINE_NAME, EXECUTOR_NAME, is_complete, locked, replaced
from local.engine.errors import EngineError
from local.engine.go import Go, find_go
from local.engine.module import EngineModule
from local.engine.progress import Progress

BUILT_FILES = (ENGINE_NAME, EXECUTOR_NAME)

_PACKAGE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
_SDK_MODULE = "github.com/pulumi/pulumi/sdk/v3"
_EXECUTOR_IN_SDK = Path("python/cmd") / EXECUTOR_NAME
_LOG_LINES_SHOWN = 3


def build_engine(
    module: EngineModule, folder: Path, environ: Mapping[str, str], progress: Progress
) -> None:
    """Build the engine that `module` pins into `folder`, unless another process just did.

    Takes about 4 minutes, 2 GB of memory and 3 GB of disk the first time. Raises EngineError
    if Go is missing or too old, or the build fails: then `folder` is as it was before.
    """
    go = find_go(environ, module.go)
    log_path = Path(f"{folder}.log")
    try:
        with locked(folder, progress):
            if is_complete(folder, BUILT_FILES):
                return
            with replaced(folder) as scratch, log_path.open("wb") as log:
                _build(go, module, scratch, log, progress)
    except EngineError as error:
        raise EngineError(f"{error}\n{_last_lines(log_path)}  The whole log: {log_path}") from error
    except OSError as error:
        raise EngineError(
            f"{error}. Free some disk space, or point XDG_CACHE_HOME at a folder with 3 GB free."
        ) from error


def _build(go: Go, module: EngineModule, scratch: Path, log: IO[bytes], progress: Progress) -> None:
    # Go's own work files go with the scratch folder, and cannot fill a small /tmp.
    work = scratch / "work"
    work.mkdir()
    go = Go(go.executable, {**go.environment, "GOTMPDIR": str(work)})
    version_variable = f"{_SDK_MODULE}/go/common/version.Version={module.version}"
    output = scratch / "engine" / ENGINE_NAME
    progress.say("No usable Pulumi is installed: building one, about 4 minutes, this once.")
    with progress.task(f"Building the Pulumi engine {module.version} from Go modules"):
        go.run(
            ["build", "-ldflags", f"-s -w -X {version_variable}", "-o", str(output), _PACKAGE],
            module.folder,
            log,
            progress,
        )
        sdk = go.run(["mod", "download", "-json", _SDK_MODULE], module.folder, log, progress)
        _copy_executor(sdk, scratch / "engine" / EXECUTOR_NAME)


def _copy_executor(sdk: str, target: Path) -> None:
    """Copy the program executor out of the module cache; sdk: what Go says of the module."""
    try:
        source = Path(json.loads(sdk)["Dir"]) / _EXECUTOR_IN_SDK
    except (ValueError, KeyError, TypeError) as error:
        raise EngineError(f"`go mod download` names no folder for {_SDK_MODULE}") from error
    if not source.is_file():
        raise EngineError(f"{_SDK_MODULE} has no {_EXECUTOR_IN_SDK}: {source} does not exist")
    shutil.copyfile(source, target)
    target.chmod(0o755)


def _last_lines(log: Path) -> str:
    lines = log.read_text(errors="replace").splitlines()[-_LOG_LINES_SHOWN:]
    return "".join(f"  | {line}\n" for line in lines)
