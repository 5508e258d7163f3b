"""S3: buckets, their settings (a resource each in Pulumi) and objects."""

from typing import Any

from local.provider.resource_type import ResourceType
from local.provider.wire import Properties, asset_bytes, is_asset


class _Bucket(ResourceType):
    def request(self, properties: Properties, operation: str | None = None) -> dict[str, Any]:
        request = super().request(properties, operation)
        region = properties["region"]
        if region != "us-east-1":  # the one region that must not be named as a constraint
            request["CreateBucketConfiguration"] = {"LocationConstraint": region}
        return request

    def attributes(self, aws: Any, resource_id: str, record: Any, properties: Properties) -> Any:
        return {
            "arn": f"arn:aws:s3:::{resource_id}",
            "bucketDomainName": f"{resource_id}.s3.amazonaws.com",
            "bucketRegionalDomainName": f"{resource_id}.s3.{aws.region}.amazonaws.com",
        }

    def send_delete(self, aws: Any, resource_id: str, properties: Properties) -> None:
        if properties.get("forceDestroy"):
            pages = aws.client(self.service).get_paginator("list_object_versions")
            for page in pages.paginate(Bucket=resource_id):
                for version in page.get("Versions", []) + page.get("DeleteMarkers", []):
                    object_version = {"Key": version["Key"], "VersionId": version["VersionId"]}
                    request = {"Bucket": resource_id, **object_version}
                    aws.call(self.service, "DeleteObject", request)
        super().send_delete(aws, resource_id, properties)


class _BucketObject(ResourceType):
    def request(self, properties: Properties, operation: str | None = None) -> dict[str, Any]:
        source = properties.get("source", {})
        content = {"body": asset_bytes(source)} if is_asset(source) else {}
        return super().request(properties | content, operation)


class _Versioning(ResourceType):
    """Versioning cannot be deleted, only suspended."""

    def send_delete(self, aws: Any, resource_id: str, properties: Properties) -> None:
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
        not_sent=frozenset({"forceDestroy"}),
        not_read=frozenset({"Bucket", "CreateBucketConfiguration"}),
        outputs={"arn": "", "bucketDomainName": "", "bucketRegionalDomainName": ""},
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
        within="ServerSideEncryptionConfiguration",
        record="ServerSideEncryptionConfiguration",
        renames={"rules.applyServerSideEncryptionByDefault.kmsMasterKeyId": "KMSMasterKeyID"},
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
        within="PublicAccessBlockConfiguration",
        record="PublicAccessBlockConfiguration",
    ),
    _BucketObject(
        pulumi_type="aws:s3/bucketObjectv2:BucketObjectv2",
        service="s3",
        create="PutObject",
        read="HeadObject",
        update="PutObject",
        delete="DeleteObject",
        key={"bucket": "Bucket", "key": "Key"},
        named_by="",
        renames={"kmsKeyId": "SSEKMSKeyId"},
        not_sent=frozenset({"source"}),
        not_read=frozenset({"Bucket", "Key", "Body"}),
        outputs={"etag": "ETag", "versionId": "VersionId"},
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
    ),
)
