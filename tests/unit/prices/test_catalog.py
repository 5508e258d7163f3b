"""The catalog, and the data that it is for."""

import pytest

from gateway_policies.cost.prices import known_prices
from prices.catalog import FIGURES, figure_of
from tests.unit.prices.conftest import figure

PRICED = [
    (item, price) for items in known_prices().regions.values() for item, price in items.items()
]


@pytest.mark.parametrize(("item", "price"), PRICED)
def test_every_price_that_the_pack_has_can_be_asked_for_in_its_unit(item, price):
    assert figure(item).unit == price.unit


def test_what_has_a_figure_of_its_own_is_not_taken_for_a_type():
    assert figure("hosting storage").item == "hosting storage"
    assert figure("hosting ml.m5.large").item == "hosting {instanceName}"
    assert figure_of("a cup of tea") is None


def test_no_two_figures_are_of_one_item():
    assert len({figure.item for figure in FIGURES}) == len(FIGURES)
