from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.serving.chart import LABELS, RIGHT, WIDTH, Group, chart

SVG = "{http://www.w3.org/2000/svg}"

positive = st.floats(0.1, 1e7)


def bars(picture: str) -> list[tuple[float, float]]:
    """Left edge and width of each bar."""
    found = ElementTree.fromstring(picture).iter(f"{SVG}rect")  # noqa: S314 our own
    attributes = [bar.attrib for bar in found if bar.attrib["height"] != "12"]
    return [(float(one["x"]), float(one["width"])) for one in attributes]


def test_a_tenfold_value_is_longer_by_the_same_each_time():
    [(left, a), (_, b), (_, c)] = bars(chart("t", ["s"], [Group("g", [v]) for v in (10, 100, 1e3)]))
    assert left == LABELS
    assert a == 1  # the scale begins there, and no bar vanishes
    assert b == pytest.approx(c / 2, abs=0.1)


@given(st.lists(st.tuples(positive, positive), min_size=1, max_size=12))
def test_all_bars_stay_within_the_picture(pairs):
    found = bars(chart("t", ["a", "b"], [Group("g", pair) for pair in pairs]))
    assert len(found) == 2 * len(pairs)
    assert all(left + width <= WIDTH - RIGHT + 1 for left, width in found)


def test_names_are_written_as_they_are():
    picture = chart("a < b", ["one & two"], [Group("x <y>", [5])])
    texts = {e.text for e in ElementTree.fromstring(picture).iter(f"{SVG}text")}  # noqa: S314
    assert {"a < b", "one & two", "x <y>", "5"} <= texts


def test_both_themes_have_colours():
    assert "@media (prefers-color-scheme: dark)" in chart("t", ["s"], [Group("g", [1])])
