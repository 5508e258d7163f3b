"""S3: buckets and their settings, which are a resource each in Pulumi."""

from typing import Any

from local.aws import Aws
from local.provider.coverage import paths
from local.provider.resource_type import ResourceType
from local.provider.tags import WholeTagging
from local.provider.types.s3_objects import OBJECT_TYPES
from local.provider.wire import Properties


class _Bucket(ResourceType):
    def request(self, properties: Properties, operation: str | None = None) -> dict[str, Any]:
        request = super().request(properties, operation)
        region = properties["region"]
        if region != "us-east-1":  # the one region that must not be named as a constraint
            request["CreateBucketConfiguration"] = {"LocationConstraint": region}
        return request

    def finish(self, aws: Aws, resource_id: str, properties: Properties) -> None:
        if self.tagging and (tags := properties.get("tags")):
            self.tagging.change(aws, {"id": resource_id}, {}, tags)

    def send_change(self, aws: Aws, resource_id: str, old: Properties, new: Properties) -> None:
        """Nothing: what is left to change steers Pulumi alone."""

    def send_delete(self, aws: Aws, resource_id: str, properties: Properties) -> None:
        if properties.get("forceDestroy"):
            self._empty(aws, {"Bucket": resource_id})
        super().send_delete(aws, resource_id, properties)

    def _empty(self, aws: Aws, bucket: dict[str, Any]) -> None:
        if aws.call(self.service, "GetBucketVersioning", bucket).get("Status") == "Suspended":
            # moto deletes single versions only while versioning is on.
            enabled = {"VersioningConfiguration": {"Status": "Enabled"}}
            aws.call(self.service, "PutBucketVersioning", bucket | enabled)
        pages = aws.client(self.service).get_paginator("list_object_versions")
        for page in pages.paginate(**bucket):
            for version in page.get("Versions", []) + page.get("DeleteMarkers", []):
                object_version = {"Key": version["Key"], "VersionId": version["VersionId"]}
                aws.call(self.service, "DeleteObject", bucket | object_version)


class _Versioning(ResourceType):
    """Versioning cannot be deleted, only suspended."""

    def send_delete(self, aws: Aws, resource_id: str, properties: Properties) -> None:
        suspended = {"Bucket": resource_id, "VersioningConfiguration": {"Status": "Suspended"}}
        aws.call(self.service, self.delete, suspended)


TYPES = (
    _Bucket(
        pulumi_type="aws:s3/bucket:Bucket",
        service="s3",
        create="CreateBucket",
        read="HeadBucket",
        delete="DeleteBucket",
        key={"bucket": "Bucket"},
        named_by="bucket",
        prefixed_by="bucketPrefix",
        not_sent=frozenset({"forceDestroy"}),
        not_read=frozenset({"Bucket"}),
        computed={
            "arn": "arn:aws:s3:::{id}",
            "bucketDomainName": "{id}.s3.amazonaws.com",
            "bucketRegionalDomainName": "{id}.s3.{region}.amazonaws.com",
        },
        tagging=WholeTagging(
            service="s3",
            tag="PutBucketTagging",
            untag="DeleteBucketTagging",
            read="GetBucketTagging",
            address={"Bucket": "id"},
        ),
        used=paths("bucket bucketPrefix forceDestroy"),
    ),
    ResourceType(
        pulumi_type="aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        service="s3",
        create="PutBucketEncryption",
        read="GetBucketEncryption",
        update="PutBucketEncryption",
        delete="DeleteBucketEncryption",
        key={"bucket": "Bucket"},
        named_by="",
        not_read=frozenset({"Bucket"}),
        renames={
            "rules": "ServerSideEncryptionConfiguration.Rules",
            "rules.applyServerSideEncryptionByDefault.kmsMasterKeyId": "KMSMasterKeyID",
        },
        used=paths("bucket"),
        inert=paths("rules"),
    ),
    _Versioning(
        pulumi_type="aws:s3/bucketVersioning:BucketVersioning",
        service="s3",
        create="PutBucketVersioning",
        read="GetBucketVersioning",
        update="PutBucketVersioning",
        delete="PutBucketVersioning",
        key={"bucket": "Bucket"},
        named_by="",
        not_read=frozenset({"Bucket"}),
        record="{VersioningConfiguration: @}",
        used=paths("bucket versioningConfiguration.status"),
    ),
    ResourceType(
        pulumi_type="aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        service="s3",
        create="PutPublicAccessBlock",
        read="GetPublicAccessBlock",
        update="PutPublicAccessBlock",
        delete="DeletePublicAccessBlock",
        key={"bucket": "Bucket"},
        named_by="",
        not_read=frozenset({"Bucket"}),
        renames={
            name: f"PublicAccessBlockConfiguration.{member}"
            for name, member in (
                ("blockPublicAcls", "BlockPublicAcls"),
                ("blockPublicPolicy", "BlockPublicPolicy"),
                ("ignorePublicAcls", "IgnorePublicAcls"),
                ("restrictPublicBuckets", "RestrictPublicBuckets"),
            )
        },
        used=paths("bucket"),
        inert=paths("blockPublicAcls blockPublicPolicy ignorePublicAcls restrictPublicBuckets"),
    ),
    ResourceType(
        pulumi_type="aws:s3/bucketOwnershipControls:BucketOwnershipControls",
        service="s3",
        create="PutBucketOwnershipControls",
        read="GetBucketOwnershipControls",
        update="PutBucketOwnershipControls",
        delete="DeleteBucketOwnershipControls",
        key={"bucket": "Bucket"},
        named_by="",
        not_read=frozenset({"Bucket"}),
        renames={"rule": "OwnershipControls.Rules"},
        used=paths("bucket"),
        inert=paths("rule"),
    ),
    ResourceType(
        pulumi_type="aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        service="s3",
        create="PutBucketLifecycleConfiguration",
        read="GetBucketLifecycleConfiguration",
        update="PutBucketLifecycleConfiguration",
        delete="DeleteBucketLifecycle",
        key={"bucket": "Bucket"},
        named_by="",
        not_read=frozenset({"Bucket"}),
        record="{LifecycleConfiguration: {Rules: Rules}}",
        renames={"rules": "LifecycleConfiguration.Rules"},
        used=paths("bucket"),
        inert=paths("rules"),
    ),
    ResourceType(
        pulumi_type="aws:s3/bucketPolicy:BucketPolicy",
        service="s3",
        create="PutBucketPolicy",
        read="GetBucketPolicy",
        update="PutBucketPolicy",
        delete="DeleteBucketPolicy",
        key={"bucket": "Bucket"},
        named_by="",
        not_read=frozenset({"Bucket"}),
        used=paths("bucket"),
        inert=paths("policy"),
    ),
    *OBJECT_TYPES,
)
