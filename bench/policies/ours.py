"""What the pack's rules find in documents, and by which actions.

`python -m bench.policies.ours` is the judging alone, for the clock: documents by name as JSON in,
the ids of the rules that each breaks out.
"""

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from bench.policies.controls import Documents
from gateway_policies.iam.actions import PERMISSIONS, Action, catalogue, expand
from gateway_policies.iam.conditions import narrows_request
from gateway_policies.iam.document import Document, Statement
from gateway_policies.iam.escalation import escalations
from gateway_policies.iam.exposure_rules import CREDENTIALS, DATA
from gateway_policies.iam.grants import grants, is_broad, whole_service
from gateway_policies.resource import Resource
from gateway_policies.rule import ResourceRule, Verdict
from gateway_policies.rules import RULES

POLICY = "aws:iam/policy:Policy"

Way = tuple[str, ...]
"""Actions that together are what a control forbids: mostly one. A whole service is its pattern."""

READS = frozenset({"Read", "List"})
"""Levels of the actions that change nothing."""


def judged(documents: Documents) -> Mapping[str, Mapping[str, list[str]]]:
    """The verdicts of all rules on each document: rule -> verdicts."""
    rules = [r for r in RULES if isinstance(r, ResourceRule) and r.is_for(POLICY)]
    found: dict[str, dict[str, list[str]]] = {}
    for name, document in documents.items():
        resource = Resource("", {"policy": document}, POLICY, name)
        said = {rule.control.id: [str(f.verdict) for f in rule.check(resource)] for rule in rules}
        found[name] = {rule: verdicts for rule, verdicts in said.items() if verdicts}
    return found


def ways(control: str, document: Document) -> set[Way]:
    """What a document allows of that which a control forbids, by our reading."""
    return set(_WAYS[control](document))


def _admin(document: Document) -> Iterator[Way]:
    yield from ((pattern,) for s in document.allowing for pattern in s.actions)


def _services(document: Document) -> Iterator[Way]:
    for statement in document.allowing:
        if not statement.except_actions:
            yield from ((pattern,) for pattern in statement.actions if whole_service(pattern))


def _escalations(document: Document) -> Iterator[Way]:
    yield from (actions for actions, _ in escalations(document))


def _listed(names: tuple[str, ...]) -> Callable[[Document], Iterator[Way]]:
    def listed(document: Document) -> Iterator[Way]:
        for name in names:
            if any(g.broad and not narrows_request(g.statement) for g in grants(document, name)):
                yield (name,)

    return listed


def _reaching(
    wanted: Callable[[Action], bool], narrowed: bool
) -> Callable[[Document], Iterator[Way]]:
    """narrowed: whether a condition on the resource leaves it a finding."""

    def reaching(document: Document) -> Iterator[Way]:
        for statement in document.allowing:
            if statement.except_resources or (not narrowed and narrows_request(statement)):
                continue
            for action in named(statement):
                if action.arns and wanted(action) and is_broad(statement, action):
                    yield (action.name,)

    return reaching


def named(statement: Statement) -> Iterator[Action]:
    """The actions that a statement is about."""
    found = {action.name: action for p in statement.actions for action in expand(p)}
    if statement.except_actions:
        yield from (a for a in catalogue().values() if a.name not in found)
    else:
        yield from found.values()


_WAYS: Mapping[str, Callable[[Document], Iterator[Way]]] = {
    "AdminAccess": _admin,
    "ServiceWildcard": _services,
    "PrivilegeEscalation": _escalations,
    "DataExfiltration": _listed(DATA),
    "CredentialsExposure": _listed(CREDENTIALS),
    "ResourceExposure": _reaching(lambda action: action.level == PERMISSIONS, narrowed=False),
    "ResourceWildcard": _reaching(lambda _: True, narrowed=True),
    "InfrastructureModification": _reaching(lambda a: a.level not in READS, narrowed=True),
    "PassRole": _listed(("iam:PassRole",)),
}


def is_found(control: str, rule: str, said: Mapping[str, list[str]], document: Document) -> bool:
    """Whether our rule says what the control forbids.

    The rule over wildcards is about reading as well, which InfrastructureModification is not.
    """
    violated = Verdict.VIOLATION in said.get(rule, ())
    return violated and (control != "InfrastructureModification" or bool(ways(control, document)))


def main() -> None:
    """Judges what stdin says."""
    documents: dict[str, Any] = json.load(sys.stdin)["documents"]
    json.dump(judged(documents), sys.stdout)


if __name__ == "__main__":
    main()
