"""Rules over conditions that ask for a second factor."""

from collections.abc import Sequence

from pulumi_policy import Severity

from gateway_policies.iam.document import Condition, Document, Statement
from gateway_policies.iam.operators import holds
from gateway_policies.iam.places import document_rule
from gateway_policies.iam.variables import Context
from gateway_policies.resource import Resource
from gateway_policies.rule import Control, Family, Findings, shown, violation

_PRESENT = "aws:multifactorauthpresent"
_KEYS = frozenset({_PRESENT, "aws:multifactorauthage"})
_WITHOUT: Sequence[Context] = ({}, {_PRESENT: ("false",)})
"""What requests without a second factor say of it: by an access key, and by a session."""


@document_rule(
    Control(
        id="iam-mfa-condition",
        title="Conditions that ask for a second factor keep out who has none",
        family=Family.IAM,
        severity=Severity.MEDIUM,
        fix="Allow where Bool aws:MultiFactorAuthPresent is true, or deny where BoolIfExists says "
        "false.",
        url="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-multifactorauthpresent",
    )
)
def iam_mfa_condition(_: Resource, document: Document) -> Findings:
    """A request with an access key alone says nothing of a second factor, neither yes nor no."""
    for statement in document.statements:
        tests = [test for test in statement.conditions if test.key.lower() in _KEYS]
        if any(test.key.lower() == _PRESENT for test in tests) and _misses(statement, tests):
            effect = "Allow" if statement.allows else "Deny"
            yield violation(
                f"{statement.path}.Condition",
                seen=f"{effect} where {shown(_written(tests))}",
                allowed="Allow where Bool says true, or Deny where BoolIfExists says false",
            )


def _misses(statement: Statement, tests: Sequence[Condition]) -> bool:
    """Whether an Allow takes in somebody without a second factor, or a Deny leaves him out."""
    return any(
        all(holds(test, request) for test in tests) is statement.allows for request in _WITHOUT
    )


def _written(tests: Sequence[Condition]) -> dict[str, dict[str, list[str]]]:
    """Conditions as a document has them."""
    found: dict[str, dict[str, list[str]]] = {}
    for test in tests:
        found.setdefault(test.operator, {})[test.key] = list(test.values)
    return found
