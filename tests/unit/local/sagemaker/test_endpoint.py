import math
from collections import Counter
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from local.sagemaker.endpoint import Endpoint, Variant
from tests.unit.local.sagemaker.conftest import FakeInstance, plan, seeded

PICKS = 10_000


def fleet(*weights):
    return [Variant(plan(str(i), weight), [object()]) for i, weight in enumerate(weights)]  # type: ignore[list-item]


@settings(max_examples=20)
@given(st.lists(st.integers(0, 100), min_size=1, max_size=5).filter(any), st.integers(0, 2**32))
def test_variants_are_picked_in_proportion_to_their_weights(weights, seed):
    endpoint = Endpoint(fleet(*map(float, weights)), seeded(seed))
    picked = Counter(endpoint.pick().plan.name for _ in range(PICKS))
    for index, weight in enumerate(weights):
        share = weight / sum(weights)
        deviation = math.sqrt(PICKS * share * (1 - share))
        assert abs(picked[str(index)] - PICKS * share) <= 5 * deviation


def test_one_variant_gets_every_request():
    [variant] = fleet(0.5)
    endpoint = Endpoint([variant], seeded(1))
    assert {endpoint.pick() for _ in range(100)} == {variant}


def test_instances_take_turns():
    instances: Any = list("abc")
    variant = Variant(plan(instances=3), instances)
    turns: list[Any] = [variant.next_instance() for _ in range(7)]
    assert turns == list("abcabca")


def test_stopping_an_endpoint_stops_every_instance_of_every_variant():
    instances = [FakeInstance(None, None) for _ in range(3)]
    fakes: Any = instances
    variants = [Variant(plan(), fakes[:2]), Variant(plan(), fakes[2:])]
    Endpoint(variants, seeded(1)).stop()
    assert all(instance.stopped for instance in instances)
