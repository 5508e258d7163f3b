"""The policy configuration of an environment, checked before the engine reads it.

The engine takes no notice of a policy or a property that does not exist, so that a gate with a typo
in its name would stand open; nor does it name the file.
`python -m gateway_policies.environment FILE` says every mistake. Exit status: 1 there are some.
https://www.pulumi.com/docs/insights/policy/configuration/
"""

import json
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from gateway_policies.exceptions import POLICY as EXCEPTIONS
from gateway_policies.exceptions import SCHEMA
from gateway_policies.rule import Limit, Names, StackRule, shown
from gateway_policies.rules import REPORTS, RULES

LEVELS = ("advisory", "mandatory", "disabled")
LEVEL = "enforcementLevel"
"""Property that gives the level where there are others."""
EVERY_POLICY = "all"
"""Stands for every policy that is not named."""

Limits = Mapping[str, Limit | Names]
_LIMITS: Mapping[str, Limits] = {
    **{rule.control.id: rule.limits if isinstance(rule, StackRule) else {} for rule in RULES},
    **{report.id: report.limits for report in REPORTS},
    EVERY_POLICY: {},
}


def mistakes(text: str) -> Iterator[str]:
    """What is wrong with a file's text: path, value seen, what is allowed."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        yield f"no JSON: {error}"
        return
    if not isinstance(document, dict):
        yield f"{_seen(document)}. Allowed: an object of policies."
        return
    for name, value in document.items():
        if name == EXCEPTIONS:
            yield from _of_exceptions(value)
        elif name not in _LIMITS:
            yield _stranger(name, "policy", [*_LIMITS, EXCEPTIONS])
        elif isinstance(value, dict):
            yield from _of_properties(name, value, _LIMITS[name])
        elif value not in LEVELS:
            yield f"{name}: {_seen(value)}. Allowed: {', '.join(LEVELS)}, or an object of limits."


def _of_properties(name: str, values: Mapping[str, Any], limits: Limits) -> Iterator[str]:
    for key, value in values.items():
        path = f"{name}.{key}"
        if key == LEVEL:
            if value not in LEVELS:
                yield f"{path}: {_seen(value)}. Allowed: {', '.join(LEVELS)}."
        elif key not in limits:
            yield _stranger(path, "property", [f"{name}.{other}" for other in (*limits, LEVEL)])
        elif isinstance(limits[key], Names):
            if not _is_texts(value):
                yield f"{path}: {_seen(value)}. Allowed: a list of texts."
        elif not (type(value) is int and value >= 1):
            yield f"{path}: {_seen(value)}. Allowed: a whole number, 1 or more."


def _of_exceptions(value: object) -> Iterator[str]:
    accepted = value.get("accepted") if isinstance(value, dict) and len(value) == 1 else None
    if not isinstance(accepted, list):
        yield f'{EXCEPTIONS}: {_seen(value)}. Allowed: {{"accepted": [...]}}.'
        return
    fields = SCHEMA["accepted"]["items"]["required"]
    for index, item in enumerate(accepted):
        path = f"{EXCEPTIONS}.accepted[{index}]"
        if not isinstance(item, dict):
            yield f"{path}: {_seen(item)}. Allowed: an object of {', '.join(fields)}."
            continue
        for key in item.keys() - set(fields):
            yield _stranger(f"{path}.{key}", "property", [f"{path}.{field}" for field in fields])
        for field in fields:
            if not (isinstance(item.get(field), str) and item[field]):
                yield f"{path}.{field}: {_seen(item.get(field))}. Allowed: a text."


def _stranger(path: str, what: str, known: Collection[str]) -> str:
    near = get_close_matches(path, known, n=1)
    allowed = f"Write {near[0]} if that is meant." if near else "Take it out."
    return f"{path}: there is no such {what}. {allowed}"


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _seen(value: object) -> str:
    return shown(value)[:80]


def main(arguments: Sequence[str]) -> int:
    """Checks the files that are named."""
    found = [(name, line) for name in arguments for line in mistakes(Path(name).read_text())]
    for name, line in found:
        sys.stderr.write(f"{name}: {line}\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
