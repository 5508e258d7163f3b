import json

import pytest

from gateway_policies.cost.rules import instance_types, monthly_budget
from gateway_policies.resource import UNKNOWN, Stack
from tests.unit.policies.cost.stacks import config, endpoint, target, variant
from tests.unit.policies.verdicts import judged_stack, made

KEY = "aws:kms/key:Key"
FLEET = (endpoint(), config(variant()), target(2, 4))
"""335.80 USD at its limit."""


def budgeted(*resources, usd):
    return judged_stack(monthly_budget, *resources, limits={"usd": usd})


def test_capacity_within_the_budget_passes():
    assert budgeted(*FLEET, usd=336) == []


def test_the_budget_may_be_spent():
    keys = [made(KEY, f"urn:{n}", region="us-east-1") for n in range(3)]
    assert budgeted(*keys, usd=3) == []
    assert budgeted(*keys, usd=2)[0].startswith("urn:0 violation")


def test_capacity_over_the_budget_names_its_largest_parts():
    assert budgeted(*FLEET, made(KEY, "urn:key", region="us-east-1"), usd=336) == [
        "urn:iris violation monthly cost: 336.80 USD at the limits of all capacity, "
        "most of it urn:iris (hosting ml.m5.large) 335.80, urn:key (KMS key) 1.00"
    ]


def test_a_part_is_named_as_the_program_names_it():
    key = made(KEY, f"urn:pulumi:dev::shop::{KEY}::a::b", region="us-east-1")
    [found] = budgeted(key, made(KEY, "urn:key", region="us-east-1"), usd=1)
    assert found.endswith(", a::b (KMS key) 1.00")


def test_a_violation_says_what_to_do():
    [found] = monthly_budget.check(Stack(FLEET), {"usd": 300})
    message = found.message(monthly_budget.control)
    assert "Allowed: up to 300 USD a month. Lower the limits of the largest parts" in message


def test_requests_are_not_capacity():
    assert budgeted(made("aws:apigateway/stage:Stage", "urn:live", region="us-east-1"), usd=1) == []


def test_a_region_without_prices_is_unknown_and_never_free():
    elsewhere = [endpoint(region="eu-south-9"), config(variant(), region="eu-south-9")]
    assert budgeted(*elsewhere, usd=1) == [
        "urn:iris unknown monthly cost: some 167.90 USD by the prices of us-east-1 for what "
        "has no known price in eu-south-9: hosting ml.m5.large"
    ]


def test_a_type_that_nobody_has_a_price_for_is_unknown_and_never_free():
    rare = [endpoint(), config(variant(instanceType="ml.u7.nano"))]
    assert budgeted(*rare, usd=1) == [
        "urn:iris unknown monthly cost: what has no known price in us-east-1: hosting ml.u7.nano"
    ]


@pytest.mark.parametrize("usd", [1, 10_000])
def test_a_price_that_aws_has_not_confirmed_decides_nothing(usd):
    rumoured = [endpoint(), config(variant(instanceType="ml.m5.4xlarge"))]
    assert budgeted(*rumoured, usd=usd) == [
        "urn:iris unknown monthly cost: 1,346.12 USD by prices that AWS has not "
        "confirmed: hosting ml.m5.4xlarge"
    ]


def test_what_is_surely_over_the_budget_counts_no_price_that_is_not_confirmed():
    rumoured = [endpoint("oak"), config(variant(instanceType="ml.m5.4xlarge"), name="oak")]
    [found] = budgeted(*FLEET, *rumoured, usd=335)
    assert found == (
        "urn:iris violation monthly cost: 335.80 USD at the limits of all capacity, "
        "most of it urn:iris (hosting ml.m5.large) 335.80"
    )


def test_each_doubt_is_told_apart():
    elsewhere = made(KEY, "urn:key", region="eu-south-9")
    rumoured = [endpoint(), config(variant(instanceType="ml.m5.4xlarge"))]
    [found] = budgeted(*rumoured, elsewhere, usd=1)
    assert found.endswith(
        "not confirmed: hosting ml.m5.4xlarge and some 1.00 USD by the prices of us-east-1 for "
        "what has no known price in eu-south-9: KMS key"
    )


def test_an_unknown_price_says_how_to_get_it():
    rare = [endpoint(), config(variant(instanceType="ml.u7.nano"))]
    [found] = monthly_budget.check(Stack(rare), {"usd": 300})
    assert "Run make prices" in found.message(monthly_budget.control)


def test_what_preview_does_not_know_is_unknown():
    assert budgeted(endpoint(), config(variant(instanceType=UNKNOWN)), usd=1) == [
        "urn:iris unknown monthly cost: what is not known: instances of productionVariants[0]"
    ]


def test_a_type_of_resource_that_nobody_estimates_is_unknown():
    assert budgeted(made("aws:rds/instance:Instance", "urn:db"), usd=1) == [
        "urn:db unknown monthly cost: what is not known: aws:rds/instance:Instance"
    ]


def test_what_is_surely_over_the_budget_is_a_violation_whatever_else_is_unknown():
    [found] = budgeted(*FLEET, made("aws:rds/instance:Instance", "urn:db"), usd=1)
    assert found.startswith("urn:iris violation")


@pytest.mark.parametrize("kind", ["ml.m5.large", "ml.c7i.xlarge", "ml.r6g.large", None])
def test_types_without_an_accelerator_are_allowed(kind):
    assert judged_stack(instance_types, config(variant(instanceType=kind))) == []


def test_another_type_is_refused_in_shadows_too():
    dear = config(variant(), shadowProductionVariants=[variant(instanceType="ml.p5.48xlarge")])
    assert judged_stack(instance_types, dear) == [
        'urn:iris-1 violation shadowProductionVariants[0].instanceType: "ml.p5.48xlarge"'
    ]


@pytest.mark.parametrize("odd", [5, "", ["ml.m5.large"], True])
def test_what_is_no_type_is_refused(odd):
    [found] = judged_stack(instance_types, config(variant(instanceType=odd)))
    assert found == (f"urn:iris-1 violation productionVariants[0].instanceType: {json.dumps(odd)}")


def test_the_environment_says_which_are_allowed():
    gpu = Stack([config(variant(instanceType="ml.g5.xlarge"))])
    assert list(instance_types.check(gpu, {"allowed": ["ml.g5.*"]})) == []
    [found] = instance_types.check(gpu, {"allowed": ["ml.m5.*", "ml.m6i.*"]})
    assert found.allowed == "ml.m5.* or ml.m6i.*"


def test_a_type_that_is_not_known_is_unknown():
    [found] = judged_stack(instance_types, config(variant(instanceType=UNKNOWN)))
    assert found.startswith("urn:iris-1 unknown productionVariants[0].instanceType: ")
