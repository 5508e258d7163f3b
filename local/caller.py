"""Whose an access key is."""

from moto.iam.models import iam_backends
from moto.sts.models import sts_backends

from local.aws import ACCOUNT_ID
from local.principal import Principal, PrincipalKind

_PARTITION = "aws"


def caller(access_key_id: str) -> Principal:
    """The user or the assumed role with this key of the local IAM or STS.

    Any other key is the root user's: on the control plane nobody has to prove who they are.
    """
    role = sts_backends[ACCOUNT_ID][_PARTITION].get_assumed_role_from_access_key(access_key_id)
    if role:
        return Principal(PrincipalKind.ROLE, role.role_arn)
    user = iam_backends[ACCOUNT_ID][_PARTITION].get_user_from_access_key_id(access_key_id)
    if user:
        return Principal(PrincipalKind.USER, user.arn)
    return Principal(PrincipalKind.ROOT, f"arn:aws:iam::{ACCOUNT_ID}:root")
