import pytest

from gateway_policies.cost.prices import Price
from prices.errors import PriceListError
from prices.price_list import new_figure, products_by_item
from tests.unit.prices.conftest import figure, price_list, product

HOURLY = Price("hour", ((0, 0.1),), "tests", "2024-07", True)


def test_aws_is_asked_for_exactly_one_region_and_product():
    asked = [
        {"Type": "TERM_MATCH", "Field": "regionCode", "Value": "eu-central-1"},
        {"Type": "TERM_MATCH", "Field": "group", "Value": "AWS-Lambda-Requests"},
    ]
    with price_list([], asked=asked, service="AWSLambda") as client:
        assert products_by_item(client, figure("Lambda requests"), "eu-central-1") == {}


def test_traffic_is_asked_for_by_where_it_comes_from():
    asked = [
        {"Type": "TERM_MATCH", "Field": "fromRegionCode", "Value": "eu-central-1"},
        {"Type": "TERM_MATCH", "Field": "transferType", "Value": "AWS Outbound"},
    ]
    with price_list([], asked=asked) as client:
        products_by_item(client, figure("transfer out"), "eu-central-1")


def test_a_type_of_instance_is_an_item_of_its_own():
    large, small = product("1", instanceName="ml.a"), product("2", instanceName="ml.b")
    with price_list([large, small]) as client:
        found = products_by_item(client, figure("hosting ml.a"), "eu-central-1")
    assert found == {"hosting ml.a": [large], "hosting ml.b": [small]}


@pytest.mark.parametrize(
    ("usage", "taken"),
    [
        ("KMS-Keys", True),
        ("eu-central-1-KMS-Keys", True),
        ("EUC1-KMS-Keys", True),
        ("EUC1-KMS-Keys-Replica", False),
        ("EUC1-XKMS-Keys", False),
    ],
)
def test_a_usage_type_is_compared_but_for_its_region(usage, taken):
    with price_list([product("1", usagetype=usage)]) as client:
        found = products_by_item(client, figure("KMS key"), "eu-central-1")
    assert list(found) == (["KMS key"] if taken else [])


def test_a_usage_type_may_name_an_attribute():
    right = product("1", cacheMemorySizeGb="0.5", usagetype="EUC1-ApiGatewayCacheUsage:0.5GB")
    wrong = product("1", cacheMemorySizeGb="1.6", usagetype="EUC1-ApiGatewayCacheUsage:0.5GB")
    with price_list([right, wrong, product("1", usagetype="EUC1-ApiGatewayRequest")]) as client:
        found = products_by_item(client, figure("REST cache 0.5 GB"), "eu-central-1")
    assert found == {"REST cache 0.5 GB": [right]}


def test_a_figure_has_its_source_and_the_day_of_publication():
    assert new_figure([product("0.1150000000")], "hour", HOURLY) == {
        "usd": "0.115",
        "unit": "hour",
        "source": "AWS Price List",
        "date": "2026-11-20",
    }


def test_tiers_stand_in_the_order_of_where_they_begin():
    tiers = {"1000000000": "0.00000238", "0": "0.0000035", "333000000": "0.0000028"}
    fields = new_figure([product(tiers)], "request", None)
    assert list(fields["usd"].items()) == sorted(tiers.items(), key=lambda one: float(one[0]))


def test_two_products_are_no_figure():
    with pytest.raises(PriceListError, match=r"^2 SKUs, A, B\. Allowed: one$"):
        new_figure([product("1", "B"), product("1", "A")], "hour", HOURLY)


@pytest.mark.parametrize("usd", ["0", "-1", "", "free", {}, {"5": "1"}])
def test_what_is_no_price_is_no_figure(usd):
    with pytest.raises(PriceListError, match="^no price can be read: "):
        new_figure([product(usd)], "hour", HOURLY)


def test_a_product_without_an_on_demand_price_is_no_figure():
    with pytest.raises(PriceListError, match="^no price can be read: "):
        new_figure([product("1") | {"terms": {}}], "hour", HOURLY)


@pytest.mark.parametrize(("usd", "times"), [("1.1", "11"), ("0.009", "0.09")])
def test_a_leap_is_another_unit_or_product_and_no_figure(usd, times):
    with pytest.raises(PriceListError, match=rf"^{times} times what it was\. Allowed: up to 10"):
        new_figure([product(usd)], "hour", HOURLY)


def test_a_price_may_rise_or_fall():
    assert new_figure([product("0.2")], "hour", HOURLY)["usd"] == "0.2"
