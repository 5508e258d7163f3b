"""Which roles a stack's roles may become, and so reach what those reach."""

from typing import Any

import pytest

from gateway_policies.reach.proof import prove
from gateway_policies.resource import Resource, Stack
from tests.unit.policies.iam.conftest import allow, policy
from tests.unit.policies.reach.test_proof import (
    ACCOUNT,
    ENDPOINTS,
    INVOKE,
    IRIS,
    ROLE,
    ROLE_POLICY,
    component,
    undeclared,
)
from tests.unit.policies.verdicts import made


def trusting(urn: str, name: str, **principal: Any) -> Resource:
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal}
    return made("aws:iam/role:Role", urn, name=name, assumeRolePolicy=policy(trust))


def may_assume(urn: str, name: str, role: str) -> Resource:
    arn = f"{ACCOUNT}role/{role}"
    return made(ROLE_POLICY, urn, role=name, policy=policy(allow("sts:AssumeRole", arn)))


def test_who_may_assume_a_role_reaches_what_it_reaches():
    serving = trusting("urn:serving", "serving", AWS=f"{ACCOUNT}role/front")
    own = made(ROLE_POLICY, "urn:s", role="serving", policy=policy(INVOKE))
    front = trusting("urn:front", "front", Service="lambda.amazonaws.com")
    proof = prove(Stack([IRIS, serving, own, front]))
    assert [(r.principal, r.through) for r in proof.reach] == [
        ("urn:serving", ""),
        ("urn:front", "urn:serving"),
    ]


@pytest.mark.parametrize(
    "account", [{"AWS": "111122223333"}, {"AWS": f"{ACCOUNT}root"}, {"AWS": "*"}]
)
def test_a_trust_that_leaves_it_to_the_account_takes_a_right_of_ones_own_as_well(account):
    serving = trusting("urn:serving", "serving", **account)
    own = made(ROLE_POLICY, "urn:s", role="serving", policy=policy(INVOKE))
    front = trusting("urn:front", "front", Service="lambda.amazonaws.com")
    right = may_assume("urn:r", "front", "serving")
    other = may_assume("urn:r", "front", "other")

    def through(*more: Resource) -> set[tuple[str, str]]:
        found = prove(Stack([IRIS, serving, own, front, *more])).reach
        return {(r.principal, r.through) for r in found if r.through}

    assert through() == set()
    assert through(other) == set()
    assert through(right) == {("urn:front", "urn:serving")}
    assert through(may_assume("urn:r", "front", "team/serving")) == {("urn:front", "urn:serving")}
    assert through(may_assume("urn:r", "front", "*")) == {("urn:front", "urn:serving")}


def test_nobody_becomes_a_role_that_trusts_somebody_else():
    serving = trusting("urn:serving", "serving", Service="sagemaker.amazonaws.com")
    own = made(ROLE_POLICY, "urn:s", role="serving", policy=policy(INVOKE))
    front = trusting("urn:front", "front", Service="lambda.amazonaws.com")
    right = may_assume("urn:r", "front", "serving")
    assert [r.principal for r in prove(Stack([IRIS, serving, own, front, right])).reach] == [
        "urn:serving"
    ]


def test_a_trust_of_everybody_but_some_is_one_of_the_account():
    trust = {"Effect": "Allow", "Action": "sts:*", "NotPrincipal": {"AWS": "444455556666"}}
    serving = made(ROLE.type, "urn:serving", name="serving", assumeRolePolicy=policy(trust))
    own = made(ROLE_POLICY, "urn:s", role="serving", policy=policy(INVOKE))
    right = may_assume("urn:r", "invoke", "serving")
    found = prove(Stack([IRIS, serving, own, ROLE, right])).reach
    assert [r.principal for r in found] == ["urn:serving", "urn:role"]


def test_roles_are_followed_one_after_the_other_and_a_circle_ends():
    roles = [
        trusting(f"urn:{name}", name, AWS=f"{ACCOUNT}role/{other}")
        for name, other in (("a", "b"), ("b", "c"), ("c", "a"))
    ]
    own = made(ROLE_POLICY, "urn:p", role="a", policy=policy(INVOKE))
    found = prove(Stack([IRIS, *roles, own])).reach
    assert {(r.principal, r.through) for r in found} == {
        ("urn:a", ""),
        ("urn:b", "urn:a"),
        ("urn:c", "urn:a"),
    }


def test_a_way_through_another_role_needs_a_declaration_and_names_the_role():
    serving = trusting("urn:serving", "serving", AWS=f"{ACCOUNT}role/invoke")
    own = made(ROLE_POLICY, "urn:s", role="serving", policy=policy(INVOKE))
    mine = component(f"{ENDPOINTS}/iris", arn=f"{ACCOUNT}role/serving")
    [finding] = undeclared(mine, serving, own)
    assert finding.startswith("urn:role violation")
    assert finding.endswith("so on endpoint iris as urn:serving")
    assert undeclared(mine, component(f"{ENDPOINTS}/iris"), serving, own) == []
