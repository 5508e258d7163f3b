"""Which endpoints can be rolled out which way, and whether an alarm can roll one back."""

import pytest

from tests.unit.components.config.conftest import (
    ASYNC,
    ROLLBACK,
    SHADOW,
    endpoint,
    load,
    mistakes,
    on_instances,
)

TWO = {"forest": on_instances(), "boosting": on_instances()}
WAYS = {
    "canary": {"share": "10%", "bake": "10m"},
    "linear": {"step": "20%", "wait": "5m"},
    "blueGreen": {"bake": "10m"},
    "rolling": {"step": "25%", "wait": "5m"},
}
BOTH = {"errorRate": "1%", "latencyP90": "300ms"}


def rollout(way, rollback_on=ROLLBACK["rollbackOn"]):
    return {way: WAYS[way], "rollbackOn": rollback_on}


@pytest.mark.parametrize("way", WAYS)
def test_one_variant_with_two_instances_is_rolled_out_any_way(way):
    assert load(endpoint(rollout=rollout(way))).endpoints["iris"].rollout


@pytest.mark.parametrize("way", ["canary", "linear", "blueGreen"])
@pytest.mark.parametrize("keys", [{"variants": TWO}, {"shadow": SHADOW}])
def test_several_variants_are_rolled_out_in_blue_and_green(way, keys):
    assert load(endpoint(**keys, rollout=rollout(way))).endpoints["iris"].rollout


@pytest.mark.parametrize(
    ("keys", "names"),
    [({"variants": TWO}, "forest, boosting"), ({"shadow": SHADOW}, "forest, boosting")],
)
def test_rolling_takes_one_variant_and_no_shadow(keys, names):
    assert mistakes(endpoint(**keys, rollout=rollout("rolling"))) == [
        "endpoints.iris.rollout.rolling: an object. Allowed: canary, linear or blueGreen with "
        f"several variants ({names}), since AWS replaces the instances of one only. "
        "Use one of them."
    ]


@pytest.mark.parametrize("way", ["canary", "linear", "rolling"])
def test_a_single_instance_cannot_go_in_shares(way):
    variants = {"forest": on_instances(min=1)}
    assert mistakes(endpoint(variants=variants, rollout=rollout(way))) == [
        f"endpoints.iris.variants.forest.instances.min: 1. Allowed: 2 or more with rollout.{way}, "
        "since its first share is at most half of the instances. "
        "Raise it, or use rollout.blueGreen."
    ]


def test_a_single_instance_goes_all_at_once():
    variants = {"forest": on_instances(min=1)}
    assert load(endpoint(variants=variants, rollout=rollout("blueGreen"))).endpoints["iris"].rollout


@pytest.mark.parametrize("way", WAYS)
def test_a_wait_that_no_alarm_could_end_is_refused(way):
    wait = "bake" if "bake" in WAYS[way] else "wait"
    short = {way: WAYS[way] | {wait: "119s"}, **ROLLBACK}
    assert mistakes(endpoint(rollout=short)) == [
        f'endpoints.iris.rollout.{way}.{wait}: "119s". Allowed: 2m or more, since an alarm sees a '
        "minute only when it is over. Raise it."
    ]
    enough = {way: WAYS[way] | {wait: "2m"}, **ROLLBACK}
    assert load(endpoint(rollout=enough)).endpoints["iris"].rollout


@pytest.mark.parametrize(
    "way",
    [
        {"linear": {"step": "50%", "wait": "1h"}},
        {"linear": {"step": "10%", "wait": "1145s"}},
        {"rolling": {"step": "50%", "wait": "1h"}},
        {"rolling": {"step": "5%", "wait": "630s"}},
    ],
)
def test_a_roll_out_may_take_as_long_as_the_provider_waits(way):
    assert load(endpoint(rollout={**way, **ROLLBACK})).endpoints["iris"].rollout


@pytest.mark.parametrize(
    ("way", "line"),
    [
        (
            {"linear": {"step": "10%", "wait": "1146s"}},
            'linear.wait: "1146s". Allowed: up to 1145s, since an update waits 11 times',
        ),
        (
            {"linear": {"step": "30%", "wait": "1h"}},
            'linear.wait: "1h". Allowed: up to 2520s, since an update waits 5 times',
        ),
        (
            {"rolling": {"step": "5%", "wait": "631s"}},
            'rolling.wait: "631s". Allowed: up to 630s, since an update waits 20 times',
        ),
    ],
)
def test_a_roll_out_that_could_not_end_in_time_is_refused(way, line):
    assert mistakes(endpoint(rollout={**way, **ROLLBACK})) == [
        f"endpoints.iris.rollout.{line} and may take 4h in all. Lower it, or raise step."
    ]


def test_inf1_is_never_guarded():
    variants = {"forest": on_instances(type="ml.inf1.xlarge")}
    assert mistakes(endpoint(variants=variants, rollout=rollout("canary"))) == [
        'endpoints.iris.variants.forest.instances.type: "ml.inf1.xlarge". Allowed: no ml.inf1 type '
        "with rollout, since AWS then changes all at once and watches no alarm. "
        "Use another type, such as ml.inf2.xlarge, or remove rollout."
    ]


def variants(count):
    return {f"v{number}": on_instances() for number in range(count)}


def test_there_are_ten_alarms_at_most():
    config = endpoint(variants=variants(6), rollout=rollout("canary", BOTH))
    assert mistakes(config) == [
        "endpoints.iris.rollout.rollbackOn: 12 alarms. Allowed: 10 alarms, AWS's most; each limit "
        "has one for each variant. Keep one of the two limits, or have fewer variants."
    ]


@pytest.mark.parametrize(("count", "limits"), [(5, BOTH), (10, {"errorRate": "1%"})])
def test_ten_alarms_are_taken(count, limits):
    config = endpoint(variants=variants(count), rollout=rollout("canary", limits))
    assert load(config).endpoints["iris"].rollout


QUEUED = {"asynchronous": ASYNC, "scaling": {"backlog": 5}}


@pytest.mark.parametrize(("keys", "longest"), [({}, 60), (QUEUED, 3600)])
def test_a_latency_that_no_request_lives_to_see_is_refused(keys, longest):
    config = endpoint(**keys, rollout=rollout("canary", {"latencyP90": f"{longest}s"}))
    assert mistakes(config) == [
        f'endpoints.iris.rollout.rollbackOn.latencyP90: "{longest}s". Allowed: below {longest}s, '
        "when AWS gives a request up: its alarm could never fire. Lower it."
    ]
    just_below = rollout("canary", {"latencyP90": f"{longest * 1000 - 1}ms"})
    assert load(endpoint(**keys, rollout=just_below)).endpoints["iris"].rollout
