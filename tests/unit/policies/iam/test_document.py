import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_policies.iam.document import Condition, Kind, Principal, parse
from gateway_policies.resource import UNKNOWN

ALLOW = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}
TRUST = {"Effect": "Allow", "Principal": {"Service": "a"}, "Action": "sts:AssumeRole"}


def read(statement: object, kind: Kind = Kind.IDENTITY):
    """The one statement of a document."""
    document = parse({"Statement": statement}, kind)
    [found] = document.statements
    return found


def mistakes(document: object, kind: Kind = Kind.IDENTITY) -> list[str]:
    return [": ".join(filter(None, mistake)) for mistake in parse(document, kind).mistakes]


def test_a_document_is_json_text_or_the_objects_it_stands_for():
    document = {"Version": "2012-10-17", "Statement": [ALLOW]}
    assert parse(document, Kind.IDENTITY) == parse(json.dumps(document), Kind.IDENTITY)
    assert mistakes(document) == []


def test_a_single_statement_and_a_single_text_need_no_list():
    found = read(ALLOW)
    assert (found.path, found.allows) == ("Statement[0]", True)
    assert (found.actions, found.resources) == (("s3:GetObject",), ("arn:aws:s3:::b/*",))


def test_the_inverse_elements_are_told_apart():
    found = read({"Effect": "Deny", "NotAction": ["a:B", "c:*"], "NotResource": "*"})
    assert (found.allows, found.actions, found.except_actions) == (False, ("a:B", "c:*"), True)
    assert (found.resources, found.except_resources) == (("*",), True)
    other = read({"Effect": "Allow", "NotPrincipal": "*", "Action": "a:B"}, Kind.RESOURCE)
    assert (other.principals, other.except_principals) == ((Principal("AWS", "*"),), True)


def test_principals_are_read_by_kind():
    principals = {"AWS": ["123456789012", "*"], "Service": "ecs.amazonaws.com"}
    assert read(TRUST | {"Principal": principals}, Kind.TRUST).principals == (
        Principal("AWS", "123456789012"),
        Principal("AWS", "*"),
        Principal("Service", "ecs.amazonaws.com"),
    )


def test_conditions_are_read_one_by_one_and_numbers_and_booleans_as_text():
    tests = {"Bool": {"aws:SecureTransport": False}, "NumericLessThan": {"a:b": [1, "2"]}}
    assert read(ALLOW | {"Condition": tests}).conditions == (
        Condition("Bool", "aws:SecureTransport", ("false",)),
        Condition("NumericLessThan", "a:b", ("1", "2")),
    )


@pytest.mark.parametrize(
    ("statement", "path"),
    [
        (UNKNOWN, ""),
        (ALLOW | {"Effect": UNKNOWN}, ".Effect"),
        (ALLOW | {"Action": ["s3:*", UNKNOWN]}, ".Action"),
        (ALLOW | {"Resource": UNKNOWN}, ".Resource"),
        (ALLOW | {"Condition": UNKNOWN}, ".Condition"),
        (ALLOW | {"Condition": {"Bool": UNKNOWN}}, ".Condition.Bool"),
        (ALLOW | {"Condition": {"Bool": {"a:b": UNKNOWN}}}, ".Condition.Bool.a:b"),
    ],
)
def test_a_statement_that_is_not_known_in_full_is_named_and_hides_no_other(statement, path):
    document = parse({"Statement": [statement, ALLOW]}, Kind.IDENTITY)
    assert document.unknown == (f"Statement[0]{path}",)
    assert [found.path for found in document.statements] == ["Statement[1]"]
    assert document.mistakes == ()


def test_an_unknown_principal_makes_its_statement_unknown():
    document = parse({"Statement": TRUST | {"Principal": {"AWS": UNKNOWN}}}, Kind.TRUST)
    assert (document.unknown, document.statements) == (("Statement[0].Principal.AWS",), ())


@pytest.mark.parametrize(
    ("document", "path"), [(UNKNOWN, ""), ({"Statement": UNKNOWN}, "Statement")]
)
def test_an_unknown_document_says_nothing(document, path):
    found = parse(document, Kind.IDENTITY)
    assert (found.unknown, found.statements, found.mistakes) == ((path,), (), ())


