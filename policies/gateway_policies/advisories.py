"""Advice from mandatory policies."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from pulumi_policy import ReportViolation

from gateway_policies.message import Message, without
from gateway_policies.rule import Verdict

RESOURCES = "resource-advisories"
"""Name of the policy that says what rules over resources advise."""
STACK = "stack-advisories"
"""Name of the policy that says what rules over the stack advise."""

_ACCEPTED = "accepted until "
_VERDICTS = {verdict.value: verdict for verdict in Verdict}


@dataclass(frozen=True)
class Acceptance:
    """Who answers for a violation, and until when."""

    expires: str
    owner: str
    reason: str

    def __str__(self) -> str:
        owner = without(self.owner, ": ")
        return without(f"{_ACCEPTED}{self.expires} by {owner}: {self.reason}", ". ")

    @classmethod
    def parse(cls, text: str) -> "Acceptance | None":
        """What a text says; None if it is not of this form."""
        if not text.startswith(_ACCEPTED):
            return None
        expires, _, rest = text.removeprefix(_ACCEPTED).partition(" by ")
        owner, _, reason = rest.partition(": ")
        return cls(expires, owner, reason)


@dataclass(frozen=True)
class Advice:
    """What a rule has to say of a value without blocking anything."""

    rule: str
    why: Verdict | Acceptance
    message: Message

    def __str__(self) -> str:
        """`rule: why. message`, the line that an advisory policy reports."""
        return f"{self.rule}: {self.why}. {self.message}"

    @classmethod
    def parse(cls, text: str) -> "Advice | None":
        """What a line says; None if it is not of this form."""
        rule, _, rest = text.partition(": ")
        state, _, line = rest.partition(". ")
        why = Acceptance.parse(state) or _VERDICTS.get(state)
        message = Message.parse(line)
        return cls(rule, why, message) if why and message else None


Remark = tuple[Advice, str | None]
"""Advice, and the URN to show it at where that is not the resource under validation."""


class Advisories:
    """What rules have to say without blocking anything, until an advisory policy says it.

    The SDK reports all that a policy says at the level of that policy, so a mandatory one cannot
    advise. It runs the policies of a pack in their order, for one request after the other on a
    resource; so the last policy can say what those before it have kept.
    """

    def __init__(self) -> None:
        self._kept: dict[str, dict[str, Sequence[Remark]]] = defaultdict(dict)

    def keep(self, subject: str, rule_id: str, remarks: Sequence[Remark]) -> None:
        """Replaces what the rule had to say about the subject: a URN, or the stack."""
        self._kept[subject][rule_id] = remarks

    def report(self, subject: str, report_violation: ReportViolation) -> None:
        """Reports all that was kept about the subject, and forgets it."""
        for remarks in self._kept.pop(subject, {}).values():
            for advice, urn in remarks:
                report_violation(str(advice), urn)
