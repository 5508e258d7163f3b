import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_policies.cost.prices import REFERENCE_REGION, Price, known_prices, parse

AMOUNTS = st.floats(min_value=1e-9, max_value=100)
STARTS = st.lists(st.integers(1, 10**10), max_size=4, unique=True).map(sorted)
USED = st.floats(min_value=0, max_value=1e11)


@st.composite
def prices(draw):
    starts = [0, *draw(STARTS)]
    tiers = tuple((float(start), draw(AMOUNTS)) for start in starts)
    return Price("unit", tiers, "tests", "2026-01", True)


@given(price=prices(), one=USED, other=USED)
def test_more_never_costs_less(price, one, other):
    less, more = sorted((one, other))
    assert price.of(less) <= price.of(more) * (1 + 1e-9)


@given(price=prices())
def test_a_tier_begins_where_the_one_before_it_ends(price):
    for start, _ in price.tiers[1:]:
        dearest = max(usd for _, usd in price.tiers)
        assert price.of(start) == pytest.approx(price.of(start - 1), abs=dearest * 1.001)


@given(price=prices())
def test_nothing_used_costs_nothing(price):
    assert price.of(0) == 0


@given(price=prices(), used=USED)
def test_a_unit_costs_what_one_of_the_tiers_says_or_a_mean_of_them(price, used):
    amounts = [usd for _, usd in price.tiers]
    low, high = min(amounts) * used, max(amounts) * used
    assert low * (1 - 1e-9) <= price.of(used) <= high * (1 + 1e-9)


def test_each_tier_has_its_own_price():
    price = Price("request", ((0, 3.0), (100, 2.0), (200, 1.0)), "tests", "2026-01", True)
    assert price.of(250) == 100 * 3 + 100 * 2 + 50 * 1


def test_tiers_are_sorted_by_where_they_begin_and_not_by_their_text():
    text = '{"a-b-1": {"x": {"unit": "hour", "usd": {"9": "2", "10": "1", "0": "3"}, '
    found = parse(text + '"source": "s", "date": "d"}}}').find("a-b-1", "x")
    assert found == Price("hour", ((0, 3), (9, 2), (10, 1)), "s", "d", True)


@pytest.mark.parametrize(
    "usd",
    [
        *('"0"', '"-1"', '"inf"', '"nan"', "{}", '{"5": "1"}'),
        *("null", "[1]", '"dear"', '{"0": null}', '{"x": "1"}'),
    ],
)
def test_a_figure_that_is_no_price_is_named(usd):
    text = f'{{"a-b-1": {{"x": {{"unit": "h", "usd": {usd}, "source": "s", "date": "d"}}}}}}'
    with pytest.raises(ValueError, match="^a-b-1 x: .* Allowed: USD above 0, in tiers"):
        parse(text)


FIGURE = {"usd": "1", "unit": "h", "source": "s", "date": "d"}


@pytest.mark.parametrize(
    ("figure", "message"),
    [
        ({"usd": "1"}, "a-b-1 x: unit is null. Allowed: a text"),
        (FIGURE | {"date": 2026}, "a-b-1 x: date is 2026. Allowed: a text"),
        (FIGURE | {"source": None}, "a-b-1 x: source is null. Allowed: a text"),
        (FIGURE | {"confirmed": "no"}, 'a-b-1 x: confirmed is "no". Allowed: true or false'),
        (["1"], 'a-b-1 x: the figure is ["1"]. Allowed: an object'),
    ],
)
def test_a_figure_that_lacks_something_is_named(figure, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        parse(json.dumps({"a-b-1": {"x": figure}}))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[]", "the file is []. Allowed: an object"),
        ('{"a-b-1": 5}', "a-b-1 is 5. Allowed: an object"),
    ],
)
def test_a_file_that_holds_no_regions_or_items_is_refused(text, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        parse(text)


def test_a_price_that_is_not_known_is_none_and_never_that_of_another_region():
    assert known_prices().find("eu-central-1", "KMS key") is None
    assert known_prices().find("mars-north-1", "KMS key") is None
    assert known_prices().find(REFERENCE_REGION, "hosting ml.u7.nano") is None


def test_every_figure_has_a_source_and_a_date():
    for items in known_prices().regions.values():
        for item, price in items.items():
            assert price.source, item
            assert re.fullmatch(r"20\d\d(-[01]\d(-[0-3]\d)?)?|undated", price.date), item


def test_what_only_others_say_is_not_confirmed():
    for items in known_prices().regions.values():
        assert all(not p.confirmed for p in items.values() if "secondary" in p.source)
