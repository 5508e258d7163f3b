"""PrivateBucket: what every bucket of the stack is, whatever it holds."""

from collections.abc import Mapping
from typing import TypedDict

import pulumi
import pulumi_aws as aws

from components.iam import document

INCOMPLETE_UPLOAD_DAYS = 1
"""Parts of an upload that nobody finished are billed like objects, and no listing shows them."""


class PrivateBucketArgs(TypedDict):
    """A bucket."""

    bucket_name: str
    """Physical name; bucket names are global, so it carries account and region."""
    key_arn: pulumi.Input[str]
    """KMS key that encrypts every object."""
    force_destroy: bool
    """Whether destroying the bucket deletes what is in it; otherwise neither it nor what closes it
    can be destroyed at all."""
    expiring: Mapping[str, int]
    """Days that objects are kept, by prefix; what lies under no prefix stays."""
    noncurrent_days: int
    """Days that a version is kept once it has been overwritten or deleted."""


class PrivateBucket(pulumi.ComponentResource):
    """An encrypted, versioned bucket that its owner alone reaches, over TLS only.

    What is put into it depends on the component: nothing lies in it before it is closed.
    """

    name: str
    """Physical name, known at preview."""

    def __init__(
        self, name: str, args: PrivateBucketArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("ml-gateway:index:PrivateBucket", name, None, opts)
        self.name = args["bucket_name"]
        # AWS would refuse to delete the bucket while it holds data, but only after everything that
        # closes it was gone. The engine refuses before the first step.
        protect = not args["force_destroy"]
        child = pulumi.ResourceOptions(parent=self, protect=protect)
        bucket = aws.s3.Bucket(
            name, bucket=self.name, force_destroy=args["force_destroy"], opts=child
        )
        aws.s3.BucketOwnershipControls(
            f"{name}-owner",
            bucket=bucket.bucket,
            rule={"object_ownership": "BucketOwnerEnforced"},
            opts=child,
        )
        aws.s3.BucketServerSideEncryptionConfiguration(
            f"{name}-encryption",
            bucket=bucket.bucket,
            rules=[
                {
                    "apply_server_side_encryption_by_default": {
                        "sse_algorithm": "aws:kms",
                        "kms_master_key_id": args["key_arn"],
                    },
                    "bucket_key_enabled": True,
                }
            ],
            opts=child,
        )
        aws.s3.BucketPublicAccessBlock(
            f"{name}-private",
            bucket=bucket.bucket,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=child,
        )
        aws.s3.BucketPolicy(
            f"{name}-tls-only", bucket=bucket.bucket, policy=_tls_only(self.name), opts=child
        )
        versioning = aws.s3.BucketVersioning(
            f"{name}-versioning",
            bucket=bucket.bucket,
            versioning_configuration={"status": "Enabled"},
            opts=child,
        )
        aws.s3.BucketLifecycleConfiguration(
            f"{name}-lifecycle",
            bucket=bucket.bucket,
            rules=lifecycle_rules(args["expiring"], args["noncurrent_days"]),
            opts=pulumi.ResourceOptions(parent=self, protect=protect, depends_on=[versioning]),
        )
        self.register_outputs({"name": self.name})


def lifecycle_rules(
    expiring: Mapping[str, int], noncurrent_days: int
) -> list[aws.s3.BucketLifecycleConfigurationRuleArgsDict]:
    """A rule for the remains of objects, and one for each prefix whose objects expire.

    expiring: days by prefix. In a versioned bucket an expired object becomes a noncurrent version
    first. https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html
    """
    return [
        {
            "id": "remains",
            "status": "Enabled",
            "filter": {"prefix": ""},
            "noncurrent_version_expiration": {"noncurrent_days": noncurrent_days},
            "expiration": {"expired_object_delete_marker": True},
            "abort_incomplete_multipart_upload": {"days_after_initiation": INCOMPLETE_UPLOAD_DAYS},
        },
        *(
            aws.s3.BucketLifecycleConfigurationRuleArgsDict(
                id=prefix,
                status="Enabled",
                filter={"prefix": prefix},
                expiration={"days": days},
            )
            for prefix, days in sorted(expiring.items())
        ),
    ]


def _tls_only(bucket: str) -> str:
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html"""
    statement = {
        "Sid": "TlsOnly",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    return document([statement], "aws:s3/bucketPolicy:BucketPolicy")
