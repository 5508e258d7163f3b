"""WebPage: the page to try the models, as objects that API Gateway alone reads."""

from collections.abc import Sequence
from typing import TypedDict

import pulumi
import pulumi_aws as aws

from components.api.page_files import WebFile
from components.bucket_names import page_bucket
from components.context import Context
from components.iam import ServiceRole, Statement, allow, document
from components.openapi.api import Page, PageFile
from components.private_bucket import PrivateBucket

REPLACED_DAYS = 1
"""Days for which files of an earlier page can be brought back; they can be made again."""


class WebPageArgs(TypedDict):
    """A page."""

    context: Context
    """The stack."""
    path: str
    """Its folder in the API, such as /try."""
    files: Sequence[WebFile]
    """What it consists of."""
    key_arn: pulumi.Input[str]
    """KMS key that encrypts every file, as it does all that the stack stores."""


class WebPage(pulumi.ComponentResource):
    """A private bucket with the files, and a role that may read exactly these."""

    page: Page
    """The page as the API's document has it, known at preview."""
    needs: list[pulumi.Resource]
    """Without these API Gateway cannot answer with a file."""

    def __init__(
        self, name: str, args: WebPageArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("ml-gateway:index:WebPage", name, None, opts)
        context, key_arn = args["context"], args["key_arn"]
        bucket_name = page_bucket(context)
        child = pulumi.ResourceOptions(parent=self)
        bucket = PrivateBucket(
            name,
            {
                "bucket_name": bucket_name,
                "key_arn": key_arn,
                # Every file can be made again, so none holds up a destroy.
                "force_destroy": True,
                "expiring": {},
                "noncurrent_days": REPLACED_DAYS,
            },
            child,
        )
        objects = [
            aws.s3.BucketObjectv2(
                f"{name}-{file.name}",
                bucket=bucket_name,
                key=file.key,
                content=file.content,
                content_type=file.content_type,
                server_side_encryption="aws:kms",
                kms_key_id=key_arn,
                opts=pulumi.ResourceOptions(parent=self, depends_on=[bucket]),
            )
            for file in args["files"]
        ]
        role = ServiceRole(
            f"{name}-read",
            {
                "context": context,
                "role_name": read_role_name(name, context),
                "service": "apigateway.amazonaws.com",
                "statements": read_statements(bucket_name, args["files"]),
                "reaches": [f"arn:aws:s3:::{bucket_name}/*", key_arn],
            },
            child,
        )
        # A document of its own: an unknown ARN in it would hide the other at preview.
        key_policy = aws.iam.RolePolicy(
            f"{name}-key",
            name="key",
            role=role.name,
            policy=pulumi.Output.from_input(key_arn).apply(
                lambda arn: document([decrypt_statement(context, arn)])
            ),
            opts=child,
        )
        self.page = Page(
            path=args["path"],
            bucket=bucket_name,
            role_arn=role.arn,
            files=[PageFile(file.name, file.content_type, file.key) for file in args["files"]],
        )
        self.needs = [*objects, role.policy, key_policy]
        self.register_outputs({})


def read_role_name(name: str, context: Context) -> str:
    """Name of the role that API Gateway reads a page's files as."""
    return f"{context.prefix}-{name}-read"


def read_statements(bucket_name: str, files: Sequence[WebFile]) -> list[Statement]:
    """The right to read these files, and nothing beside them."""
    arns = sorted(f"arn:aws:s3:::{bucket_name}/{file.key}" for file in files)
    return [allow("ReadFiles", ["s3:GetObject"], arns)]


def decrypt_statement(context: Context, key_arn: str) -> Statement:
    """The right to have S3 decrypt them, and to decrypt nothing by oneself."""
    through_s3 = {"StringEquals": {"kms:ViaService": f"s3.{context.region}.amazonaws.com"}}
    return allow("UseKey", ["kms:Decrypt"], [key_arn], through_s3)
