"""The engine's log of a preview, as far as a report needs it.

`pulumi preview --event-log FILE`, which the CLI has where PULUMI_DEBUG_COMMANDS is true, writes one
JSON object in a line for each event. Secrets in it are blinded, other values are in clear.
https://github.com/pulumi/pulumi/blob/v3.259.0/sdk/go/common/apitype/events.go
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gateway_policies import pack
from gateway_policies.json_object import JsonError, JsonObject

_UNCHANGED = "same"
_NO_CHANGE = {"read", "read-replacement", "discard", "refresh", "remove-pending-replace"}
_REPLACE = "replace"
_STEPS_OF_REPLACE = {
    "create-replacement",
    "delete-replaced",
    "discard-replaced",
    "import-replacement",
}
_HEED = (_REPLACE, "delete", "update", "import", "create")
_ENGINES_OWN = "pulumi:"
_COLOR = re.compile(r"<\{%[^%]*%\}>")


class EventLogError(Exception):
    """The file is no event log; the text names the line and the fix."""


@dataclass(frozen=True)
class Property:
    """A property that changes. Its values are nobody's business: they may be secrets."""

    path: str
    replaces: bool
    """Whether the resource cannot keep its identity with it."""


@dataclass(frozen=True)
class Change:
    """What would be done to a resource."""

    operation: str
    """`replace`, `delete`, `update`, `import`, `create`, or what a newer engine calls it."""
    urn: str
    properties: Sequence[Property]


@dataclass(frozen=True)
class PolicyEvent:
    """What a policy has reported."""

    policy: str
    pack: str
    mandatory: bool
    severity: str
    urn: str | None
    description: str
    message: str


@dataclass(frozen=True)
class Log:
    """A preview."""

    changes: Sequence[Change]
    """What a reviewer has to heed most comes first."""
    unchanged: int
    """How many resources stay as they are."""
    policy_events: Sequence[PolicyEvent]
    errors: Sequence[str]
    printed: Sequence[str]
    """What the program has written to its stderr."""
    packs: Mapping[str, str]
    """Version of each policy pack that ran, by its name."""
    judged: bool
    """Whether the policies of this pack have seen the whole stack."""
    succeeded: bool


def read(text: str) -> Log:
    """The log. Raises EventLogError where it is none, or was cut off."""
    reading = _Reading()
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                reading.take(JsonObject.parse(line))
            except JsonError as error:
                raise EventLogError(
                    f"line {number} is no event of the engine: {error}. Run the preview again."
                ) from error
    return reading.log()


class _Reading:
    """The log as read so far."""

    def __init__(self) -> None:
        self._operations: dict[str, set[str]] = {}
        self._properties: dict[str, dict[str, bool]] = {}
        self._policy_events: dict[PolicyEvent, None] = {}
        self._said: dict[str, list[str]] = {"error": [], "info#err": []}
        self._summary: JsonObject | None = None
        self._judged = False

    def take(self, event: JsonObject) -> None:
        """Takes an event of a kind that matters here, and lets all others be."""
        if step := event.object("resourcePreEvent"):
            self._take_step(step.needed("metadata"))
        elif found := event.object("policyEvent"):
            self._policy_events[_policy_event(found)] = None
        elif found := event.object("diagnosticEvent"):
            if (severity := found.text("severity")) in self._said:
                self._said[severity].append(_plain(found.text("message")))
        elif found := event.object("policyAnalyzeStackSummaryEvent"):
            self._judged = self._judged or _pack(found) == pack.NAME
        elif found := event.object("summaryEvent"):
            self._summary = found

    def _take_step(self, step: JsonObject) -> None:
        state = step.object("new") or step.object("old")
        if not state or not state.flag("custom") or step.text("type").startswith(_ENGINES_OWN):
            return  # a component or a provider: nothing of it exists outside the program
        urn, operation = step.text("urn"), step.text("op")
        operation = _REPLACE if operation in _STEPS_OF_REPLACE else operation
        self._operations.setdefault(urn, set()).add(operation)
        self._properties.setdefault(urn, {}).update(_properties(step))

    def log(self) -> Log:
        """What all events come to."""
        if not self._summary:
            raise EventLogError("the log ends before the preview did. Run the preview again.")
        return Log(
            changes=sorted(self._changes(), key=_heed),
            unchanged=sum(ops == {_UNCHANGED} for ops in self._operations.values()),
            policy_events=list(self._policy_events),
            errors=self._said["error"],
            printed=self._said["info#err"],
            packs={
                _plain_name(name): str(version)
                for name, version in self._summary.members("PolicyPacks").items()
            },
            judged=self._judged,
            succeeded=self._summary.text("result") == "succeeded",
        )

    def _changes(self) -> Iterator[Change]:
        for urn, operations in self._operations.items():
            done = operations - _NO_CHANGE - {_UNCHANGED}
            if done:
                found = self._properties[urn].items()
                yield Change(min(done, key=_rank), urn, [Property(*item) for item in sorted(found)])


def _rank(operation: str) -> int:
    """What a newer engine may do is heeded before all that is known."""
    return _HEED.index(operation) if operation in _HEED else -1


def _heed(change: Change) -> tuple[int, str]:
    return _rank(change.operation), change.urn


def _properties(step: JsonObject) -> dict[str, bool]:
    """Path of each property that changes -> whether it replaces the resource."""
    if detailed := step.members("detailedDiff"):
        return {path: _replaces(kind) for path, kind in detailed.items()}
    return {path: False for path in step.texts("diffs")} | {key: True for key in step.texts("keys")}


def _replaces(difference: Any) -> bool:
    return JsonObject.of(difference, "detailedDiff").text("diffKind").endswith("-replace")


def _policy_event(event: JsonObject) -> PolicyEvent:
    description, _, message = _plain(event.text("message")).partition("\n")
    return PolicyEvent(
        policy=event.text("policyName"),
        pack=_pack(event),
        mandatory=event.text("enforcementLevel") != "advisory",
        severity=event.text("severity", ""),
        urn=event.text("resourceUrn", "") or None,
        description=description,
        message=message,
    )


def _pack(event: JsonObject) -> str:
    return _plain_name(event.text("policyPackName"))


def _plain_name(name: str) -> str:
    """Name of a pack without where the engine has found it."""
    return name.partition("|")[0]


def _plain(text: str) -> str:
    """Text without the engine's colours."""
    return _COLOR.sub("", text).strip("\n")
