import pytest

from gateway_policies.iam.holders import EXCLUSIVE, HOLDERS, MANAGED, holders
from gateway_policies.resource import UNKNOWN, Resource, Stack
from tests.unit.policies.iam.conftest import allow, policy
from tests.unit.policies.verdicts import made

KINDS = {kind: token for token, kind in HOLDERS.items()}
READ = policy(allow("s3:GetObject", "arn:aws:s3:::models/*"))
KEY = "urn:key"


def actions(*resources: Resource) -> list[tuple[str, ...]]:
    """What each policy of the one holder allows."""
    [holder] = holders(Stack(resources)).values()
    return [statement.actions for d in holder.documents for statement in d.statements]


@pytest.mark.parametrize("kind", KINDS)
def test_an_inline_policy_is_of_whom_it_names(kind):
    holder = made(KINDS[kind], "urn:h", name="a")
    token = f"aws:iam/{kind}Policy:{kind.capitalize()}Policy"
    mine = made(token, "urn:p", policy=READ, **{kind: "a"})
    other = made(token, "urn:q", policy=READ, **{kind: "b"})
    assert actions(holder, mine, other) == [("s3:GetObject",)]


@pytest.mark.parametrize("kind", KINDS)
def test_a_managed_policy_is_of_whom_it_is_attached_to(kind):
    holder = made(KINDS[kind], "urn:h", name=UNKNOWN)
    managed = made(MANAGED, "urn:m", policy=READ)
    token = f"aws:iam/{kind}PolicyAttachment:{kind.capitalize()}PolicyAttachment"
    fed = {kind: ["urn:h"], "policyArn": ["urn:m"]}
    attached = made(token, "urn:a", fed, policyArn=UNKNOWN, **{kind: UNKNOWN})
    assert actions(holder, managed, attached) == [("s3:GetObject",)]
    assert actions(holder, managed) == []


@pytest.mark.parametrize("kind", KINDS)
def test_an_exclusive_attachment_lists_its_holders(kind):
    holder = made(KINDS[kind], "urn:h", name="a")
    managed = made(MANAGED, "urn:m", policy=READ)
    fed = {"policyArn": ["urn:m"], f"{kind}s": ["urn:h"]}
    lists: list[list[object]] = [["a"], ["a", "b"], [UNKNOWN], ["b", UNKNOWN]]
    for names in lists:
        attached = made(EXCLUSIVE, "urn:a", fed, policyArn=UNKNOWN, **{f"{kind}s": names})
        assert actions(holder, managed, attached) == [("s3:GetObject",)]


def test_of_a_list_that_is_known_in_part_every_holder_has_the_policy():
    known, late = made(KINDS["role"], "urn:h", name="a"), made(KINDS["role"], "urn:l", name=UNKNOWN)
    managed = made(MANAGED, "urn:m", name="read", policy=READ)
    fed = {"roles": ["urn:l"]}
    arn = "arn:aws:iam::111122223333:policy/read"
    attached = made(EXCLUSIVE, "urn:e", fed, policyArn=arn, roles=["a", UNKNOWN])
    found = holders(Stack([known, late, managed, attached]))
    assert {urn: len(holder.documents) for urn, holder in found.items()} == {"urn:h": 1, "urn:l": 1}


@pytest.mark.parametrize("kind", KINDS)
def test_the_one_list_of_a_holders_policies_is_read(kind):
    holder = made(KINDS[kind], "urn:h", name="a")
    managed = made(MANAGED, "urn:m", name="read", policy=READ)
    word = kind.capitalize()
    token = f"aws:iam/{kind}PolicyAttachmentsExclusive:{word}PolicyAttachmentsExclusive"
    arns = ["arn:aws:iam::111122223333:policy/read"]
    listed = made(token, "urn:e", policyArns=arns, **{f"{kind}Name": "a"})
    assert actions(holder, managed, listed) == [("s3:GetObject",)]


def test_a_role_may_name_managed_policies_itself():
    role = made(
        KINDS["role"], "urn:h", {"managedPolicyArns": ["urn:m"]}, managedPolicyArns=[UNKNOWN]
    )
    assert actions(role, made(MANAGED, "urn:m", policy=READ)) == [("s3:GetObject",)]


def test_a_policy_tells_what_it_takes_values_from():
    role = made(
        KINDS["role"],
        "urn:h",
        {"inlinePolicies": [KEY]},
        inlinePolicies=[{"policy": UNKNOWN}],
    )
    [holder] = holders(Stack([role])).values()
    [held] = holder.held
    assert held.fed_by == [KEY]
    assert held.document.unknown == ("",)


@pytest.mark.parametrize("name", [None, 3, {}, [], [None], [{}], ["a", 3]])
def test_a_name_of_another_type_is_nobodys(name):
    role = made(KINDS["role"], "urn:h", name="r")
    inline = made("aws:iam/rolePolicy:RolePolicy", "urn:p", role=name, policy=READ)
    listed = made(EXCLUSIVE, "urn:e", policyArn="x", roles=name)
    assert actions(role, inline, listed) == []
