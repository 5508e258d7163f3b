"""The bucket that holds the stack's packed model artifacts."""

import json
from typing import TypedDict

import pulumi
import pulumi_aws as aws

from components.artifact import PackedArtifact
from components.context import Context


class ArtifactStoreArgs(TypedDict):
    """The artifact bucket of a stack."""

    context: Context
    """The stack; the bucket's name carries account and region, since bucket names are global."""
    key_arn: pulumi.Input[str]
    """KMS key that encrypts every object."""


class ArtifactStore(pulumi.ComponentResource):
    """A private, versioned, encrypted bucket that answers over TLS only."""

    bucket_name: str
    """Name of the bucket, known at preview."""

    def __init__(
        self, name: str, args: ArtifactStoreArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("ml-gateway:index:ArtifactStore", name, None, opts)
        context = args["context"]
        self._key_arn = args["key_arn"]
        self.bucket_name = f"{context.prefix}-models-{context.account_id}-{context.region}"
        child = pulumi.ResourceOptions(parent=self)
        bucket = aws.s3.Bucket(
            name,
            bucket=self.bucket_name,
            # Every object can be packed again from its artifact, so none holds up a destroy.
            force_destroy=True,
            opts=child,
        )
        self._ready: list[pulumi.Resource] = [
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
            ),
            aws.s3.BucketVersioning(
                f"{name}-versioning",
                bucket=bucket.bucket,
                versioning_configuration={"status": "Enabled"},
                opts=child,
            ),
            aws.s3.BucketPublicAccessBlock(
                f"{name}-private",
                bucket=bucket.bucket,
                block_public_acls=True,
                block_public_policy=True,
                ignore_public_acls=True,
                restrict_public_buckets=True,
                opts=child,
            ),
            aws.s3.BucketPolicy(
                f"{name}-tls-only",
                bucket=bucket.bucket,
                policy=_tls_only(self.bucket_name),
                opts=child,
            ),
        ]
        self.register_outputs({"bucket_name": self.bucket_name})

    def put(self, name: str, prefix: str, artifact: PackedArtifact) -> aws.s3.BucketObjectv2:
        """Uploads a packed artifact below `prefix`, under a key made of its own hash."""
        return aws.s3.BucketObjectv2(
            name,
            bucket=self.bucket_name,
            key=f"{prefix}/{artifact.sha256}/model.tar.gz",
            # Absolute: a provider need not share the program's working directory.
            source=pulumi.FileAsset(str(artifact.path.resolve())),
            server_side_encryption="aws:kms",
            kms_key_id=self._key_arn,
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=self._ready,
                # A roll-back, or an instance that scales out meanwhile, still reads the old one.
                retain_on_delete=True,
            ),
        )


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
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
