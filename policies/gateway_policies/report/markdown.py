"""A preview as a comment for its pull request."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from gateway_policies import urn
from gateway_policies.message import Message
from gateway_policies.report.escape import block, code, lines, link, text
from gateway_policies.report.events import Change, Log
from gateway_policies.report.findings import Effect, ReportedFinding, costs, findings
from gateway_policies.report.outcome import Outcome, outcome, summary
from gateway_policies.report.pages import page
from gateway_policies.report.sections import Section, fitting

_SIGNS = {
    Outcome.BLOCKED: "❌",
    Outcome.FAILED: "❌",
    Outcome.UNJUDGED: "⚠️",
    Outcome.PASSED: "✅",
}
_TITLES = {
    Effect.VIOLATION: "Violations",
    Effect.WARNING: "Warnings",
    Effect.UNKNOWN: "Not decided before the update",
    Effect.ACCEPTED: "Accepted exceptions",
    Effect.EXEMPT: "Exempt",
}
_FOLDED = (Effect.UNKNOWN, Effect.ACCEPTED, Effect.EXEMPT)
_LAST = {Effect.ACCEPTED: "accepted", Effect.EXEMPT: "why"}
_LOSSES = ("replace", "delete")
_BLOCKED = "preview failed"
"""What the engine says of a preview that violations stop; they are listed."""


def markdown(log: Log, stack: str, folder: str, docs: str) -> str:
    """The comment. Its first line is hidden, and tells it from those of other stacks.

    folder: the project's, within the repository. docs: see `page`.
    """
    found = findings(log)
    head = "\n".join([_marker(stack, folder), _headline(log, found, stack), "", _counts(log)])
    return fitting(head, list(_sections(log, found, docs)))


def _marker(stack: str, folder: str) -> str:
    kept = "".join(char for char in f"{stack} in {folder}" if char.isalnum() or char in " ._/-")
    return f"<!-- preview of {kept.replace('--', '- ')} -->"


def _headline(log: Log, found: Sequence[ReportedFinding], stack: str) -> str:
    return f"### {_SIGNS[outcome(log, found)]} {code(stack)}: {summary(log, found)}"


def _counts(log: Log) -> str:
    counted = [
        f"{len(list(group))} to {text(operation)}"
        for operation, group in groupby(log.changes, key=lambda change: change.operation)
    ]
    packs = [f"{text(name)} {text(version)}" for name, version in log.packs.items()]
    judges = f" Policies: {', '.join(packs)}." if packs else ""
    so_far = "" if log.succeeded or log.judged else ", as far as it got"
    return f"**{', '.join(counted) or 'No change'}**, {log.unchanged} unchanged{so_far}.{judges}"


def _sections(log: Log, found: Sequence[ReportedFinding], docs: str) -> Iterator[Section]:
    yield from _errors(log)
    yield from _table(Effect.VIOLATION, found, docs)
    yield from _changes(log)
    for effect in (Effect.WARNING, Effect.UNKNOWN, Effect.ACCEPTED, Effect.EXEMPT):
        yield from _table(effect, found, docs)
    for cost in costs(log):
        yield Section("Monthly cost", lines(cost))


def _errors(log: Log) -> Iterator[Section]:
    said = [error for error in log.errors if error != _BLOCKED]
    if said and not log.succeeded:
        yield Section("Errors", [block(error) for error in [*said, *log.printed]])


def _changes(log: Log) -> Iterator[Section]:
    """New resources are folded away: what is there already is what can be lost."""
    new = [change for change in log.changes if change.operation == "create"]
    old = [change for change in log.changes if change.operation != "create"]
    if old:
        head = _head("", "resource", "what changes")
        yield Section(f"Changes ({len(old)})", [_change(change) for change in old], head)
    if new:
        rows = [f"- {_resource(change.urn)}" for change in new]
        yield Section(f"To create ({len(new)})", rows, folded=True)


def _table(effect: Effect, found: Sequence[ReportedFinding], docs: str) -> Iterator[Section]:
    rows = [_row(finding, docs) for finding in found if finding.effect is effect]
    if rows:
        head = _head("rule", "resource", "seen", "allowed", _LAST.get(effect, "fix"))
        yield Section(f"{_TITLES[effect]} ({len(rows)})", rows, head, effect in _FOLDED)


def _row(finding: ReportedFinding, docs: str) -> str:
    rule = code(finding.rule)
    if where := page(finding.rule, docs):
        rule = link(rule, where)
    said = f"{rule} {text(finding.severity)}".strip()
    resource = _resource(finding.urn) if finding.urn else "the stack"
    return _cells(said, resource, *_what(finding))


def _what(finding: ReportedFinding) -> tuple[str, str, str]:
    """What was seen, what is allowed, and what to do."""
    if not isinstance(finding.what, Message):
        return text(finding.what), "", ""
    what = finding.what
    fix = f"{text(what.fix)} {link('AWS', what.url)}"
    if by := finding.acceptance:
        fix = f"until {text(by.expires)} by {text(by.owner)}: {text(by.reason)}"
    return f"{code(what.path)}: {code(what.seen)}", text(what.allowed), fix


def _change(change: Change) -> str:
    operation = change.operation
    shown = f"**{text(operation)}**" if operation in _LOSSES else text(operation)
    properties = [
        code(found.path) + (" (replaces)" if found.replaces else "") for found in change.properties
    ]
    if operation == "replace" and not properties:
        properties = ["no property of its own"]
    return _cells(shown, _resource(change.urn), ", ".join(properties))


def _resource(of: str) -> str:
    return f"{code(urn.name(of))} {text(urn.type_of(of))}".strip()


def _head(*titles: str) -> str:
    return f"{_cells(*titles)}\n{'|---' * len(titles)}|"


def _cells(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
