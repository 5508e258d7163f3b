"""Rules for who reaches an S3 bucket, beside its policy."""

from pulumi_policy import Severity

from gateway_policies.buckets import BUCKETS, beside, not_linked, tokens
from gateway_policies.property_rule import TRUE, Demand, demanded, values
from gateway_policies.resource import UNKNOWN, Resource, Stack
from gateway_policies.rule import (
    Control,
    Family,
    Findings,
    Limits,
    located,
    shown,
    stack_rule,
    unknown,
    violation,
)

ACLS = tokens("BucketAcl")
ACCESS_BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
ACCOUNT_BLOCK = "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock"
_DOCS = "https://docs.aws.amazon.com/AmazonS3/latest/userguide"

_FLAGS = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")


@stack_rule(
    Control(
        id="bucket-public-access",
        title="Buckets block public access",
        family=Family.DATA,
        severity=Severity.HIGH,
        standards=("CKV_AWS_53", "CKV_AWS_54", "CKV_AWS_55", "CKV_AWS_56", "CKV2_AWS_6", "S3.8"),
        fix="Give the bucket a public access block with all four settings true.",
        url=f"{_DOCS}/access-control-block-public-access.html",
    )
)
def bucket_public_access(stack: Stack, _: Limits) -> Findings:
    """A policy or an ACL that opens a bucket by mistake then opens nothing."""
    blocks = stack.of_type(ACCESS_BLOCK)
    for block in blocks:
        for flag in _FLAGS:
            yield from located(block.urn, demanded(block, Demand(flag, TRUE, default=False)))
    if any(_blocks_all(block) for block in stack.of_type(ACCOUNT_BLOCK)):
        return
    parts = beside(stack, (ACCESS_BLOCK,))
    for bucket in stack.of_types(BUCKETS):
        found = parts.of(bucket)
        if found is UNKNOWN:
            yield not_linked(bucket, "publicAccessBlock", "all four settings true")
        elif not found:
            yield violation(
                "publicAccessBlock",
                seen="none",
                allowed="all four settings true",
                urn=bucket.urn,
            )


def _blocks_all(block: Resource) -> bool:
    return all(block.get(flag) is True for flag in _FLAGS)


_PUBLIC_ACLS = frozenset({"public-read", "public-read-write", "authenticated-read"})
"""The last is for everybody who has an AWS account.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#canned-acl
"""
_PUBLIC_GROUPS = ("/groups/global/AllUsers", "/groups/global/AuthenticatedUsers")


@stack_rule(
    Control(
        id="bucket-public-acl",
        title="No bucket's ACL opens it to everybody",
        family=Family.DATA,
        severity=Severity.CRITICAL,
        standards=("CKV_AWS_20", "CKV_AWS_57", "S3.2", "S3.3"),
        fix="Set the ACL to private, or ignorePublicAcls of the public access block to true.",
        url=f"{_DOCS}/acl-overview.html",
    )
)
def bucket_public_acl(stack: Stack, _: Limits) -> Findings:
    """What lies in an open bucket is found within hours, by programs that look for nothing else."""
    blocks = beside(stack, (ACCESS_BLOCK,))
    acls = beside(stack, ACLS)
    if any(block.get("ignorePublicAcls") is True for block in stack.of_type(ACCOUNT_BLOCK)):
        return
    judged: set[str] = set()
    for bucket in stack.of_types(BUCKETS):
        found = acls.of(bucket)
        holders = [bucket, *(found if found is not UNKNOWN else ())]
        judged.update(holder.urn for holder in holders)
        block = blocks.of(bucket)
        if block is not UNKNOWN and any(one.get("ignorePublicAcls") is True for one in block):
            continue
        for holder in holders:
            yield from _acl_findings(holder)
    for acl in stack.of_types(ACLS):
        if acl.urn not in judged:
            yield from _acl_findings(acl)


def _acl_findings(holder: Resource) -> Findings:
    allowed = "private, or no ACL"
    holder = holder.stated()
    acl = holder.get("acl")
    if acl is UNKNOWN:
        yield unknown("acl", allowed=allowed, urn=holder.urn)
    elif isinstance(acl, str) and acl in _PUBLIC_ACLS:
        yield violation("acl", seen=shown(acl), allowed=allowed, urn=holder.urn)
    grantees = ("grants[].uri", "accessControlPolicy.grants[].grantee.uri")
    for path in grantees:
        for place, uri in values(holder, path):
            if isinstance(uri, str) and uri.endswith(_PUBLIC_GROUPS):
                yield violation(place, seen=shown(uri), allowed=allowed, urn=holder.urn)


RULES = (bucket_public_access, bucket_public_acl)
