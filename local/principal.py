"""Who makes a call on the local data plane."""

from dataclasses import dataclass
from enum import StrEnum


class PrincipalKind(StrEnum):
    """The callers that the stack's own services can have."""

    ANONYMOUS = "anonymous"
    API_KEY = "api-key"
    ROLE = "role"
    ROOT = "root"
    USER = "user"


@dataclass(frozen=True)
class Principal:
    """The identity that AWS would evaluate for a call.

    identifier: empty for anonymous, the key's id (never its value) for an API key,
    the ARN for a role, a user and the account's root user.
    """

    kind: PrincipalKind
    identifier: str = ""

    def __str__(self) -> str:
        return f"{self.kind}:{self.identifier}" if self.identifier else str(self.kind)


ANONYMOUS = Principal(PrincipalKind.ANONYMOUS)
