"""A preview as SARIF 2.1.0, which code scanning shows as alerts.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support-for-code-scanning
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from gateway_policies import urn
from gateway_policies.message import Message
from gateway_policies.report.events import Log
from gateway_policies.report.findings import Effect, ReportedFinding, findings
from gateway_policies.report.positions import Position
from gateway_policies.report.sarif_rules import described

Json = dict[str, Any]
_LEVELS = {Effect.VIOLATION: "error", Effect.WARNING: "warning", Effect.ACCEPTED: "error"}
_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)


@dataclass(frozen=True)
class Source:
    """Where the program and the stack's configuration are in the repository."""

    stack: str
    folder: str
    """The project's, within the repository."""
    positions: Mapping[str, Position]
    """By URN the line that makes a resource."""

    @property
    def prefix(self) -> str:
        """The folder as paths begin with it; empty for the repository itself."""
        folder = PurePosixPath(self.folder)
        return f"{quote(str(folder))}/" if folder.parts else ""

    def of(self, resource: str | None) -> Position:
        """The line to blame; the stack's YAML where no line is known."""
        yaml = Position(f"Pulumi.{quote(self.stack.rpartition('/')[2])}.yaml", 1)
        found = self.positions.get(resource or "", yaml)
        return Position(f"{self.prefix}{found.uri}", found.line)


def sarif(log: Log, source: Source, docs: str) -> Json:
    """The SARIF log: violations and warnings are results, what is unknown is a notification.

    log: of a stack that the policies have judged. docs: see `page`.
    """
    found = findings(log)
    driver = {
        "name": "gateway-policies",
        "version": ", ".join(log.packs.values()) or "0",
        "rules": described([finding.rule for finding in found], docs),
    }
    invocation = {
        "executionSuccessful": True,
        "toolExecutionNotifications": [
            _notification(one, source) for one in found if one.effect is Effect.UNKNOWN
        ],
    }
    run = {
        "tool": {"driver": driver},
        "automationDetails": {"id": f"preview/{source.prefix}{source.stack}/"},
        "invocations": [invocation],
        "results": list(_results(found, source)),
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _results(found: Sequence[ReportedFinding], source: Source) -> Iterator[Json]:
    """Of what is exempt there is none: the demand does not apply."""
    seen: Counter[str] = Counter()
    for finding in found:
        if finding.effect not in _LEVELS:
            continue
        same = _fingerprint(finding)
        seen[same] += 1
        result = {
            "ruleId": finding.rule,
            "level": _LEVELS[finding.effect],
            "message": {"text": _text(finding)},
            "locations": [_location(finding, source)],
            # The only one that GitHub compares; left to itself it takes the hash of a line.
            "partialFingerprints": {"primaryLocationLineHash": f"{same}:{seen[same]}"},
        }
        if by := finding.acceptance:
            why = f"Accepted until {by.expires} by {by.owner}: {by.reason}"
            result["suppressions"] = [
                {"kind": "external", "status": "accepted", "justification": why}
            ]
        yield result


def _notification(finding: ReportedFinding, source: Source) -> Json:
    """An alert would say that something is wrong, which nobody knows."""
    return {
        "level": "note",
        "message": {"text": _text(finding)},
        "associatedRule": {"id": finding.rule},
        "locations": [_location(finding, source)],
    }


def _fingerprint(finding: ReportedFinding) -> str:
    """The same in each run: neither lines nor values count."""
    parts = "\0".join((finding.rule, finding.urn or "", finding.path))
    return hashlib.sha256(parts.encode()).hexdigest()[:16]


def _text(finding: ReportedFinding) -> str:
    what = finding.what
    if isinstance(what, Message):
        what = f"{what.path}: {what.seen}. Allowed: {what.allowed}. {what.fix}"
    name = f"{urn.name(finding.urn)}: " if finding.urn else ""
    # https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html, 3.11.6: a link
    return f"{name}{what}".replace("](", "] (")


def _location(finding: ReportedFinding, source: Source) -> Json:
    position = source.of(finding.urn)
    location: Json = {
        "physicalLocation": {
            "artifactLocation": {"uri": position.uri, "uriBaseId": "%SRCROOT%"},
            "region": {"startLine": position.line},
        }
    }
    if finding.urn:
        location["logicalLocations"] = [
            {"fullyQualifiedName": finding.urn, "name": urn.name(finding.urn), "kind": "resource"}
        ]
    return location
