"""What the policies of a preview have found, each finding in the parts that a reviewer needs."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from gateway_policies import pack
from gateway_policies.advisories import RESOURCES, STACK, Acceptance, Advice
from gateway_policies.message import Message
from gateway_policies.report.events import Log, PolicyEvent
from gateway_policies.rule import Verdict

COST = "monthly-cost"
"""Name of the policy whose message is a table in Markdown."""

_SEVERITIES = ("critical", "high", "medium", "low", "")


class Effect(StrEnum):
    """What a finding means for the preview."""

    VIOLATION = "violation"
    """Stops it."""
    WARNING = "warning"
    """What an advisory policy does not pass."""
    UNKNOWN = "unknown"
    """Not decided before the update, which then may be stopped."""
    EXEMPT = "exempt"
    ACCEPTED = "accepted"
    """A violation that somebody answers for."""


_EFFECTS = {
    Verdict.VIOLATION: Effect.WARNING,
    Verdict.UNKNOWN: Effect.UNKNOWN,
    Verdict.EXEMPT: Effect.EXEMPT,
}


@dataclass(frozen=True)
class ReportedFinding:
    """One finding, as a reviewer reads it."""

    effect: Effect
    rule: str
    """Id of the rule, or name of another pack's policy."""
    urn: str | None
    """The resource to blame; None for the stack."""
    severity: str
    """`critical`, `high`, `medium`, `low` or empty."""
    what: Message | str
    """A text where a policy has words of its own."""
    acceptance: Acceptance | None = None

    @property
    def path(self) -> str:
        """Where in the resource it is; empty where the policy does not say so."""
        return self.what.path if isinstance(self.what, Message) else ""


def findings(log: Log) -> Sequence[ReportedFinding]:
    """All but the costs, the worst first."""
    found = [_finding(event) for event in log.policy_events if not _is_report(event, COST)]
    return sorted(found, key=_order)


def costs(log: Log) -> Sequence[str]:
    """The tables of costs."""
    return [event.message.strip("\n") for event in log.policy_events if _is_report(event, COST)]


def _is_report(event: PolicyEvent, *names: str) -> bool:
    """Whether a policy of this pack says it that speaks for others; another pack may use its name.

    It blocks nothing: where a stack makes it mandatory, what it says is a violation as it stands.
    """
    return event.pack == pack.NAME and not event.mandatory and event.policy in names


def _order(finding: ReportedFinding) -> tuple[int, int, str, str, str]:
    severity = finding.severity if finding.severity in _SEVERITIES else ""
    return (
        list(Effect).index(finding.effect),
        _SEVERITIES.index(severity),
        finding.rule,
        finding.urn or "",
        finding.path,
    )


def _finding(event: PolicyEvent) -> ReportedFinding:
    advice = Advice.parse(event.message) if _is_report(event, RESOURCES, STACK) else None
    if advice:
        return _advised(advice, event.urn)
    text = event.message or event.description
    message = Message.parse(text)
    what = _within(event.urn, message) if message else text
    effect = Effect.VIOLATION if event.mandatory else Effect.WARNING
    return ReportedFinding(effect, event.policy, event.urn, event.severity, what)


def _advised(advice: Advice, urn: str | None) -> ReportedFinding:
    what = _within(urn, advice.message)
    if isinstance(advice.why, Acceptance):
        return ReportedFinding(Effect.ACCEPTED, advice.rule, urn, "", what, advice.why)
    return ReportedFinding(_EFFECTS[advice.why], advice.rule, urn, "", what)


def _within(urn: str | None, message: Message) -> Message:
    """A rule over the stack begins its path with the resource, which the finding names already."""
    return replace(message, path=message.path.removeprefix(urn or "").strip())
