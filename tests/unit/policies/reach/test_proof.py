"""What is drawn of a whole stack, and what of it nobody declared."""

from typing import Any

import pytest

from gateway_policies.reach.proof import Doubt, Proof, prove
from gateway_policies.reach.rules import iam_undeclared_reach
from gateway_policies.resource import UNKNOWN, Resource, Stack
from tests.unit.policies.iam.conftest import allow, deny, policy
from tests.unit.policies.verdicts import judged_stack, made

ACCOUNT = "arn:aws:iam::111122223333:"
ENDPOINTS = "arn:aws:sagemaker:eu-central-1:111122223333:endpoint"
IRIS = made("aws:sagemaker/endpoint:Endpoint", "urn:iris", name="iris")
OTHER = made("aws:sagemaker/endpoint:Endpoint", "urn:other", name="other")
BUCKET = made("aws:s3/bucket:Bucket", "urn:bucket", bucket="data")
ROLE = made("aws:iam/role:Role", "urn:role", name="invoke")


def holding(*statements: object, urn: str = "urn:p") -> Resource:
    token = "aws:iam/rolePolicy:RolePolicy"
    return made(token, urn, role="invoke", policy=policy(*statements))


def component(*reaches: object, arn: object = f"{ACCOUNT}role/invoke") -> Resource:
    return made("shop:index:Role", "urn:c", arn=arn, reaches=list(reaches))


INVOKE = allow("sagemaker:InvokeEndpoint", f"{ENDPOINTS}/iris")
WIDE = allow("sagemaker:InvokeEndpoint", f"{ENDPOINTS}/*")


def reached(proof: Proof) -> list[tuple[str, str, str]]:
    return [(r.principal, r.way.resource.urn, r.way.on) for r in proof.reach]


def undeclared(*resources: Resource) -> list[str]:
    return judged_stack(iam_undeclared_reach, IRIS, OTHER, BUCKET, ROLE, *resources)


def test_a_role_reaches_what_its_policies_let_it():
    proof = prove(Stack([IRIS, OTHER, ROLE, holding(INVOKE)]))
    assert reached(proof) == [("urn:role", "urn:iris", f"{ENDPOINTS}/iris")]


def test_what_is_declared_is_no_violation():
    assert undeclared(component(f"{ENDPOINTS}/iris"), holding(INVOKE)) == []
    folder = allow("s3:GetObject", "arn:aws:s3:::data/iris/in/*")
    assert undeclared(component("arn:aws:s3:::data/iris/*"), holding(folder)) == []


def test_another_models_endpoint_is_named_with_what_leads_there():
    own = component(f"{ENDPOINTS}/iris")
    path = f"on {ENDPOINTS}/other, so on endpoint other"
    also = allow("sagemaker:InvokeEndpoint", f"{ENDPOINTS}/other")
    assert undeclared(own, holding(INVOKE), holding(also, urn="urn:q")) == [
        f"urn:role violation its policies: sagemaker:InvokeEndpoint {path}"
    ]


def test_a_pattern_that_holds_more_than_is_declared_is_named_for_all_that_it_reaches():
    own = component(f"{ENDPOINTS}/iris")
    found = f"urn:role violation its policies: sagemaker:InvokeEndpoint on {ENDPOINTS}/*, so on"
    assert undeclared(own, holding(WIDE)) == [f"{found} endpoint iris", f"{found} endpoint other"]


def test_where_one_component_declares_a_role_that_nobody_speaks_for_may_reach_nothing():
    other = component(f"{ENDPOINTS}/iris", arn=f"{ACCOUNT}role/other")
    assert len(undeclared(other, holding(INVOKE))) == 1


@pytest.mark.parametrize(
    "silent",
    [
        made("shop:index:Role", "urn:c", arn="x"),
        made("shop:index:Role", "urn:c", reaches=["x"]),
        made("shop:index:Role", "urn:c", arn="x", reaches="x"),
        component("x", arn=3),
        made("aws:x/y:Z", "urn:c", arn="x", reaches=["x"]),
    ],
)
def test_without_declarations_nothing_is_undeclared(silent):
    assert undeclared(silent, holding(WIDE)) == []


