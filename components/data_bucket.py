"""The bucket of what requests leave behind: captured data, async requests and results."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypedDict

import pulumi
import pulumi_aws as aws

from components.bucket_names import data_bucket_name
from components.config.endpoint import Endpoint
from components.context import Context
from components.private_bucket import PrivateBucket

CAPTURED = "capture"
ASYNCHRONOUS = "async"
EXAMPLES = "examples"
"""The one folder in which nothing expires."""

REMOVED_DAYS = 1
"""Retention says when data is gone: one day more, and no version of it is left."""


@dataclass(frozen=True)
class DataFolders:
    """Where the data of one endpoint lies; keys without a slash at the end."""

    bucket_name: str
    endpoint_name: str

    @property
    def captured(self) -> str:
        """Captured requests and answers. SageMaker itself adds the endpoint's name to CAPTURED."""
        return f"{CAPTURED}/{self.endpoint_name}"

    @property
    def requests(self) -> str:
        """Where clients put async requests."""
        return f"{ASYNCHRONOUS}/{self.endpoint_name}/input"

    @property
    def results(self) -> str:
        """Results of async requests."""
        return f"{ASYNCHRONOUS}/{self.endpoint_name}/output"

    @property
    def failures(self) -> str:
        """Errors of async requests."""
        return f"{ASYNCHRONOUS}/{self.endpoint_name}/failure"

    @property
    def example(self) -> str:
        """A request that the endpoint answers."""
        return f"{EXAMPLES}/{self.endpoint_name}/request.json"

    @property
    def own_arns(self) -> list[str]:
        """All that lies here for the endpoint, as patterns of ARNs."""
        return [
            self.arn(f"{folder}/{self.endpoint_name}/*")
            for folder in (CAPTURED, ASYNCHRONOUS, EXAMPLES)
        ]

    def address(self, key: str) -> str:
        """s3:// address of a key or folder."""
        return f"s3://{self.bucket_name}/{key}"

    def arn(self, key: str) -> str:
        """ARN of an object, or with `/*` at the end of those in a folder."""
        return f"arn:aws:s3:::{self.bucket_name}/{key}"


class DataBucketArgs(TypedDict):
    """The data bucket of a stack."""

    context: Context
    """The stack."""
    endpoints: Mapping[str, Endpoint]
    """The stack's endpoints: each says what it keeps for how long."""
    key_arn: pulumi.Input[str]
    """KMS key that encrypts every object."""
    delete_on_destroy: bool
    """Whether destroying the bucket deletes the data in it; otherwise it is protected."""


class DataBucket(pulumi.ComponentResource):
    """A private bucket whose objects expire as their endpoint's config says."""

    bucket_name: str
    """Name of the bucket, known at preview."""

    def __init__(
        self, name: str, args: DataBucketArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("ml-gateway:index:DataBucket", name, None, opts)
        context = args["context"]
        self._key_arn = args["key_arn"]
        self.bucket_name = data_bucket_name(context)
        self._bucket = PrivateBucket(
            name,
            {
                "bucket_name": self.bucket_name,
                "key_arn": args["key_arn"],
                "force_destroy": args["delete_on_destroy"],
                "expiring": retention_days(context.prefix, args["endpoints"]),
                "noncurrent_days": REMOVED_DAYS,
            },
            pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({"bucket_name": self.bucket_name})

    def folders(self, endpoint_name: str) -> DataFolders:
        """Where the data of an endpoint lies."""
        return DataFolders(self.bucket_name, endpoint_name)

    def put_example(
        self, name: str, endpoint_name: str, request: Mapping[str, Any]
    ) -> aws.s3.BucketObjectv2:
        """Keeps a request that an async endpoint answers, for whoever wants to try it."""
        return aws.s3.BucketObjectv2(
            name,
            bucket=self.bucket_name,
            key=self.folders(endpoint_name).example,
            content=json.dumps(request),
            content_type="application/json",
            server_side_encryption="aws:kms",
            kms_key_id=self._key_arn,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[self._bucket]),
        )


def needs_data_bucket(endpoints: Mapping[str, Endpoint]) -> bool:
    """Whether any endpoint captures or is asynchronous."""
    return any(endpoint.capture or endpoint.asynchronous for endpoint in endpoints.values())


def retention_days(prefix: str, endpoints: Mapping[str, Endpoint]) -> dict[str, int]:
    """Days that objects are kept, by prefix of their keys.

    prefix: of the stack. What an endpoint left behind that no longer writes goes with the longest
    retention of the others: of several rules for an object, S3 follows the shortest.
    """
    days = {}
    for name, endpoint in endpoints.items():
        if endpoint.capture:
            days[f"{CAPTURED}/{prefix}-{name}/"] = endpoint.capture.retention
        if endpoint.asynchronous:
            days[f"{ASYNCHRONOUS}/{prefix}-{name}/"] = endpoint.asynchronous.retention
    longest = max(days.values())
    return days | {f"{CAPTURED}/": longest, f"{ASYNCHRONOUS}/": longest}
