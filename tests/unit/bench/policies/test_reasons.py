from dataclasses import replace

import pytest

from bench.policies import reasons
from bench.policies.ours import ways
from bench.policies.peers import Engine
from bench.policies.reasons import why_missed, why_passed
from tests.unit.policies.iam.conftest import ROLE_ARN, allow, deny, document

READ = frozenset({"s3:getobject", "secretsmanager:getsecretvalue"})
TAGGED = {"StringEquals": {"aws:ResourceTag/team": "ml"}}
ANY_TEAM = {"Null": {"aws:ResourceTag/team": "false"}}
TLS = {"Bool": {"aws:SecureTransport": "true"}}
TO_LAMBDA = {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}
LAMBDA = frozenset({"iam:passrole", "lambda:createfunction", "lambda:invokefunction"})

WRITES = frozenset({"s3:putobject", "s3:deleteobject"})
KNOWN = READ | WRITES | LAMBDA | {"ecr:getauthorizationtoken", "s3:putbucketpolicy"}
ENGINE = Engine(
    known=KNOWN,
    restrictable=KNOWN - {"ecr:getauthorizationtoken"},
    modifying=WRITES,
    writing=WRITES,
    permissions=frozenset({"s3:putbucketpolicy"}),
    credentials=frozenset({"ecr:getauthorizationtoken"}),
    data=READ,
    methods=(LAMBDA,),
)
DATA = ("DataExfiltration", "allows_data_exfiltration_actions")
WAYS = ("PrivilegeEscalation", "allows_privilege_escalation")
WRITING = ("InfrastructureModification", "infrastructure_modification")
SERVICES = ("ServiceWildcard", "service_wildcard")
SHARING = ("ResourceExposure", "permissions_management_without_constraints")


def missed(asked: tuple[str, str], *statements: object) -> set[str]:
    control, reads = asked
    found = document(*statements)
    return set(why_missed(reads, found, ways(control, found), ENGINE))


@pytest.mark.parametrize(
    ("asked", "statement", "reason"),
    [
        (DATA, allow("s3:GetObject", Condition=TLS), reasons.CONDITION),
        (DATA, allow("s3:GetObject", Condition=ANY_TEAM), reasons.TAGGED),
        (DATA, allow("s3:GetObject", "arn:aws:s3:::*"), reasons.ANOTHER_STAR),
        (DATA, allow("s3:GetObject", "arn:*"), reasons.ANOTHER_STAR),
        (DATA, allow("ec2:CreateSnapshot"), reasons.NOT_LISTED),
        (
            DATA,
            {"Effect": "Allow", "Action": "s3:GetObject", "NotResource": "arn:aws:s3:::a/*"},
            reasons.NOT_RESOURCE,
        ),
        (WRITING, allow("s3:PutObject", ["*", "arn:aws:s3:::a/*"]), reasons.BESIDE_STAR),
        (WRITING, allow("s3:PutObject", Condition=TAGGED), reasons.NARROWED),
        (WRITING, allow("sqs:SendMessage"), reasons.NO_DATA),
        (WRITING, allow("s3:PutBucketPolicy"), reasons.OTHER_LEVEL),
        (SHARING, allow("s3:PutBucketPolicy", "arn:aws:s3:::*"), reasons.ANOTHER_STAR),
        (SERVICES, allow("kms:**"), reasons.OTHER_SPELLING),
        (SERVICES, allow("s3:*", Condition=TLS), reasons.CONDITION),
        (WAYS, allow("iam:CreateAccessKey"), reasons.NEWER_WAY),
        (WAYS, allow(LAMBDA, Condition=TO_LAMBDA), reasons.PASSED),
    ],
)
def test_what_hides_a_finding_follows_from_the_document(asked, statement, reason):
    assert missed(asked, statement) == {reason}