def test_a_component_may_speak_for_a_role_twice_and_not_know_everything_yet():
    known, late = component(f"{ENDPOINTS}/iris", UNKNOWN), component(f"{ENDPOINTS}/other", 3)
    other = allow("sagemaker:InvokeEndpoint", f"{ENDPOINTS}/other")
    assert undeclared(known, late, holding(INVOKE, other)) == []


def bucket_policy(**statement: Any) -> Resource:
    shared = allow("s3:GetObject", "arn:aws:s3:::data/*", **statement)
    token = "aws:s3/bucketPolicy:BucketPolicy"
    return made(token, "urn:b", bucket="data", policy=policy(shared))


def test_a_role_that_a_buckets_policy_lets_in_needs_a_declaration():
    let_in = bucket_policy(Principal={"AWS": f"{ACCOUNT}role/invoke"})
    [finding] = undeclared(component(f"{ENDPOINTS}/iris"), let_in)
    assert "arn:aws:s3:::data/*, so on bucket data" in finding
    assert undeclared(component("arn:aws:s3:::data/*"), let_in) == []


def test_whom_else_a_policy_lets_in_is_drawn_and_its_own_rules_business():
    service = bucket_policy(Principal={"Service": "logs.amazonaws.com"})
    proof = prove(Stack([BUCKET, service, component()]))
    assert reached(proof) == [("logs.amazonaws.com", "urn:bucket", "arn:aws:s3:::data/*")]
    assert proof.undeclared == []
    everybody = allow("s3:GetObject", "arn:aws:s3:::data/*", NotPrincipal={"AWS": "111122223333"})
    token = "aws:s3/bucketPolicy:BucketPolicy"
    inverse = made(token, "urn:b", bucket="data", policy=policy(everybody))
    assert reached(prove(Stack([BUCKET, inverse])))[0][0] == "everybody but 111122223333"


def test_the_policy_of_another_service_opens_no_bucket_and_that_of_a_bucket_no_endpoint():
    everything = allow("*", Principal={"AWS": "444455556666"})
    queue = made("aws:sqs/queuePolicy:QueuePolicy", "urn:q", policy=policy(everything))
    assert prove(Stack([BUCKET, IRIS, queue])).reach == []
    own = made("aws:s3/bucketPolicy:BucketPolicy", "urn:b", policy=policy(everything))
    assert [r.way.resource.urn for r in prove(Stack([BUCKET, IRIS, own])).reach] == ["urn:bucket"]


def test_a_keys_policy_is_about_that_key_alone():
    delegating = allow("kms:*", Principal={"AWS": f"{ACCOUNT}root"})
    keys = [
        made("aws:kms/key:Key", "urn:one", keyId=UNKNOWN, policy=policy(delegating)),
        made("aws:kms/key:Key", "urn:two", keyId="5f0c"),
        made("aws:kms/keyPolicy:KeyPolicy", "urn:kp", keyId="5f0c", policy=policy(delegating)),
    ]
    assert reached(prove(Stack(keys))) == [
        (f"{ACCOUNT}root", "urn:one", "*"),
        (f"{ACCOUNT}root", "urn:two", "*"),
    ]


LATE = "a policy that is not known before the update"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"


def test_a_policy_that_is_not_known_is_a_doubt_about_what_feeds_it():
    key = made("aws:kms/key:Key", "urn:key", keyId=UNKNOWN)
    fed = made(
        ROLE_POLICY, "urn:p", {"policy": ["urn:key", "urn:x"]}, role="invoke", policy=UNKNOWN
    )
    loose = made(ROLE_POLICY, "urn:q", role="invoke", policy=UNKNOWN)
    proof = prove(Stack([key, ROLE, fed, loose]))
    assert proof.doubts == [
        Doubt("urn:role", proof.resources[0], LATE),
        Doubt("urn:role", None, LATE),
    ]
    part = holding(INVOKE, allow("s3:GetObject", UNKNOWN))
    assert prove(Stack([ROLE, part])).doubts == [Doubt("urn:role", None, LATE)]


