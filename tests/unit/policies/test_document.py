import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_policies.document import DocumentError, Statement, parse
from gateway_policies.resource import UNKNOWN

ALLOW = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}
GET = Statement(True, ("s3:GetObject",), False, ("arn:aws:s3:::b/*",), False)


def test_a_document_is_json_text_or_the_objects_it_stands_for():
    document = {"Version": "2012-10-17", "Statement": [ALLOW]}
    assert parse(document) == parse(json.dumps(document)) == [GET]


def test_a_single_statement_needs_no_list():
    assert parse({"Statement": ALLOW}) == [GET]


def test_the_inverse_elements_are_told_apart():
    statement = {"Effect": "Deny", "NotAction": ["a:B", "c:*"], "NotResource": "*"}
    assert parse({"Statement": statement}) == [Statement(False, ("a:B", "c:*"), True, ("*",), True)]


@pytest.mark.parametrize(
    "statement",
    [
        UNKNOWN,
        ALLOW | {"Effect": UNKNOWN},
        ALLOW | {"Action": ["s3:*", UNKNOWN]},
        ALLOW | {"Resource": UNKNOWN},
    ],
)
def test_a_statement_that_is_not_known_in_full_is_unknown_and_the_others_are_not(statement):
    assert parse({"Statement": [statement, ALLOW]}) == [UNKNOWN, GET]


def test_an_unknown_condition_hides_nothing():
    assert parse({"Statement": ALLOW | {"Condition": UNKNOWN}}) == [GET]


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
        ('{"Version": "a", "Version": "b"}', 'the key "Version" stands twice in one object'),
        ({"statement": []}, '"statement" is none of the elements Version, Id, Statement'),
        ({}, "Statement[0]: a null instead of an object"),
        ({"Statement": [1]}, "Statement[0]: a number instead of an object"),
        (
            {"Statement": ALLOW | {"resource": "*"}},
            'Statement[0]: "resource" is none of the elements '
            "Sid, Effect, Action, NotAction, Resource, NotResource, Condition",
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
            {"Statement": ALLOW | {"NotResource": "*"}},
            "Statement[0]: both of Resource and NotResource, one is needed",
        ),
        (
            {"Statement": ALLOW | {"Action": ["a:B", 1]}},
            "Statement[0].Action: not a string or a list of strings",
        ),
    ],
)
def test_a_document_that_aws_would_refuse_is_refused(document, message):
    with pytest.raises(DocumentError) as error:
        parse(document)
    assert str(error.value) == message


@given(
    st.text()
    | st.recursive(
        st.none() | st.integers() | st.text(max_size=4) | st.sampled_from([ALLOW, [ALLOW]]),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["Statement", "Effect", "Action", "Resource"]), inner)
        ),
    )
)
def test_any_other_input_ends_in_statements_or_a_document_error(document):
    text = document if isinstance(document, str) else json.dumps(document)
    try:
        statements = parse(text)
    except DocumentError:
        return
    assert all(isinstance(statement, Statement) for statement in statements)
