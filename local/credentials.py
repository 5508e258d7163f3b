"""The access keys of the local cloud, with their secrets: moto keeps those of IAM and STS."""

from datetime import UTC

from moto.iam.models import iam_backends
from moto.sts.models import sts_backends

from local.api_gateway.signature import Identity
from local.aws import ACCOUNT_ID
from local.caller import caller
from local.clock import system_clock

ROOT_KEY = "local"
"""Id and secret of the key that every command against the local cloud has, as the root user."""

_PARTITION = "aws"


def identity(access_key_id: str) -> Identity | None:
    """Whose a key is, and its secret; None for a key that is not there or not active.

    Sessions are begun and end by moto's clock, which is the wall's, whatever the cloud's shows.
    """
    principal = caller(access_key_id)
    role = sts_backends[ACCOUNT_ID][_PARTITION].get_assumed_role_from_access_key(access_key_id)
    if role:
        return Identity(
            principal,
            user_id=role.user_id,
            arn=role.arn,
            secret=role.secret_access_key,
            token=role.session_token,
            expired=role.expiration.replace(tzinfo=UTC) <= system_clock(),
        )
    iam = iam_backends[ACCOUNT_ID][_PARTITION]
    if user := iam.get_user_from_access_key_id(access_key_id):
        key = user.get_access_key_by_id(access_key_id)
        active = key.status == "Active"
        return Identity(principal, user.id, user.arn, key.secret_access_key) if active else None
    if access_key_id == ROOT_KEY:
        return Identity(principal, ACCOUNT_ID, principal.identifier, secret=ROOT_KEY)
    return None
