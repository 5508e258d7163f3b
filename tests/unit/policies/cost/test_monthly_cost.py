"""The report, and the published comparison."""

import pytest

from gateway_policies.cost.charge import Traffic
from gateway_policies.cost.monthly_cost import monthly_cost, table
from gateway_policies.cost.prices import known_prices
from gateway_policies.resource import UNKNOWN, Stack
from gateway_policies.stages import STAGE
from tests.unit.policies.cost.stacks import (
    BUSY,
    HOME,
    QUIET,
    config,
    endpoint,
    price_list,
    variant,
)
from tests.unit.policies.verdicts import made

KEY = "aws:kms/key:Key"


def written(*resources, traffic=QUIET, megabytes=512, prices=None):
    return table(Stack(resources), traffic, megabytes, prices or known_prices())


def rows(text):
    """First cell of each row -> its other cells."""
    found = [line.strip("| ").split("|") for line in text.splitlines() if line.startswith("| ")]
    return {first.strip(): [cell.strip() for cell in rest] for first, *rest in found}


def test_the_published_comparison_comes_out():
    """188.76 USD with an endpoint, 3.76 with a Lambda alone: docs/cost.md has the assumptions."""
    one = config(variant(instanceType="ml.m5.xlarge", initialInstanceCount=1))
    api = made(STAGE, "urn:live", region=HOME)
    traffic = Traffic(requests=4_885_714, milliseconds=68.4, kilobytes=0)
    found = rows(written(endpoint(), one, api, traffic=traffic))
    assert found["direct: REST API, endpoint"] == ["17.10", "167.90", "185.00"]
    assert found["indirect: REST API, router Lambda, endpoint"] == ["17.10", "171.66", "188.76"]
    assert found["Lambda only: REST API, the model in a Lambda"] == ["17.10", "3.76", "20.86"]
    assert found["urn:live (Stage)"] == ["0.00", "17.10", "17.10"]


def test_a_stack_in_which_nothing_has_a_price_has_no_table():
    assert written(made("aws:iam/role:Role")) == ""


def test_a_stack_that_serves_nothing_is_compared_with_nothing():
    text = written(made(KEY, region=HOME))
    assert "KMS" not in rows(text)
    assert "three ways" not in text
    assert "Expected: " not in text
    assert text.endswith("- Prices are of 2024-07, as docs/cost.md says.")


def test_a_stack_of_which_nothing_can_be_told_has_a_table_that_says_so():
    text = written(made("aws:rds/instance:Instance", "urn:db"))
    assert rows(text)["sum"] == ["0.00 + ?"] * 3
    assert "- Not known, so in no sum: aws:rds/instance:Instance (urn:db)." in text


def test_an_endpoint_that_is_not_known_is_compared_with_nothing():
    open_type = config(variant(instanceType=UNKNOWN))
    text = written(endpoint(), open_type, made(STAGE, "urn:live", region=HOME), traffic=BUSY)
    assert rows(text)["urn:iris (Endpoint)"][0] == "0.00 + ?"
    assert "three ways" not in text
    assert "Expected: " in text


def test_a_gateway_without_endpoints_is_compared_with_one():
    text = written(made(STAGE, "urn:live", region=HOME), traffic=BUSY)
    assert rows(text)["direct: REST API, endpoint"][1] == "83.95"
    assert "With one hosting ml.m5.large; " in text


def test_it_begins_on_a_line_of_its_own_and_is_markdown():
    text = written(made(KEY, region=HOME))
    first, second, *_ = text.split("\n")
    assert first == ""
    assert second.startswith("| USD a month ")
    assert text.split("\n\n")[-1].startswith("- ")


def test_it_says_what_traffic_it_expects():
    text = written(made(STAGE, "urn:live", region=HOME), traffic=BUSY)
    assert "1,000,000 requests a month, spread evenly, each 100 ms" in text


def test_it_says_whose_price_stands_in():
    text = written(made(KEY, region="eu-south-9"))
    assert rows(text)["sum"] == ["~1.00"] * 3
    assert "- ~ has a price of us-east-1, as that of eu-south-9 is not known: KMS key. " in text


def test_a_regions_own_prices_need_no_note():
    text = written(made(KEY, region=HOME))
    assert "~" not in text
    assert "?" not in text


def test_it_says_which_price_nobody_knows():
    prices = price_list(us_east_1={"alarm": 1})
    text = written(made(KEY, region=HOME), prices=prices)
    assert rows(text)["sum"] == ["0.00 + ?"] * 3
    assert text.endswith(
        "- ? has no known price in us-east-1: KMS key.\n- In no sum: "
        "a second fleet during updates, free tier, discounts, taxes."
    )


def test_it_says_what_is_not_known_and_what_is_in_no_sum():
    open_type = endpoint(), config(variant(instanceType=UNKNOWN))
    text = written(made(KEY, region=HOME), made("aws:s3/bucket:Bucket"), *open_type)
    assert "Not known, so in no sum: instances of productionVariants[0] (urn:iris)." in text
    assert "In no sum: stored objects, a second fleet during updates, free tier" in text


@pytest.mark.parametrize("hostile", ["[x](https://evil.example)", "a|b", "<img>", "@all"])
def test_no_name_type_or_region_makes_more_than_text(hostile):
    """Types of instances and regions are texts of the program, as names are."""
    rare = config(variant(instanceType=f"ml.{hostile}"))
    lost = made("aws:rds/instance:Instance", f"urn:{hostile}")
    key = made(KEY, "urn:key", region=hostile)
    text = written(endpoint(name=hostile, endpointConfigName="iris-1"), rare, lost, key)
    assert hostile not in text
    assert "](" not in text


def test_it_says_which_figures_are_not_confirmed_and_how_old_they_are():
    text = written(endpoint(), config(variant(instanceType="ml.c5.large")))
    assert "- Not confirmed by AWS: hosting ml.c5.large." in text
    assert "- Prices are of 2024-07 to 2024-09, and without a date, as docs/cost.md" in text


@pytest.mark.parametrize("name", monthly_cost.limits)
def test_what_it_expects_can_be_configured(name):
    usual = {key: limit.default for key, limit in monthly_cost.limits.items()}
    api = made(STAGE, "urn:live", region=HOME)
    stack = Stack([api])
    text = monthly_cost.write(stack, usual)
    assert text != monthly_cost.write(stack, usual | {name: 3 * usual[name]})
