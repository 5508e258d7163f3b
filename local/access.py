"""Whether IAM's policies, as the local cloud keeps them, allow a call of the data plane.

The policy pack's evaluator decides, as AWS would within one account. Nobody asks about the root
user, nor about callers that are no identities of IAM's: there an API key, or none, is enough.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from moto.iam.models import Group, ManagedPolicy, Role, User, iam_backends
from moto.kms.models import kms_backends
from moto.s3.models import s3_backends

from gateway_policies.iam.decision import Decision, Policies, Request, decide
from gateway_policies.iam.document import Document, Kind, parse
from gateway_policies.iam.document import Principal as Named
from local.aws import ACCOUNT_ID
from local.principal import Principal, PrincipalKind

_PARTITION = "aws"
_WHY = {
    Decision.DENIED: "with an explicit deny",
    Decision.NOT_ALLOWED: "because no policy allows the {action} action",
    Decision.LIMITED: "because no permissions boundary allows the {action} action",
}


class AccessDenied(PermissionError):
    """A call that IAM does not allow, in AWS's words.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
    """


@dataclass(frozen=True)
class Access:
    """The policies of one region's principals and resources."""

    region: str

    def require(
        self,
        principal: Principal,
        action: str,
        resource: str,
        context: Mapping[str, str] | None = None,
        shared: Policies | None = None,
    ) -> None:
        """Raises AccessDenied where `principal` may not do an action on a resource.

        context: values of condition keys, beside those that every call has. shared: the policy of
        the resource, and whether it decides.
        """
        if principal.kind not in (PrincipalKind.ROLE, PrincipalKind.USER):
            return
        found = _policies(principal.identifier)
        request = Request(
            Named("AWS", principal.identifier),
            action,
            resource,
            {name.lower(): [value] for name, value in (self._every() | dict(context or {})).items()}
            | {"aws:principalarn": [principal.identifier]},
        )
        policies = replace(shared or Policies(), identity=found.identity, boundary=found.boundary)
        decision = decide(request, policies)
        if decision is not Decision.ALLOWED:
            why = _WHY[decision].format(action=action)
            raise AccessDenied(
                f"User: {principal.identifier} is not authorized to perform: {action} on resource: "
                f"{resource} {why}"
            )

    def require_role(self, role_arn: str, service: str) -> None:
        """Raises AccessDenied where a service cannot assume a role for this account.

        API Gateway does not say for which account it does.
        """
        role = _role(role_arn)
        trust = parse(role.assume_role_policy_document, Kind.TRUST) if role else None
        says = {} if service == "apigateway.amazonaws.com" else {"aws:sourceaccount": [ACCOUNT_ID]}
        request = Request(Named("Service", service), "sts:AssumeRole", role_arn, says)
        if decide(request, Policies(resource=trust, resource_decides=True)) is not Decision.ALLOWED:
            raise AccessDenied(
                f"{service} is not authorized to perform: sts:AssumeRole on resource: {role_arn}"
            )

    def require_object(self, principal: Principal, action: str, bucket: str, key: str) -> None:
        """Raises AccessDenied where `principal` may not do an action on an object, or use its key.

        https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
        """
        s3 = s3_backends[ACCOUNT_ID][_PARTITION]
        if bucket not in s3.buckets:
            return  # which S3 says itself
        self.require(
            principal, action, f"arn:aws:s3:::{bucket}/{key}", shared=_bucket_policy(bucket)
        )
        if key_arn := _key_of(s3.get_bucket_encryption(bucket)):
            use = "kms:Decrypt" if action == "s3:GetObject" else "kms:GenerateDataKey"
            via = {"kms:ViaService": f"s3.{self.region}.amazonaws.com"}
            self.require(principal, use, key_arn, via, self._key_policy(key_arn))

    def require_listing(self, principal: Principal, bucket: str, prefix: str) -> None:
        """Raises AccessDenied where `principal` may not list what begins with a prefix."""
        if bucket in s3_backends[ACCOUNT_ID][_PARTITION].buckets:  # else S3 says so itself
            context = {"s3:prefix": prefix}
            shared = _bucket_policy(bucket)
            self.require(principal, "s3:ListBucket", f"arn:aws:s3:::{bucket}", context, shared)

    def _key_policy(self, key_arn: str) -> Policies:
        key = kms_backends[ACCOUNT_ID][self.region].keys.get(key_arn.rpartition("/")[2])
        document = parse(key.policy, Kind.RESOURCE) if key else None
        return Policies(resource=document, resource_decides=True)

    def _every(self) -> dict[str, str]:
        """What every call says. The way into the local cloud counts as TLS."""
        return {
            "aws:PrincipalAccount": ACCOUNT_ID,
            "aws:RequestedRegion": self.region,
            "aws:SecureTransport": "true",
            "kms:CallerAccount": ACCOUNT_ID,
        }


def _policies(arn: str) -> Policies:
    """What a role or a user has; a boundary that does not exist limits nothing here."""
    iam = iam_backends[ACCOUNT_ID][_PARTITION]
    if role := _role(arn):
        boundary = iam.managed_policies.get(role.permissions_boundary_arn or "")
        limit = parse(_text(boundary), Kind.IDENTITY) if boundary else None
        return Policies(_documents([role]), limit)
    name = arn.rpartition("/")[2]
    user = iam.users.get(name)
    groups = iam.get_groups_for_user(name) if user else []
    return Policies(_documents([user, *groups] if user else []))


def _role(arn: str) -> Role | None:
    roles = iam_backends[ACCOUNT_ID][_PARTITION].roles.values()
    return next((role for role in roles if role.arn == arn), None)


def _documents(holders: Iterable[Role | User | Group]) -> list[Document]:
    """Their inline policies, and the attached ones."""
    texts = [
        text
        for holder in holders
        for text in (
            *holder.policies.values(),
            *(_text(policy) for policy in holder.managed_policies.values()),
        )
    ]
    return [parse(text, Kind.IDENTITY) for text in texts]


def _text(policy: ManagedPolicy) -> str:
    """The version that is in force."""
    return next(str(version.document) for version in policy.versions if version.is_default)


def _bucket_policy(bucket: str) -> Policies:
    text = s3_backends[ACCOUNT_ID][_PARTITION].get_bucket_policy(bucket)
    return Policies(resource=parse(text.decode(), Kind.RESOURCE) if text else None)


def _key_of(encryption: object) -> str | None:
    """The KMS key that a bucket's objects are encrypted with; None where that is not KMS's."""
    match encryption:
        case {"Rule": {"ApplyServerSideEncryptionByDefault": {"KMSMasterKeyID": str(key)}}}:
            return key
    return None
