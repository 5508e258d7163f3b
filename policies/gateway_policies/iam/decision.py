"""Whether a principal may do an action on a resource, as AWS decides within one account.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from gateway_policies.iam.arn import complete, whole_account
from gateway_policies.iam.document import Document, Kind, Principal, Statement
from gateway_policies.iam.grants import names_action
from gateway_policies.iam.operators import holds
from gateway_policies.iam.variables import Context, as_letters, filled
from gateway_policies.wildcard import matches


@dataclass(frozen=True)
class Request:
    """A call, as the policies see it."""

    principal: Principal
    """Who calls: a role's or a user's ARN, or a service."""
    action: str
    resource: str
    """ARN; `*` for an action that takes none."""
    context: Context = field(default_factory=dict)
    """Values of condition keys, by key in lower case."""


class Decision(StrEnum):
    """What comes of a request."""

    ALLOWED = "allowed"
    DENIED = "explicitly denied"
    """A statement denies it, so that no other can allow it."""
    NOT_ALLOWED = "not allowed by any statement"
    LIMITED = "not allowed by the permissions boundary"


@dataclass(frozen=True)
class Policies:
    """Everything that has a say in a request."""

    identity: Sequence[Document] = ()
    """Policies of the principal, inline and attached."""
    boundary: Document | None = None
    """The principal's permissions boundary."""
    resource: Document | None = None
    """The policy of the resource; of a role that is to be assumed, its trust policy."""
    resource_decides: bool = False
    """Whether nobody gets in without it, as with keys and roles."""


def decide(request: Request, policies: Policies) -> Decision:
    """What AWS would do with a request of the resource's own account."""
    everything = [*policies.identity, *filter(None, [policies.boundary, policies.resource])]
    if any(_denies(document, request) for document in everything):
        return Decision.DENIED
    identity = any(_allows(document, request) for document in policies.identity)
    direct, delegated = _by_resource(policies.resource, request)
    if not direct and not (identity and (delegated or not policies.resource_decides)):
        return Decision.NOT_ALLOWED
    if policies.boundary is not None and not _allows(policies.boundary, request):
        return Decision.LIMITED
    return Decision.ALLOWED


def _denies(document: Document, request: Request) -> bool:
    return any(
        _applies(statement, document.kind, request)
        and (document.kind is Kind.IDENTITY or _naming(statement, request.principal) is not None)
        for statement in document.statements
        if not statement.allows
    )


def _allows(document: Document, request: Request) -> bool:
    return any(_applies(statement, document.kind, request) for statement in document.allowing)


def _by_resource(document: Document | None, request: Request) -> tuple[bool, bool]:
    """Whether a resource's policy lets the caller in by name, and whether it leaves it to IAM."""
    if document is None:
        return False, False
    naming = [
        _naming(statement, request.principal)
        for statement in document.allowing
        if _applies(statement, document.kind, request)
    ]
    return "direct" in naming, "account" in naming


def _applies(statement: Statement, kind: Kind, request: Request) -> bool:
    """Whether a statement is about the request, whoever makes it."""
    return (
        names_action(statement, request.action)
        and (kind is Kind.TRUST or _names_resource(statement, kind, request))
        and all(holds(condition, request.context) for condition in statement.conditions)
    )


def _naming(statement: Statement, principal: Principal) -> Literal["direct", "account"] | None:
    """How a statement means a caller: by name, or by the account that it is of."""
    hows = {how for named in statement.principals if (how := _how(named, principal))}
    if statement.except_principals:
        return None if hows else "direct"
    return "direct" if "direct" in hows else "account" if hows else None


def _how(named: Principal, principal: Principal) -> Literal["direct", "account"] | None:
    if named == principal or (named.kind, named.value) == ("AWS", "*"):
        return "direct"
    account = whole_account(named.value)
    fields = principal.value.split(":")
    if account and named.kind == principal.kind == "AWS" and len(fields) > 4:
        return "account" if fields[4] == account else None
    return None


def _names_resource(statement: Statement, kind: Kind, request: Request) -> bool:
    if not statement.resources:  # the policy of a repository is about that one
        return kind is not Kind.IDENTITY
    resource = as_letters(request.resource)
    named = any(
        matches(pattern, resource)
        for element in statement.resources
        # As it is written as well: an action that takes no resource is asked for with `*`.
        for written in {element, complete(element)}
        if (pattern := filled(written, request.context)) is not None
    )
    return named is not statement.except_resources
