"""What IAM's policies, as moto keeps them, allow on the data plane."""

import json
import secrets

import pytest

from local.access import Access, AccessDenied
from local.principal import ANONYMOUS, Principal, PrincipalKind

REGION = "eu-central-1"
ACCESS = Access(REGION)
ENDPOINT = "arn:aws:sagemaker:eu-central-1:123456789012:endpoint/iris"
INVOKE = "sagemaker:InvokeEndpoint"


def document(effect, actions, resource="*", **elements):
    statement = {"Effect": effect, "Action": actions, "Resource": resource, **elements}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def trust(service, **condition):
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    if condition:
        statement["Condition"] = {"StringEquals": condition}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.fixture
def unique():
    return secrets.token_hex(4)


@pytest.fixture
def role(aws, unique):
    """A role that API Gateway assumes, without rights; gives its name and principal."""
    name = f"role-{unique}"
    made = aws.client("iam").create_role(
        RoleName=name, AssumeRolePolicyDocument=trust("apigateway.amazonaws.com")
    )
    return name, Principal(PrincipalKind.ROLE, made["Role"]["Arn"])


def give(aws, role, *policy, name="p", **elements):
    aws.client("iam").put_role_policy(
        RoleName=role[0], PolicyName=name, PolicyDocument=document(*policy, **elements)
    )


def test_a_role_may_do_what_its_policies_allow(aws, role):
    with pytest.raises(AccessDenied) as denied:
        ACCESS.require(role[1], INVOKE, ENDPOINT)
    assert str(denied.value) == (
        f"User: {role[1].identifier} is not authorized to perform: {INVOKE} on resource: "
        f"{ENDPOINT} because no policy allows the {INVOKE} action"
    )
    give(aws, role, "Allow", INVOKE, ENDPOINT)
    ACCESS.require(role[1], INVOKE, ENDPOINT)
    with pytest.raises(AccessDenied):
        ACCESS.require(role[1], INVOKE, f"{ENDPOINT}-2")


def test_a_denial_is_told_as_one(aws, role):
    give(aws, role, "Allow", "*")
    give(aws, role, "Deny", INVOKE, name="stop")
    with pytest.raises(AccessDenied, match="with an explicit deny$"):
        ACCESS.require(role[1], INVOKE, ENDPOINT)


def test_a_condition_takes_what_the_call_says(aws, role):
    namespace = {"StringEquals": {"cloudwatch:namespace": "ours"}}
    give(aws, role, "Allow", "cloudwatch:PutMetricData", Condition=namespace)
    put = (role[1], "cloudwatch:PutMetricData", "*")
    ACCESS.require(*put, {"cloudwatch:namespace": "ours"})
    with pytest.raises(AccessDenied):
        ACCESS.require(*put, {"cloudwatch:namespace": "theirs"})
    with pytest.raises(AccessDenied):
        ACCESS.require(*put)


def test_an_attached_policy_counts_in_the_version_in_force(aws, role, unique):
    iam = aws.client("iam")
    arn = iam.create_policy(
        PolicyName=f"policy-{unique}", PolicyDocument=document("Allow", "s3:GetObject")
    )["Policy"]["Arn"]
    iam.attach_role_policy(RoleName=role[0], PolicyArn=arn)
    with pytest.raises(AccessDenied):
        ACCESS.require(role[1], INVOKE, ENDPOINT)
    iam.create_policy_version(
        PolicyArn=arn, PolicyDocument=document("Allow", INVOKE), SetAsDefault=True
    )
    ACCESS.require(role[1], INVOKE, ENDPOINT)


def test_a_boundary_limits_and_one_that_is_not_there_does_not(aws, role, unique):
    iam = aws.client("iam")
    give(aws, role, "Allow", INVOKE)
    iam.put_role_permissions_boundary(
        RoleName=role[0], PermissionsBoundary="arn:aws:iam::123456789012:policy/nowhere"
    )
    ACCESS.require(role[1], INVOKE, ENDPOINT)
    boundary = iam.create_policy(
        PolicyName=f"limit-{unique}", PolicyDocument=document("Allow", "s3:*")
    )["Policy"]["Arn"]
    iam.put_role_permissions_boundary(RoleName=role[0], PermissionsBoundary=boundary)
    with pytest.raises(AccessDenied, match="no permissions boundary allows"):
        ACCESS.require(role[1], INVOKE, ENDPOINT)


def test_a_user_has_the_policies_of_his_groups(aws, unique):
    iam = aws.client("iam")
    name, group = f"user-{unique}", f"group-{unique}"
    user = Principal(PrincipalKind.USER, iam.create_user(UserName=name)["User"]["Arn"])
    with pytest.raises(AccessDenied):
        ACCESS.require(user, INVOKE, ENDPOINT)
    iam.create_group(GroupName=group)
    iam.put_group_policy(GroupName=group, PolicyName="p", PolicyDocument=document("Allow", INVOKE))
    iam.add_user_to_group(GroupName=group, UserName=name)
    ACCESS.require(user, INVOKE, ENDPOINT)


@pytest.mark.parametrize(
    "principal",
    [
        ANONYMOUS,
        Principal(PrincipalKind.API_KEY, "k"),
        Principal(PrincipalKind.ROOT, "arn:aws:iam::123456789012:root"),
    ],
)
def test_who_is_no_identity_and_who_is_root_is_not_asked(principal):
    ACCESS.require(principal, INVOKE, ENDPOINT)


