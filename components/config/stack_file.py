"""A stack's config from its YAML alone, for commands that run without the engine."""

import json
from pathlib import Path
from typing import Any, TypeVar

import yaml

from components.config.report import shown
from components.config.stack import ConfigError

Value = TypeVar("Value", str, dict[str, Any])

UNREADABLE = (OSError, UnicodeError, yaml.YAMLError, ConfigError)
"""What reading raises; each says which file it is."""


def project_name() -> str:
    """The project's name, from Pulumi.yaml. Raises UNREADABLE."""
    return _value("Pulumi.yaml", "name", str)


def stack_values(stack: str) -> dict[str, str]:
    """Pulumi.<stack>.yaml's config as the engine hands it over. Raises UNREADABLE."""
    written = _value(f"Pulumi.{stack}.yaml", "config", dict)
    return {str(key): _as_the_engine_hands_it(value) for key, value in written.items()}


def _value(path: str, key: str, kind: type[Value]) -> Value:
    """The value of a key in a YAML file, if it is of that kind; else ConfigError."""
    document = yaml.safe_load(Path(path).read_text())
    value = document.get(key) if isinstance(document, dict) else None
    if not isinstance(value, kind):
        seen = "missing" if value is None else shown(value)
        allowed = "an object" if kind is dict else "text"
        raise ConfigError([f"{path}: {key}: {seen}. Allowed: {allowed}. Correct the file."])
    return value


def _as_the_engine_hands_it(value: object) -> str:
    # YAML also knows dates, of which JSON has the text.
    return value if isinstance(value, str) else json.dumps(value, default=str)
