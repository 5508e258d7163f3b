"""Where IAM documents stand in the resources of a program."""

import json
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from gateway_policies.iam.document import Document, Kind, parse
from gateway_policies.resource import UNKNOWN, Resource
from gateway_policies.rule import Control, Finding, Findings, ResourceRule

ROLE = "aws:iam/role:Role"
KEYS = (
    *("aws:kms/key:Key", "aws:kms/keyPolicy:KeyPolicy", "aws:kms/replicaKey:ReplicaKey"),
    "aws:kms/externalKey:ExternalKey",
)
BUCKET_POLICY = "aws:s3/bucketPolicy:BucketPolicy"

PLACES = {
    "aws:iam/policy:Policy": ("policy", Kind.IDENTITY),
    "aws:iam/rolePolicy:RolePolicy": ("policy", Kind.IDENTITY),
    "aws:iam/userPolicy:UserPolicy": ("policy", Kind.IDENTITY),
    "aws:iam/groupPolicy:GroupPolicy": ("policy", Kind.IDENTITY),
    "aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy": (
        "inlinePolicy",
        Kind.IDENTITY,
    ),
    ROLE: ("assumeRolePolicy", Kind.TRUST),
    BUCKET_POLICY: ("policy", Kind.RESOURCE),
    "aws:cloudwatch/eventBusPolicy:EventBusPolicy": ("policy", Kind.RESOURCE),
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": ("policyDocument", Kind.RESOURCE),
    "aws:ec2/vpcEndpoint:VpcEndpoint": ("policy", Kind.ENDPOINT),
    "aws:ec2/vpcEndpointPolicy:VpcEndpointPolicy": ("policy", Kind.ENDPOINT),
    "aws:ecr/registryPolicy:RegistryPolicy": ("policy", Kind.RESOURCE),
    "aws:ecr/repositoryPolicy:RepositoryPolicy": ("policy", Kind.RESOURCE),
    "aws:kms/externalKey:ExternalKey": ("policy", Kind.RESOURCE),
    "aws:kms/key:Key": ("policy", Kind.RESOURCE),
    "aws:kms/keyPolicy:KeyPolicy": ("policy", Kind.RESOURCE),
    "aws:secretsmanager/secretPolicy:SecretPolicy": ("policy", Kind.RESOURCE),
    "aws:sns/topicPolicy:TopicPolicy": ("policy", Kind.RESOURCE),
    "aws:sqs/queuePolicy:QueuePolicy": ("policy", Kind.RESOURCE),
    "aws:apigateway/restApiPolicy:RestApiPolicy": ("policy", Kind.RESOURCE),
}
"""Property that holds a document, and what kind it is, by resource type.

Elsewhere a document is recognised by what it says, and so only where it is known.
"""

_POLICY_NAME = re.compile(r".*[pP]olic(y|ies)(Document|Text|Json)?|body")
_API_POLICY = "x-amazon-apigateway-policy"


class Place(NamedTuple):
    """A document, and the path of the property that holds it."""

    path: str
    document: Document

    def fed_by(self, resource: Resource) -> Sequence[str]:
        """URNs of what the property that holds it takes values from. resource: whose that is."""
        return resource.dependencies.get(re.split(r"[.[]", self.path, maxsplit=1)[0], ())


DocumentCheck = Callable[[Resource, Document], Findings]


def document_rule(
    control: Control, kinds: Collection[Kind] = tuple(Kind)
) -> Callable[[DocumentCheck], ResourceRule]:
    """Makes a rule of a function over a document, for all documents of these kinds.

    The function's paths are those in the document.
    """

    def make(check: DocumentCheck) -> ResourceRule:
        def run(resource: Resource) -> Findings:
            for place in places(resource):
                if place.document.kind in kinds:
                    for finding in check(resource, place.document):
                        yield _below(place.path, finding)

        run.__doc__ = check.__doc__
        return ResourceRule(control, None, run)

    return make


def places(resource: Resource) -> Iterator[Place]:
    """Every document of a resource."""
    found = PLACES.get(resource.type)
    if found and (value := resource.get(found[0])):
        yield Place(found[0], parse(value, found[1]))
    if resource.type == ROLE:
        for inline in resource.blocks("inlinePolicies"):
            # An empty block is the provider's way to say that the role has no inline policies.
            if value := inline.get("policy"):
                yield Place(inline.at("policy"), parse(value, Kind.IDENTITY))
    elif not found:
        yield from _recognised(resource)


def _recognised(resource: Resource) -> Iterator[Place]:
    """Documents in properties that are called like one and say what one says."""
    for name, value in ({} if resource.values is UNKNOWN else resource.values).items():
        if not _POLICY_NAME.fullmatch(name) or not isinstance(value, str | dict):
            continue
        content, path = _loaded(value), name
        if isinstance(content, dict) and _API_POLICY in content:
            content, path = _loaded(content[_API_POLICY]), f"{name}.{_API_POLICY}"
        if isinstance(content, dict) and "Statement" in content:
            yield Place(path, parse(content, _kind(content["Statement"])))


def _kind(statements: object) -> Kind:
    listed = statements if isinstance(statements, list) else [statements]
    named = {key for statement in listed if isinstance(statement, dict) for key in statement}
    return Kind.RESOURCE if named & {"Principal", "NotPrincipal"} else Kind.IDENTITY


def _loaded(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return None


def _below(path: str, finding: Finding) -> Finding:
    return replace(finding, path=".".join(filter(None, [path, finding.path])))
