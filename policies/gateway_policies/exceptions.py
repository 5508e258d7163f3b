"""Reviewed exceptions: findings that somebody answers for, until a day that is not far off.

They stand in the pack's configuration, in a file of the environment that a pull request changes.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from gateway_policies.rule import Finding
from gateway_policies.wildcard import matches

POLICY = "exceptions"
"""Name of the policy whose configuration holds them."""

LONGEST_DAYS = 90
"""How far ahead an exception may end: after that somebody has to want it again."""

_FIELDS = {
    "rule": "Id of the rule",
    "urn": "URN of the resource; * stands for any characters",
    "path": "Path of the finding, as the message has it; * stands for any characters",
    "reason": "Why it is right here",
    "owner": "Who answers for it",
    "expires": f"Last day of it, as 2026-12-31, at most {LONGEST_DAYS} days ahead",
}
SCHEMA: dict[str, dict[str, Any]] = {
    "accepted": {
        "type": "array",
        "description": "Findings that are accepted",
        "default": [],
        "items": {
            "type": "object",
            "properties": {
                name: {"type": "string", "minLength": 1, "description": text}
                for name, text in _FIELDS.items()
            },
            "required": list(_FIELDS),
            "additionalProperties": False,
        },
    }
}
"""Schema of the policy's configuration."""


@dataclass(frozen=True)
class Accepted:
    """One exception."""

    rule: str
    urn: str
    path: str
    reason: str
    owner: str
    expires: str

    @property
    def last_day(self) -> date | None:
        """Its last day; None if that is no date."""
        try:
            return date.fromisoformat(self.expires)
        except ValueError:
            return None

    def covers(self, rule_id: str, urn: str, finding: Finding) -> bool:
        """Whether a rule's finding at a resource is what was accepted."""
        return self.rule == rule_id and matches(self.urn, urn) and matches(self.path, finding.path)

    def __str__(self) -> str:
        return f"{self.rule} at {self.urn} ({self.path})"


class Exceptions:
    """The exceptions of a run, and which of them were needed. today: injected by tests."""

    def __init__(self, today: date | None = None) -> None:
        self._today = today or datetime.now(UTC).date()
        self._accepted: tuple[Accepted, ...] = ()
        self._used: set[Accepted] = set()

    def configure(self, config: Mapping[str, Any]) -> None:
        """Takes the configuration, which the engine has checked against the schema."""
        items = config.get("accepted") or []
        self._accepted = tuple(
            Accepted(**{name: str(item[name]) for name in _FIELDS}) for item in items
        )

    def accepting(self, rule_id: str, urn: str, finding: Finding) -> Accepted | None:
        """The exception that holds for a finding, which is then needed."""
        for accepted in self._accepted:
            if self._holds(accepted) and accepted.covers(rule_id, urn, finding):
                self._used.add(accepted)
                return accepted
        return None

    def faults(self, rule_ids: Sequence[str]) -> Iterator[str]:
        """What is wrong with the exceptions, once every resource has been looked at."""
        for accepted in self._accepted:
            last, latest = accepted.last_day, self._today + timedelta(days=LONGEST_DAYS)
            if accepted.rule not in rule_ids:
                yield f"{accepted}: no rule has this id. Correct it."
            elif last is None:
                yield f"{accepted}: expires is {accepted.expires!r}. Allowed: a date, as {latest}."
            elif last < self._today:
                yield f"{accepted}: expired on {last}. Mend the resource, or have it accepted anew."
            elif last > latest:
                yield f"{accepted}: expires on {last}. Allowed: up to {latest}. Shorten it."
            elif accepted not in self._used:
                yield f"{accepted}: nothing needs it. Remove it."

    def _holds(self, accepted: Accepted) -> bool:
        last = accepted.last_day
        return last is not None and self._today <= last <= self._today + timedelta(LONGEST_DAYS)
