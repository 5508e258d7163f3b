import pytest

from gateway_policies.cost.estimate import ESTIMATORS
from gateway_policies.cost.free import is_free


@pytest.mark.parametrize(
    "token",
    [
        "aws:iam/role:Role",
        "aws:iam/rolePolicy:RolePolicy",
        "aws:s3/bucketPolicy:BucketPolicy",
        "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
        "aws:wafv2/webAclAssociation:WebAclAssociation",
    ],
)
def test_what_a_gateway_needs_beside_what_is_billed_is_free(token):
    assert is_free(token)


@pytest.mark.parametrize(
    "token", ["aws:s3/bucketX:BucketX", "aws:iamx/role:Role", "aws:s3", "aws:"]
)
def test_only_what_is_named_is_free(token):
    assert not is_free(token)


def test_what_is_billed_is_not_free():
    assert not [token for token in ESTIMATORS if is_free(token)]
