"""IAM documents: policies of identities, of resources, and of trust.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import NamedTuple

from gateway_policies.resource import UNKNOWN
from gateway_policies.wildcard import is_pattern

DOCUMENT_ELEMENTS = ("Version", "Id", "Statement")
STATEMENT_ELEMENTS = (
    *("Sid", "Effect", "Principal", "NotPrincipal"),
    *("Action", "NotAction", "Resource", "NotResource", "Condition"),
)


class Kind(StrEnum):
    """What a document is attached to, which decides the elements that it needs."""

    IDENTITY = "identity policy"
    TRUST = "trust policy"
    RESOURCE = "resource policy"
    ENDPOINT = "endpoint policy"
    """Of a VPC endpoint: it limits what others allow, and gives nobody a right."""


class Mistake(NamedTuple):
    """Something for which AWS would refuse the document."""

    path: str
    """Such as `Statement[0].Effect`; empty for the document itself."""
    problem: str


class Principal(NamedTuple):
    """Who a statement is about."""

    kind: str
    """`AWS`, `Service`, `Federated` or `CanonicalUser`."""
    value: str


class Condition(NamedTuple):
    """One test of a statement's conditions, all of which have to hold."""

    operator: str
    key: str
    values: tuple[str, ...]
    """One of which has to hold."""


@dataclass(frozen=True)
class Statement:
    """One statement, its elements as lists. An element that is missing names nothing."""

    path: str
    allows: bool
    principals: tuple[Principal, ...]
    except_principals: bool
    """The statement means everybody but these (NotPrincipal)."""
    actions: tuple[str, ...]
    except_actions: bool
    """The statement means every action but these (NotAction)."""
    resources: tuple[str, ...]
    except_resources: bool
    """The statement means every resource but these (NotResource)."""
    conditions: tuple[Condition, ...]

    @cached_property
    def exact_actions(self) -> frozenset[str]:
        """The elements of `actions` without a wildcard, in lower case, to look a name up in."""
        return frozenset(action.lower() for action in self.actions if not is_pattern(action))

    @cached_property
    def action_patterns(self) -> tuple[str, ...]:
        """The elements of `actions` with a wildcard."""
        return tuple(filter(is_pattern, self.actions))


@dataclass(frozen=True)
class Document:
    """What can be told of a document: as much as is known, and as much as makes sense."""

    kind: Kind
    statements: tuple[Statement, ...]
    unknown: tuple[str, ...]
    """Paths of what is not known at preview; empty text for the whole document."""
    mistakes: tuple[Mistake, ...]

    @property
    def allowing(self) -> Iterator[Statement]:
        """The statements that allow."""
        return (statement for statement in self.statements if statement.allows)


def parse(document: object, kind: Kind) -> Document:
    """Reads JSON text or the objects that it stands for. Never raises.

    A statement of which an element is unknown is left out and named in `unknown`; one with a
    mistake stays, with what is right in it.
    """
    return _parse_text(document, kind) if isinstance(document, str) else _read(document, kind)


def _read(document: object, kind: Kind) -> Document:
    reader = _Reader(kind)
    statements = tuple(reader.statements(document))
    return Document(kind, statements, tuple(reader.unknown), tuple(reader.mistakes))


@lru_cache(maxsize=1024)
def _parse_text(text: str, kind: Kind) -> Document:
    try:
        return _read(json.loads(text, object_pairs_hook=_unique), kind)
    except (ValueError, RecursionError) as error:
        return Document(kind, (), (), (Mistake("", f"not JSON ({error})"),))


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    # Python keeps the last of two equal keys; a rule must not read another one than AWS does.
    element = dict(pairs)
    if len(element) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {json.dumps(twice)} stands twice in one object")
    return element


