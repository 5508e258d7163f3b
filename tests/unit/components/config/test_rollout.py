"""The block `rollout` by itself."""

import pytest

from tests.unit.components.config.conftest import CANARY, ROLLBACK, endpoint, load, mistakes

ROLLOUT = "endpoints.iris.rollout"
ONE = "exactly one of canary, linear, blueGreen or rolling"


def rolled_out(**keys):
    return load(endpoint(rollout={**ROLLBACK, **keys})).endpoints["iris"].rollout


def test_quantities_are_read_in_their_units():
    rollout = rolled_out(
        canary={"share": "10%", "bake": "10m"},
        rollbackOn={"errorRate": "0.5%", "latencyP90": "2s"},
    )
    assert (rollout.canary.share, rollout.canary.bake) == (10, 600)
    assert (rollout.rollback_on.error_rate, rollout.rollback_on.latency_p90) == (0.005, 2000)
    assert (rollout.linear, rollout.blue_green, rollout.rolling) == (None, None, None)


@pytest.mark.parametrize(
    "way", [{"canary": {"share": "50%", "bake": "1h"}}, {"blueGreen": {"bake": "1h"}}]
)
def test_each_wait_may_take_an_hour(way):
    assert rolled_out(**way)


MISTAKES = [
    ({**ROLLBACK}, f": none of them. Allowed: {ONE}. Add one."),
    ({**CANARY, "blueGreen": {"bake": "1m"}},
     f": canary and blueGreen. Allowed: {ONE}. Remove the others."),
    ({"canary": CANARY["canary"]}, ".rollbackOn: missing. Allowed: an object with the keys "
     "errorRate, latencyP90. Add it."),
    ({**CANARY, "rollbackOn": {}},
     ".rollbackOn: {}. Allowed: errorRate, latencyP90 or both. Add one."),
    ({**CANARY, "rollbackOn": {"errorRate": "0%"}},
     '.rollbackOn.errorRate: "0%". Allowed: a percentage above 0% and below 100%, with up to two '
     "decimals. Write it like 0.5%."),
    ({**CANARY, "rollbackOn": {"latencyP90": "300"}},
     '.rollbackOn.latencyP90: "300". Allowed: a whole number above 0, of up to 9 digits, followed '
     "by ms or s. Write it like 300ms."),
    ({"canary": {"share": "51%", "bake": "10m"}, **ROLLBACK},
     '.canary.share: "51%". Allowed: a whole percentage from 1% to 50%. Write it like 1%.'),
    ({"canary": {"share": "10%", "bake": "2h"}, **ROLLBACK},
     '.canary.bake: "2h". Allowed: a time of up to 1h. Lower it.'),
    ({"blueGreen": {"bake": "3601s"}, **ROLLBACK},
     '.blueGreen.bake: "3601s". Allowed: a time of up to 1h. Lower it.'),
    ({"linear": {"step": "9%", "wait": "5m"}, **ROLLBACK},
     '.linear.step: "9%". Allowed: a whole percentage from 10% to 50%. Write it like 10%.'),
    ({"linear": {"step": "10%", "wait": "2h"}, **ROLLBACK},
     '.linear.wait: "2h". Allowed: a time of up to 1h. Lower it.'),
    ({"rolling": {"step": "60%", "wait": "1m"}, **ROLLBACK},
     '.rolling.step: "60%". Allowed: a whole percentage from 5% to 50%. Write it like 5%.'),
]  # fmt: skip


@pytest.mark.parametrize(("keys", "line"), MISTAKES)
def test_a_mistake_in_a_roll_out_is_named(keys, line):
    assert mistakes(endpoint(rollout=keys)) == [f"{ROLLOUT}{line}"]
