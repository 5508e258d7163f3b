"""S3: objects, made from a file or a text, or copied by S3 from another object."""

from typing import Any

from local.aws import Aws
from local.provider.coverage import paths
from local.provider.errors import ProviderError
from local.provider.resource_type import ResourceType
from local.provider.tags import WholeTagging
from local.provider.type_table import Record
from local.provider.wire import Properties, asset_bytes, is_asset

_TAGS = WholeTagging(
    service="s3",
    tag="PutObjectTagging",
    untag="DeleteObjectTagging",
    read="GetObjectTagging",
    address={"Bucket": "bucket", "Key": "key"},
)
_KEY = {"bucket": "Bucket", "key": "Key"}
_OUTPUTS = {"etag": "ETag", "versionId": "VersionId"}
_COMPUTED = {"arn": "arn:aws:s3:::{bucket}/{key}"}


class _Object(ResourceType):
    """An object, whose tags go whenever it is written anew."""

    def finish(self, aws: Aws, resource_id: str, properties: Properties) -> None:
        if self.tagging:
            self.tagging.change(aws, properties, {}, properties.get("tags") or {})

    def look_up(self, aws: Aws, resource_id: str, properties: Properties) -> Record | None:
        """The record as the real provider tells it: an entity tag without its quotes."""
        record = super().look_up(aws, resource_id, properties)
        return record and record | {"ETag": record["ETag"].strip('"')}


class _UploadedObject(_Object):
    """The content comes from one of two properties."""

    def request(self, properties: Properties, operation: str | None = None) -> dict[str, Any]:
        return super().request(properties, operation) | _body(properties)


def _body(properties: Properties) -> dict[str, bytes]:
    source, content = properties.get("source"), properties.get("content")
    if source is None:
        return {} if content is None else {"Body": content.encode()}
    if content is not None:
        raise ProviderError("source, content: both are given. Allowed: one. Leave one out.")
    if not is_asset(source):
        raise ProviderError(
            "source: not an asset. Allowed: a file or a text, no archive. Use pulumi.FileAsset."
        )
    return {"Body": asset_bytes(source)}


OBJECT_TYPES = (
    _UploadedObject(
        pulumi_type="aws:s3/bucketObjectv2:BucketObjectv2",
        service="s3",
        create="PutObject",
        read="HeadObject",
        update="PutObject",
        delete="DeleteObject",
        key=_KEY,
        named_by="",
        renames={"kmsKeyId": "SSEKMSKeyId"},
        not_sent=frozenset({"content", "source", "sourceHash"}),
        not_read=frozenset({"Bucket", "ChecksumAlgorithm", "Key"}),
        outputs=_OUTPUTS,
        computed=_COMPUTED,
        moving=frozenset(_OUTPUTS),
        tagging=_TAGS,
        used=paths("bucket key content source sourceHash contentType metadata"),
        inert=paths("bucketKeyEnabled checksumAlgorithm kmsKeyId serverSideEncryption"),
    ),
    _Object(
        pulumi_type="aws:s3/objectCopy:ObjectCopy",
        service="s3",
        create="CopyObject",
        read="HeadObject",
        update="CopyObject",
        delete="DeleteObject",
        key=_KEY,
        named_by="",
        renames={
            "copyIfMatch": "CopySourceIfMatch",
            "kmsKeyId": "SSEKMSKeyId",
            "source": "CopySource",
        },
        not_read=frozenset(
            {"Bucket", "ChecksumAlgorithm", "CopySource", "CopySourceIfMatch", "Key"}
            | {"MetadataDirective", "TaggingDirective"}
        ),
        outputs=_OUTPUTS | {"lastModified": "LastModified"},
        computed=_COMPUTED,
        moving=frozenset(_OUTPUTS) | {"lastModified"},
        tagging=_TAGS,
        used=paths("bucket key source copyIfMatch metadata metadataDirective taggingDirective"),
        inert=paths("bucketKeyEnabled checksumAlgorithm kmsKeyId serverSideEncryption"),
    ),
)
