import pytest

from gateway_policies.iam import identity_rules as rules
from gateway_policies.iam.places import KEYS
from gateway_policies.resource import UNKNOWN, Resource
from gateway_policies.rule import Verdict
from tests.unit.policies.iam.conftest import ROLE_ARN, allow, deny, judged, policy

TLS = {"Bool": {"aws:SecureTransport": "true"}}
OTHERS = {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}


def advice(document: object) -> list[tuple[Verdict, str, str]]:
    resource = Resource("", {"policy": document}, "aws:iam/policy:Policy", "urn")
    return [(f.verdict, f.path, f.seen) for f in rules.iam_document.check(resource)]


def test_a_document_that_aws_takes_passes():
    assert advice(policy(allow("s3:GetObject"))) == []


def test_every_mistake_of_a_document_is_named():
    found = advice({"Version": "2012-10-17", "Statement": [{"Effect": "allow", "Action": 1}]})
    assert [path for _, path, _ in found] == [
        "policy.Statement[0].Action",
        "policy.Statement[0]",
        "policy.Statement[0].Effect",
    ]
    assert {verdict for verdict, _, _ in found} == {Verdict.VIOLATION}


def test_what_is_not_known_is_no_mistake():
    assert advice(UNKNOWN) == []
    assert advice(policy(allow("s3:GetObject", UNKNOWN))) == []


@pytest.mark.parametrize(
    "content",
    [
        allow("*"),
        allow(["s3:GetObject", "**"], ["arn:aws:s3:::b", "arn:*"]),
        allow("*:*", Condition=TLS),
    ],
)
def test_everything_on_everything_is_admin(content):
    [found] = judged(rules.iam_admin, content)
    assert found.startswith("policy.Statement[0]: ")


@pytest.mark.parametrize(
    "content",
    [
        allow("s3:*"),
        allow("*", "arn:aws:s3:::b"),
        deny("*"),
        {"Effect": "Allow", "Action": "*", "NotResource": "*"},
        OTHERS,
    ],
)
def test_less_than_everything_is_not_admin(content):
    assert judged(rules.iam_admin, content) == []


@pytest.mark.parametrize("action", ["*", "s3:*", "kms:**", "S3:?*", ["s3:GetObject", "ec2:*"]])
def test_a_whole_service_is_a_violation_on_any_resource(action):
    for resource in ("*", "arn:aws:s3:::b"):
        [found] = judged(rules.iam_service_wildcard, allow(action, resource))
        assert found.startswith("policy.Statement[0].Action: ")


def test_a_pattern_of_some_actions_and_a_denial_pass():
    assert judged(rules.iam_service_wildcard, allow("s3:Get*"), deny("s3:*"), OTHERS) == []


@pytest.mark.parametrize(
    ("principal", "passes"),
    [
        ({"AWS": "arn:aws:iam::111122223333:root"}, True),
        ({"AWS": "111122223333"}, True),
        ({"AWS": "arn:aws-us-gov:iam::111122223333:root"}, True),
        ({"AWS": ["111122223333", "arn:aws-cn:iam::444455556666:root"]}, True),
        ({"AWS": ["arn:aws:iam::111122223333:root", ROLE_ARN]}, False),
        ({"AWS": "arn:aws:iam::111122223333:user/root"}, False),
        ({"Federated": "111122223333"}, False),
        ({"AWS": "arn:aws:iam::*:root"}, False),
        ("*", False),
    ],
)
def test_a_key_may_leave_it_to_an_accounts_iam(principal, passes):
    content = allow("kms:*", Principal=principal)
    found = judged(rules.iam_service_wildcard, content, of=KEYS[0])
    assert (found == []) is passes


@pytest.mark.parametrize(
    ("rule", "element", "kept"),
    [
        (rules.iam_not_action, "NotAction", {"Resource": "*"}),
        (rules.iam_not_resource, "NotResource", {"Action": "s3:GetObject"}),
    ],
)
def test_all_but_some_may_only_be_denied(rule, element, kept):
    content = {"Effect": "Allow", element: "x", **kept}
    assert judged(rule, content) == [f'policy.Statement[0].{element}: everything but ["x"]']
    assert judged(rule, content | {"Effect": "Deny"}) == []
    assert judged(rule, allow("s3:GetObject")) == []


PASSED = {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}


@pytest.mark.parametrize(
    ("content", "passes"),
    [
        (allow("iam:PassRole"), False),
        (allow("iam:Pass*", "arn:aws:iam::111122223333:*"), False),
        (allow("iam:PassRole", Condition=TLS), False),
        (allow("iam:PassRole", Condition=PASSED), True),
        (allow("iam:PassRole", ROLE_ARN), True),
        (allow("iam:PassRole", "arn:aws:iam::111122223333:role/team-*"), True),
        (deny("iam:PassRole"), True),
    ],
)
def test_roles_are_passed_by_name_or_to_a_service(content, passes):
    assert (judged(rules.iam_pass_role, content) == []) is passes


def test_ways_to_more_rights_are_told_with_what_they_do():
    found = judged(
        rules.iam_privilege_escalation,
        allow(["iam:CreateAccessKey", "iam:PutUserPolicy", "iam:CreateLoginProfile"]),
    )
    assert found == [
        "policy.Statement: iam:CreateAccessKey, iam:CreateLoginProfile: "
        "makes itself or others credentials",
        "policy.Statement: iam:PutUserPolicy: gives itself another policy",
    ]


def test_many_ways_of_a_kind_are_counted():
    [found] = judged(rules.iam_privilege_escalation, allow(["iam:Attach*Policy", "iam:Put*Policy"]))
    assert found.endswith(" and 3 more: gives itself another policy")


@pytest.mark.parametrize(
    ("resource", "passes"),
    [
        ("*", False),
        ("arn:aws:iam::*:role/deploy", False),
        ("arn:aws:iam::????????????:role/deploy", False),
        ("arn:aws:iam::111122223333:*", False),
        (ROLE_ARN, True),
        ("arn:aws:iam::111122223333:role/team-*", True),
    ],
)
def test_roles_to_assume_are_named_with_their_account(resource, passes):
    found = judged(rules.iam_assume_role_wildcard, allow("sts:AssumeRole", resource))
    assert (found == []) is passes
