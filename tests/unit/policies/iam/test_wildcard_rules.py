import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_policies.iam.document import Kind
from gateway_policies.iam.places import PLACES, ROLE
from gateway_policies.iam.wildcard_rules import iam_resource_exposure, iam_resource_wildcard
from gateway_policies.resource import Resource
from gateway_policies.rule import Verdict
from tests.unit.policies.iam.conftest import allow, judged

IDENTITY_POLICIES = [token for token, (name, kind) in PLACES.items() if kind is Kind.IDENTITY]
ENDPOINT = "arn:aws:sagemaker:eu-west-1:111122223333:endpoint/iris"
URL = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html"
ALLOWED = "Allowed: the ARNs of the resources that the actions are meant for."
FIX = (
    'Name the ARNs under Resource; leave "*" to a statement that has only actions without '
    "resource-level permissions."
)


def statement(**elements: object) -> dict[str, object]:
    compliant = {"Effect": "Allow", "Action": "sagemaker:InvokeEndpoint", "Resource": ENDPOINT}
    return {key: value for key, value in (compliant | elements).items() if value is not None}


def document(*statements: object) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def findings(policy: object, token: str = IDENTITY_POLICIES[0]) -> list[tuple[Verdict, str]]:
    resource = Resource("", {PLACES[token][0]: policy}, token, "urn")
    return [
        (found.verdict, found.message(iam_resource_wildcard.control))
        for found in iam_resource_wildcard.check(resource)
    ]


def verdicts(policy: object) -> list[Verdict]:
    return [verdict for verdict, _ in findings(policy)]


@pytest.mark.parametrize("token", IDENTITY_POLICIES)
def test_every_policy_of_an_identity_is_judged(token: str):
    assert findings(document(statement()), token) == []
    [(verdict, message)] = findings(document(statement(Resource="*")), token)
    assert verdict is Verdict.VIOLATION
    assert message.startswith(f"{PLACES[token][0]}.Statement[0].Resource: ")


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": {"aws:ResourceTag/team": "ml"}},
        {"StringLike": {"ec2:ResourceTag/team": ["ml-*", "data"]}},
        {"ForAnyValue:StringEquals": {"AWS:resourcetag/team": "ml"}},
    ],
)
def test_resources_with_a_certain_value_of_a_tag_are_not_every_one(condition):
    tagged = allow("sagemaker:InvokeEndpoint", Condition=condition)
    assert judged(iam_resource_wildcard, tagged) == []
    also = allow("sagemaker:InvokeEndpoint")
    assert judged(iam_resource_wildcard, tagged, also) == [
        'policy.Statement[1].Resource: ["*"] for sagemaker:InvokeEndpoint'
    ]


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": {"aws:RequestTag/team": "ml"}},
        {"StringEquals": {"aws:ResourceAccount": "111122223333"}},
        {"StringEquals": {"aws:PrincipalTag/team": "ml"}},
        {"Null": {"aws:ResourceTag/team": "false"}},
        {"StringNotEquals": {"aws:ResourceTag/team": "ml"}},
        {"StringEqualsIfExists": {"aws:ResourceTag/team": "ml"}},
    ],
)
def test_a_condition_of_another_kind_leaves_every_resource(condition):
    assert judged(iam_resource_wildcard, allow("sagemaker:InvokeEndpoint", Condition=condition))