@pytest.mark.parametrize(
    "policy", [UNKNOWN, {"Statement": [{"Effect": "Allow", "Action": UNKNOWN}]}]
)
def test_a_resources_own_policy_that_is_not_known_is_a_doubt_about_it(policy):
    key = made("aws:kms/key:Key", "urn:key", keyId="5f0c", policy=policy)
    by_name = made("aws:s3/bucketPolicy:BucketPolicy", "urn:b", bucket="data", policy=policy)
    fed = {"bucket": ["urn:late"]}
    by_urn = made("aws:s3/bucketPolicy:BucketPolicy", "urn:c", fed, bucket=UNKNOWN, policy=policy)
    late = made("aws:s3/bucket:Bucket", "urn:late", bucket=UNKNOWN)
    proof = prove(Stack([key, by_name, by_urn, BUCKET, late]))
    assert [(d.principal, d.resource and d.resource.urn) for d in proof.doubts] == [
        ("whom its own policy names", "urn:key"),
        ("whom its own policy names", "urn:bucket"),
        ("whom its own policy names", "urn:late"),
    ]


@pytest.mark.parametrize(
    ("arn", "why"),
    [
        (
            "arn:aws:iam::aws:policy/ReadOnlyAccess",
            "arn:aws:iam::aws:policy/ReadOnlyAccess, which is not in the stack",
        ),
        (f"{ACCOUNT}policy/elsewhere", f"{ACCOUNT}policy/elsewhere, which is not in the stack"),
        (UNKNOWN, "a policy that is not known yet, which is not in the stack"),
    ],
)
def test_a_managed_policy_that_is_not_in_the_stack_is_a_doubt_and_undecided(arn, why):
    attached = made(ATTACHMENT, "urn:a", role="invoke", policyArn=arn)
    named = made("aws:iam/policy:Policy", "urn:m", name="ReadOnlyAccess", policy=policy(WIDE))
    proof = prove(Stack([ROLE, attached, named]))
    assert proof.doubts == [Doubt("urn:role", None, why)]
    found = undeclared(component(f"{ENDPOINTS}/iris"), attached)
    assert found == ([f"urn:role unknown its policies: {why}"] if "arn:" in why else [])


@pytest.mark.parametrize("path", ["", "team/"])
def test_a_managed_policy_of_the_stack_is_told_by_its_arn_as_well(path):
    managed = made("aws:iam/policy:Policy", "urn:m", name="wide", policy=policy(WIDE))
    attached = made(ATTACHMENT, "urn:a", role="invoke", policyArn=f"{ACCOUNT}policy/{path}wide")
    assert len(undeclared(component(f"{ENDPOINTS}/iris"), managed, attached)) == 2


def test_a_declaration_for_a_role_that_is_not_known_decides_nothing():
    late = component(f"{ENDPOINTS}/iris", arn=UNKNOWN)
    found = undeclared(late, holding(INVOKE))
    assert [line.split(":")[0] for line in found] == ["urn"]
    assert "urn:role unknown its policies: sagemaker:InvokeEndpoint" in found[0]


@pytest.mark.parametrize(
    ("reaches", "fed", "verdicts"),
    [
        (UNKNOWN, {}, {"unknown"}),
        ([UNKNOWN], {}, {"unknown"}),
        ([UNKNOWN], {"reaches": ["urn:other"]}, {"violation"}),
        ([UNKNOWN], {"reaches": ["urn:iris"]}, {"unknown"}),
    ],
)
def test_what_a_component_declares_and_cannot_know_yet_may_hold_what_feeds_it(
    reaches, fed, verdicts
):
    late = made("shop:index:Role", "urn:c", fed, arn=f"{ACCOUNT}role/invoke", reaches=reaches)
    found = undeclared(late, holding(INVOKE))
    assert {line.split()[1] for line in found} == verdicts


def test_a_role_has_a_path_and_a_user_of_its_name_is_somebody_else():
    own = component(f"{ENDPOINTS}/iris", arn=f"{ACCOUNT}role/team/invoke")
    assert undeclared(own, holding(INVOKE)) == []
    user = made("aws:iam/user:User", "urn:user", name="invoke")
    theirs = made("aws:iam/userPolicy:UserPolicy", "urn:u", user="invoke", policy=policy(INVOKE))
    [finding] = undeclared(own, holding(INVOKE), user, theirs)
    assert finding.startswith("urn:user violation")


