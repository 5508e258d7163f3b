"""Finds the resource of a path, as API Gateway does: the most specific one wins.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-settings-method-request.html
"""

import re
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass

from local.api_gateway.model import Resource


@dataclass(frozen=True)
class Match:
    """The resource of a path and the values of its path parameters, decoded."""

    resource: Resource
    parameters: Mapping[str, str]


class Router:
    """Resolves paths against an API's resources."""

    def __init__(self, resources: tuple[Resource, ...]) -> None:
        ordered = sorted(resources, key=lambda resource: _specificity(resource.path))
        self._routes = [(re.compile(_pattern(r.path)), _names(r.path), r) for r in ordered]

    def match(self, path: str) -> Match | None:
        """The resource of a path below the stage ("/iris"), or None."""
        for pattern, names, resource in self._routes:
            if found := pattern.fullmatch(path):
                values = map(urllib.parse.unquote, found.groups())
                return Match(resource, dict(zip(names, values, strict=True)))
        return None


def _segments(path: str) -> list[str]:
    return path.removeprefix("/").split("/")


def _specificity(path: str) -> list[int]:
    """Segment by segment: a literal before {name} before {name+}."""
    return [2 if s.endswith("+}") else 1 if s.startswith("{") else 0 for s in _segments(path)]


def _names(path: str) -> list[str]:
    return [s.strip("{}+") for s in _segments(path) if s.startswith("{")]


def _pattern(path: str) -> str:
    return "".join(f"/{_segment_pattern(segment)}" for segment in _segments(path))


def _segment_pattern(segment: str) -> str:
    if segment.endswith("+}"):
        return "(?s:(.+))"
    return "([^/]+)" if segment.startswith("{") else re.escape(segment)
