"""Which Pulumi engine runs the local cloud: the installed one, else one built from Go modules."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TextIO

from local.engine.build import build_engine
from local.engine.cache import ENGINE_NAME, cache_root, is_complete
from local.engine.errors import EngineError
from local.engine.installed import MINIMUM_VERSION, UnusableError, find_installed
from local.engine.module import EngineModule, read_module
from local.engine.progress import Progress

HOST_FOLDER = Path(__file__).resolve().parent / "host"
"""Holds this project's own language host, which a built engine needs on PATH."""


@dataclass(frozen=True)
class Engine:
    """An engine that is ready to run.

    path_entries: folders to put first on PATH, in this order, so that the engine finds its
    language host; the host in turn needs a `python3` on PATH that has Pulumi's SDK.
    """

    executable: Path
    version: str
    origin: Literal["PATH", "built"]
    path_entries: tuple[Path, ...]


def find_engine(
    environ: Mapping[str, str] = os.environ,
    stream: TextIO | None = None,
    module: EngineModule | None = None,
) -> Engine:
    """Find an engine, or build one: minutes the first time, at once after that.

    environ: says where to look (PATH) and where to build (XDG_CACHE_HOME, HOME). stream: gets
    the progress and why an installed engine is passed over; standard error unless given.
    module: what to build; this folder's go.mod unless given. Raises EngineError.
    """
    progress = Progress(stream or sys.stderr)
    on_path = "no `pulumi`"
    try:
        installed = find_installed(environ)
        if installed is not None:
            return Engine(installed.executable, str(installed.version), "PATH", ())
    except UnusableError as error:
        on_path = str(error)
        progress.say(f"Skipping the installed Pulumi: {on_path}.")
    module = module or read_module()
    folder = cache_root(environ) / module.build_name
    if not is_complete(folder):
        try:
            build_engine(module, folder, environ, progress)
        except EngineError as error:
            raise EngineError(_advice(on_path, error, module)) from error
    return Engine(folder / ENGINE_NAME, str(module.version), "built", (HOST_FOLDER, folder))


def _advice(on_path: str, build: EngineError, module: EngineModule) -> str:
    return (
        "No Pulumi engine can be had.\n"
        f"- On PATH: {on_path}.\n"
        f"- Built from Go modules: {build}\n"
        f"Fix: install Pulumi's CLI >= {MINIMUM_VERSION} "
        "(https://www.pulumi.com/docs/iac/download-install/)\n"
        f"or Go >= {module.go} (https://go.dev/doc/install), then try again."
    )
