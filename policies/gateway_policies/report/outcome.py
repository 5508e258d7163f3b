"""What a preview comes to."""

from collections import Counter
from collections.abc import Sequence
from enum import StrEnum

from gateway_policies.report.events import Log
from gateway_policies.report.findings import Effect, ReportedFinding


class Outcome(StrEnum):
    """It, in the order in which one outweighs the other."""

    BLOCKED = "blocked"
    """Violations stop it."""
    FAILED = "failed"
    """An error has ended it."""
    UNJUDGED = "not judged"
    """The policy pack has not seen the whole stack."""
    PASSED = "passed"


def outcome(log: Log, found: Sequence[ReportedFinding]) -> Outcome:
    """The outcome of a preview with its findings."""
    if any(finding.effect is Effect.VIOLATION for finding in found):
        return Outcome.BLOCKED
    if not log.succeeded:
        return Outcome.FAILED
    return Outcome.PASSED if log.judged else Outcome.UNJUDGED


def summary(log: Log, found: Sequence[ReportedFinding]) -> str:
    """The outcome in a few words: `blocked by 2 violations, 1 not decided before the update`."""
    numbers = Counter(finding.effect for finding in found)
    violations, undecided = numbers[Effect.VIOLATION], numbers[Effect.UNKNOWN]
    said = {
        Outcome.BLOCKED: f"blocked by {violations} violation{'' if violations == 1 else 's'}",
        Outcome.FAILED: "the preview failed",
        Outcome.UNJUDGED: "the policy pack has not seen the whole stack",
        Outcome.PASSED: "passes the policies",
    }[outcome(log, found)]
    return said + (f", {undecided} not decided before the update" if undecided else "")
