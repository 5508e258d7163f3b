"""Names made of content."""

import re

from hypothesis import given
from hypothesis import strategies as st

from components.content import ID_LENGTH, content_id

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=3), JSON))
def test_an_id_does_not_depend_on_the_order_of_keys(content):
    backwards = dict(reversed(content.items()))
    assert content_id(content) == content_id(backwards)
    assert re.fullmatch(rf"[0-9a-f]{{{ID_LENGTH}}}", content_id(content))


def test_an_id_changes_with_the_content():
    ids = [
        content_id({"a": 1}),
        content_id({"a": 2}),
        content_id({"a": 1}, None),
        content_id({"a": 1}, {"b": 1}),
    ]
    assert len(set(ids)) == len(ids)


def test_an_id_stays_the_same_from_release_to_release():
    assert content_id({"image": "a", "weights": [1.0, 9.0]}, None) == "2a2ca"
