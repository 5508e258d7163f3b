import json

import pytest

ROLE = "aws:iam/role:Role"
POLICY = "aws:iam/rolePolicy:RolePolicy"


def trust(service):
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": f"{service}.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def access(action):
    statement = {"Effect": "Allow", "Action": action, "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]}, indent=1)


@pytest.fixture
def role(provider, unique):
    inputs = {"name": f"r-{unique}", "assumeRolePolicy": trust("sagemaker"), "description": "old"}
    return provider.make(ROLE, {**inputs, "tags": {"team": "a"}})


def test_a_role_lives_and_all_but_its_name_changes_in_place(role):
    arn = role.outputs["arn"]
    assert role.is_clean()
    role.change(assumeRolePolicy=trust("apigateway"), description="new", maxSessionDuration=7200)
    assert role.is_clean()
    role.change(tags={"cost": "1"}, permissionsBoundary="arn:aws:iam::aws:policy/ReadOnlyAccess")
    assert role.is_clean()
    role.change(permissionsBoundary=None, description=None)
    assert role.is_clean()
    assert role.outputs["arn"] == arn
    assert role.goes()


def test_a_trust_that_someone_changed_shows_as_drift(role, aws):
    request = {"RoleName": role.id, "PolicyDocument": trust("lambda")}
    aws.call("iam", "UpdateAssumeRolePolicy", request)
    inputs, _ = role.refresh()
    assert json.loads(inputs["assumeRolePolicy"]) == json.loads(trust("lambda"))


def test_a_tag_that_someone_added_shows_as_drift(role, aws):
    added = {"Key": "someone", "Value": "was here"}
    aws.call("iam", "TagRole", {"RoleName": role.id, "Tags": [added]})
    inputs, outputs = role.refresh()
    assert inputs["tags"] == outputs["tagsAll"] == {"team": "a", "someone": "was here"}


def test_an_inline_policy_lives_and_changes_in_place(provider, role):
    inputs = {"role": role.id, "name": "access", "policy": access("s3:GetObject")}
    made = provider.make(POLICY, inputs)
    assert made.is_clean()
    made.change(policy=access("s3:PutObject"))
    assert made.is_clean()
    assert made.goes()
