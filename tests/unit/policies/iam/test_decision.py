"""Decisions, beside a reading of the documentation that takes it word by word."""

import re
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_policies.iam.decision import Decision, Policies, Request, decide
from gateway_policies.iam.document import Kind, Principal, parse
from tests.unit.policies.iam.conftest import ROLE_ARN, allow, deny, document

ROLE = Principal("AWS", ROLE_ARN)
OTHER = Principal("AWS", "arn:aws:iam::111122223333:role/other")
ACCOUNT = {"AWS": "arn:aws:iam::111122223333:root"}
OBJECT = "arn:aws:s3:::models/iris/model.tar.gz"
READ = allow("s3:GetObject", "arn:aws:s3:::models/iris/*")


def decided(*identity: object, shared: object = None, **elements: object) -> Decision:
    kind = elements.pop("kind", Kind.RESOURCE)
    asked = {"principal": ROLE, "action": "s3:GetObject", "resource": OBJECT} | elements
    boundary = asked.pop("boundary", None)
    decides = asked.pop("resource_decides", False)
    policies = Policies(
        [document(statement) for statement in identity],
        document(boundary) if boundary else None,
        parse({"Statement": shared}, kind) if shared else None,  # type: ignore[arg-type]
        bool(decides),
    )
    return decide(Request(**asked), policies)  # type: ignore[arg-type]


def test_nothing_is_allowed_unless_something_allows_it():
    assert decided() is Decision.NOT_ALLOWED
    assert decided(READ) is Decision.ALLOWED
    assert decided(READ, resource_decides=True) is Decision.NOT_ALLOWED


@pytest.mark.parametrize(
    "elements",
    [
        {"action": "s3:PutObject"},
        {"resource": "arn:aws:s3:::models/other/model.tar.gz"},
        {"resource": "arn:aws:s3:::models"},
    ],
)
def test_another_action_or_resource_is_not_allowed(elements):
    assert decided(READ, **elements) is Decision.NOT_ALLOWED


def test_a_denial_wins_wherever_it_stands():
    stop = deny("s3:*", "*")
    assert decided(READ, stop) is Decision.DENIED
    assert decided(READ, shared=stop | {"Principal": "*"}) is Decision.DENIED
    assert decided(READ, boundary=stop) is Decision.DENIED
    elsewhere = deny("s3:*", "*", Principal={"AWS": OTHER.value})
    assert decided(READ, shared=elsewhere) is Decision.ALLOWED


def test_a_denial_to_all_but_some_spares_those():
    others = {"Effect": "Deny", "Action": "*", "Resource": "*"}
    assert decided(READ, shared=others | {"NotPrincipal": {"AWS": ROLE_ARN}}) is Decision.ALLOWED
    assert decided(READ, shared=others | {"NotPrincipal": {"AWS": OTHER.value}}) is Decision.DENIED


def test_a_boundary_limits_and_gives_nothing():
    assert decided(READ, boundary=allow("s3:PutObject")) is Decision.LIMITED
    assert decided(READ, boundary=allow("s3:*")) is Decision.ALLOWED
    assert decided(boundary=allow("s3:*")) is Decision.NOT_ALLOWED


def test_a_resource_lets_in_whom_it_names():
    named = allow("s3:GetObject", OBJECT, Principal={"AWS": ROLE_ARN})
    assert decided(shared=named) is Decision.ALLOWED
    assert decided(shared=named, principal=OTHER) is Decision.NOT_ALLOWED
    assert decided(shared=named | {"Principal": "*"}, principal=OTHER) is Decision.ALLOWED


def test_an_account_that_is_named_leaves_it_to_its_own_policies():
    left = allow("kms:Decrypt", "*", Principal=ACCOUNT)
    key = {"action": "kms:Decrypt", "resource": "arn:aws:kms:eu-west-1:111122223333:key/1"}
    may = allow("kms:Decrypt", key["resource"])
    decides = {**key, "resource_decides": True}
    assert decided(shared=left, **decides) is Decision.NOT_ALLOWED
    assert decided(may, shared=left, **decides) is Decision.ALLOWED
    foreign = left | {"Principal": {"AWS": "444455556666"}}
    assert decided(may, shared=foreign, **decides) is Decision.NOT_ALLOWED


