"""Which roles of a stack its roles, users and groups may assume, and so act as.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html: a trust
policy that names somebody of the account lets him in by itself; one that names the account leaves
it to his own policies.
"""

from collections.abc import Iterator, Mapping

from gateway_policies.iam.document import Document, Kind
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
    direct = {urn: set(_next(urn, held, principals)) for urn in held}
    return {urn: _all_from(urn, direct) - {urn} for urn in held}


def _next(urn: str, held: Mapping[str, Holder], principals: Principals) -> Iterator[str]:
    allowing = held[urn].documents
    for role_urn, role in held.items():
        for place in places(role.resource):
            if place.document.kind is Kind.TRUST:
                named, left_to_account = _let_in(place.document, urn, principals)
                if named or (left_to_account and any(_allows(d, role) for d in allowing)):
                    yield role_urn


def _let_in(trust: Document, urn: str, principals: Principals) -> tuple[bool, bool]:
    """Whether a trust policy names a holder, and whether it leaves it to the account."""
    statements = [s for s in trust.allowing if names_action(s, ASSUME)]
    inverse = any(statement.except_principals for statement in statements)
    found = [p for s in statements if not s.except_principals for p in s.principals]
    named = any(principals.urn(principal) == urn for principal in found)
    return named, inverse or any(principals.is_account(principal) for principal in found)


def _allows(document: Document, role: Holder) -> bool:
    name = role.name if isinstance(role.name, str) else "*"
    arns = (f"arn:*:iam::*:role/{name}", f"arn:*:iam::*:role/*/{name}")
    return any(
        statement.except_resources
        or any(names(r, arn) for r in statement.resources for arn in arns)
        for statement in document.allowing
        if names_action(statement, ASSUME)
    )


def _all_from(urn: str, direct: Mapping[str, set[str]]) -> set[str]:
    found: set[str] = set()
    waiting = [urn]
    while waiting:
        for following in direct[waiting.pop()] - found:
            found.add(following)
            waiting.append(following)
    return found
