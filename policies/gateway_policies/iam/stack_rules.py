"""Rules over what the documents of a stack say together."""

import re

from pulumi_policy import EnforcementLevel, Severity

from gateway_policies import urn
from gateway_policies.iam.document import Document, Kind, Statement
from gateway_policies.iam.escalation import escalations
from gateway_policies.iam.holders import holders
from gateway_policies.iam.places import places
from gateway_policies.resource import Stack
from gateway_policies.rule import (
    Control,
    Family,
    Findings,
    Limits,
    shown,
    stack_rule,
    unknown,
    violation,
)

PASSED_ROLES = ("permissionsBoundary", "executionRoleArn", "roleArn", "role", "taskRoleArn")
"""Properties that take ARNs of the account that the resource is in, and of no other."""

_OWN = re.compile(r"arn:[^:]+:iam::(\d{12}):(?:role|policy)/.+")
_ACCOUNT = re.compile(r"(?:arn:[^:]+:[a-z]+::)?(\d{12})(?::.+)?")


@stack_rule(
    Control(
        id="iam-known",
        title="IAM documents are known at preview",
        family=Family.IAM,
        severity=Severity.LOW,
        fix="Give what it names an explicit name, and write its ARN; or put what stays unknown "
        "into a document of its own, so that it hides nothing else.",
        url="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html",
        level=EnforcementLevel.ADVISORY,
    ),
    limits={},
)
def iam_known(stack: Stack, _: Limits) -> Findings:
    """A document that is not known yet is judged during the update, when others exist already."""
    for resource in stack.resources:
        for place in places(resource):
            if not place.document.unknown:
                continue
            parts = ", ".join(filter(None, place.document.unknown))
            feeding = place.fed_by(resource)
            by = f", by {', '.join(map(_called, feeding))}" if feeding else ""
            yield unknown(
                f"{place.path}.{parts}".removesuffix("."),
                seen=f"not known at preview{by}, so no rule has looked at it",
                allowed="a document that is known",
                fix="",
                urn=resource.urn,
            )


def _called(of: str) -> str:
    """Type and name of a resource, by its URN: `Key data`."""
    return f"{urn.type_of(of).rpartition('.')[2]} {urn.name(of)}".strip()


@stack_rule(
    Control(
        id="iam-cross-account",
        title="Other accounts are let in knowingly",
        family=Family.IAM,
        severity=Severity.HIGH,
        fix="Name principals of this account; an account that is meant to get in is an exception.",
        url="https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html",
    ),
    limits={},
)
def iam_cross_account(stack: Stack, _: Limits) -> Findings:
    """What another account may do, its administrators decide, and whoever gets hold of it."""
    own = own_accounts(stack)
    for resource in stack.resources:
        for place in places(resource):
            if place.document.kind not in (Kind.TRUST, Kind.RESOURCE):
                continue
            for statement in place.document.allowing:
                foreign = _foreign(statement, place.document, own)
                if foreign:
                    yield violation(
                        f"{place.path}.{statement.path}.Principal",
                        seen=shown(foreign),
                        allowed=f"principals of {', '.join(sorted(own)) or 'one account'}",
                        urn=resource.urn,
                    )


def own_accounts(stack: Stack) -> set[str]:
    """The stack's account, as far as its resources tell: they take roles of their own alone."""
    texts = (resource.get(name) for resource in stack.resources for name in PASSED_ROLES)
    found = (_OWN.fullmatch(text) for text in texts if isinstance(text, str))
    return {match[1] for match in found if match}


def _foreign(statement: Statement, document: Document, own: set[str]) -> list[str]:
    accounts = _accounts(statement)
    if own:
        return [value for value, account in accounts.items() if account not in own]
    # Of several accounts in one document, one at least is another's.
    every = {account for other in document.allowing for account in _accounts(other).values()}
    return list(accounts) if len(every) > 1 else []


def _accounts(statement: Statement) -> dict[str, str]:
    """The account of each principal that has one."""
    found = {
        principal.value: _ACCOUNT.fullmatch(principal.value)
        for principal in statement.principals
        if principal.kind == "AWS"
    }
    return {value: match[1] for value, match in found.items() if match}


@stack_rule(
    Control(
        id="iam-role-escalation",
        title="The policies of a role, a user or a group do not add up to more rights",
        family=Family.IAM,
        severity=Severity.CRITICAL,
        standards=("CKV_AWS_110", "CKV_AWS_286"),
        fix="Limit the first of these actions to the resources that it is meant for.",
        url="https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
    ),
    limits={},
)
def iam_role_escalation(stack: Stack, _: Limits) -> Findings:
    """What one policy leaves out another one may add; who holds them has all of them."""
    for whose, holder in holders(stack).items():
        documents = holder.documents
        if len(documents) < 2:
            continue
        alone = {actions for document in documents for actions, _ in escalations(document)}
        together = Document(
            Kind.IDENTITY, tuple(s for d in documents for s in d.statements), (), ()
        )
        for actions, how in escalations(together):
            if actions not in alone:
                yield violation(
                    "its policies together",
                    seen=f"{' and '.join(actions)}: {how}",
                    allowed="none of these together",
                    urn=whose,
                )
