"""Rules for S3 buckets. Most of what a bucket is, resources beside it say."""

from collections.abc import Sequence
from dataclasses import replace

from pulumi_policy import EnforcementLevel, Severity

from gateway_policies.links import Links
from gateway_policies.property_rule import Demand, demanded, one_of, values
from gateway_policies.resource import UNKNOWN, Resource, Stack
from gateway_policies.rule import (
    Control,
    Family,
    Finding,
    Findings,
    Limits,
    shown,
    stack_rule,
    unknown,
    violation,
)

BUCKETS = ("aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2")
"""The second is what release 6 of the provider calls the first of release 7."""
_DOCS = "https://docs.aws.amazon.com/AmazonS3/latest/userguide"


def tokens(name: str) -> tuple[str, str]:
    """Both names of a resource beside a bucket: that of releases 7 and 6 of the provider."""
    small = name[0].lower() + name[1:]
    return f"aws:s3/{small}:{name}", f"aws:s3/{small}V2:{name}V2"


ENCRYPTIONS = tokens("BucketServerSideEncryptionConfiguration")
VERSIONINGS = tokens("BucketVersioning")
POLICY = "aws:s3/bucketPolicy:BucketPolicy"


def beside(stack: Stack, types: Sequence[str]) -> Links:
    """The resources of these types by the buckets that they are for."""
    return Links(stack.of_types(BUCKETS), stack.of_types(types), "bucket", own="bucket")


_ALGORITHM = "applyServerSideEncryptionByDefault.sseAlgorithm"
_KMS = one_of("aws:kms", "aws:kms:dsse")
_ENCRYPTED = Demand(f"rules[].{_ALGORITHM}", _KMS)
_INLINE = "serverSideEncryptionConfiguration"
_INLINE_RULES = (
    f"{_INLINE}.rule.{_ALGORITHM}",
    f"{_INLINE}s[].rules[].applyServerSideEncryptionByDefaults[].sseAlgorithm",
)


@stack_rule(
    Control(
        id="bucket-kms",
        title="Buckets are encrypted with a KMS key",
        family=Family.DATA,
        severity=Severity.HIGH,
        standards=("CKV_AWS_145", "S3.17"),
        fix="Give the bucket a server-side encryption configuration with aws:kms and a key.",
        url=f"{_DOCS}/UsingKMSEncryption.html",
    )
)
def bucket_kms(stack: Stack, _: Limits) -> Findings:
    """Who may read the bucket then needs the right to its key too, and each use is recorded."""
    parts = beside(stack, ENCRYPTIONS)
    for bucket in stack.of_types(BUCKETS):
        found = parts.of(bucket)
        if found is UNKNOWN:
            yield not_linked(bucket, _INLINE, _KMS.allowed)
        elif found:
            yield from _part_findings(bucket, found, _ENCRYPTED)
        elif not (inline := _inline(bucket, _INLINE_RULES)):
            yield violation(_INLINE, seen="missing", allowed=_KMS.allowed, urn=bucket.urn)
        else:
            for path, algorithm in inline:
                if algorithm is not UNKNOWN and not _KMS.holds(algorithm):
                    seen = shown(algorithm)
                    yield violation(path, seen=seen, allowed=_KMS.allowed, urn=bucket.urn)


def _part_findings(bucket: Resource, parts: Sequence[Resource], demand: Demand) -> Findings:
    """What is wrong with the resources that say it of a bucket: the bucket is to blame."""
    for part in parts:
        for finding in demanded(part, demand):
            yield replace(finding, path=f"{part.urn} {finding.path}", urn=bucket.urn)


def _inline(bucket: Resource, paths: Sequence[str]) -> list[tuple[str, object]]:
    """What a bucket says of itself, by the names of any release."""
    return [
        (place, value)
        for path in paths
        for place, value in values(bucket.stated(), path)
        if value is not None
    ]


def not_linked(bucket: Resource, path: str, allowed: str) -> Finding:
    """The verdict where one of the resources beside buckets may be for this one."""
    return unknown(
        path,
        seen="which bucket such a resource is for is not known at preview",
        allowed=allowed,
        fix="Name the bucket, or take its name from its resource, to have it checked at preview.",
        urn=bucket.urn,
    )


_VERSIONED = Demand("versioningConfiguration.status", one_of("Enabled"))


@stack_rule(
    Control(
        id="bucket-versioning",
        title="Buckets keep what is overwritten and deleted",
        family=Family.DATA,
        severity=Severity.LOW,
        standards=("CKV_AWS_21", "S3.14"),
        fix="Give the bucket a versioning resource with the status Enabled.",
        url=f"{_DOCS}/Versioning.html",
        level=EnforcementLevel.ADVISORY,
    )
)
def bucket_versioning(stack: Stack, _: Limits) -> Findings:
    """A wrong upload or a deletion is then undone, not mourned."""
    parts = beside(stack, VERSIONINGS)
    for bucket in stack.of_types(BUCKETS):
        found = parts.of(bucket)
        if found is UNKNOWN:
            yield not_linked(bucket, "versioning", _VERSIONED.expected.allowed)
        elif found:
            yield from _part_findings(bucket, found, _VERSIONED)
        else:
            inline = _inline(bucket, ("versioning.enabled", "versionings[].enabled"))
            if UNKNOWN not in (flags := [flag for _, flag in inline]) and True not in flags:
                yield violation(
                    "versioning.enabled",
                    seen=shown(flags[0] if flags else None),
                    allowed="true, or a versioning resource with the status Enabled",
                    urn=bucket.urn,
                )


@stack_rule(
    Control(
        id="bucket-policy",
        title="Every bucket has a policy, which can refuse plain HTTP",
        family=Family.DATA,
        severity=Severity.MEDIUM,
        standards=("S3.5",),
        fix="Give the bucket a policy that denies s3:* where aws:SecureTransport is false.",
        url=f"{_DOCS}/example-bucket-policies.html",
    )
)
def bucket_policy(stack: Stack, _: Limits) -> Findings:
    """S3 answers over plain HTTP too, unless a policy of the bucket forbids it."""
    parts = beside(stack, (POLICY,))
    for bucket in stack.of_types(BUCKETS):
        found = parts.of(bucket)
        if found is UNKNOWN:
            yield not_linked(bucket, "policy", "a bucket policy")
        elif not found and not bucket.stated().get("policy"):
            yield violation("policy", seen="none", allowed="a bucket policy", urn=bucket.urn)


RULES = (bucket_kms, bucket_versioning, bucket_policy)
