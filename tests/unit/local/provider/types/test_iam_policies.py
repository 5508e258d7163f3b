import json

import pytest
from grpc import RpcError

ROLE = "aws:iam/role:Role"
POLICY = "aws:iam/policy:Policy"
ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
IDENTITIES = "aws:iam/openIdConnectProvider:OpenIdConnectProvider"


def document(action):
    statement = {"Effect": "Allow", "Action": action, "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]}, indent=1)


@pytest.fixture
def policy(provider, unique):
    inputs = {"name": f"p-{unique}", "path": "/team/", "policy": document("s3:GetObject")}
    return provider.make(POLICY, {**inputs, "tags": {"team": "a"}})


def test_a_policy_lives_and_its_document_changes_in_place_however_often(policy, aws):
    assert policy.id.endswith(f":policy/team/{policy.given['name']}")
    assert policy.is_clean()
    for number in range(6):  # IAM keeps five versions
        policy.change(policy=document(f"s3:Get{number}"))
    policy.change(tags={"cost": "1"})
    assert policy.is_clean()
    assert policy.goes()


def test_a_document_that_someone_changed_shows_as_drift(policy, aws):
    request = {"PolicyArn": policy.id, "PolicyDocument": document("s3:*"), "SetAsDefault": True}
    aws.call("iam", "CreatePolicyVersion", request)
    inputs, _ = policy.refresh()
    assert json.loads(inputs["policy"]) == json.loads(document("s3:*"))


def test_a_policy_under_another_path_has_the_same_name_so_that_the_old_one_goes_first(policy):
    new = policy.inputs | {"path": "/other/"}
    answer = policy.provider.diff(POLICY, policy.inputs, new)
    assert list(answer.replaces) == ["path"]
    assert answer.deleteBeforeReplace


def test_an_attachment_lives_and_goes_and_is_missed(provider, policy, unique, aws):
    role = provider.make(ROLE, {"name": f"r-{unique}", "assumeRolePolicy": document("sts:Assume")})
    inputs = {"role": role.id, "policyArn": policy.id}
    made = provider.make(ATTACHMENT, inputs)
    assert made.is_clean()
    aws.call("iam", "DetachRolePolicy", {"RoleName": role.id, "PolicyArn": policy.id})
    assert made.refresh() == ({}, {})
    made = provider.make(ATTACHMENT, inputs)
    assert made.goes()


@pytest.fixture
def identities(provider, unique):
    inputs = {"url": f"https://{unique}.example.com", "clientIdLists": ["sts.amazonaws.com"]}
    return provider.make(IDENTITIES, {**inputs, "tags": {"team": "a"}})


def test_an_identity_provider_lives_and_goes(identities):
    assert identities.outputs["arn"] == identities.id
    assert identities.is_clean()
    identities.change(tags={"cost": "1"})
    assert identities.is_clean()
    assert identities.goes()


def test_another_client_of_an_identity_provider_is_refused_by_name(identities):
    with pytest.raises(RpcError, match="clientIdLists: the local cloud cannot change the clients"):
        identities.change(clientIdLists=["sts.amazonaws.com", "other"])
