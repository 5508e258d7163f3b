"""Rules over what the documents of a stack say together."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping

from pulumi_policy import EnforcementLevel, Severity

from gateway_policies.iam.document import Document, Kind, Statement
from gateway_policies.iam.escalation import escalations
from gateway_policies.iam.places import ROLE, places
from gateway_policies.resource import Resource, Stack
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

ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
MANAGED = "aws:iam/policy:Policy"

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
            feeding = resource.dependencies.get(place.path.partition("[")[0].partition(".")[0], ())
            by = f", by {', '.join(name_of(urn) for urn in feeding)}" if feeding else ""
            yield unknown(
                f"{place.path}.{parts}".removesuffix("."),
                seen=f"not known at preview{by}, so no rule has looked at it",
                allowed="a document that is known",
                fix="",
                urn=resource.urn,
            )


def name_of(urn: str) -> str:
    """Type and name of a resource: `Key data`."""
    *_, kind, name = urn.split("::")
    return f"{kind.rpartition(':')[2]} {name}"


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
        title="A role's policies do not add up to more rights",
        family=Family.IAM,
        severity=Severity.CRITICAL,
        standards=("CKV_AWS_110", "CKV_AWS_286"),
        fix="Limit the first of these actions to the resources that it is meant for.",
        url="https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
    ),
    limits={},
)
def iam_role_escalation(stack: Stack, _: Limits) -> Findings:
    """What one policy leaves out another one may add; a role has all of them."""
    for role, documents in role_documents(stack).items():
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
                    urn=role,
                )


def role_documents(stack: Stack) -> Mapping[str, list[Document]]:
    """The policies of each role of the stack, by the role's URN: inline and attached ones."""
    roles = {role.urn: role for role in stack.of_type(ROLE)}
    by_name = {role.get("name"): urn for urn, role in roles.items() if role.text("name")}
    managed = {policy.urn: policy for policy in stack.of_type(MANAGED)}
    found: dict[str, list[Document]] = defaultdict(list)
    for role in roles.values():
        found[role.urn] += _identity_documents(role)
    for resource in stack.resources:
        if resource.type not in (ROLE_POLICY, ATTACHMENT):
            continue
        for urn in _roles_of(resource, by_name, roles):
            if resource.type == ROLE_POLICY:
                found[urn] += _identity_documents(resource)
            for policy in resource.dependencies.get("policyArn", ()):
                found[urn] += _identity_documents(managed[policy]) if policy in managed else ()
    return found


def _roles_of(
    resource: Resource, by_name: Mapping[object, str], roles: Mapping[str, Resource]
) -> Iterator[str]:
    name = resource.get("role")
    if name in by_name:
        yield by_name[name]
        return
    yield from (urn for urn in resource.dependencies.get("role", ()) if urn in roles)


def _identity_documents(resource: Resource) -> list[Document]:
    return [p.document for p in places(resource) if p.document.kind is Kind.IDENTITY]