@pytest.mark.parametrize(
    "principal",
    [
        f"{ACCOUNT}role/invoke",
        f"{ACCOUNT}role/team/invoke",
        "arn:aws:sts::111122223333:assumed-role/invoke/session",
    ],
)
def test_a_role_is_told_by_its_path_and_its_sessions_as_well(principal):
    let_in = bucket_policy(Principal={"AWS": principal})
    assert [r.principal for r in prove(Stack([BUCKET, ROLE, let_in])).reach] == ["urn:role"]


def test_another_accounts_role_of_the_same_name_is_a_stranger():
    own = made(
        "aws:iam/role:Role",
        "urn:role",
        name="invoke",
        permissionsBoundary=f"{ACCOUNT}policy/limit",
    )
    foreign = "arn:aws:iam::999999999999:role/invoke"
    let_in = bucket_policy(Principal={"AWS": foreign})
    assert [r.principal for r in prove(Stack([BUCKET, own, let_in])).reach] == [foreign]


def test_a_denial_to_everybody_closes_what_a_policy_opens_and_to_others_does_not():
    token = "aws:s3/bucketPolicy:BucketPolicy"
    everything = "arn:aws:s3:::data/*"
    let_in = allow("s3:GetObject", everything, Principal={"AWS": "111122223333"})

    def ways(**denied: Any) -> int:
        shut = deny("s3:*", everything, **denied)
        both = made(token, "urn:b", bucket="data", policy=policy(let_in, shut))
        return len(prove(Stack([BUCKET, both])).reach)

    assert ways(Principal="*") == 0
    assert ways(Principal={"AWS": "444455556666"}) == 1
    assert ways(NotPrincipal={"AWS": "*"}) == 1


def test_a_bucket_without_a_name_is_perhaps_met_by_a_pattern_of_names():
    late = made("aws:s3/bucket:Bucket", "urn:late", bucket=UNKNOWN)
    some_ = holding(allow("s3:GetObject", "arn:aws:s3:::shop-*/*"))
    proof = prove(Stack([late, ROLE, some_]))
    assert (proof.reach, [d.why for d in proof.doubts]) == (
        [],
        ["a pattern that its name may fit"],
    )
    written = holding(allow("s3:GetObject", "arn:aws:s3:::shop-1/*"))
    assert prove(Stack([late, ROLE, written])).doubts == []
    every = holding(allow("s3:GetObject", "*"))
    proof = prove(Stack([late, ROLE, every]))
    assert (len(proof.reach), proof.doubts) == (1, [])


def test_of_two_declarations_the_one_whose_source_is_not_told_may_hold_anything():
    told = made(
        "shop:index:Role",
        "urn:c",
        {"reaches": ["urn:other"]},
        arn=f"{ACCOUNT}role/invoke",
        reaches=[UNKNOWN],
    )
    [finding] = undeclared(told, holding(INVOKE))
    assert finding.startswith("urn:role violation")
    [finding] = undeclared(told, component(UNKNOWN), holding(INVOKE))
    assert finding.startswith("urn:role unknown")


@pytest.mark.parametrize(
    ("key", "fed"),
    [("5f0c", {}), ("arn:aws:kms:a:1:key/5f0c", {}), (UNKNOWN, {"keyId": ["urn:key"]})],
)
def test_a_grant_of_a_key_is_a_way(key, fed):
    named = made("aws:kms/key:Key", "urn:key", keyId="5f0c")
    other = made("aws:kms/key:Key", "urn:other", keyId="abcd")
    grant = made(
        *("aws:kms/grant:Grant", "urn:grant", fed),
        keyId=key,
        granteePrincipal=f"{ACCOUNT}role/invoke",
        operations=["Decrypt", UNKNOWN],
    )
    [found] = prove(Stack([named, other, ROLE, grant])).reach
    assert (found.principal, found.way.resource.urn) == ("urn:role", "urn:key")
    assert found.way.actions == ["kms:Decrypt"]
    late = made("aws:kms/grant:Grant", "urn:grant", fed, keyId=key, granteePrincipal=UNKNOWN)
    assert [r.principal for r in prove(Stack([named, late])).reach] == ["whom a grant names"]
