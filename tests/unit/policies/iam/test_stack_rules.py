from typing import Any

import pytest

from gateway_policies.iam.holders import MANAGED
from gateway_policies.iam.places import ROLE
from gateway_policies.iam.stack_rules import (
    iam_cross_account,
    iam_known,
    iam_role_escalation,
    own_accounts,
)
from gateway_policies.resource import UNKNOWN, Resource, Stack
from tests.unit.policies.iam.conftest import allow, policy

KEY = "urn:pulumi:dev::shop::ml-gateway:index:EncryptionKey$aws:kms/key:Key::data"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
QUEUE = "aws:sqs/queuePolicy:QueuePolicy"
BOUNDARY = "arn:aws:iam::111122223333:policy/limit"
OWN = Resource("", {"name": "r", "permissionsBoundary": BOUNDARY}, ROLE, "urn:own")


def resource(of: str, urn: str = "urn:x", dependencies: Any = None, **values: object) -> Resource:
    return Resource("", values, of, urn, dependencies or {})


def queue(*principals: str) -> Resource:
    shared = allow("sqs:SendMessage", Principal={"AWS": list(principals)})
    return resource(QUEUE, "urn:queue", policy=policy(shared))


def foreign(*resources: Resource) -> list[tuple[str, str | None]]:
    return [(f.seen, f.urn) for f in iam_cross_account.check(Stack(resources), {})]


def test_the_account_is_told_by_what_must_be_of_it():
    model = resource("aws:sagemaker/model:Model", executionRoleArn="arn:aws:iam::1234:role/x")
    assert own_accounts(Stack([OWN, model, resource("aws:x/y:Z", role=UNKNOWN)])) == {
        "111122223333"
    }
    assert own_accounts(Stack([queue("arn:aws:iam::111122223333:root")])) == set()


@pytest.mark.parametrize(
    "principal",
    [
        "444455556666",
        "arn:aws:iam::444455556666:root",
        "arn:aws:sts::444455556666:assumed-role/a/b",
    ],
)
def test_another_account_is_a_violation(principal):
    assert foreign(OWN, queue("111122223333", principal)) == [(f'["{principal}"]', "urn:queue")]


def test_ones_own_account_passes():
    assert foreign(OWN, queue("111122223333", "arn:aws:iam::111122223333:role/a")) == []
    service = allow("sqs:SendMessage", Principal={"Service": "sns.amazonaws.com"})
    assert foreign(OWN, resource(QUEUE, policy=policy(service))) == []


def test_without_knowing_ones_own_two_accounts_are_one_too_many():
    assert foreign(queue("444455556666")) == []
    assert foreign(queue("444455556666", "111122223333")) == [
        ('["444455556666", "111122223333"]', "urn:queue")
    ]


def unknowns(*resources: Resource) -> list[tuple[str, str, str | None]]:
    return [(f.path, f.seen, f.urn) for f in iam_known.check(Stack(resources), {})]


def test_a_document_that_is_not_known_names_what_makes_it_so_in_one_line():
    late = ", so no rule has looked at it"
    fed = resource(ROLE_POLICY, "urn:p", {"policy": [KEY]}, policy=UNKNOWN)
    assert unknowns(fed) == [("policy", f"not known at preview, by Key data{late}", "urn:p")]
    parts = policy(allow("s3:GetObject", UNKNOWN), allow("s3:GetObject") | {"Action": UNKNOWN})
    assert unknowns(resource(ROLE_POLICY, "urn:p", policy=parts)) == [
        (
            "policy.Statement[0].Resource, Statement[1].Action",
            f"not known at preview{late}",
            "urn:p",
        )
    ]
    inline = [{"policy": UNKNOWN}]
    role = resource(ROLE, "urn:r", {"inlinePolicies": [KEY]}, inlinePolicies=inline)
    assert unknowns(role) == [
        ("inlinePolicies[0].policy", f"not known at preview, by Key data{late}", "urn:r")
    ]


def test_a_resource_is_named_as_it_is_called_whatever_its_name():
    fed = resource(ROLE_POLICY, "urn:p", {"policy": [f"{KEY}::old", "text"]}, policy=UNKNOWN)
    [(_, seen, _)] = unknowns(fed)
    assert seen.startswith("not known at preview, by Key data::old, text, ")


def test_a_document_that_is_known_is_not_named():
    assert unknowns(OWN, queue("111122223333")) == []


PASS, START = allow("iam:PassRole"), allow("sagemaker:CreateTrainingJob")


def ways(*resources: Resource) -> list[tuple[str, str | None]]:
    return [(f.seen, f.urn) for f in iam_role_escalation.check(Stack(resources), {})]


FOUND = ("iam:PassRole and sagemaker:CreateTrainingJob: passes any role to sagemaker", "urn:role")


def test_the_policies_of_a_role_are_read_together():
    role = resource(ROLE, "urn:role", name="r", inlinePolicies=[{"policy": policy(PASS)}])
    inline = resource(ROLE_POLICY, "urn:p", role="r", policy=policy(START))
    assert ways(role, inline) == [FOUND]
    elsewhere = resource(ROLE_POLICY, "urn:p", role="other", policy=policy(START))
    assert ways(role, elsewhere) == []


def test_what_is_attached_counts_and_names_that_are_not_known_are_told_by_what_feeds_them():
    role = resource(ROLE, "urn:role", name=UNKNOWN)
    inline = resource(
        ROLE_POLICY, "urn:p", {"role": ["urn:role"]}, role=UNKNOWN, policy=policy(PASS)
    )
    managed = resource(MANAGED, "urn:m", policy=policy(START))
    attached = resource(
        ATTACHMENT,
        "urn:a",
        {"role": ["urn:role"], "policyArn": ["urn:m"]},
        role=UNKNOWN,
        policyArn=UNKNOWN,
    )
    assert ways(role, inline, managed, attached) == [FOUND]
    assert ways(role, inline, managed) == []


def test_what_one_policy_says_alone_is_not_said_again():
    role = resource(ROLE, "urn:role", name="r", inlinePolicies=[{"policy": policy(PASS, START)}])
    inline = resource(ROLE_POLICY, "urn:p", role="r", policy=policy(allow("s3:GetObject")))
    assert ways(role, inline) == []
