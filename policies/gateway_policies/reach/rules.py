"""The rule that nobody reaches more than the components declare."""

from pulumi_policy import Severity

from gateway_policies import urn
from gateway_policies.reach.declared import declared
from gateway_policies.reach.proof import Proof, Reach, prove
from gateway_policies.resource import Stack
from gateway_policies.rule import Control, Family, Findings, Limits, stack_rule, unknown, violation


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
    if not declared(stack):
        return  # nothing can be undeclared, so nothing needs to be drawn
    proof = prove(stack)
    for found in proof.undeclared:
        yield violation(
            "its policies",
            seen=_said(found),
            allowed=_allowed(proof, found.principal),
            urn=found.principal,
        )
    for found in proof.perhaps_undeclared:
        yield unknown(
            "its policies",
            seen=f"{_said(found)}; what its component declares is not known yet",
            allowed=_allowed(proof, found.principal),
            fix="",
            urn=found.principal,
        )
    for doubt in proof.doubts:
        # A document that is not known yet is the business of iam-known.
        if doubt.principal in proof.holders and doubt.resource is None and "arn:" in doubt.why:
            yield unknown(
                "its policies",
                seen=doubt.why,
                allowed=_allowed(proof, doubt.principal),
                fix="Write a policy with what is needed, so that it can be looked at.",
                urn=doubt.principal,
            )


def _allowed(proof: Proof, principal: str) -> str:
    declaration = proof.declared_for(principal)
    if declaration is None:
        return "nothing, as no component declares what it is there for"
    return ", ".join(declaration.patterns) or "nothing that is known yet"


def _said(found: Reach) -> str:
    way, role = found.way, f" as {urn.name(found.through)}" if found.through else ""
    where = f"{way.resource.type.word} {way.resource.name}{role}"
    return f"{', '.join(way.actions)} on {way.on}, so on {where}"


RULES = (iam_undeclared_reach,)
