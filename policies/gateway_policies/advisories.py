"""Advice from mandatory policies."""

from collections import defaultdict
from collections.abc import Sequence

from pulumi_policy import ReportViolation

Message = tuple[str, str | None]
"""Text, and the URN to show it at where that is not the resource under validation."""


class Advisories:
    """What rules have to say without blocking anything, until an advisory policy says it.

    The SDK reports all that a policy says at the level of that policy, so a mandatory one cannot
    advise. It runs the policies of a pack in their order, for one request after the other on a
    resource; so the last policy can say what those before it have kept.
    """

    def __init__(self) -> None:
        self._kept: dict[str, dict[str, Sequence[Message]]] = defaultdict(dict)

    def keep(self, subject: str, rule_id: str, messages: Sequence[Message]) -> None:
        """Replaces what the rule had to say about the subject: a URN, or the stack."""
        self._kept[subject][rule_id] = messages

    def report(self, subject: str, report_violation: ReportViolation) -> None:
        """Reports all that was kept about the subject, and forgets it."""
        for rule_id, messages in self._kept.pop(subject, {}).items():
            for text, urn in messages:
                report_violation(f"{rule_id}: {text}", urn)
