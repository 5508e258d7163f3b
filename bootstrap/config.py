"""The account's config: who deploys, which environments it holds, who is told."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field, ValidationError, field_validator

from components.config.faults import mistake_of
from components.config.provider import provider_mistakes
from components.config.stack import NAMESPACE as PROJECT
from components.config.stack import ConfigError, foreign_mistakes, own_values
from components.config.strict import Strict
from components.config.values import config_fault, text
from components.context import MAX_PREFIX_LENGTH

NAMESPACE = "ml-gateway-bootstrap"
"""Prefix of the keys in bootstrap/Pulumi.<account>.yaml; the program's own name."""

LONGEST_ENVIRONMENT = MAX_PREFIX_LENGTH - len(PROJECT) - 1
PUBLISH = "publish"
"""The environment in GitHub whose jobs publish; it is no stack's."""
RESERVED_ENVIRONMENTS = (PUBLISH, "secrets", "shared")
"""What the account's own role and keys are called: `alias/ml-gateway-secrets`."""

Repository = Annotated[
    str,
    text(
        r"[A-Za-z0-9-]{1,39}(@\d+)?/[A-Za-z0-9._-]{1,100}(@\d+)?",
        allowed="owner/name of a GitHub repository, or owner@id/name@id",
        fix="Write it as the subject of the repository's tokens names it",
    ),
]
"""A GitHub repository as the subject of its tokens names it.

https://docs.github.com/en/actions/concepts/security/openid-connect
https://github.blog/changelog/2026-04-23-immutable-subject-claims-for-github-actions-oidc-tokens
"""

Environment = Annotated[
    str,
    text(
        rf"(?=.{{1,{LONGEST_ENVIRONMENT}}}\Z)[a-z0-9]+(-[a-z0-9]+)*",
        allowed=f"1 to {LONGEST_ENVIRONMENT} lower-case letters, digits and single dashes between "
        "them: the name of a stack",
        fix="Rename it",
    ),
]
"""An environment: the name of a stack, and of the environment in GitHub that deploys it."""

EmailAddress = Annotated[
    str,
    text(
        r"[^@\s]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+",
        allowed="an e-mail address",
        fix="Write it like ml-platform@example.com",
    ),
]
"""An e-mail address: `ml-platform@example.com`."""


class AccountConfig(Strict):
    """Everything that bootstrap/Pulumi.<account>.yaml says under `ml-gateway-bootstrap:`."""

    repository: Repository
    """The GitHub repository whose workflows deploy: `owner/name`, or with the numbers that GitHub
    puts into the tokens of newer repositories, `owner@123/name@456`."""
    environments: Annotated[list[Environment], Field(min_length=1)]
    """The stacks of this account: each has a role that deploys it, and one that previews it."""
    notify: EmailAddress
    """The e-mail address that budget notices go to; it gets a mail to confirm."""

    @field_validator("environments")
    @classmethod
    def _apart(cls, environments: list[str]) -> list[str]:
        for name in environments:
            if name in RESERVED_ENVIRONMENTS:
                others = ", ".join(RESERVED_ENVIRONMENTS)
                raise config_fault(
                    f"other names than {others}, which the account's own role and keys have",
                    f"Rename {name}",
                )
            # The rights of a stack are those to all names that begin with its own and a dash.
            covered = [other for other in environments if other.startswith(f"{name}-")]
            if covered or environments.count(name) > 1:
                raise config_fault(
                    "environments each of which is named once, and of which none begins with "
                    "another's name and a dash, since its names would then be the other's too",
                    f"Rename {' or '.join([name, *covered])}"
                    if covered
                    else f"Leave one {name} out",
                )
        return environments


def load_config(values: Mapping[str, str]) -> AccountConfig:
    """Reads the config that the engine hands over: fully qualified keys, each value as text.

    Raises ConfigError, which lists every mistake: key, value seen, what is allowed, how to fix.
    """
    lines = [*provider_mistakes(values), *foreign_mistakes(values, NAMESPACE)]
    try:
        config = AccountConfig.model_validate(own_values(values, NAMESPACE))
    except ValidationError as error:
        faults = error.errors(include_url=False)
        lines += [mistake_of(fault, AccountConfig).line(NAMESPACE) for fault in faults]
        raise ConfigError(lines) from error
    if lines:
        raise ConfigError(lines)
    return config
