"""The bucket that holds the stack's packed model artifacts."""

from typing import TypedDict

import pulumi
import pulumi_aws as aws

from components.artifacts.model_set import ModelSet, StoredArtifact, file_name
from components.artifacts.remote_artifact import RemoteArtifact
from components.bucket_names import artifact_bucket
from components.context import Context
from components.private_bucket import PrivateBucket

PRUNED_DAYS = 30
"""Days within which an artifact that was pruned can be brought back."""


class ArtifactStoreArgs(TypedDict):
    """The artifact bucket of a stack."""

    context: Context
    """The stack."""
    key_arn: pulumi.Input[str]
    """KMS key that encrypts every object."""


class ArtifactStore(pulumi.ComponentResource):
    """A private bucket in which every artifact lies under its own hash."""

    bucket_name: str
    """Name of the bucket, known at preview."""

    def __init__(
        self, name: str, args: ArtifactStoreArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("ml-gateway:index:ArtifactStore", name, None, opts)
        self._key_arn = args["key_arn"]
        self.bucket_name = artifact_bucket(args["context"])
        self._bucket = PrivateBucket(
            name,
            {
                "bucket_name": self.bucket_name,
                "key_arn": args["key_arn"],
                # Every object can be packed or copied again, so none holds up a destroy.
                "force_destroy": True,
                "expiring": {},
                "noncurrent_days": PRUNED_DAYS,
            },
            pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({"bucket_name": self.bucket_name})

    def address(self, folder: str, source: StoredArtifact | ModelSet) -> str:
        """Where `put` leaves an artifact, known at preview: s3://bucket/key; of a set the prefix.

        Everything is below the hash of its content. folder: the variant's own, endpoint/variant.
        """
        name = "" if isinstance(source, ModelSet) else "model.tar.gz"
        return f"s3://{self.bucket_name}/{folder}/{source.sha256}/{name}"

    def put(
        self, name: str, folder: str, source: StoredArtifact | ModelSet
    ) -> list[pulumi.Resource]:
        """Uploads or copies an artifact, or each of a set, into a variant's folder."""
        address = self.address(folder, source)
        if not isinstance(source, ModelSet):
            return [self._put(name, address, source)]
        return [
            self._put(f"{name}-{model}", address + file_name(model), artifact)
            for model, artifact in source.models.items()
        ]

    def _put(self, name: str, address: str, artifact: StoredArtifact) -> pulumi.Resource:
        """A remote one is copied only if it still is the object that was verified.

        S3 copies at most 5 GB at once: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
        """
        key = address.removeprefix(f"s3://{self.bucket_name}/")
        opts = pulumi.ResourceOptions(
            parent=self,
            depends_on=[self._bucket],
            # A roll-back, or an instance that scales out meanwhile, still reads the old one.
            retain_on_delete=True,
        )
        if isinstance(artifact, RemoteArtifact):
            return aws.s3.ObjectCopy(
                name,
                bucket=self.bucket_name,
                key=key,
                source=f"{artifact.bucket}/{artifact.key}",
                copy_if_match=artifact.etag,
                checksum_algorithm="SHA256",
                server_side_encryption="aws:kms",
                kms_key_id=self._key_arn,
                opts=opts,
            )
        return aws.s3.BucketObjectv2(
            name,
            bucket=self.bucket_name,
            key=key,
            # Absolute: a provider need not share the program's working directory.
            source=pulumi.FileAsset(str(artifact.path.resolve())),
            server_side_encryption="aws:kms",
            kms_key_id=self._key_arn,
            opts=opts,
        )
