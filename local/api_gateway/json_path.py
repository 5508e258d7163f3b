"""JSONPath look-ups as $input.json() and $input.path() do them (Jayway's rules)."""

from functools import lru_cache
from typing import Any, Final

from jsonpath_ng import Child, Fields, Index, JSONPath, Root
from jsonpath_ng.exceptions import JSONPathError
from jsonpath_ng.ext.parser import parse

from local.api_gateway.java_text import JsonArray


class Missing:
    """The absence of a value: not the same as JSON's null."""


MISSING: Final = Missing()


def find(path: str, document: Any) -> Any:
    """The value at the path, or MISSING.

    A path that can match many places (a wildcard, a slice, a filter) gives a JsonArray of all
    matches, which may be empty. Raises ValueError for a path that does not parse.
    """
    expression = _compile(path)
    if document is MISSING or isinstance(expression, Root):
        return document
    matches = [match.value for match in expression.find(document)]
    if not _is_definite(expression):
        return JsonArray(matches)
    return matches[0] if matches else MISSING


@lru_cache(maxsize=512)
def _compile(path: str) -> JSONPath:
    try:
        return parse(path)
    except JSONPathError as error:
        raise ValueError(f"JSONPath {path!r} does not parse: {error}") from error


def _is_definite(expression: JSONPath) -> bool:
    if isinstance(expression, Child):
        return _is_definite(expression.left) and _is_definite(expression.right)
    if isinstance(expression, Fields):
        return len(expression.fields) == 1 and expression.fields[0] != "*"
    if isinstance(expression, Index):
        return len(expression.indices) == 1
    return isinstance(expression, Root)
