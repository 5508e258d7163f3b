"""Who reaches a bucket, beside its policy."""

import pytest

from gateway_policies.bucket_access import (
    ACCESS_BLOCK,
    ACCOUNT_BLOCK,
    ACLS,
    bucket_public_access,
    bucket_public_acl,
)
from gateway_policies.buckets import BUCKETS
from gateway_policies.resource import UNKNOWN
from tests.unit.policies.verdicts import judged_stack, made

NOT_KNOWN = "not known at preview, so not checked before the update"
UNLINKED = "which bucket such a resource is for is not known at preview"
FED = {"bucket": ["bucket"]}
OPEN = {"acl": "public-read"}
CLOSED = dict.fromkeys(
    ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"), True
)


def bucket(release=0, fed=None, **fields):
    return made(BUCKETS[release], "bucket", fed or {}, **{"bucket": "models"} | fields)


def beside(token, fed=None, **fields):
    return made(token, "beside", fed or {}, **{"bucket": "models"} | fields)


def block(fed=None, **fields):
    return beside(ACCESS_BLOCK, fed, **CLOSED | fields)


@pytest.mark.parametrize("release", [0, 1])
@pytest.mark.parametrize(
    ("others", "found"),
    [
        ([block()], []),
        ([block(FED, bucket=UNKNOWN)], []),
        ([], ["bucket violation publicAccessBlock: none"]),
        ([block(bucket="other")], ["bucket violation publicAccessBlock: none"]),
        ([block(blockPublicAcls=False)], ["beside violation blockPublicAcls: false"]),
        (
            [block(restrictPublicBuckets=None)],
            ["beside violation restrictPublicBuckets: missing, which means false"],
        ),
        ([block(ignorePublicAcls=UNKNOWN)], [f"beside unknown ignorePublicAcls: {NOT_KNOWN}"]),
        ([made(ACCOUNT_BLOCK, "account", **CLOSED)], []),
        (
            [made(ACCOUNT_BLOCK, "account", **CLOSED | {"blockPublicPolicy": False})],
            ["bucket violation publicAccessBlock: none"],
        ),
    ],
)
def test_public_access_is_blocked(release, others, found):
    assert judged_stack(bucket_public_access, bucket(release), *others) == found


def acl(**fields):
    return beside(ACLS[0], **fields)


def grant(group):
    grantee = {"type": "Group", "uri": f"http://acs.amazonaws.com/groups/{group}"}
    return {"accessControlPolicy": {"grants": [{"permission": "READ", "grantee": grantee}]}}


@pytest.mark.parametrize(
    ("resources", "found"),
    [
        ([bucket()], []),
        ([bucket(acl="private")], []),
        ([bucket(acl=UNKNOWN)], []),
        ([bucket(**OPEN)], ['bucket violation acl: "public-read"']),
        ([bucket(acl="authenticated-read")], ['bucket violation acl: "authenticated-read"']),
        ([bucket(**OPEN), block()], []),
        ([bucket(**OPEN), made(ACCOUNT_BLOCK, "account", **CLOSED)], []),
        (
            [bucket(**OPEN), block(ignorePublicAcls=False)],
            ['bucket violation acl: "public-read"'],
        ),
        (
            [bucket(grants=[{"uri": "http://acs.amazonaws.com/groups/global/AllUsers"}])],
            ['bucket violation grants[0].uri: "http://acs.amazonaws.com/groups/global/AllUsers"'],
        ),
        ([bucket(), acl(acl="private")], []),
        ([bucket(), acl(**OPEN)], ['beside violation acl: "public-read"']),
        ([bucket(), acl(**grant("s3/LogDelivery"))], []),
        (
            [bucket(), acl(**grant("global/AuthenticatedUsers"))],
            [
                "beside violation accessControlPolicy.grants[0].grantee.uri: "
                '"http://acs.amazonaws.com/groups/global/AuthenticatedUsers"'
            ],
        ),
        ([acl(**OPEN)], ['beside violation acl: "public-read"']),
        ([bucket(acl=["odd"])], []),
    ],
)
def test_no_acl_opens_a_bucket(resources, found):
    assert judged_stack(bucket_public_acl, *resources) == found


def test_an_acl_that_is_not_known_is_unknown_if_something_feeds_it():
    fed = bucket(fed={"acl": ["urn:config"]}, acl=UNKNOWN)
    found = judged_stack(bucket_public_acl, fed)
    assert found == [f"bucket unknown acl: {NOT_KNOWN}"]


def test_a_block_that_may_be_the_buckets_makes_it_unknown():
    found = judged_stack(bucket_public_access, bucket(), block(bucket=UNKNOWN))
    assert found == [f"bucket unknown publicAccessBlock: {UNLINKED}"]
