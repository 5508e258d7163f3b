"""What a rule is, and what it finds."""

import inspect
import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from pulumi_policy import EnforcementLevel, Severity

from gateway_policies.message import Message
from gateway_policies.resource import UNKNOWN, Resource, Stack

NAMED = 3
"""Items of a list that a message names; the others it counts."""


class Family(StrEnum):
    """What a rule protects."""

    IAM = "iam"
    ENCRYPTION = "encryption"
    SCALING = "scaling"
    API = "api"
    NETWORK = "network"
    ACCESS = "access"
    DATA = "data"
    LOGGING = "logging"
    SUPPLY_CHAIN = "supply-chain"
    AVAILABILITY = "availability"
    COST = "cost"


@dataclass(frozen=True, kw_only=True)
class Control:
    """What a rule demands of a stack, for the engine, the messages and the documentation."""

    id: str
    title: str
    """One sentence without its full stop: what holds where the rule passes."""
    family: Family
    severity: Severity
    fix: str
    """What to do about a violation, in a sentence; a finding may know better."""
    url: str
    standards: Sequence[str] = ()
    """Ids of the same demand in public rule sets, such as `CKV_AWS_98`."""
    level: EnforcementLevel = EnforcementLevel.MANDATORY
    """What a violation does, unless the stack's policy configuration says otherwise."""


class Verdict(StrEnum):
    """What a rule says of a value. A rule that finds nothing has passed the resource."""

    VIOLATION = "violation"
    UNKNOWN = "unknown"
    """Could not be decided at preview: shown, and decided during the update."""
    EXEMPT = "exempt"
    """The demand does not apply, for a reason the reader should know."""


@dataclass(frozen=True)
class Finding:
    """One value that a rule does not pass."""

    verdict: Verdict
    path: str
    seen: str
    allowed: str
    fix: str = ""
    """Sentence; empty stands for the fix of the rule."""
    urn: str | None = None
    """The resource to blame, where the rule looks at the whole stack."""

    def described(self, control: Control) -> Message:
        """Path, value seen, allowed, fix, link."""
        fix = self.fix or control.fix
        return Message(self.path, self.seen, self.allowed, fix, control.url)

    def message(self, control: Control) -> str:
        """The one line that the engine shows."""
        return str(self.described(control))


def shown(value: object) -> str:
    """A value as a message shows it: JSON, or `missing`."""
    return "missing" if value is None else json.dumps(value, default=_without_json)


def some(names: Sequence[str]) -> str:
    """The first few of a list, and how many more there are."""
    unique = list(dict.fromkeys(names))
    first, others = unique[:NAMED], len(unique[NAMED:])
    return ", ".join(first) + (f" and {others} more" if others else "")


def _without_json(value: object) -> str:
    return "not known" if value is UNKNOWN else type(value).__name__


def violation(
    path: str, *, seen: str, allowed: str, fix: str = "", urn: str | None = None
) -> Finding:
    """A value that the rule forbids."""
    return Finding(Verdict.VIOLATION, path, seen, allowed, fix, urn)


def unknown(
    path: str,
    *,
    allowed: str,
    seen: str = "not known at preview, so not checked before the update",
    fix: str = "Make it a plain value, or name what it refers to, to have it checked at preview.",
    urn: str | None = None,
) -> Finding:
    """A value that the rule cannot decide on at preview."""
    return Finding(Verdict.UNKNOWN, path, seen, allowed, fix, urn)


Findings = Iterator[Finding]


def located(urn: str, findings: Findings) -> Findings:
    """Findings that a rule over the stack blames one resource for."""
    for finding in findings:
        yield replace(finding, urn=urn)


ResourceCheck = Callable[[Resource], Findings]
Limits = Mapping[str, Any]
"""Values by name: an int of each Limit, strings of Names."""
StackCheck = Callable[[Stack, Limits], Findings]


@dataclass(frozen=True)
class ResourceRule:
    """A rule over one resource. The docstring of `check` says why it exists."""

    control: Control
    types: frozenset[str] | None
    """Type tokens of the resources it is for; None for any of AWS's."""
    check: ResourceCheck

    def is_for(self, token: str) -> bool:
        """Whether the rule looks at resources of a type."""
        return token.startswith("aws:") if self.types is None else token in self.types


@dataclass(frozen=True)
class Limit:
    """A whole number, at least 1, that the stack's policy configuration may set for a rule."""

    default: int
    """The engine fills it in when it configures a pack, the SDK does not."""
    description: str

    @property
    def schema(self) -> dict[str, Any]:
        """What the configuration may give, as JSON Schema."""
        return {"type": "integer", "minimum": 1, "default": self.default}

    def value(self, given: Any) -> int:
        """What the rule gets; the engine hands over every number as a float."""
        return int(given)


@dataclass(frozen=True)
class Names:
    """A list of names that the stack's policy configuration may set for a rule."""

    default: Sequence[str]
    description: str

    @property
    def schema(self) -> dict[str, Any]:
        """What the configuration may give, as JSON Schema."""
        return {"type": "array", "items": {"type": "string"}, "default": list(self.default)}

    def value(self, given: Any) -> list[str]:
        """What the rule gets."""
        return list(given)


@dataclass(frozen=True)
class StackRule:
    """A rule over all resources of a stack. The docstring of `check` says why it exists."""

    control: Control
    check: StackCheck
    limits: Mapping[str, Limit | Names] = field(default_factory=dict)
    """Name in the policy configuration -> limit; `check` gets the values."""


Rule = ResourceRule | StackRule


@dataclass(frozen=True)
class Report:
    """Something to know of a stack that is no verdict: an advisory policy of its own."""

    id: str
    title: str
    """What it tells, without a full stop."""
    write: Callable[[Stack, Limits], str]
    """Gives Markdown; nothing if there is nothing to tell."""
    limits: Mapping[str, Limit] = field(default_factory=dict)
    """As those of a rule."""


def rule(control: Control, *, types: Collection[str]) -> Callable[[ResourceCheck], ResourceRule]:
    """Makes a rule of a function over a resource of one of the types."""
    return lambda check: ResourceRule(control, frozenset(types), check)


def stack_rule(
    control: Control, *, limits: Mapping[str, Limit | Names] | None = None
) -> Callable[[StackCheck], StackRule]:
    """Makes a rule of a function over the stack and the values of the limits."""
    return lambda check: StackRule(control, check, limits or {})


def why(rule: Rule) -> str:
    """The reason for the rule: the docstring of its check, on one line."""
    return " ".join((inspect.getdoc(rule.check) or "").split())