class _Reader:
    """Collects what is wrong and what is unknown while it reads."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.unknown: list[str] = []
        self.mistakes: list[Mistake] = []

    def statements(self, document: object) -> Iterator[Statement]:
        if document is UNKNOWN:
            self.unknown.append("")
            return
        if not isinstance(document, Mapping):
            self._wrong("", f"a {_json_type(document)} instead of an object")
            return
        self._check_elements(document, DOCUMENT_ELEMENTS, "")
        statements = document.get("Statement")
        if statements is UNKNOWN:
            self.unknown.append("Statement")
            return
        for index, statement in enumerate(
            statements if isinstance(statements, list) else [statements]
        ):
            if found := self._statement(statement, f"Statement[{index}]"):
                yield found

    def _statement(self, statement: object, path: str) -> Statement | None:
        if statement is UNKNOWN:
            self.unknown.append(path)
            return None
        if not isinstance(statement, Mapping):
            self._wrong(path, f"a {_json_type(statement)} instead of an object")
            return None
        self._check_elements(statement, STATEMENT_ELEMENTS, path)
        known = len(self.unknown)
        principals, except_principals = self._principals(statement, path)
        actions, except_actions = self._either(statement, "Action", "NotAction", path, True)
        needs_resource = self.kind in (Kind.IDENTITY, Kind.ENDPOINT)
        resources, except_resources = self._either(
            statement, "Resource", "NotResource", path, needs_resource
        )
        conditions = tuple(self._conditions(statement.get("Condition"), f"{path}.Condition"))
        effect = statement.get("Effect")
        if effect is UNKNOWN:
            self.unknown.append(f"{path}.Effect")
        elif effect not in ("Allow", "Deny"):
            self._wrong(f"{path}.Effect", f"{_text(effect)} instead of Allow or Deny")
        if len(self.unknown) > known:
            return None
        return Statement(
            path=path,
            allows=str(effect).lower() != "deny",
            principals=principals,
            except_principals=except_principals,
            actions=actions,
            except_actions=except_actions,
            resources=resources,
            except_resources=except_resources,
            conditions=conditions,
        )

    def _either(
        self, statement: Mapping[str, object], name: str, inverse: str, path: str, needed: bool
    ) -> tuple[tuple[str, ...], bool]:
        """The texts of one of two elements, and whether it is the inverse one."""
        present = [element for element in (name, inverse) if element in statement]
        if len(present) == 2:
            self._wrong(path, f"both of {name} and {inverse}, one is needed")
        if not present:
            if needed:
                self._wrong(path, f"neither of {name} and {inverse}, one is needed")
            return (), False
        element = present[0]
        return self._texts(statement[element], f"{path}.{element}"), element == inverse

    def _texts(self, value: object, path: str) -> tuple[str, ...]:
        values = value if isinstance(value, list) else [value]
        if UNKNOWN in values:
            self.unknown.append(path)
        texts = tuple(item for item in values if isinstance(item, str))
        if len(texts) + values.count(UNKNOWN) < len(values):
            self._wrong(path, "not a string or a list of strings")
        return texts

    def _principals(
        self, statement: Mapping[str, object], path: str
    ) -> tuple[tuple[Principal, ...], bool]:
        present = [name for name in ("Principal", "NotPrincipal") if name in statement]
        if self.kind is Kind.IDENTITY:
            if present:
                self._wrong(path, f"{present[0]}, which an identity policy does not take")
            return (), False
        if not present:
            self._wrong(path, "neither of Principal and NotPrincipal, one is needed")
            return (), False
        element, value = present[0], statement[present[0]]
        if len(present) == 2:
            self._wrong(path, "both of Principal and NotPrincipal, one is needed")
        place = f"{path}.{element}"
        if isinstance(value, str):
            if value != "*":
                self._wrong(place, f'{_text(value)} instead of "*" or an object')
            return (Principal("AWS", value),), element == "NotPrincipal"
        if isinstance(value, list):
            self._wrong(place, 'a list instead of "*" or an object')
            meant = self._texts(value, place)
            return tuple(Principal("AWS", text) for text in meant), element == "NotPrincipal"
        if value is UNKNOWN:
            self.unknown.append(place)
            return (), False
        if not isinstance(value, Mapping):
            self._wrong(place, f"a {_json_type(value)} instead of an object")
            return (), False
        found = tuple(
            Principal(kind, text)
            for kind, texts in value.items()
            for text in self._texts(texts, f"{place}.{kind}")
        )
        return found, element == "NotPrincipal"

    def _conditions(self, value: object, path: str) -> Iterator[Condition]:
        if value is None:
            return
        for operator, tests in self._object(value, path):
            for key, values in self._object(tests, f"{path}.{operator}"):
                place = f"{path}.{operator}.{key}"
                listed = values if isinstance(values, list) else [values]
                # AWS takes numbers and booleans for their text.
                texts = [_scalar(item) if item is not UNKNOWN else item for item in listed]
                yield Condition(operator, key, self._texts(texts, place))

    def _object(self, value: object, path: str) -> Iterator[tuple[str, object]]:
        if value is UNKNOWN:
            self.unknown.append(path)
        elif isinstance(value, Mapping):
            yield from value.items()
        else:
            self._wrong(path, f"a {_json_type(value)} instead of an object")

    def _check_elements(
        self, value: Mapping[str, object], allowed: tuple[str, ...], path: str
    ) -> None:
        # Misspelt or in lower case, an element would be invisible to the rules.
        for element in value:
            if element not in allowed:
                name = json.dumps(element)
                self._wrong(path, f"{name} is none of the elements {', '.join(allowed)}")

    def _wrong(self, path: str, problem: str) -> None:
        self.mistakes.append(Mistake(path, problem))


def _scalar(value: object) -> object:
    return json.dumps(value) if isinstance(value, bool | int | float) else value


def _text(value: object) -> str:
    return json.dumps(value) if isinstance(value, str | int | float | None) else _json_type(value)


def _json_type(value: object) -> str:
    names = {type(None): "null", bool: "boolean", str: "string", list: "list", dict: "object"}
    return names.get(type(value), "number")
