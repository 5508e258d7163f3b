"""Which roles of a stack its roles, users and groups may assume, and so act as.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html: a trust
policy that names somebody of the account lets him in by itself; one that names the account leaves
it to his own policies.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from gateway_policies.iam.document import Kind, Statement
from gateway_policies.iam.grants import names_action
from gateway_policies.iam.holders import Holder
from gateway_policies.iam.overlap import names
from gateway_policies.iam.places import places
from gateway_policies.reach.principals import Principals

ASSUME = "sts:AssumeRole"


def assumable(held: Mapping[str, Holder], principals: Principals) -> Mapping[str, set[str]]:
    """By the URN of each holder those of the roles that it may become, one after the other.

    An upper bound, as ways are: conditions hold nobody back.
    """
    trusts = [_trust(role, principals) for role in held.values()]
    direct = {}
    for urn, holder in held.items():
        rights = [s for d in holder.documents for s in d.allowing if names_action(s, ASSUME)]
        direct[urn] = {t.role.resource.urn for t in trusts if _may_become(urn, rights, t)}
    return {urn: _all_from(urn, direct) - {urn} for urn in held}


class _Trust(NamedTuple):
    """Whom a role lets in."""

    role: Holder
    named: Collection[str]
    """URNs of holders that may become it without a right of their own."""
    left_to_account: bool
    """Whether a right of one's own is enough."""


def _trust(role: Holder, principals: Principals) -> _Trust:
    """That of a user or a group, which have none, lets nobody in."""
    statements = [
        statement
        for place in places(role.resource)
        if place.document.kind is Kind.TRUST
        for statement in place.document.allowing
        if names_action(statement, ASSUME)
    ]
    inverse = any(statement.except_principals for statement in statements)
    named = [p for s in statements if not s.except_principals for p in s.principals]
    urns = {urn for principal in named if (urn := principals.urn(principal))}
    return _Trust(role, urns, inverse or any(map(principals.is_account, named)))


def _may_become(urn: str, rights: Sequence[Statement], trust: _Trust) -> bool:
    return urn in trust.named or (
        trust.left_to_account and any(_is_about(right, trust.role) for right in rights)
    )


def _is_about(right: Statement, role: Holder) -> bool:
    name = role.name if isinstance(role.name, str) else "*"
    arns = (f"arn:*:iam::*:role/{name}", f"arn:*:iam::*:role/*/{name}")
    return right.except_resources or any(names(r, arn) for r in right.resources for arn in arns)


def _all_from(urn: str, direct: Mapping[str, set[str]]) -> set[str]:
    found: set[str] = set()
    waiting = [urn]
    while waiting:
        for following in direct[waiting.pop()] - found:
            found.add(following)
            waiting.append(following)
    return found
