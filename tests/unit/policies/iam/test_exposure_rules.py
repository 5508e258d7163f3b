import pytest

from gateway_policies.iam.actions import catalogue
from gateway_policies.iam.exposure_rules import (
    CREDENTIALS,
    DATA,
    iam_credentials_exposure,
    iam_data_exfiltration,
)
from tests.unit.policies.iam.conftest import allow, judged

TAGGED = {"StringEquals": {"aws:ResourceTag/team": "ml"}}
TLS = {"Bool": {"aws:SecureTransport": "true"}}
UNDOCUMENTED = {"sso:GetRoleCredentials"}
"""AWS's own clients call it, and the service authorization reference does not list it."""


def test_every_action_is_one_that_aws_documents_and_stands_once():
    names = [*CREDENTIALS, *DATA]
    assert {name for name in names if name.lower() not in catalogue()} == UNDOCUMENTED
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("content", "passes"),
    [
        (allow("iam:CreateAccessKey"), False),
        (allow("redshift:GetCluster*"), False),
        (allow("ecr:*"), False),
        (allow("ecr:GetAuthorizationToken"), True),
        (allow("codeartifact:GetAuthorizationToken"), False),
        (allow("grafana:CreateWorkspaceApiKey", "arn:aws:grafana:*:*:/workspaces/*"), False),
        (allow("appsync:Create*"), False),
        (allow("iam:CreateAccessKey", "arn:aws:iam::111122223333:user/ci"), True),
        (allow("rds-db:connect", Condition=TAGGED), True),
        (allow("rds-db:connect", Condition=TLS), False),
    ],
)
def test_credentials_are_not_there_for_whoever_asks(content, passes):
    assert (judged(iam_credentials_exposure, content) == []) is passes


@pytest.mark.parametrize(
    ("content", "passes"),
    [
        (allow("s3:GetObject"), False),
        (allow("s3:Get*", "arn:aws:s3:::*"), False),
        (allow("secretsmanager:GetSecretValue", Condition=TLS), False),
        (allow("s3:GetObject", "arn:aws:s3:::b/*"), True),
        (allow("secretsmanager:GetSecretValue", Condition=TAGGED), True),
        (allow("s3:ListBucket"), True),
    ],
)
def test_secrets_and_objects_are_read_by_name(content, passes):
    assert (judged(iam_data_exfiltration, content) == []) is passes
