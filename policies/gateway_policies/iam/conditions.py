"""Which conditions narrow a statement, and which only look as if they did.

A test narrows if it fails where its key is absent, and not every value passes it. What it narrows
depends on the key: who calls, or what is done to what.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

import re

from gateway_policies.iam.arn import ANYTHING
from gateway_policies.iam.document import Condition, Statement
from gateway_policies.wildcard import is_pattern, matches

_POSITIVE = frozenset(
    {
        *("stringequals", "stringequalsignorecase", "stringlike"),
        *("arnequals", "arnlike", "ipaddress", "bool", "binaryequals", "numericequals"),
    }
)
"""Operators that pass some values. The others pass all but some; IfExists passes an absent key."""

_WHO = frozenset(
    {
        *(
            "aws:principalaccount",
            "aws:principalarn",
            "aws:principalorgid",
            "aws:principalorgpaths",
        ),
        *("aws:principalserviceorgid", "aws:principalservicename", "aws:principalservicenameslist"),
        *("aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid", "aws:sourceorgpaths"),
        *("aws:sourceowner", "aws:sourceip", "aws:vpcsourceip", "aws:sourcevpc", "aws:sourcevpce"),
        *(
            "aws:sourcevpcarn",
            "aws:principalisawsservice",
            "aws:userid",
            "aws:username",
            "aws:viaawsservice",
        ),
        *("kms:calleraccount", "kms:viaservice", "kms:grantisforawsresource"),
        *("s3:dataaccesspointaccount", "s3:dataaccesspointarn", "sns:endpoint", "saml:aud"),
        *("lambda:sourcefunctionarn", "elasticfilesystem:accesspointarn"),
    }
)
"""Keys that a stranger cannot fill in as he likes. Not among them: aws:Referer, aws:UserAgent and
what says nothing of the caller, such as the time or aws:SecureTransport."""

_DEPUTY = frozenset(
    {"aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid", "aws:sourceorgpaths"}
    | {"aws:sourceowner", "sts:externalid"}
)
"""Keys by which a service says for whom it acts.

https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
"""

_WHAT = re.compile(
    r"aws:(resourcetag/.+|requesttag/.+|resourceaccount|resourceorgid|resourceorgpaths)"
    r"|(?!aws:)[a-z0-9-]+:.+"
)
"""Keys of the request and of the resource: tags, the owner's account, a service's own keys."""

_RESOURCE_TAG = re.compile(r"[a-z0-9-]+:resourcetag/.+")
"""Tags of what is acted on: `aws:ResourceTag/team`, `ec2:ResourceTag/team`."""

_OPEN_ADDRESSES = frozenset({"0.0.0.0/0", "::/0"})


def narrows_caller(statement: Statement) -> bool:
    """Whether conditions leave only some of all callers."""
    return any(_who(condition.key) and _selects(condition) for condition in statement.conditions)


def names_origin(statement: Statement) -> bool:
    """Whether conditions say for which account or resource a service must act."""
    return any(
        condition.key.lower() in _DEPUTY and _selects(condition)
        for condition in statement.conditions
    )


def narrows_request(statement: Statement, besides: str = "") -> bool:
    """Whether conditions leave only some requests, or some resources.

    besides: a key that does not count.
    """
    return any(
        _WHAT.fullmatch(condition.key.lower())
        and condition.key.lower() != besides.lower()
        and _selects(condition)
        for condition in statement.conditions
    )


def narrows_resource(statement: Statement) -> bool:
    """Whether conditions leave only resources with some value of a tag.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/access_tags.html
    """
    return any(
        _RESOURCE_TAG.fullmatch(condition.key.lower()) and _selects(condition)
        for condition in statement.conditions
    )


def values_of(statement: Statement, key: str) -> tuple[str, ...]:
    """The values that a key must have one of; empty if any will do."""
    return tuple(
        value
        for condition in statement.conditions
        if condition.key.lower() == key.lower() and _selects(condition)
        for value in condition.values
    )


def _who(key: str) -> bool:
    name = key.lower()
    # A web identity's token: `token.actions.githubusercontent.com:sub`, `accounts.google.com:aud`.
    return name in _WHO or name.endswith((":sub", ":aud", ":amr"))


def _selects(condition: Condition) -> bool:
    operator = condition.operator.lower()
    if operator.startswith("forallvalues:"):  # holds for a request without the key
        return False
    if operator.removeprefix("foranyvalue:") not in _POSITIVE:
        return False
    return bool(condition.values) and not any(_open(condition, v) for v in condition.values)


def _open(condition: Condition, value: str) -> bool:
    """Whether a value leaves everything, or everything of a service."""
    if _is_exact(condition):
        return False
    if value in _OPEN_ADDRESSES or matches(value, ANYTHING):
        return True
    if condition.key.lower() in ("aws:sourcearn", "aws:principalarn") and value.startswith("arn:"):
        return not _names_owner(value)
    return False


def _is_exact(condition: Condition) -> bool:
    """Whether the operator takes `*` by the letter."""
    return condition.operator.lower().removeprefix("foranyvalue:").startswith("stringequals")


def _names_owner(arn: str) -> bool:
    """Whether an ARN pattern names an account, or a resource whose name is the only one in AWS."""
    fields = [*arn.split(":", 5), *[""] * 6][:6]
    account, name = fields[4], fields[5]
    if account and not is_pattern(account):
        return True
    return not account and _has_text(name)


def _has_text(name: str) -> bool:
    return bool(name) and not matches(name, ANYTHING)