def without(key: str) -> dict[str, object]:
    return {name: value for name, value in ALLOW.items() if name != key}


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (None, "a null instead of an object"),
        ("[]", "a list instead of an object"),
        ('"text"', "a string instead of an object"),
        ("1", "a number instead of an object"),
        ("true", "a boolean instead of an object"),
        (
            "{",
            "not JSON (Expecting property name enclosed in double quotes: "
            "line 1 column 2 (char 1))",
        ),
        (
            "[" * 100_000,
            "not JSON (maximum recursion depth exceeded while decoding a JSON array "
            "from a unicode string)",
        ),
        (
            '{"Version": "a", "Version": "b"}',
            'not JSON (the key "Version" stands twice in one object)',
        ),
        ({"Statement": [1]}, "Statement[0]: a number instead of an object"),
        (
            {"Statement": ALLOW | {"resource": "*"}},
            'Statement[0]: "resource" is none of the elements Sid, Effect, Principal, '
            "NotPrincipal, Action, NotAction, Resource, NotResource, Condition",
        ),
        ({"Statement": without("Effect")}, "Statement[0].Effect: null instead of Allow or Deny"),
        (
            {"Statement": ALLOW | {"Effect": "allow"}},
            'Statement[0].Effect: "allow" instead of Allow or Deny',
        ),
        (
            {"Statement": without("Action")},
            "Statement[0]: neither of Action and NotAction, one is needed",
        ),
        (
            {"Statement": without("Resource")},
            "Statement[0]: neither of Resource and NotResource, one is needed",
        ),
        (
            {"Statement": ALLOW | {"NotResource": "*"}},
            "Statement[0]: both of Resource and NotResource, one is needed",
        ),
        (
            {"Statement": ALLOW | {"Action": ["a:B", 1]}},
            "Statement[0].Action: not a string or a list of strings",
        ),
        (
            {"Statement": ALLOW | {"Principal": "*"}},
            "Statement[0]: Principal, which an identity policy does not take",
        ),
        (
            {"Statement": ALLOW | {"Condition": "x"}},
            "Statement[0].Condition: a string instead of an object",
        ),
    ],
)
def test_what_aws_would_refuse_is_a_mistake(document, message):
    assert mistakes(document) == [message]


@pytest.mark.parametrize(
    ("elements", "message"),
    [
        ({"Principal": None}, "Statement[0].Principal: a null instead of an object"),
        ({"Principal": "me"}, 'Statement[0].Principal: "me" instead of "*" or an object'),
        ({"Principal": ["me", "*"]}, 'Statement[0].Principal: a list instead of "*" or an object'),
        (
            {"NotPrincipal": "*"},
            "Statement[0]: both of Principal and NotPrincipal, one is needed",
        ),
    ],
)
def test_a_trust_policy_needs_principals(elements, message):
    assert mistakes({"Statement": TRUST | elements}, Kind.TRUST) == [message]
    assert mistakes({"Statement": ALLOW}, Kind.TRUST) == [
        "Statement[0]: neither of Principal and NotPrincipal, one is needed"
    ]


@pytest.mark.parametrize("element", ["Principal", "NotPrincipal"])
def test_a_list_of_principals_is_a_mistake_that_hides_none_of_them(element):
    content = {"Effect": "Allow", "Action": "kms:*", "Resource": "*", element: ["me", "*"]}
    [statement] = parse({"Statement": content}, Kind.RESOURCE).statements
    assert statement.principals == (Principal("AWS", "me"), Principal("AWS", "*"))
    assert statement.except_principals is (element == "NotPrincipal")


def test_what_is_not_known_in_a_list_of_principals_is_unknown():
    document = parse({"Statement": TRUST | {"Principal": ["*", UNKNOWN]}}, Kind.TRUST)
    assert (document.unknown, document.statements) == (("Statement[0].Principal",), ())


def test_a_mistake_hides_nothing_of_what_is_right():
    found = parse({"Id": 1, "Statements": [], "Statement": [without("Effect")]}, Kind.IDENTITY)
    assert len(found.mistakes) == 2
    [statement] = found.statements
    assert statement.allows
    assert statement.actions == ("s3:GetObject",)


ANY_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=4)
    | st.sampled_from([ALLOW, [ALLOW], TRUST, UNKNOWN]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["Statement", "Effect", "Principal", "Action", "Resource", "Condition"]
            ),
            inner,
        )
    ),
)


@given(ANY_JSON, st.sampled_from(Kind))
def test_any_objects_end_in_a_document(document, kind):
    parse(document, kind)
    parse({"Statement": document}, kind)


@given(st.text() | st.from_regex(r'\{"Statement": ?[\[{"a-zA-Z:*,}\]]*', fullmatch=True))
def test_any_text_ends_in_a_document(text):
    parse(text, Kind.RESOURCE)
