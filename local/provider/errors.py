"""What ends an operation of the provider."""

from botocore.exceptions import ClientError

_NOTHING_THERE = frozenset({"404", "NotFound", "WAFNonexistentItemException"})


class ProviderError(Exception):
    """The local cloud did not do what was asked; the text says what and why."""


def is_missing(error: ClientError) -> bool:
    """Whether an AWS error says that the resource does not exist."""
    code: str = error.response["Error"]["Code"]
    message: str = error.response["Error"]["Message"]
    return (
        code in _NOTHING_THERE
        or code.startswith("NoSuch")
        or code.endswith((".NotFound", "NotFoundException", "NotFoundError", "ResourceNotFound"))
        or (code == "ValidationException" and message.startswith("Could not find"))
    )
