"""Which Pulumi engine runs the local cloud: the installed one, else one of the pinned version."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TextIO

from local.engine.build import BUILT_FILES, build_engine
from local.engine.cache import ENGINE_NAME, cache_root, is_complete
from local.engine.errors import EngineError, UnavailableError
from local.engine.installed import MINIMUM_VERSION, UnusableError, find_installed
from local.engine.module import EngineModule, read_module
from local.engine.progress import Progress
from local.engine.release import (
    RELEASE_FILES,
    RELEASES_URL,
    download_release,
    release_name,
)

HOST_FOLDER = Path(__file__).resolve().parent / "host"
"""Holds this project's own language host, which a built engine needs on PATH."""


@dataclass(frozen=True)
class Engine:
    """An engine that is ready to run.

    path_entries: folders to put first on PATH, in this order, so that the engine finds its
    language host; none where one came with it. The host in turn needs a `python3` on PATH that
    has Pulumi's SDK.
    """

    executable: Path
    version: str
    origin: Literal["PATH", "official", "built"]
    path_entries: tuple[Path, ...]


def find_engine(
    environ: Mapping[str, str] = os.environ,
    stream: TextIO | None = None,
    module: EngineModule | None = None,
    releases_url: str = RELEASES_URL,
) -> Engine:
    """Find an engine, download or build one: up to minutes the first time, at once after that.

    environ: says where to look (PATH) and where to keep one (XDG_CACHE_HOME, HOME). stream:
    gets the progress and why another way to an engine is passed over; standard error unless
    given. module: what to get; this folder's go.mod unless given. releases_url: where official
    releases are. Raises EngineError.
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
    version = str(module.version)
    official_folder = cache_root(environ) / release_name(module.version)
    official = Engine(official_folder / ENGINE_NAME, version, "official", ())
    built_folder = cache_root(environ) / module.build_name
    built = Engine(built_folder / ENGINE_NAME, version, "built", (HOST_FOLDER, built_folder))
    if is_complete(official_folder, RELEASE_FILES):
        return official
    if is_complete(built_folder, BUILT_FILES):
        return built
    try:
        download_release(module, official_folder, progress, releases_url)
        return official
    except UnavailableError as error:
        release = str(error)
        progress.say(f"Skipping the official release: {release}.")
    try:
        build_engine(module, built_folder, environ, progress)
        return built
    except EngineError as error:
        raise EngineError(_advice(on_path, release, error, module)) from error


def _advice(on_path: str, release: str, build: EngineError, module: EngineModule) -> str:
    return (
        "No Pulumi engine can be had.\n"
        f"- On PATH: {on_path}.\n"
        f"- Official release: {release}.\n"
        f"- Built from Go modules: {build}\n"
        f"Fix: install Pulumi's CLI >= {MINIMUM_VERSION} "
        "(https://www.pulumi.com/docs/iac/download-install/)\n"
        f"or Go >= {module.go} (https://go.dev/doc/install), then try again."
    )