def test_the_later_actions_of_a_way_may_be_limited():
    start = allow(LAMBDA - {"iam:passrole"}, "arn:aws:lambda:eu-west-1:111122223333:function:a")
    assert reasons.LIMITED_NEXT in missed(WAYS, allow("iam:PassRole"), start)


def test_a_way_of_fewer_actions_than_theirs_is_told_as_such():
    found = document(allow("iam:CreateAccessKey"))
    engine = replace(ENGINE, methods=(frozenset({"iam:createaccesskey", "iam:getuser"}),))
    way = ways("PrivilegeEscalation", found)
    assert why_missed(WAYS[1], found, way, engine) == {reasons.LONGER_WAY}


def test_a_denial_in_part_hides_for_theirs_all_of_an_action():
    denial = deny("s3:GetObject", "arn:aws:s3:::secret/*")
    assert missed(DATA, allow("s3:GetObject"), denial) == {reasons.DENIED_IN_PART}


def test_of_several_statements_the_one_that_limits_least_is_told():
    statements = [
        allow("s3:GetObject", Condition=TLS),
        allow("s3:GetObject", Condition={"StringEquals": {"aws:ResourceTag/team": "ml"}}),
        allow("s3:GetObject", "arn:aws:s3:::models/*"),
    ]
    assert missed(DATA, *statements) == {reasons.CONDITION}


def test_every_reason_of_several_is_told():
    statements = [
        allow("s3:GetObject", Condition=TLS),
        allow("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:*:*:secret:*"),
    ]
    assert missed(DATA, *statements) == {reasons.CONDITION, reasons.ANOTHER_STAR}


@pytest.mark.parametrize(
    ("asked", "statement"),
    [
        (DATA, allow("s3:GetObject")),
        (WRITING, allow("s3:PutObject")),
        (SERVICES, allow("s3:*")),
        (WAYS, allow(LAMBDA)),
        (DATA, allow("s3:GetObject", ROLE_ARN)),
    ],
)
def test_what_theirs_should_see_or_ours_does_not_is_unexplained(asked, statement):
    assert missed(asked, statement) == {reasons.UNEXPLAINED}


def test_one_way_without_a_reason_leaves_the_document_unexplained():
    hidden = allow("secretsmanager:GetSecretValue", Condition=TLS)
    assert missed(DATA, allow("s3:GetObject"), hidden) == {reasons.UNEXPLAINED}


@pytest.mark.parametrize(
    ("control", "statement", "action", "said", "reason"),
    [
        (
            "CredentialsExposure",
            allow("ecr:GetAuthorizationToken"),
            "ecr:GetAuthorizationToken",
            {},
            reasons.MEANT,
        ),
        (
            "CredentialsExposure",
            allow("sts:*"),
            "sts:AssumeRole",
            {"iam-assume-role-wildcard": ["violation"]},
            reasons.OTHER_RULE,
        ),
        (
            "ResourceWildcard",
            allow("shop:Buy"),
            "shop:Buy",
            {"iam-resource-wildcard": ["unknown"]},
            reasons.GONE,
        ),
        (
            "InfrastructureModification",
            allow("s3:GetObject"),
            "s3:GetObject",
            {},
            reasons.ONLY_READS,
        ),
        ("CredentialsExposure", allow("s3:GetObject"), "s3:GetObject", {}, reasons.LOSS),
        ("ResourceWildcard", allow("s3:GetObject"), "s3:GetObject", {}, reasons.UNEXPLAINED),
        ("ResourceWildcard", allow("shop:Buy"), "shop:Buy", {}, reasons.UNEXPLAINED),
        ("CredentialsExposure", allow("sts:*"), "sts:AssumeRole", {}, reasons.UNEXPLAINED),
    ],
)
def test_why_ours_passes_what_theirs_finds(control, statement, action, said, reason):
    assert why_passed(control, document(statement), [action], said) == {reason}


def test_a_finding_of_theirs_without_actions_is_unexplained():
    assert why_passed("AdminAccess", document(allow("*")), [], {}) == {reasons.UNEXPLAINED}
