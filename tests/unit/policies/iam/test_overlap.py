from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_policies.iam.overlap import holds, overlaps
from gateway_policies.wildcard import matches

LETTERS = "ab"
TEXTS = ["".join(text) for size in range(7) for text in product(LETTERS, repeat=size)]
PATTERNS = st.text(alphabet="ab*?", max_size=3)


@given(PATTERNS, PATTERNS)
def test_patterns_overlap_where_some_text_matches_both(one, other):
    # The shortest text that both match is no longer than both of them together.
    both = any(matches(one, text) and matches(other, text) for text in TEXTS)
    assert overlaps(one, other) is both
    assert overlaps(other, one) is both


@given(PATTERNS, PATTERNS)
def test_what_holds_a_pattern_matches_all_of_its_texts(outer, inner):
    if holds(outer, inner):
        assert all(matches(outer, text) for text in TEXTS if matches(inner, text))


@pytest.mark.parametrize(
    ("outer", "inner"),
    [
        ("arn:aws:s3:::data/iris/*", "arn:aws:s3:::data/iris/*"),
        ("arn:aws:s3:::data/iris/*", "arn:aws:s3:::data/iris/in/?.csv"),
        ("arn:aws:s3:::data*", "arn:aws:s3:::data/iris/*"),
        ("*", "arn:aws:s3:::data"),
    ],
)
def test_a_folder_holds_what_is_below_it(outer, inner):
    assert holds(outer, inner)


@pytest.mark.parametrize(
    ("outer", "inner"),
    [
        ("arn:aws:s3:::data/iris/*", "arn:aws:s3:::data/*"),
        ("arn:aws:s3:::data/iris/*", "*"),
        ("arn:aws:s3:::data/iri?/*", "arn:aws:s3:::data/iri*/*"),
        ("arn:aws:s3:::data/iris", "arn:aws:s3:::data/iris/*"),
    ],
)
def test_nothing_holds_what_is_wider_than_itself(outer, inner):
    assert not holds(outer, inner)
