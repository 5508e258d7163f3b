"""Rules over what identities may do; see also exposure_rules.py and wildcard_rules.py."""

from pulumi_policy import Severity

from gateway_policies.iam.arn import is_everything, whole_account
from gateway_policies.iam.conditions import narrows_request, values_of
from gateway_policies.iam.document import Document, Kind, Statement
from gateway_policies.iam.escalation import PASSED_TO, ROLE_PASSING, escalations
from gateway_policies.iam.grants import grants, is_every_action, whole_service
from gateway_policies.iam.places import KEYS, document_rule
from gateway_policies.resource import Resource
from gateway_policies.rule import Control, Family, Findings, shown, some, violation
from gateway_policies.wildcard import is_pattern

_ELEMENTS = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_"
_BEST = "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html"
_GRAMMAR = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html"


@document_rule(
    Control(
        id="iam-document",
        title="IAM documents are ones that AWS takes",
        family=Family.IAM,
        severity=Severity.HIGH,
        fix="Correct the document, or build it with a JSON library.",
        url=_GRAMMAR,
    )
)
def iam_document(_: Resource, document: Document) -> Findings:
    """What AWS refuses fails in the middle of an update, and nobody can say what was meant."""
    for mistake in document.mistakes:
        yield violation(
            mistake.path,
            seen=mistake.problem,
            allowed=f"an element of an {document.kind}"
            if document.kind is Kind.IDENTITY
            else f"an element of a {document.kind}",
        )


@document_rule(
    Control(
        id="iam-admin",
        title="Nobody may do everything",
        family=Family.IAM,
        severity=Severity.CRITICAL,
        standards=("CKV_AWS_1", "CKV_AWS_62", "CKV_AWS_63", "IAM.1"),
        fix="Name the actions and the resources that are needed.",
        url=_BEST,
    ),
    kinds=(Kind.IDENTITY,),
)
def iam_admin(_: Resource, document: Document) -> Findings:
    """Whoever holds it owns the account; a mistake or a leak is then the account's end."""
    for statement in document.allowing:
        everything = [a for a in statement.actions if is_every_action(a)]
        anywhere = [r for r in statement.resources if is_everything(r)]
        if everything and anywhere and not statement.except_actions | statement.except_resources:
            yield violation(
                statement.path,
                seen=f"{shown(everything[0])} on {shown(anywhere[0])}",
                allowed="actions and resources by name",
            )


@document_rule(
    Control(
        id="iam-service-wildcard",
        title="Actions are named, not a whole service",
        family=Family.IAM,
        severity=Severity.HIGH,
        standards=("CKV_AWS_49", "CKV_AWS_62", "CKV_AWS_63", "IAM.21"),
        fix="Name the actions; a pattern of read actions, such as `s3:Get*`, is one.",
        url=f"{_ELEMENTS}action.html",
    ),
    kinds=(Kind.IDENTITY, Kind.TRUST, Kind.RESOURCE),
)
def iam_service_wildcard(resource: Resource, document: Document) -> Findings:
    """A whole service holds deleting, sharing and changing who may; next year also what is new."""
    for statement in document.allowing:
        whole = [pattern for pattern in statement.actions if whole_service(pattern)]
        if statement.except_actions or not whole or _is_delegation(resource, statement):
            continue
        yield violation(
            f"{statement.path}.Action",
            seen=shown(list(whole)),
            allowed="actions by name",
        )


def _is_delegation(resource: Resource, statement: Statement) -> bool:
    """Whether a key leaves to an account's IAM who may use it: AWS's own default.

    https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
    """
    return (
        resource.type in KEYS
        and not statement.except_principals
        and bool(statement.principals)
        and all(
            principal.kind == "AWS" and whole_account(principal.value)
            for principal in statement.principals
        )
    )


@document_rule(
    Control(
        id="iam-not-action",
        title="Allow names its actions, not all others",
        family=Family.IAM,
        severity=Severity.HIGH,
        fix="Replace NotAction by Action, or Allow by Deny.",
        url=f"{_ELEMENTS}notaction.html",
    )
)
def iam_not_action(_: Resource, document: Document) -> Findings:
    """All actions but a few are nearly all, and every new one is among them."""
    for statement in document.allowing:
        if statement.except_actions:
            yield violation(
                f"{statement.path}.NotAction",
                seen=f"everything but {shown(list(statement.actions))}",
                allowed="Action",
            )


@document_rule(
    Control(
        id="iam-not-resource",
        title="Allow names its resources, not all others",
        family=Family.IAM,
        severity=Severity.HIGH,
        fix="Replace NotResource by Resource, or Allow by Deny.",
        url=f"{_ELEMENTS}notresource.html",
    )
)
def iam_not_resource(_: Resource, document: Document) -> Findings:
    """All resources but a few are others' too, and every new one is among them."""
    for statement in document.allowing:
        if statement.except_resources:
            yield violation(
                f"{statement.path}.NotResource",
                seen=f"everything but {shown(list(statement.resources))}",
                allowed="Resource",
            )


@document_rule(
    Control(
        id="iam-pass-role",
        title="Roles are passed by name, to a named service",
        family=Family.IAM,
        severity=Severity.HIGH,
        standards=("CKV_AWS_286",),
        fix="Name the roles, and the service by the condition iam:PassedToService.",
        url="https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html",
    ),
    kinds=(Kind.IDENTITY,),
)
def iam_pass_role(_: Resource, document: Document) -> Findings:
    """Who may pass any role to any service may do what any role may."""
    for grant in grants(document, ROLE_PASSING):
        if grant.broad and not values_of(grant.statement, PASSED_TO):
            yield violation(
                grant.statement.path,
                seen=f"{ROLE_PASSING} of any role to any service",
                allowed="roles by their ARNs, to a service by iam:PassedToService",
            )


@document_rule(
    Control(
        id="iam-privilege-escalation",
        title="Nobody may give himself more rights",
        family=Family.IAM,
        severity=Severity.CRITICAL,
        standards=("CKV_AWS_110", "CKV_AWS_286"),
        fix="Limit the first of these actions to the resources that it is meant for.",
        url=_BEST,
    ),
    kinds=(Kind.IDENTITY,),
)
def iam_privilege_escalation(_: Resource, document: Document) -> Findings:
    """Rights by which one takes more are all rights, whatever else the document says."""
    ways: dict[str, list[str]] = {}
    for actions, how in escalations(document):
        ways.setdefault(how, []).append(" and ".join(actions))
    for how, found in ways.items():
        yield violation("Statement", seen=f"{some(found)}: {how}", allowed="none of these together")


@document_rule(
    Control(
        id="iam-assume-role-wildcard",
        title="Roles to assume are named",
        family=Family.IAM,
        severity=Severity.HIGH,
        fix="Name the roles by their ARNs, with their account.",
        url="https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_permissions-to-switch.html",
    ),
    kinds=(Kind.IDENTITY,),
)
def iam_assume_role_wildcard(_: Resource, document: Document) -> Findings:
    """A role in any account is also one in an attacker's, where credentials are carried off to."""
    for grant in grants(document, "sts:AssumeRole"):
        wide = [r for r in grant.statement.resources if _is_any_account(r)]
        if (grant.broad or wide) and not narrows_request(grant.statement):
            resources = wide or grant.statement.resources
            yield violation(
                f"{grant.statement.path}.Resource",
                seen=f"sts:AssumeRole on {shown(list(resources))}",
                allowed="the ARNs of roles",
            )


def _is_any_account(resource: str) -> bool:
    fields = resource.split(":", 5)
    return len(fields) < 5 or is_pattern(fields[4])
