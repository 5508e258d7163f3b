from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_policies.cost.charge import HOURS, Quantity
from gateway_policies.cost.instances import instances
from gateway_policies.resource import UNKNOWN, Stack
from gateway_policies.sagemaker import variants
from gateway_policies.scaling_steps import SCHEDULED_ACTION
from tests.unit.policies.cost.stacks import (
    FOREST,
    action,
    config,
    endpoint,
    target,
    tracking,
    variant,
)
from tests.unit.policies.verdicts import made

PER_MINUTE = HOURS * 60


def counted(*resources, own=None, shadow=None, requests=0.0):
    found = config(own or variant())
    if shadow:
        found = config(own or variant(), shadowProductionVariants=[shadow])
    wanted = variants(found)[-1]
    return instances(Stack([endpoint(), found, *resources]), endpoint(), found, wanted, requests)


def test_a_variant_without_scaling_keeps_its_number():
    assert counted() == Quantity(2, 2, 2)


def test_a_scaled_variant_goes_from_its_least_to_its_most():
    assert counted(target(1, 6)) == Quantity(1, 1, 6)


def test_traffic_keeps_as_many_as_its_target_asks_for():
    assert counted(target(1, 6), tracking(100), requests=250 * PER_MINUTE) == Quantity(1, 3, 6)


def test_traffic_keeps_no_more_than_the_limit():
    assert counted(target(1, 6), tracking(100), requests=9999 * PER_MINUTE).expected == 6


def test_a_target_of_another_metric_says_nothing_of_requests():
    other = tracking(100, "SageMakerInferenceComponentInvocationsPerCopy")
    assert counted(target(1, 6), other, requests=250 * PER_MINUTE) == Quantity(1, 1, 6)


def test_limits_follow_a_daily_schedule():
    morning, night = action("cron(0 6 * * ? *)", 4, 8), action("cron(0 18 * * ? *)", 2, 4)
    assert counted(target(2, 8), night, morning) == Quantity(2, 3, 8)
    late = action("cron(0 22 * * ? *)", 2, 4)
    assert counted(target(2, 8), late, morning).expected == pytest.approx((16 * 4 + 8 * 2) / 24)


def test_a_schedule_may_go_below_and_above_the_limits_of_the_target():
    assert counted(target(2, 4), action("cron(0 20 * * ? *)", 1, 9)) == Quantity(1, 1, 9)


def test_a_schedule_that_names_no_maximum_keeps_that_of_the_target():
    assert counted(target(2, 4), action("cron(0 20 * * ? *)", 3, None)) == Quantity(2, 3, 4)


def test_traffic_is_met_within_what_the_schedule_allows_at_the_time():
    day, night = action("cron(0 6 * * ? *)", 4, 8), action("cron(0 18 * * ? *)", 1, 2)
    busy = {"requests": 550 * PER_MINUTE}
    assert counted(target(2, 8), tracking(100), day, night, **busy) == Quantity(1, 4, 8)


@pytest.mark.parametrize(
    "others",
    [
        [action("cron(0 6 ? * MON-FRI *)", 4, 8)],
        [action("rate(1 day)", 4, 8)],
        [
            action("cron(0 6 * * ? *)", 4, 8, timezone="Europe/Berlin"),
            action("cron(0 18 * * ? *)", 1, 2, timezone="UTC"),
        ],
    ],
)
def test_of_a_schedule_that_is_not_daily_the_dearest_is_expected(others):
    assert counted(target(2, 6), *others).expected == 4


@pytest.mark.parametrize("limits", [(UNKNOWN, 4), (1, UNKNOWN)])
def test_a_limit_that_is_not_known_leaves_the_number_open(limits):
    assert counted(target(*limits)) is UNKNOWN
    assert counted(target(1, 4), action("cron(0 6 * * ? *)", *limits)) is UNKNOWN


def test_managed_scaling_has_limits_of_its_own():
    managed = {"status": "ENABLED", "minInstanceCount": 1, "maxInstanceCount": 5}
    assert counted(own=variant(managedInstanceScaling=managed)) == Quantity(1, 1, 5)
    for open_key in managed:
        unknown = variant(managedInstanceScaling=managed | {open_key: UNKNOWN})
        assert counted(own=unknown) is UNKNOWN


def test_a_shadow_keeps_its_number():
    shadow = variant(variantName="shade", initialInstanceCount=1)
    assert counted(target(1, 6), shadow=shadow) == Quantity(1, 1, 1)
    namesake = variant(initialInstanceCount=1)
    assert counted(target(1, 6), own=variant(variantName="a"), shadow=namesake).maximum == 1


def test_what_scales_a_target_is_also_told_by_what_feeds_it():
    fed = made(
        SCHEDULED_ACTION,
        "urn:night",
        {"resourceId": ["urn:target"]},
        resourceId=UNKNOWN,
        schedule="cron(0 20 * * ? *)",
        scalableTargetAction={"minCapacity": 3, "maxCapacity": 9},
    )
    assert counted(target(1, 6), fed) == Quantity(1, 3, 9)


