import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.engine.version import Version

NUMBERS = st.integers(0, 9999)


@given(NUMBERS, NUMBERS, NUMBERS, st.sampled_from(["", "v"]), st.sampled_from(["", "+abc.1"]))
def test_a_release_of_pulumi_is_read_as_its_numbers(major, minor, patch, prefix, build):
    text = f"{prefix}{major}.{minor}.{patch}{build}\n"
    assert Version.of_pulumi(text) == (major, minor, patch, True)


@given(NUMBERS, NUMBERS, NUMBERS)
def test_a_release_of_go_is_read_as_its_numbers(major, minor, patch):
    assert Version.of_go(f"go{major}.{minor}.{patch}") == (major, minor, patch, True)


@given(st.text(max_size=30))
def test_any_text_is_a_version_or_none(text):
    for version in (Version.of_pulumi(text), Version.of_go(text)):
        assert version is None or version.major >= 0


@given(st.tuples(NUMBERS, NUMBERS, NUMBERS), st.tuples(NUMBERS, NUMBERS, NUMBERS))
def test_versions_are_ordered_by_number_not_by_text(left, right):
    assert (Version(*left) < Version(*right)) == (left < right)


def test_a_pre_release_comes_before_its_release_and_after_the_one_before():
    before, pre, release = (
        Version.of_pulumi(text) or Version(0, 0, 0)
        for text in ("3.237.9", "3.238.0-alpha.1+9f", "3.238.0")
    )
    assert Version(0, 0, 0) < before < pre < release


@pytest.mark.parametrize(
    "text", ["", "3.238", "version 3.238.0", "3.238.0 is out", "3.x.0", "-1.2.3"]
)
def test_what_is_no_version_of_pulumi_is_none(text):
    assert Version.of_pulumi(text) is None


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("go1.26", (1, 26, 0, True)),
        ("go1.27rc1", (1, 27, 0, False)),
        ("go1.25.3 X:nodwarf5", (1, 25, 3, True)),
        ("devel go1.27-abcdef Mon Nov 2", (1, 27, 0, False)),
    ],
)
def test_unusual_versions_of_go_are_read(text, version):
    assert Version.of_go(text) == version


@pytest.mark.parametrize("text", ["", "1.26.8", "gopher", "go1", "go1.26.8.9"])
def test_what_is_no_version_of_go_is_none(text):
    assert Version.of_go(text) is None


def test_a_version_is_shown_as_people_write_it():
    assert str(Version(3, 259, 0)) == "3.259.0"
    assert str(Version(1, 27, 0, is_release=False)) == "1.27.0 (pre-release)"
