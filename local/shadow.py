"""Shadows of Pulumi projects: the same files by links, the stacks' YAML and images as copies.

The engine writes into a stack's YAML (an encryption salt, quoted numbers), and other backends'
secrets providers must not be asked; so it sees a copy, and the tracked files never change.
"""

import os
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from local.published import PUBLISHED, lay_published

PROJECT_FILE = "Pulumi.yaml"
_SECRETS_KEY = re.compile(r"(secretsprovider|encryptedkey|encryptionsalt)\s*:")
# https://www.pulumi.com/docs/iac/concepts/projects/project-file/#attributes
_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]{0,99}")


class ProjectError(Exception):
    """A Pulumi project's own files are wrong; the text names the file and the fix."""


def find_project(folder: Path) -> Path | None:
    """The nearest folder, from `folder` upwards, that holds a Pulumi project."""
    for candidate in (folder, *folder.parents):
        if (candidate / PROJECT_FILE).is_file():
            return candidate
    return None


def shadow_project(project: Path, shadows: Path, language_hosts: Sequence[Path]) -> Path:
    """The shadow of a project below `shadows`, brought up to date. A shadow is its own shadow.

    language_hosts: folders of Python language hosts that the engine does not bring along.
    Raises ProjectError if the project's YAML cannot be read, or has no name.
    """
    if project.is_relative_to(shadows):
        return project
    definition = _read(project / PROJECT_FILE)
    name = definition.get("name")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ProjectError(
            f"{project / PROJECT_FILE}: name: {name!r} is not allowed. "
            "Allowed: 1 to 100 letters, digits, dashes, dots and underscores. Set one."
        )
    shadow = shadows / name
    shadow.mkdir(parents=True, exist_ok=True)
    _link(project, shadow)
    _use_virtualenv(definition, project)
    if language_hosts:  # named here the engine takes them without a warning
        hosts = [{"name": "python", "path": str(folder)} for folder in language_hosts]
        definition.setdefault("plugins", {})["languages"] = hosts
    _write(shadow / PROJECT_FILE, yaml.safe_dump(definition, sort_keys=False))
    stacks = stack_files(project)
    for source in stacks.values():
        _copy_stack(source, shadow / source.name)
    try:
        lay_published(project, shadow, stacks)
    except subprocess.CalledProcessError as error:
        raise ProjectError(
            f"{project / 'container'} cannot be read: {error.stderr.decode().strip()}. Mend it."
        ) from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ProjectError(
            f"{project / PUBLISHED} is not what make publish writes ({error!r}). "
            "Restore it from the version control."
        ) from error
    return shadow


def lost_edits(project: Path, shadow: Path) -> list[str]:
    """Files of stacks whose config a command has changed in the shadow, where nothing keeps it."""
    return [
        source.name
        for source in stack_files(project).values()
        if _as_text(_read(source).get("config"))
        != _as_text(_read(shadow / source.name).get("config"))
    ]


def _as_text(value: Any) -> Any:
    """The engine quotes numbers: they are what they were."""
    if isinstance(value, dict):
        return {key: _as_text(item) for key, item in value.items()}
    return [_as_text(item) for item in value] if isinstance(value, list) else str(value)


def stack_files(project: Path) -> dict[str, Path]:
    """The YAML file of each stack of a project, by the stack's name."""
    return {
        path.name.removeprefix("Pulumi.").removesuffix(".yaml"): path
        for path in sorted(project.glob("Pulumi.*.yaml"))
    }


def _link(project: Path, shadow: Path) -> None:
    """A link for each entry but Pulumi's own files, none for what is gone."""
    wanted = {
        entry.name: entry
        for entry in project.iterdir()
        if not entry.name.startswith(("Pulumi.", PUBLISHED)) and not shadow.is_relative_to(entry)
    }
    for entry in shadow.iterdir():
        if entry.is_symlink() and entry.name not in wanted:
            entry.unlink()
    for name, entry in wanted.items():
        link = shadow / name
        if link.is_symlink() and link.readlink() != entry:
            link.unlink()
        if not os.path.lexists(link):
            link.symlink_to(entry)


def _use_virtualenv(definition: dict[str, Any], project: Path) -> None:
    """A virtual environment named relative to the project would be looked for beside the shadow."""
    runtime = definition.get("runtime")
    options = runtime.get("options") if isinstance(runtime, dict) else None
    if options and (virtualenv := options.get("virtualenv")):
        options["virtualenv"] = str(project / virtualenv)


def _copy_stack(source: Path, copy: Path) -> None:
    """The tracked file, with the salt of this backend in place of a secrets provider's key."""
    _read(source)  # a broken file is named here, not by the engine as a file of the shadow
    salt = _read(copy).get("encryptionsalt") if copy.exists() else None
    kept = [line for line in source.read_text().splitlines() if not _SECRETS_KEY.match(line)]
    # The salt last: what the engine says of a line is true of the project's own file.
    _write(copy, "\n".join(kept + [f"encryptionsalt: {salt}"] * bool(salt)) + "\n")


class _Loader(yaml.SafeLoader):
    """Refuses a key that stands twice, as the engine does, which does not name the file."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """The mapping. Raises yaml.YAMLError."""
        seen = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key.value!r} stands twice", key.start_mark
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def _read(path: Path) -> dict[str, Any]:
    try:
        content = yaml.load(path.read_text(), Loader=_Loader)  # noqa: S506 - a safe one
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ProjectError(f"{path} is no YAML: {error}. Mend it.") from error
    if not isinstance(content, dict | None):
        raise ProjectError(f"{path} holds {content!r}. Allowed: a mapping. Mend it.")
    return content or {}


def _write(path: Path, text: str) -> None:
    partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
    partial.write_text(text)
    partial.replace(path)
