"""Ways to what is guarded, beside the evaluator: what it allows has a way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_policies.iam.decision import Decision, Policies, Request, decide
from gateway_policies.iam.document import Kind, Principal
from gateway_policies.reach.guarded import TYPES, Guarded, guarded
from gateway_policies.reach.ways import ways
from gateway_policies.resource import UNKNOWN, Stack
from tests.unit.policies.iam.conftest import ROLE_ARN, allow, deny, document
from tests.unit.policies.verdicts import made

PLACE = "arn:aws:sagemaker:eu-central-1:111122223333"
IRIS = Guarded(TYPES["aws:sagemaker/endpoint:Endpoint"], "iris", "urn:iris")
MODELS = Guarded(TYPES["aws:s3/bucket:Bucket"], "models", "urn:models")
KEY = Guarded(TYPES["aws:kms/key:Key"], None, "urn:key")


def found(resource: Guarded, *statements: object) -> list[tuple[list[str], str]]:
    return [(list(w.actions), w.on) for w in ways(document(*statements), resource)]


def test_a_statement_that_names_it_is_a_way():
    invoke = allow("sagemaker:InvokeEndpoint", f"{PLACE}:endpoint/iris")
    assert found(IRIS, invoke) == [(["sagemaker:InvokeEndpoint"], f"{PLACE}:endpoint/iris")]


@pytest.mark.parametrize(
    "element",
    [
        *("*", "arn:*", f"{PLACE}:endpoint/*", f"{PLACE}:endpoint/i???", f"{PLACE}:*", PLACE),
        *("arn:aws:sagemaker:eu-*:*:endpoint/iris", "*:endpoint/iris", "arn:*/iris"),
    ],
)
@pytest.mark.parametrize(
    "action", ["sagemaker:InvokeEndpoin?", "SageMaker:invokeendpoint", "sagemaker:Invoke*Point"]
)
def test_a_pattern_that_it_falls_under_is_a_way(action, element):
    assert found(IRIS, allow(action, element)) == [(["sagemaker:InvokeEndpoint"], element)]


@pytest.mark.parametrize(
    "statement",
    [
        allow("sagemaker:InvokeEndpoint", f"{PLACE}:endpoint/iris-2"),
        allow("sagemaker:InvokeEndpoint", f"{PLACE}:endpoint/other*"),
        allow("sagemaker:InvokeEndpoint", "arn:aws:sagemaker:eu-*:*:endpoint/other*"),
        allow("sagemaker:InvokeEndpoint", f"{PLACE}:endpoint-config/iris"),
        allow("sagemaker:CreateModel", f"{PLACE}:endpoint/iris"),
        allow("s3:*", "*"),
    ],
)
def test_another_resource_or_an_action_that_is_not_about_it_is_none(statement):
    assert found(IRIS, statement) == []


def test_what_is_meant_by_exclusion_is_a_way():
    everything = {"Effect": "Allow", "NotAction": "s3:*", "NotResource": f"{PLACE}:endpoint/other"}
    [(actions, on)] = found(IRIS, everything)
    assert "sagemaker:InvokeEndpoint" in actions
    assert on == f"all but {PLACE}:endpoint/other"
    assert found(IRIS, everything | {"NotResource": "arn:*:sagemaker:*:*:endpoint/iris"}) == []


def test_a_bucket_has_actions_of_its_own_and_of_its_objects():
    assert found(MODELS, allow(["s3:GetObject", "s3:ListBucket"], "arn:aws:s3:::models")) == [
        (["s3:ListBucket"], "arn:aws:s3:::models")
    ]
    assert found(MODELS, allow(["s3:GetObject", "s3:ListBucket"], "arn:aws:s3:::models/a/*")) == [
        (["s3:GetObject"], "arn:aws:s3:::models/a/*")
    ]


def test_a_policy_variable_may_be_anything():
    mine = allow("s3:GetObject", "arn:aws:s3:::models/${aws:username}/*")
    assert found(MODELS, mine) == [(["s3:GetObject"], "arn:aws:s3:::models/*/*")]


def test_conditions_do_not_close_a_way_and_are_told():
    statement = allow("s3:GetObject", "*", Condition={"Bool": {"aws:SecureTransport": "true"}})
    [way] = ways(document(statement), MODELS)
    assert way.conditional


@pytest.mark.parametrize("denied", ["*", "arn:aws:s3:::models/*", "arn:aws:s3:::models/a/*"])
def test_a_denial_of_all_that_is_allowed_closes_it(denied):
    read = allow("s3:GetObject", "arn:aws:s3:::models/a/*")
    assert found(MODELS, read, deny("s3:Get*", denied)) == []


@pytest.mark.parametrize(
    "denial",
    [
        deny("s3:GetObject", "arn:aws:s3:::models/a/b/*"),
        deny("s3:PutObject", "*"),
        deny("s3:*", "*", Condition={"Bool": {"aws:SecureTransport": "false"}}),
    ],
)
def test_a_denial_of_part_of_it_does_not(denial):
    assert found(MODELS, allow("s3:GetObject", "arn:aws:s3:::models/a/*"), denial)


def test_what_is_still_to_be_named_by_aws_is_met_by_wildcards_alone():
    key = "arn:aws:kms:eu-central-1:111122223333:key/"
    assert found(KEY, allow("kms:Decrypt", f"{key}5f0c")) == []
    assert found(KEY, allow("kms:Decrypt", f"{key}*")) == [(["kms:Decrypt"], f"{key}*")]


def test_sagemakers_arns_are_in_lower_case_and_no_others():
    endpoint = made("aws:sagemaker/endpoint:Endpoint", name="Iris-A")
    late = made("aws:s3/bucket:Bucket", bucket=UNKNOWN)
    key = made("aws:kms/key:Key", keyId="ABC")
    assert [one.name for one in guarded(Stack([endpoint, late, key]))] == ["iris-a", None, "ABC"]


@pytest.mark.parametrize("token", TYPES)
def test_every_type_has_actions_of_its_own(token):
    [resource] = guarded(Stack([made(token, **{TYPES[token].id: "x"})]))
    assert all(actions for _, actions in resource.arns)
    assert list(ways(document(allow("*")), resource))


def test_where_account_and_region_are_known_those_of_others_lead_elsewhere():
    role = made("aws:iam/role:Role", permissionsBoundary="arn:aws:iam::111122223333:policy/limit")
    endpoint = made("aws:sagemaker/endpoint:Endpoint", name="iris", region="eu-central-1")
    [iris] = guarded(Stack([role, endpoint]))

    def reached(place: str) -> bool:
        arn = f"arn:aws:sagemaker:{place}:endpoint/iris"
        return bool(found(iris, allow("sagemaker:InvokeEndpoint", arn)))

    assert reached("eu-central-1:111122223333")
    assert reached("eu-*:*")
    assert not reached("us-east-1:111122223333")
    assert not reached("eu-central-1:999999999999")


ELEMENTS = st.sampled_from(
    ["*", "arn:aws:s3:::models", "arn:aws:s3:::models/*", "arn:aws:s3:::mo*/a/?", "arn:aws:s3:::x"]
)
STATEMENTS = st.builds(
    lambda effect, action, actions, resource, elements: {
        "Effect": effect,
        action: actions,
        resource: elements,
    },
    st.sampled_from(["Allow", "Deny"]),
    st.sampled_from(["Action", "NotAction"]),
    st.lists(st.sampled_from(["s3:*", "s3:GetObject", "S3:list*", "kms:*"]), min_size=1),
    st.sampled_from(["Resource", "NotResource"]),
    st.lists(ELEMENTS, min_size=1, max_size=2),
)
OBJECTS = [("s3:GetObject", f"arn:aws:s3:::models/{key}") for key in ("a/b", "c", "a/b/c")]


@given(st.lists(STATEMENTS, max_size=4))
def test_whatever_aws_allows_has_a_way(statements):
    policy = document(*statements)
    drawn = {action for way in ways(policy, MODELS) for action in way.actions}
    for action, arn in [*OBJECTS, ("s3:ListBucket", "arn:aws:s3:::models")]:
        request = Request(Principal("AWS", ROLE_ARN), action, arn)
        if decide(request, Policies([policy])) is Decision.ALLOWED:
            assert action in drawn


def test_the_policy_of_a_resource_may_leave_out_what_it_is_about():
    shared = {"Effect": "Allow", "Principal": "*", "Action": "kms:Decrypt"}
    [way] = ways(document(shared, kind=Kind.RESOURCE), KEY)
    assert way.on == "*"
