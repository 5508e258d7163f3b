"""The rule that nobody reaches more than the components declare."""

from pulumi_policy import Severity

from gateway_policies.reach.proof import Reach, prove
from gateway_policies.resource import Stack
from gateway_policies.rule import Control, Family, Findings, Limits, stack_rule, violation


@stack_rule(
    Control(
        id="iam-undeclared-reach",
        title="Roles reach no endpoint, feature group, bucket or key but those declared for them",
        family=Family.IAM,
        severity=Severity.CRITICAL,
        fix="Narrow the statement to what the role is there for; if it is there for this as well, "
        "have its component declare it.",
        url="https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege",
    ),
)
def iam_undeclared_reach(stack: Stack, _: Limits) -> Findings:
    """One model's role must not reach another model's endpoint or data, whatever its policies add
    up to. A component declares by two outputs: `arn`, of a role, and `reaches`, ARNs or patterns of
    them. In a stack where any does, every role, user and group needs to be declared for.
    """
    proof = prove(stack)
    for found in proof.undeclared:
        allowed = ", ".join(proof.declared_for(found.principal) or ())
        yield violation(
            "its policies",
            seen=_said(found),
            allowed=allowed or "nothing, as no component declares what it is there for",
            urn=found.principal,
        )


def _said(found: Reach) -> str:
    way = found.way
    return (
        f"{', '.join(way.actions)} on {way.on}, so on {way.resource.kind.word} {way.resource.name}"
    )


RULES = (iam_undeclared_reach,)
