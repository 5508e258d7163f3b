"""What a user reads of a mistake in the stack's config: key, value seen, what is allowed, fix."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

SHOWN_CHARACTERS = 120
"""Of a value: an image with its digest fits, a mistake's page of YAML does not."""

Location = Sequence[str | int]
"""The way to a value: keys, and places in lists."""

_PLAIN_KEY = re.compile(r"[A-Za-z0-9_/-]{1,60}")


@dataclass(frozen=True)
class Mistake:
    """Something that the config must not say."""

    path: Location
    """Where."""
    seen: str
    """What stands there, as `shown` gives it, or in words."""
    allowed: str
    """What may stand there, with the reason where it is not plain."""
    fix: str
    """How to mend it, in an imperative."""

    def line(self, namespace: str) -> str:
        """The mistake as the user reads it."""
        where = f"{namespace}:{joined(self.path)}"
        return f"{where}: {self.seen}. Allowed: {self.allowed}. {self.fix}."


@dataclass(frozen=True)
class Clash:
    """A key that is right by itself and does not go with others."""

    path: Location
    """Where, below the block that is judged."""
    allowed: str
    """What may stand there, with the reason."""
    fix: str
    """How to mend it, in an imperative."""
    seen: str | None = None
    """What stands there, in words; None where the value itself says it."""

    def mistake(self, block: Location, config: object) -> Mistake:
        """The mistake. block: where the block stands in the config as the user wrote it."""
        path = (*block, *self.path)
        return Mistake(path, self.seen or _written(config, path), self.allowed, self.fix)


def _written(config: Any, path: Location) -> str:
    """What the user wrote at a path; of what is not there, that it is missing."""
    for part in path:
        try:
            config = config[part]
        except (KeyError, IndexError):
            return "missing"
    return shown(config)


def joined(path: Location) -> str:
    """The path as people write it; a key that would not read plainly stands in quotes."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += f".{part}" if _PLAIN_KEY.fullmatch(part) else f"[{shown(part)}]"
    return text.removeprefix(".")


def shown(value: object) -> str:
    """A value in JSON, ASCII only; what is long is cut, and objects and lists are named only."""
    if value and isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    text = json.dumps(value)
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}..."
