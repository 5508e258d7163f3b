"""Rules over who may: policies of resources, and trust."""

import re

from pulumi_policy import Severity

from gateway_policies.iam.arn import whole_account
from gateway_policies.iam.conditions import names_origin, narrows_caller, narrows_request
from gateway_policies.iam.document import Document, Kind, Principal, Statement
from gateway_policies.iam.grants import names_action
from gateway_policies.iam.places import BUCKET_POLICY, document_rule
from gateway_policies.resource import Resource
from gateway_policies.rule import Control, Family, Findings, shown, violation
from gateway_policies.wildcard import is_pattern

ASSUMING = ("sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity")
API_TYPES = ("aws:apigateway/restApi:RestApi", "aws:apigateway/restApiPolicy:RestApiPolicy")
_PRINCIPAL = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_"

SILENT_SERVICES = frozenset(
    {
        *("apigateway.amazonaws.com", "ops.apigateway.amazonaws.com", "lambda.amazonaws.com"),
        *("ec2.amazonaws.com", "edgelambda.amazonaws.com", "autoscaling.amazonaws.com"),
        *("monitoring.rds.amazonaws.com", "rds.amazonaws.com", "eks.amazonaws.com"),
        *("pods.eks.amazonaws.com", "elasticmapreduce.amazonaws.com", "ssm.amazonaws.com"),
        *("appsync.amazonaws.com", "application-autoscaling.amazonaws.com"),
        *("cloudformation.amazonaws.com", "codedeploy.amazonaws.com", "opsworks.amazonaws.com"),
        *("codebuild.amazonaws.com", "codepipeline.amazonaws.com", "glue.amazonaws.com"),
        *("ecs.amazonaws.com", "ecs-tasks.amazonaws.com", "spotfleet.amazonaws.com"),
        *("elasticbeanstalk.amazonaws.com", "dax.amazonaws.com", "databrew.amazonaws.com"),
        *("cognito-idp.amazonaws.com", "email.cognito-idp.amazonaws.com", "s3.amazonaws.com"),
        *("datapipeline.amazonaws.com", "vmie.amazonaws.com", "signer.amazonaws.com"),
    }
)
"""Services that assume a role without saying for which account, or whose pages do not say that
they do: a condition on it would lock them out."""


@document_rule(
    Control(
        id="iam-not-principal",
        title="Allow names its principals, not all others",
        family=Family.IAM,
        severity=Severity.CRITICAL,
        fix="Replace NotPrincipal by Principal, or Allow by Deny.",
        url=f"{_PRINCIPAL}notprincipal.html",
    ),
    kinds=(Kind.RESOURCE, Kind.TRUST),
)
def iam_not_principal(_: Resource, document: Document) -> Findings:
    """Everybody but a few is everybody in the world, without an account even."""
    for statement in document.allowing:
        if statement.except_principals:
            yield violation(
                f"{statement.path}.NotPrincipal",
                seen=f"everybody but {shown([p.value for p in statement.principals])}",
                allowed="Principal",
            )


@document_rule(
    Control(
        id="iam-public-principal",
        title="Nobody is let in without being named",
        family=Family.IAM,
        severity=Severity.CRITICAL,
        standards=("CKV_AWS_33", "CKV_AWS_60", "CKV_AWS_70"),
        fix="Name the accounts, roles or services; or say by a condition, such as "
        "aws:PrincipalOrgID or aws:SourceAccount, whose they must be.",
        url=f"{_PRINCIPAL}principal.html",
    ),
    kinds=(Kind.RESOURCE, Kind.TRUST),
)
def iam_public_principal(resource: Resource, document: Document) -> Findings:
    """`*` is everybody in the world, and an ARN with `*` for its account is nearly that."""
    for statement in document.allowing:
        if statement.except_principals or narrows_caller(statement):
            continue
        if document.kind is Kind.TRUST and not _assumes(statement):
            continue
        if resource.type in API_TYPES and _only_calls(statement):
            continue  # who may call it says the API itself
        public = [p.value for p in statement.principals if _is_public(p)]
        if public:
            yield violation(
                f"{statement.path}.Principal",
                seen=shown(public),
                allowed="accounts, roles and services by name",
            )


