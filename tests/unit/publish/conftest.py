"""An account to publish to: a bucket, a repository, and the tool that pushes there."""

import base64

from botocore.exceptions import ClientError

DIGEST = f"sha256:{'cd' * 32}"
PASSWORD = "s3cret"


class Bucket:
    """S3 with one bucket."""

    def __init__(self, fault=None):
        self.objects = {}
        self.checksums = set()
        self.fault = fault

    def head_object(self, *, Bucket, Key):
        if self.fault:
            raise _error(self.fault, "HeadObject")
        if (Bucket, Key) not in self.objects:
            raise _error("404", "HeadObject")

    def put_object(self, *, Bucket, Key, Body, ChecksumAlgorithm):
        assert (Bucket, Key) not in self.objects, "uploaded twice"
        self.objects[Bucket, Key] = Body.read()
        self.checksums.add(ChecksumAlgorithm)


class Registry:
    """ECR with one repository, and the tool that pushes to it."""

    def __init__(self, fault=None, loses_images=False):
        self.tags = set()
        self.commands = []
        self.fault = fault
        self.loses_images = loses_images
        self.tool = "podman"

    def describe_images(self, *, repositoryName, imageIds):
        if self.fault:
            raise _error(self.fault, "DescribeImages")
        [wanted] = imageIds
        if wanted["imageTag"] not in self.tags:
            raise _error("ImageNotFoundException", "DescribeImages")
        return {"imageDetails": [{"imageDigest": DIGEST}]}

    def get_authorization_token(self):
        token = base64.b64encode(f"AWS:{PASSWORD}".encode()).decode()
        endpoint = "https://123456789012.dkr.ecr.eu-central-1.amazonaws.com"
        return {"authorizationData": [{"authorizationToken": token, "proxyEndpoint": endpoint}]}

    def find_tool(self):
        assert self.tool, "nothing has to be built"
        return self.tool

    def run(self, command, text):
        self.commands.append((list(command), text))
        if command[1] == "push" and not self.loses_images:
            self.tags.add(command[2].rpartition(":")[2])


def _error(code, operation):
    return ClientError({"Error": {"Code": code, "Message": "said so"}}, operation)