def test_a_role_is_assumed_by_whom_it_trusts():
    trust = {"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}}
    trust |= {
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"}},
    }
    asked = {
        "action": "sts:AssumeRole",
        "resource": ROLE_ARN,
        "resource_decides": True,
        "kind": Kind.TRUST,
        "principal": Principal("Service", "sagemaker.amazonaws.com"),
        "context": {"aws:sourceaccount": ["111122223333"]},
    }
    assert decided(shared=trust, **asked) is Decision.ALLOWED
    foreign = asked | {"context": {"aws:sourceaccount": ["444455556666"]}}
    assert decided(shared=trust, **foreign) is Decision.NOT_ALLOWED
    other = asked | {"principal": Principal("Service", "lambda.amazonaws.com")}
    assert decided(shared=trust, **other) is Decision.NOT_ALLOWED


def test_conditions_and_variables_take_the_requests_values():
    home = allow("s3:GetObject", "arn:aws:s3:::home/${aws:username}/*")
    mine = {"resource": "arn:aws:s3:::home/ann/x", "context": {"aws:username": ["ann"]}}
    assert decided(home, **mine) is Decision.ALLOWED
    assert decided(home, **mine | {"context": {}}) is Decision.NOT_ALLOWED
    assert decided(home, **mine | {"context": {"aws:username": ["*"]}}) is Decision.NOT_ALLOWED
    tls = READ | {"Condition": {"Bool": {"aws:SecureTransport": "true"}}}
    assert decided(tls) is Decision.NOT_ALLOWED
    assert decided(tls, context={"aws:securetransport": ["true"]}) is Decision.ALLOWED


def test_an_action_that_takes_no_resource_is_allowed_on_all():
    asked = {"action": "ecr:GetAuthorizationToken", "resource": "*"}
    assert decided(allow("ecr:GetAuthorizationToken"), **asked) is Decision.ALLOWED
    named = allow("ecr:GetAuthorizationToken", "arn:aws:ecr:eu-west-1:1:repository/a")
    assert decided(named, **asked) is Decision.NOT_ALLOWED


def test_a_policy_without_resources_is_about_its_own():
    pull = {"Effect": "Allow", "Principal": {"AWS": ROLE_ARN}, "Action": "ecr:BatchGetImage"}
    image = {"action": "ecr:BatchGetImage", "resource": "arn:aws:ecr:eu-west-1:1:repository/a"}
    assert decided(shared=pull, **image) is Decision.ALLOWED


ACTIONS = ("s3:GetObject", "s3:PutObject", "kms:Decrypt")
RESOURCES = ("arn:aws:s3:::a/1", "arn:aws:s3:::a/2", "arn:aws:s3:::b/1")
CONTEXTS: tuple[dict[str, list[str]], ...] = (
    {},
    {"aws:securetransport": ["true"]},
    {"aws:securetransport": ["false"]},
)
PRINCIPALS = (ROLE, OTHER)
ACTION_PATTERNS = st.sampled_from(["*", "s3:*", "S3:get*", "s3:?utObject", *ACTIONS])
RESOURCE_PATTERNS = st.sampled_from(["*", "arn:aws:s3:::a/*", "arn:aws:s3:::?/1", *RESOURCES])
CONDITIONS = st.sampled_from(
    [
        None,
        {"Bool": {"aws:SecureTransport": "true"}},
        {"BoolIfExists": {"aws:SecureTransport": "true"}},
        {"Null": {"aws:SecureTransport": "true"}},
    ]
)
NAMED = st.sampled_from(["*", {"AWS": ROLE_ARN}, {"AWS": OTHER.value}, ACCOUNT])


@st.composite
def statements(draw: st.DrawFn, with_principal: bool) -> dict[str, object]:
    found: dict[str, object] = {"Effect": draw(st.sampled_from(["Allow", "Allow", "Deny"]))}
    found[draw(st.sampled_from(["Action", "Action", "NotAction"]))] = draw(
        st.lists(ACTION_PATTERNS, min_size=1, max_size=2)
    )
    found[draw(st.sampled_from(["Resource", "Resource", "NotResource"]))] = draw(
        st.lists(RESOURCE_PATTERNS, min_size=1, max_size=2)
    )
    if condition := draw(CONDITIONS):
        found["Condition"] = condition
    if with_principal:
        found["Principal"] = draw(NAMED)
    return found


DOCUMENTS = st.lists(statements(with_principal=False), max_size=3)
SHARED = st.none() | st.lists(statements(with_principal=True), max_size=3)


@given(DOCUMENTS, st.none() | DOCUMENTS, SHARED, st.booleans())
def test_decisions_agree_with_a_word_by_word_reading(identity, boundary, shared, decides):
    policies = Policies(
        [parse({"Statement": identity}, Kind.IDENTITY)],
        parse({"Statement": boundary}, Kind.IDENTITY) if boundary is not None else None,
        parse({"Statement": shared}, Kind.RESOURCE) if shared is not None else None,
        decides,
    )
    for principal, action, resource, context in product(PRINCIPALS, ACTIONS, RESOURCES, CONTEXTS):
        found = decide(Request(principal, action, resource, context), policies)
        asked = (principal.value, action, resource, context)
        assert (found is Decision.ALLOWED) is read(asked, identity, boundary, shared, decides)


def read(asked, identity, boundary, shared, decides):
    """IAM's pages, sentence by sentence, over statements as they are written."""

    def matching(document, effect):
        return [s for s in document or [] if s["Effect"] == effect and about(s, asked)]

    # "An explicit deny in any of these policies overrides the allow."
    for policy in (identity, boundary, shared):
        if any(named(s, asked[0]) for s in matching(policy, "Deny")):
            return False
    # "If the resource-based policy allows the principal itself, the result is Allow."
    hows = {named(s, asked[0]) for s in matching(shared, "Allow")}
    granted = "itself" in hows
    # "If the identity-based policies have a statement that allows the action, go on."
    if matching(identity, "Allow") and (not decides or "account" in hows):
        granted = True
    # "The boundary must allow the action as well."
    return granted and (boundary is None or bool(matching(boundary, "Allow")))


def named(statement, principal):
    match statement.get("Principal", "*"):
        case "*":
            return "itself"
        case {"AWS": value} if value == principal:
            return "itself"
        case {"AWS": value} if value.endswith(":root"):
            return "account"
    return None


def about(statement, asked):
    _, action, resource, context = asked

    def one_of(patterns, text, flags=0):
        translated = [re.escape(p).replace(r"\*", ".*").replace(r"\?", ".") for p in patterns]
        return any(re.fullmatch(p, text, flags) for p in translated)

    if "Action" in statement and not one_of(statement["Action"], action, re.IGNORECASE):
        return False
    if "NotAction" in statement and one_of(statement["NotAction"], action, re.IGNORECASE):
        return False
    if "Resource" in statement and not one_of(statement["Resource"], resource):
        return False
    if "NotResource" in statement and one_of(statement["NotResource"], resource):
        return False
    tls = context.get("aws:securetransport")
    match list(statement.get("Condition", {})):
        case ["Bool"]:
            return tls == ["true"]
        case ["BoolIfExists"]:
            return tls in (None, ["true"])
        case ["Null"]:
            return tls is None
    return True