def test_a_role_that_is_gone_may_nothing():
    gone = Principal(PrincipalKind.ROLE, "arn:aws:iam::123456789012:role/gone")
    with pytest.raises(AccessDenied):
        ACCESS.require(gone, INVOKE, ENDPOINT)
    with pytest.raises(AccessDenied):
        ACCESS.require_role(gone.identifier, "apigateway.amazonaws.com")


def test_a_role_is_assumed_by_the_service_that_it_trusts(aws, role):
    ACCESS.require_role(role[1].identifier, "apigateway.amazonaws.com")
    with pytest.raises(AccessDenied, match=r"^sagemaker\.amazonaws\.com is not authorized"):
        ACCESS.require_role(role[1].identifier, "sagemaker.amazonaws.com")


@pytest.mark.parametrize(("account", "allowed"), [("123456789012", True), ("444455556666", False)])
def test_sagemaker_says_for_whom_it_acts(aws, unique, account, allowed):
    arn = aws.client("iam").create_role(
        RoleName=f"role-{unique}",
        AssumeRolePolicyDocument=trust("sagemaker.amazonaws.com", **{"aws:SourceAccount": account}),
    )["Role"]["Arn"]
    if allowed:
        ACCESS.require_role(arn, "sagemaker.amazonaws.com")
        return
    with pytest.raises(AccessDenied):
        ACCESS.require_role(arn, "sagemaker.amazonaws.com")


@pytest.fixture
def bucket(aws, unique):
    name = f"bucket-{unique}"
    aws.client("s3").create_bucket(
        Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    return name


def reading(role, bucket):
    return (role[1], "s3:GetObject", bucket, "a/b")


def test_an_object_is_read_by_who_may(aws, role, bucket):
    with pytest.raises(AccessDenied):
        ACCESS.require_object(*reading(role, bucket))
    give(aws, role, "Allow", "s3:GetObject", f"arn:aws:s3:::{bucket}/a/*")
    ACCESS.require_object(*reading(role, bucket))


def test_a_buckets_policy_has_a_say(aws, role, bucket):
    give(aws, role, "Allow", "s3:GetObject", f"arn:aws:s3:::{bucket}/*")
    stop = document("Deny", "s3:GetObject", f"arn:aws:s3:::{bucket}/*", Principal="*")
    aws.client("s3").put_bucket_policy(Bucket=bucket, Policy=stop)
    with pytest.raises(AccessDenied, match="explicit deny"):
        ACCESS.require_object(*reading(role, bucket))


def test_an_encrypted_object_takes_the_use_of_its_key_through_s3(aws, role, bucket):
    left = {
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
        "Action": "kms:*",
        "Resource": "*",
    }
    key = aws.client("kms").create_key(Policy=json.dumps({"Statement": [left]}))["KeyMetadata"]
    rule = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key["Arn"]}
    aws.client("s3").put_bucket_encryption(
        Bucket=bucket,
        ServerSideEncryptionConfiguration={"Rules": [{"ApplyServerSideEncryptionByDefault": rule}]},
    )
    give(aws, role, "Allow", "s3:*", f"arn:aws:s3:::{bucket}/*")
    with pytest.raises(AccessDenied, match="kms:Decrypt"):
        ACCESS.require_object(*reading(role, bucket))
    through = {"StringEquals": {"kms:ViaService": f"s3.{REGION}.amazonaws.com"}}
    give(aws, role, "Allow", "kms:Decrypt", key["Arn"], name="key", Condition=through)
    ACCESS.require_object(*reading(role, bucket))
    with pytest.raises(AccessDenied, match="kms:GenerateDataKey"):
        ACCESS.require_object(role[1], "s3:PutObject", bucket, "a/b")


def test_a_bucket_that_is_not_there_is_not_iams_business(role):
    ACCESS.require_object(role[1], "s3:GetObject", "nowhere", "a")


def test_a_role_lists_only_what_begins_as_its_policy_says(aws, role, unique):
    location = {"LocationConstraint": REGION}
    aws.call("s3", "CreateBucket", {"Bucket": unique, "CreateBucketConfiguration": location})
    give(
        aws,
        role,
        "Allow",
        "s3:ListBucket",
        f"arn:aws:s3:::{unique}",
        Condition={"StringLike": {"s3:prefix": "iris/*"}},
    )
    ACCESS.require_listing(role[1], unique, "iris/all/")
    with pytest.raises(AccessDenied, match="s3:ListBucket"):
        ACCESS.require_listing(role[1], unique, "wine/all/")
    ACCESS.require_listing(role[1], f"no-{unique}", "iris/")  # S3 itself says that there is none


def test_a_bucket_may_deny_a_listing(aws, role, unique):
    location = {"LocationConstraint": REGION}
    aws.call("s3", "CreateBucket", {"Bucket": unique, "CreateBucketConfiguration": location})
    give(aws, role, "Allow", "s3:ListBucket", f"arn:aws:s3:::{unique}")
    denial = document("Deny", "s3:ListBucket", f"arn:aws:s3:::{unique}", Principal="*")
    aws.call("s3", "PutBucketPolicy", {"Bucket": unique, "Policy": denial})
    with pytest.raises(AccessDenied, match="explicit deny"):
        ACCESS.require_listing(role[1], unique, "iris/")
