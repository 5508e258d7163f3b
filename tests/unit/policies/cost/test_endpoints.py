import pytest

from gateway_policies.cost.charge import HOURS, SECONDS, Quantity, Traffic, always, used
from gateway_policies.cost.endpoints import endpoint_charges
from gateway_policies.resource import UNKNOWN
from tests.unit.policies.cost.stacks import (
    BUSY,
    billed,
    config,
    endpoint,
    target,
    tracking,
    variant,
)

SERVERLESS = {"variantName": "forest", "serverlessConfig": {"memorySizeInMb": 2048}}


def serverless(**values):
    return SERVERLESS | {"serverlessConfig": {"memorySizeInMb": 2048, "maxConcurrency": 5} | values}


def test_instances_are_billed_by_the_hour():
    found = billed(endpoint_charges, endpoint(), config(variant()), target(1, 4))
    assert found["hosting ml.m5.large"] == Quantity(HOURS, HOURS, 4 * HOURS)


def test_volumes_are_billed_with_the_instances_that_have_them():
    found = billed(endpoint_charges, endpoint(), config(variant(volumeSizeInGb=30)), target(1, 4))
    assert found["hosting storage"] == Quantity(30, 30, 120)


def test_data_is_billed_in_and_out():
    found = billed(endpoint_charges, endpoint(), config(variant()), traffic=BUSY)
    assert found["hosting data in"] == found["hosting data out"] == used(976.5625)


def test_endpoints_share_the_requests():
    both = [endpoint("a"), config(variant(), name="a"), endpoint("b")]
    assert billed(endpoint_charges, *both, traffic=BUSY)["hosting data in"] == used(976.5625 / 2)


def test_serverless_memory_is_billed_by_the_second():
    found = billed(endpoint_charges, endpoint(), config(serverless()), traffic=BUSY)
    assert found["serverless inference"] == Quantity(0, 200_000, 5 * 2 * SECONDS)


def test_provisioned_concurrency_is_billed_all_month_and_serves_first():
    kept = config(serverless(provisionedConcurrency=2))
    found = billed(endpoint_charges, endpoint(), kept, traffic=BUSY)
    assert found["provisioned serverless 2 GB"] == always(2 * SECONDS)
    assert found["provisioned serverless 2 GB running"] == Quantity(0, 100_000, 2 * SECONDS)
    assert found["serverless inference"] == Quantity(0, 0, 3 * 2 * SECONDS)


def test_requests_keep_no_more_serverless_memory_busy_than_there_can_be():
    flood = Traffic(1_000_000_000, 100, 1)
    found = billed(endpoint_charges, endpoint(), config(serverless()), traffic=flood)
    assert found["serverless inference"] == Quantity(0, 10 * SECONDS, 10 * SECONDS)
    kept = config(serverless(provisionedConcurrency=2))
    found = billed(endpoint_charges, endpoint(), kept, traffic=flood)
    assert found["serverless inference"] == Quantity(0, 6 * SECONDS, 6 * SECONDS)
    assert found["provisioned serverless 2 GB running"] == Quantity(0, 2 * SECONDS, 2 * SECONDS)


def test_variants_share_the_requests_by_weight_and_a_shadow_takes_none_away():
    light = serverless() | {"variantName": "light", "initialVariantWeight": 1}
    heavy = variant(initialVariantWeight=3)
    shadow = variant(variantName="shade", instanceType="ml.c5.large", initialVariantWeight=9)
    both = config(light, heavy, shadowProductionVariants=[shadow])
    per_minute = BUSY.requests / HOURS / 60
    scaled = [target(1, 9), tracking(per_minute / 8)]
    found = billed(endpoint_charges, endpoint(), both, *scaled, traffic=BUSY)
    assert found["serverless inference"] == Quantity(0, 200_000 / 4, 5 * 2 * SECONDS)
    assert found["hosting ml.m5.large"] == Quantity(HOURS, 6 * HOURS, 9 * HOURS)


def test_an_asynchronous_endpoint_may_cost_nothing_while_idle():
    idle = config(variant(), asyncInferenceConfig={"outputConfig": {}})
    found = billed(endpoint_charges, endpoint(), idle, target(0, 3))
    assert found["hosting ml.m5.large"] == Quantity(0, 0, 3 * HOURS)


def test_every_variant_and_shadow_is_billed():
    small, large = variant(variantName="a"), variant(variantName="b", instanceType="ml.c5.large")
    found = billed(endpoint_charges, endpoint(), config(small, shadowProductionVariants=[large]))
    assert found["hosting ml.c5.large"] == found["hosting ml.m5.large"] == always(2 * HOURS)


@pytest.mark.parametrize(
    ("variants", "what"),
    [
        ([UNKNOWN], "variants that are not known at preview"),
        ([variant(instanceType=UNKNOWN)], "instances of productionVariants[0]"),
        ([variant(initialInstanceCount=UNKNOWN)], "instances of productionVariants[0]"),
        ([variant(volumeSizeInGb=UNKNOWN)], "volumes of productionVariants[0]"),
        (
            [serverless(maxConcurrency=UNKNOWN)],
            "memory or concurrency of productionVariants[0].serverlessConfig",
        ),
    ],
)
def test_what_preview_does_not_know_is_undecided(variants, what):
    assert billed(endpoint_charges, endpoint(), config(*variants))[what] == "Undecided"


def test_a_configuration_of_elsewhere_is_undecided():
    found = billed(endpoint_charges, endpoint())
    assert found == {"an endpoint whose configuration is not one of this stack": "Undecided"}
