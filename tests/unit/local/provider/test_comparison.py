import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.provider.comparison import contains, same_text

POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow"}]}
VALUES = st.recursive(
    st.booleans() | st.integers() | st.text(min_size=1, max_size=3),
    lambda inner: (
        st.lists(inner, min_size=1, max_size=2)
        | st.dictionaries(st.sampled_from("abc"), inner, min_size=1)
    ),
    max_leaves=4,
)
RECORDS = st.dictionaries(st.sampled_from("abcdef"), VALUES)


@pytest.mark.parametrize(
    ("found", "sent"),
    [
        ({"a": 1, "b": 2}, {"a": 1}),
        ({"a": [{"b": 1, "c": 2}]}, {"a": [{"b": 1}]}),
        (None, []),
        (None, ""),
        (5.0, 5),
        (json.dumps(POLICY), json.dumps(POLICY, indent=2)),
        (POLICY, json.dumps(POLICY)),
        (datetime(2026, 3, 1, 12, tzinfo=UTC), "2026-03-01T13:00:00+01:00"),
        (datetime(2026, 3, 1, 12, tzinfo=UTC), "2026-03-01T12:00:00"),
    ],
)
def test_what_says_the_same_is_contained(found, sent):
    assert contains(found, sent)


@pytest.mark.parametrize(
    ("found", "sent"),
    [
        ({"a": 1}, {"a": 1, "b": 2}),
        (None, {"a": 1}),
        (None, {}),
        ([1], [1, 2]),
        ([2, 1], [1, 2]),
        ("b", "a"),
        ("{no json", '{"a": 1}'),
        ('{"a": 2}', '{"a": 1}'),
        (datetime(2026, 3, 1, 12, tzinfo=UTC), "2026-03-01T13:00:00"),
        (datetime(2026, 3, 1, 12, tzinfo=UTC), "at noon"),
        (datetime(2026, 3, 1, 12, tzinfo=UTC), 5),
        ("x", 5),
    ],
)
def test_what_says_something_else_is_not(found, sent):
    assert not contains(found, sent)


@given(VALUES)
def test_everything_contains_itself_and_nothing_does_not(value):
    assert contains(value, value)
    assert not contains(None, value)


@given(RECORDS, RECORDS)
def test_what_is_added_is_welcome(sent, added):
    assert contains(added | sent, sent)


def test_documents_are_the_same_by_their_content_and_other_texts_letter_by_letter():
    assert same_text('{"a": 1}', '{ "a" : 1 }')
    assert same_text("a", "a")
    assert not same_text("a ", "a")
    assert not same_text('{"a": 1}', '{"a": 2}')
    assert not same_text('{"a": 1}', {"a": 1})
