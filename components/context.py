"""Where a stack lives: account, region, and the prefix of its physical names."""

import re
from dataclasses import dataclass

MAX_PREFIX_LENGTH = 28
"""The tightest name is the bucket's: 63 characters, 35 of them `-models-`, account and region.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
"""


class StackNameError(Exception):
    """The stack's name cannot become part of AWS names; the text says what can."""


def stack_prefix(project: str, stack: str) -> str:
    """The prefix of a stack's physical names. Raises StackNameError."""
    longest = MAX_PREFIX_LENGTH - len(project) - 1
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", stack) or len(stack) > longest:
        raise StackNameError(
            f"stack: {stack!r}. Allowed: 1 to {longest} lower-case letters, digits and single "
            "dashes between them. Make a stack with such a name."
        )
    return f"{project}-{stack}"


@dataclass(frozen=True)
class Context:
    """One stack in one account and region; ARNs made from it are known at preview."""

    account_id: str
    region: str
    prefix: str
    """Project and stack: `ml-gateway-prod`."""

    def arn(self, service: str, resource: str) -> str:
        """ARN of a regional resource of this account."""
        return f"arn:aws:{service}:{self.region}:{self.account_id}:{resource}"
