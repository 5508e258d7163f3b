"""ARNs: which of them a Resource element matches, and who is a whole account."""

import re
from functools import lru_cache

from gateway_policies.wildcard import is_pattern, matches

ANYTHING = "<" * 12
"""Stands in a sample ARN for any value: in no real pattern, as long as an account's number."""
ANY_REGION = "<<-<<<<-<"
"""Stands in a sample ARN for any region, in the shape of `eu-west-1`."""
ARN_FIELDS = 6
"""`arn`, partition, service, region, account, resource."""

_ACCOUNT = re.compile(r"(\d{12})|arn:[a-z-]+:iam::(\d{12}):root")


def complete(resource: str) -> str:
    """The Resource element as AWS reads it: `arn:aws:sqs` means `arn:aws:sqs:*:*:*`.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
    """
    return resource + ":*" * (ARN_FIELDS - 1 - resource.count(":"))


@lru_cache(maxsize=65536)
def covers(resource: str, template: str) -> bool:
    """Whether a Resource element matches every ARN of the template, or all that a place has.

    `*`, `arn:*` and `arn:aws:sagemaker:*:*:endpoint/*` match every endpoint of one partition at
    least; `arn:aws:sagemaker:eu-west-1:111122223333:*` names a region and an account, but nothing
    in them. The same with `endpoint/*` at its end names a type, and so does not cover it.
    """
    if resource == "*":
        return True
    *place, name = complete(resource).split(":", ARN_FIELDS - 1)
    sample = _sample(template, "aws" if is_pattern(place[1]) else place[1])
    if matches(resource, sample):
        return True
    names_nothing = re.search(r"\w", name) is None
    return names_nothing and matches(":".join([*place[:3], "*", "*", name]), sample)


@lru_cache(maxsize=4096)
def _sample(template: str, partition: str) -> str:
    arn = template.replace("${Partition}", partition).replace("${Region}", ANY_REGION)
    return re.sub(r"\$\{\w+\}|\*", ANYTHING, arn)


@lru_cache(maxsize=4096)
def is_everything(resource: str) -> bool:
    """Whether a Resource element matches what any service has: `*`, `arn:*`, `arn:aws:**`."""
    return matches(complete(resource), ":".join(["arn", "aws", *[ANYTHING] * 4]))


def whole_account(principal: str) -> str | None:
    """The account that an AWS principal is, by its number or its root's ARN; None if it is less.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
    """
    match = _ACCOUNT.fullmatch(principal)
    return match[1] or match[2] if match else None
