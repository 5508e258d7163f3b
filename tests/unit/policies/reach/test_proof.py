"""What is drawn of a whole stack, and what of it nobody declared."""

from typing import Any

import pytest

from gateway_policies.reach.proof import Doubt, Proof, prove
from gateway_policies.reach.rules import iam_undeclared_reach
from gateway_policies.resource import UNKNOWN, Resource, Stack
from tests.unit.policies.iam.conftest import allow, policy
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
        component("x", arn=UNKNOWN),
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


def test_a_policy_that_is_not_known_is_a_doubt_about_what_feeds_it():
    key = made("aws:kms/key:Key", "urn:key", keyId=UNKNOWN)
    token = "aws:iam/rolePolicy:RolePolicy"
    fed = made(token, "urn:p", {"policy": ["urn:key", "urn:x"]}, role="invoke", policy=UNKNOWN)
    loose = made(token, "urn:q", role="invoke", policy=UNKNOWN)
    proof = prove(Stack([key, ROLE, fed, loose]))
    assert proof.doubts == [Doubt("urn:role", proof.resources[0]), Doubt("urn:role", None)]
