import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.provider.property_path import parse, within, write

STEPS = st.lists(st.text(min_size=1).filter(lambda s: s != "*") | st.integers(0, 99), min_size=1)


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("root", ["root"]),
        ("root.nested", ["root", "nested"]),
        ('root["nested"]', ["root", "nested"]),
        ("root.array[0].nested", ["root", "array", 0, "nested"]),
        ("root.array[*].nested", ["root", "array", "*", "nested"]),
        ('tags["a.b"]', ["tags", "a.b"]),
        (r'tags["say \"x\""]', ["tags", 'say "x"']),
        ("[0]", [0]),
    ],
)
def test_a_path_is_read_step_by_step(text, steps):
    assert parse(text) == steps


@pytest.mark.parametrize("text", ["a..b", "a[", "a[x]", 'a["b]', "a]"])
def test_what_is_no_path_is_refused(text):
    with pytest.raises(ValueError, match="no path to a property"):
        parse(text)


@given(STEPS)
def test_what_is_written_reads_the_same(steps):
    assert parse(write(steps)) == steps


def test_paths_are_written_as_pulumi_does():
    assert write(["variants", 0, "name"]) == "variants[0].name"
    assert write(["tags", "a.b"]) == 'tags["a.b"]'


@pytest.mark.parametrize(
    ("path", "other", "is_within"),
    [
        (["a"], ["a"], True),
        (["a", 0, "b"], ["a"], True),
        (["a", 0, "b"], ["a", "*", "b"], True),
        (["a"], ["a", "b"], False),
        (["a", 1], ["a", 0], False),
        (["ab"], ["a"], False),
    ],
)
def test_a_path_lies_within_another(path, other, is_within):
    assert within(path, other) is is_within