def of(resource, name, *feeding):
    """A resource whose resourceId is another one, or not known and told by what feeds it."""
    fed = {"resourceId": list(feeding)} if feeding else {}
    return replace(resource, values={**resource.values, "resourceId": name}, dependencies=fed)


def night(*feeding, name=UNKNOWN, **values):
    return of(action("cron(0 20 * * ? *)", 3, 9, **values), name, *feeding)


def fed_target(*feeding, name=UNKNOWN, urn="urn:target"):
    return of(target(1, 6, urn), name, *feeding)


def test_a_schedule_that_may_be_anybodys_leaves_the_number_open():
    assert counted(target(1, 6), night()) is UNKNOWN
    assert counted(target(1, 6), night("urn:word")) is UNKNOWN


def test_a_schedule_that_names_what_may_be_the_target_leaves_the_number_open():
    assert counted(fed_target("urn:iris"), night(name="endpoint/oak/variant/a")) is UNKNOWN


def test_a_schedule_of_what_is_no_variant_is_not_the_targets():
    table = night(scalableDimension="dynamodb:table:ReadCapacityUnits")
    assert counted(target(1, 6), table) == Quantity(1, 1, 6)
    assert counted(target(1, 6), night(name="endpoint/oak/variant/a")) == Quantity(1, 1, 6)


def test_a_schedule_is_the_targets_that_comes_of_the_same_endpoint():
    assert counted(fed_target("urn:iris"), night("urn:iris")) == Quantity(1, 3, 9)
    other = fed_target("urn:oak", name="endpoint/oak/variant/a", urn="urn:other")
    assert counted(fed_target("urn:iris"), other, night("urn:oak")) == Quantity(1, 1, 6)
    assert counted(target(1, 6), other, night("urn:other")) == Quantity(1, 1, 6)


def test_a_schedule_that_comes_of_what_two_targets_come_of_leaves_the_number_open():
    other = fed_target("urn:iris", name="endpoint/iris/variant/b", urn="urn:other")
    assert counted(fed_target("urn:iris", name=FOREST), other, night("urn:iris")) is UNKNOWN
    assert counted(target(1, 6), other, night("urn:iris")) is UNKNOWN


def test_a_policy_that_may_be_anybodys_leaves_open_what_requests_keep_and_no_limit():
    loose = of(tracking(100), UNKNOWN)
    assert counted(target(1, 6), loose) == Quantity(1, 1, 6)
    assert counted(target(1, 6), loose, requests=250 * PER_MINUTE) is UNKNOWN


def test_of_several_targets_the_largest_counts_in_any_order():
    small, large = target(1, 2), target(2, 500, "urn:large")
    for both in ([small, large], [large, small]):
        assert counted(*both) == Quantity(1, 2, 500)
        assert counted(*both, target(1, UNKNOWN, "urn:open")) is UNKNOWN


def test_what_an_endpoint_begins_with_counts_where_its_limit_is_lower():
    assert counted(target(1, 2), own=variant(initialInstanceCount=400)) == Quantity(1, 1, 400)
    managed = {"status": "ENABLED", "minInstanceCount": 1, "maxInstanceCount": 2}
    own = variant(initialInstanceCount=400, managedInstanceScaling=managed)
    assert counted(own=own) == Quantity(1, 1, 400)
    inverted = managed | {"minInstanceCount": 500}
    own = variant(initialInstanceCount=400, managedInstanceScaling=inverted)
    assert counted(own=own) == Quantity(500, 500, 500)
    assert counted(target(1, 2), own=variant(initialInstanceCount=UNKNOWN)) is UNKNOWN
    assert counted(target(1, 2), own=variant(initialInstanceCount=None)) == Quantity(1, 1, 2)


def test_managed_scaling_that_is_off_leaves_the_number_to_the_target():
    off = {"status": "DISABLED", "minInstanceCount": 1, "maxInstanceCount": 5}
    assert counted(target(2, 9), own=variant(managedInstanceScaling=off)) == Quantity(2, 2, 9)


def test_a_schedule_whose_least_is_above_the_targets_most_is_that_many():
    assert counted(target(2, 4), action("cron(0 20 * * ? *)", 9, None)) == Quantity(2, 9, 9)


LIMITS = st.integers(0, 9)


@given(st.lists(st.tuples(LIMITS, LIMITS), min_size=1, max_size=2), LIMITS, LIMITS, LIMITS, LIMITS)
def test_the_least_is_never_above_what_is_expected_nor_that_above_the_most(
    limits, low, high, initial, rate
):
    targets = [target(least, most, f"urn:{n}") for n, (least, most) in enumerate(limits)]
    parts = action("cron(0 6 * * ? *)", low, high), action("rate(1 day)", high, None)
    for scaled in ([], [tracking(100)], [tracking(100), parts[0]], [*parts]):
        own = variant(initialInstanceCount=initial)
        found = counted(*targets, *scaled, own=own, requests=rate * 100 * PER_MINUTE)
        assert found.minimum <= found.expected <= found.maximum


def test_a_number_that_is_not_known_stays_open():
    assert counted(own=variant(initialInstanceCount=UNKNOWN)) is UNKNOWN
    assert counted(own=variant(initialInstanceCount=None)) is UNKNOWN