def _assumes(statement: Statement) -> bool:
    return any(names_action(statement, action) for action in ASSUMING)


def _only_calls(statement: Statement) -> bool:
    return not statement.except_actions and all(
        action.lower() == "execute-api:invoke" for action in statement.actions
    )


def _is_public(principal: Principal) -> bool:
    if principal.kind == "Federated":
        # Every identity of a provider that is not one's own: a subject has to be asked for.
        return not principal.value.startswith("arn:") or "oidc-provider/" in principal.value
    if principal.kind == "Service":
        return is_pattern(principal.value)
    fields = principal.value.split(":", 5)
    account = fields[4] if len(fields) > 4 else principal.value
    return is_pattern(account)


@document_rule(
    Control(
        id="iam-trust-account",
        title="Roles trust principals, not a whole account",
        family=Family.IAM,
        severity=Severity.MEDIUM,
        standards=("CKV_AWS_61",),
        fix="Name the roles or users that assume it, or ask for an external id.",
        url="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html",
    ),
    kinds=(Kind.TRUST,),
)
def iam_trust_account(_: Resource, document: Document) -> Findings:
    """Whoever may write policies in the account then decides who assumes the role."""
    for statement in document.allowing:
        accounts = [p.value for p in statement.principals if _is_account(p)]
        narrowed = narrows_caller(statement) or names_origin(statement)
        if accounts and _assumes(statement) and not narrowed:
            yield violation(
                f"{statement.path}.Principal",
                seen=shown(accounts),
                allowed="roles, users and services by name",
            )


def _is_account(principal: Principal) -> bool:
    return principal.kind == "AWS" and whole_account(principal.value) is not None


@document_rule(
    Control(
        id="iam-confused-deputy",
        title="A service acts for this account only",
        family=Family.IAM,
        severity=Severity.MEDIUM,
        fix="Add a condition on aws:SourceAccount or aws:SourceArn.",
        url="https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html",
    ),
    kinds=(Kind.RESOURCE, Kind.TRUST),
)
def iam_confused_deputy(_: Resource, document: Document) -> Findings:
    """A service that anybody may use acts for anybody, unless it must say for whom it acts."""
    for statement in document.allowing:
        services = [
            principal.value
            for principal in statement.principals
            if principal.kind == "Service" and _says_for_whom(document.kind, principal.value)
        ]
        if services and not names_origin(statement) and not narrows_request(statement):
            yield violation(
                f"{statement.path}.Principal",
                seen=f"{shown(services)} for whichever account",
                allowed="a service for an account or a resource of one's own",
            )


def _says_for_whom(kind: Kind, service: str) -> bool:
    return kind is Kind.RESOURCE or service.lower() not in SILENT_SERVICES


@document_rule(
    Control(
        id="bucket-tls-only",
        title="Buckets refuse plain HTTP",
        family=Family.ENCRYPTION,
        severity=Severity.HIGH,
        standards=("CKV_AWS_379", "S3.5"),
        fix="Deny s3:* to everybody where aws:SecureTransport is false.",
        url="https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-bucket-policies.html",
    ),
    kinds=(Kind.RESOURCE,),
)
def bucket_tls_only(resource: Resource, document: Document) -> Findings:
    """What goes over plain HTTP is read by whoever is on the way."""
    if resource.type != BUCKET_POLICY or document.unknown:
        return
    if not any(_refuses_plain_http(statement) for statement in document.statements):
        yield violation(
            "Statement",
            seen="no statement that denies plain HTTP",
            allowed="one that denies everything where aws:SecureTransport is false",
        )


def _refuses_plain_http(statement: Statement) -> bool:
    everybody = any(principal.value == "*" for principal in statement.principals)
    plain = any(
        re.fullmatch(r"bool(ifexists)?", condition.operator.lower())
        and condition.key.lower() == "aws:securetransport"
        and [value.lower() for value in condition.values] == ["false"]
        for condition in statement.conditions
    )
    everything = names_action(statement, "s3:GetObject") and names_action(statement, "s3:PutObject")
    return not statement.allows and everybody and plain and everything