@pytest.mark.parametrize(
    ("elements", "seen"),
    [
        ({"Resource": "*"}, '["*"] for sagemaker:InvokeEndpoint'),
        ({"Resource": "**"}, '["**"] for sagemaker:InvokeEndpoint'),
        ({"Resource": "arn:*"}, '["arn:*"] for sagemaker:InvokeEndpoint'),
        ({"Resource": [ENDPOINT, "*"]}, '["*"] for sagemaker:InvokeEndpoint'),
        (
            {"Resource": "arn:aws:sagemaker:*:*:endpoint/*"},
            '["arn:aws:sagemaker:*:*:endpoint/*"] for sagemaker:InvokeEndpoint',
        ),
        (
            {"Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "true"}}},
            '["*"] for sagemaker:InvokeEndpoint',
        ),
        (
            {"Resource": "*", "Action": "SAGEMAKER:invokeendpoin?"},
            '["*"] for sagemaker:InvokeEndpoint',
        ),
        (
            {"Resource": "*", "Action": ["cloudwatch:PutMetricData", "kms:Decrypt"]},
            '["*"] for kms:Decrypt',
        ),
        ({"Resource": "*", "Action": "kms:*Decrypt*"}, '["*"] for kms:Decrypt'),
        (
            {"Resource": "arn:aws:sagemaker:*-*-*:*:endpoint/*"},
            '["arn:aws:sagemaker:*-*-*:*:endpoint/*"] for sagemaker:InvokeEndpoint',
        ),
        (
            {"Resource": "arn:aws:sagemaker:*:????????????:endpoint/*"},
            '["arn:aws:sagemaker:*:????????????:endpoint/*"] for sagemaker:InvokeEndpoint',
        ),
        (
            {"Resource": "arn:aws:iam::111122223333:*", "Action": "iam:PassRole"},
            '["arn:aws:iam::111122223333:*"] for iam:PassRole',
        ),
        (
            {"Resource": "arn:aws:iam::111122223333", "Action": "iam:PassRole"},
            '["arn:aws:iam::111122223333"] for iam:PassRole',
        ),
        (
            {"Resource": "arn:aws:logs:eu-west-1:111122223333:*", "Action": "logs:CreateLogGroup"},
            '["arn:aws:logs:eu-west-1:111122223333:*"] for logs:CreateLogGroup',
        ),
    ],
)
def test_a_limitable_action_on_every_resource_is_a_violation(elements, seen):
    message = f"policy.Statement[0].Resource: {seen}. {ALLOWED} {FIX} {URL}"
    assert findings(document(statement(**elements))) == [(Verdict.VIOLATION, message)]


def test_a_long_list_of_actions_is_counted():
    (found,) = findings(document(statement(Action="*", Resource="*")))
    assert " for a4b:AssociateContactWithAddressBook, " in found[1]
    assert found[1].split(". Allowed")[0].endswith(" more")


@pytest.mark.parametrize(
    "elements",
    [
        {"Effect": "Deny", "Resource": "*", "Action": "*"},
        {"Effect": "Deny", "Resource": None, "NotResource": "*"},
        {"Resource": None, "NotResource": ENDPOINT},  # another rule's
        {"Resource": "arn:aws:s3:::bucket/*", "Action": "s3:GetObject"},
        {"Resource": "arn:aws:logs:eu-west-1:111122223333:*", "Action": "logs:DescribeLogGroups"},
        {
            "Resource": "arn:aws:ec2:eu-west-1:111122223333:network-interface/*",
            "Action": ["ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces"],
        },
        {"Resource": "*", "Action": None, "NotAction": "*"},
        {
            "Resource": "*",
            "Action": [
                "logs:DescribeLogGroups",
                "ecr:GetAuthorizationToken",
                "cloudwatch:PutMetricData",
                "xray:PutTraceSegments",
            ],
        },
    ],
)
def test_what_cannot_or_need_not_be_limited_passes(elements):
    assert findings(document(statement(**elements))) == []


@pytest.mark.parametrize(
    ("service", "resource"),
    [
        ("iam", "arn:aws:iam::111122223333:*"),
        ("sagemaker", "arn:aws:sagemaker:eu-central-1:111122223333:*"),
    ],
)
def test_a_whole_service_in_an_account_is_a_violation(service: str, resource: str):
    policy = document(statement(Action=f"{service}:*", Resource=resource))
    assert verdicts(policy) == [Verdict.VIOLATION]


def test_everything_but_some_actions_on_every_resource_is_a_violation():
    policy = document(statement(Action=None, NotAction="iam:*", Resource="*"))
    assert verdicts(policy) == [Verdict.VIOLATION]


def test_an_action_without_data_on_every_resource_is_unknown():
    message = (
        'policy.Statement[0].Action: shop:Buy, not in the action data, on ["*"]. '
        f"Allowed: actions that AWS documents. Correct the action, or name its resources. {URL}"
    )
    policy = document(statement(Action=["shop:Buy", "xray:PutTraceSegments"], Resource="*"))
    assert findings(policy) == [(Verdict.UNKNOWN, message)]
    assert verdicts(document(statement(Action="shop:Buy", Resource="arn:aws:shop:::a/*"))) == []


@pytest.mark.parametrize(
    "resource",
    [
        "arn:aws:sagemaker:*",
        "arn:aws:sagemaker:*-*-*:????????????:*",
        "arn:aws:sagemaker:eu-west-1:111122223333:*",
        "arn:aws:sagemaker",
    ],
)
def test_a_misspelt_action_on_all_that_a_service_has_is_unknown(resource: str):
    policy = document(statement(Action="sagemaker:InvokeEndpont", Resource=resource))
    assert verdicts(policy) == [Verdict.UNKNOWN]


def role_paths(inline: object) -> list[str]:
    role = Resource("", {"inlinePolicies": inline}, ROLE, "urn")
    return [found.path for found in iam_resource_wildcard.check(role)]


def test_inline_policies_of_a_role_are_checked():
    broad = {"name": "broad", "policy": document(statement(Resource="*"))}
    narrow = {"name": "narrow", "policy": document(statement())}
    assert role_paths([narrow, broad]) == ["inlinePolicies[1].policy.Statement[0].Resource"]


@pytest.mark.parametrize("inline", [None, [], [{}], [{"name": "", "policy": ""}]])
def test_a_role_without_inline_policies_passes(inline):
    assert role_paths(inline) == []


TYPES = {
    "sagemaker:InvokeEndpoint": "endpoint/",
    "kms:Decrypt": "key/",
    "lambda:InvokeFunction": "function:",
    "sqs:SendMessage": "",
}
WIDE = st.text("*?", max_size=4).map(lambda text: text[:2] + "*" + text[2:])
"""Matches any value of four characters or more."""


@st.composite
def wide_resources(draw: st.DrawFn, action: str) -> str:
    """A pattern that matches every resource of the action, or every one of an account."""
    service = action.split(":")[0]
    partition = draw(st.sampled_from(["aws", "aws-cn", "*", "a*"]))
    region = draw(st.sampled_from(["*-*-*", "??-*-?", "*-????*-*", "??-*"]) | WIDE)
    account = draw(st.sampled_from(["????????????", "??????*??????"]) | WIDE)
    everywhere = f"arn:{partition}:{service}:{region}:{account}:{TYPES[action]}{draw(WIDE)}"
    region = draw(st.sampled_from(["eu-west-1", "eu-*", region]))
    account = draw(st.sampled_from(["111122223333", "1111*", account]))
    in_place = f"arn:{partition}:{service}:{region}:{account}:{draw(WIDE)}"
    shorter = st.sampled_from(["*", "**", "arn:*", "?*", "arn:aws:*", f"arn:aws:{service}"])
    return draw(st.sampled_from([everywhere, in_place, in_place.rpartition(":")[0]]) | shorter)


@given(st.sampled_from(sorted(TYPES)), st.data(), st.randoms(use_true_random=False))
def test_no_spelling_turns_a_violation_into_a_pass(action, data, random):
    letters = [random.choice([letter.lower(), letter.upper()]) for letter in action]
    for index in range(action.index(":") + 1, len(action)):
        letters[index] = random.choice([letters[index]] * 4 + ["?", "*"])
    resource = data.draw(wide_resources(action))
    policy = document(statement(Action="".join(letters), Resource=resource))
    assert Verdict.VIOLATION in verdicts(policy)


def exposed(**elements: object) -> list[str]:
    resource = Resource(
        "", {"policy": document(statement(**elements))}, IDENTITY_POLICIES[0], "urn"
    )
    return [f"{found.path}: {found.seen}" for found in iam_resource_exposure.check(resource)]


@pytest.mark.parametrize(
    "elements",
    [
        {"Action": "s3:PutBucketPolicy", "Resource": "*"},
        {"Action": ["s3:GetObject", "S3:putbucket*olicy"], "Resource": "arn:aws:s3:::*"},
        {
            "Action": "s3:PutBucketPolicy",
            "Resource": "*",
            "Condition": {"Bool": {"aws:SecureTransport": "true"}},
        },
    ],
)
def test_sharing_any_resource_is_a_violation(elements):
    [found] = exposed(**elements)
    assert found == "policy.Statement[0].Action: s3:PutBucketPolicy"


@pytest.mark.parametrize(
    "elements",
    [
        {"Effect": "Deny", "Action": "s3:PutBucketPolicy", "Resource": "*"},
        {"Action": "s3:PutBucketPolicy", "Resource": "arn:aws:s3:::bucket"},
        {"Action": "s3:PutObject", "Resource": "*"},
        {"Action": "logs:PutResourcePolicy", "Resource": "*"},  # takes no resource
        {
            "Action": "kms:PutKeyPolicy",
            "Resource": "*",
            "Condition": {"StringEquals": {"aws:ResourceTag/team": "ml"}},
        },
    ],
)
def test_sharing_what_is_named_and_using_what_is_not_pass(elements):
    assert exposed(**elements) == []
