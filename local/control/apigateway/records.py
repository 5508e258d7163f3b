"""What API Gateway's records have in common."""

import secrets

from local.control.records import Records
from local.control.service import AwsError


def new_records(noun: str) -> Records:
    """Records with API Gateway's errors. noun: as its messages name the type."""
    return Records(noun, missing="NotFoundException", taken="ConflictException")


def new_id() -> str:
    """An id as API Gateway makes them up."""
    return secrets.token_hex(5)


def refused(what: str) -> AwsError:
    """The answer to what AWS has and the local cloud has not."""
    return AwsError("BadRequestException", f"{what}: the local cloud does not have it")
