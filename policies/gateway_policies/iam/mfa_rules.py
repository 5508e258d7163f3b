"""Rules over conditions that ask for a second factor."""

from pulumi_policy import Severity

from gateway_policies.iam.document import Condition, Document
from gateway_policies.iam.places import document_rule
from gateway_policies.resource import Resource
from gateway_policies.rule import Control, Family, Findings, shown, violation

_KEY = "aws:multifactorauthpresent"


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
        for condition in statement.conditions:
            if condition.key.lower() == _KEY and not _holds(condition, statement.allows):
                effect = "Allow" if statement.allows else "Deny"
                test = {condition.operator: {condition.key: list(condition.values)}}
                yield violation(
                    f"{statement.path}.Condition",
                    seen=f"{effect} where {shown(test)}",
                    allowed="Allow where Bool says true, or Deny where BoolIfExists says false",
                )


def _holds(condition: Condition, allows: bool) -> bool:
    """Whether a condition keeps out who has no second factor, also where the key is absent."""
    operator = condition.operator.lower()
    if operator == "null":  # the key is there for every session, also for one without
        return not allows
    asked = {value.lower() for value in condition.values}
    if allows:
        return asked == {"true"} and not operator.endswith("ifexists")
    return asked == {"false"} and operator.endswith("ifexists")
