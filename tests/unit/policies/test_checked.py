"""The rules over one document, outside of a pack."""

import json

import pytest

from gateway_policies.checked import refusals
from tests.unit.policies.iam.conftest import allow, policy

ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"


def refused(token: str, *statements: object) -> list[str]:
    return [message.split(":")[0] for message in refusals(token, json.dumps(policy(*statements)))]


def test_a_document_that_every_rule_passes_is_not_refused():
    assert refused(ROLE_POLICY, allow("s3:GetObject", "arn:aws:s3:::models/*")) == []


def test_each_rule_that_forbids_it_has_its_say():
    assert refused(ROLE_POLICY, allow("sqs:*")) == [
        "iam-service-wildcard",
        "iam-resource-wildcard",
        "iam-resource-exposure",
    ]


def test_a_message_names_path_value_and_fix():
    [message] = refusals(ROLE_POLICY, json.dumps(policy(allow("kms:Decrypt"))))
    assert message.startswith('iam-resource-wildcard: policy.Statement[0].Resource: ["*"] for kms:')
    assert "Name the ARNs under Resource" in message


def test_what_is_forbidden_depends_on_what_the_document_is_for():
    everybody = allow("kms:*", Principal={"AWS": "arn:aws:iam::111122223333:root"})
    assert refused("aws:kms/key:Key", everybody) == []
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "*"}}
    assert refused("aws:iam/role:Role", trust) == ["iam-public-principal"]


def test_a_type_without_documents_is_a_mistake():
    with pytest.raises(KeyError):
        refusals("aws:s3/bucket:Bucket", "{}")
