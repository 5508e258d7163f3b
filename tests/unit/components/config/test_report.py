"""How a mistake reads."""

import pytest

from components.config.report import SHOWN_CHARACTERS, Clash, Mistake, joined, shown


def test_a_mistake_is_one_line_of_key_value_allowed_and_fix():
    mistake = Mistake(("logs", "retention"), '"31d"', "30d or 60d", "Write 60d")
    assert mistake.line("ns") == 'ns:logs.retention: "31d". Allowed: 30d or 60d. Write 60d.'


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (("a", "b-c", "/d"), "a.b-c./d"),
        (("a", 0, "b", 12), "a[0].b[12]"),
        (("a.b", "c"), '["a.b"].c'),
        (("a", "é\n"), 'a["\\u00e9\\n"]'),
        ((), ""),
    ],
)
def test_a_path_reads_as_people_write_it(path, text):
    assert joined(path) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("é", '"\\u00e9"'),
        (None, "null"),
        ({}, "{}"),
        ({"a": 1}, "an object"),
        ([], "[]"),
        ([1], "a list"),
        ("x" * 500, f'"{"x" * (SHOWN_CHARACTERS - 1)}...'),
    ],
)
def test_a_value_is_shown_in_ascii_and_in_short(value, text):
    assert shown(value) == text


CONFIG = {"endpoints": {"iris": {"capture": {"sample": "20%"}, "names": ["a", "b"]}}}


@pytest.mark.parametrize(
    ("path", "seen"),
    [
        (("capture", "sample"), '"20%"'),
        (("capture",), "an object"),
        (("names", 1), '"b"'),
        (("scaling",), "missing"),
        (("names", 2), "missing"),
    ],
)
def test_a_clash_shows_what_the_user_wrote_there(path, seen):
    mistake = Clash(path, "nothing", "Remove it").mistake(("endpoints", "iris"), CONFIG)
    assert mistake == Mistake(("endpoints", "iris", *path), seen, "nothing", "Remove it")


def test_a_clash_may_say_in_words_what_is_seen():
    clash = Clash(("names",), "one name", "Remove one", seen="a and b")
    assert clash.mistake(("endpoints", "iris"), CONFIG).seen == "a and b"
