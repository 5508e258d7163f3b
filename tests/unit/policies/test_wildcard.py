import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_policies.wildcard import is_pattern, matches

TEXT = st.text(st.sampled_from("aAbs:/-[]!.^$"), max_size=12)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("*", ""),
        ("*", "arn:aws:s3:::bucket/key"),
        ("**", "a"),
        ("a?c", "abc"),
        ("arn:*:role/x", "arn:aws:iam::1:role/x"),
        ("[ab]", "[ab]"),
        ("a\nb", "a\nb"),
    ],
)
def test_a_pattern_matches_the_whole_text(pattern: str, text: str):
    assert matches(pattern, text)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [("?", ""), ("a", "A"), ("a", "ab"), ("[ab]", "a"), ("a?c", "ac"), ("a.c", "abc"), ("a*", "")],
)
def test_a_pattern_matches_nothing_else(pattern: str, text: str):
    assert not matches(pattern, text)


def test_only_stars_and_question_marks_make_a_pattern():
    assert [text for text in ("a", "a*", "a?", "[a]") if is_pattern(text)] == ["a*", "a?"]


@given(TEXT)
def test_a_text_without_wildcards_matches_itself_in_any_case(text: str):
    assert matches(text, text)
    assert matches(text.upper(), text.lower(), ignore_case=True)


@given(TEXT, st.data())
def test_a_wildcard_in_place_of_a_part_still_matches(text: str, data: st.DataObject):
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    assert matches(text[:start] + "*" + text[end:], text)
    assert matches(text[:start] + "?" * (end - start) + text[end:], text)


@given(st.text(st.sampled_from("ab*?"), max_size=8), st.text(st.sampled_from("ab"), max_size=8))
def test_the_match_agrees_with_the_plain_regular_expression(pattern: str, text: str):
    expression = pattern.replace("*", ".*").replace("?", ".")
    assert matches(pattern, text) == bool(re.fullmatch(expression, text))


def test_many_stars_do_not_make_it_slow():
    assert not matches("*a" * 30 + "b", "a" * 200)
