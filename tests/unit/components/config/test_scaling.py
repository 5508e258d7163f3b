"""The block `scaling` by itself."""

import pytest

from components.config.scaling import ScaleIn
from tests.unit.components.config.conftest import endpoint, load, mistakes

SCALING = "endpoints.iris.scaling"
NIGHT = {"at": "cron(0 20 * * ? *)", "min": 1, "max": 2}


def scaled(**keys):
    return load(endpoint(scaling=keys)).endpoints["iris"].scaling


def test_scaling_has_defaults_for_all_but_its_metric():
    scaling = scaled(target="1200/min")
    assert (scaling.target, scaling.scale_in) == (1200, None)
    assert (scaling.cooldown.scale_in, scaling.cooldown.scale_out) == (300, 60)
    assert scaling.schedule == {}


def test_a_schedule_is_in_utc_unless_it_says_otherwise():
    schedule = scaled(
        target="1/min", schedule={"night": NIGHT, "day": {**NIGHT, "zone": "Europe/Berlin"}}
    ).schedule
    assert (schedule["night"].zone, schedule["day"].zone) == ("UTC", "Europe/Berlin")
    assert (schedule["night"].at, schedule["night"].min, schedule["night"].max) == (
        "cron(0 20 * * ? *)",
        1,
        2,
    )


@pytest.mark.parametrize(
    ("keys", "scale_in"),
    [
        ({"target": "1/min", "scaleIn": "step"}, ScaleIn.STEP),
        ({"target": "1/min", "scaleIn": "targetTracking"}, ScaleIn.TARGET_TRACKING),
        ({"concurrency": 4, "scaleIn": "targetTracking"}, ScaleIn.TARGET_TRACKING),
    ],
)
def test_scale_in_goes_by_steps_or_by_target_tracking(keys, scale_in):
    assert scaled(**keys).scale_in is scale_in


ONE = "exactly one of target, concurrency, utilization or backlog"
LIMITS = {"target": "1/min"}

MISTAKES = [
    ({}, f": none of them. Allowed: {ONE}. Add one."),
    ({"target": "1/min", "backlog": 5},
     f": target and backlog. Allowed: {ONE}. Remove the others."),
    ({"concurrency": 4, "scaleIn": "step"},
     '.scaleIn: "step". Allowed: targetTracking, since steps follow the invocations, which only '
     "target is about. Remove it."),
    ({**LIMITS, "scaleIn": "steps"},
     '.scaleIn: "steps". Allowed: one of step, targetTracking. Write step if that is meant.'),
    ({**LIMITS, "scaleIn": True},
     ".scaleIn: true. Allowed: one of step, targetTracking. Write one of them."),
    ({"concurrency": 1001},
     ".concurrency: 1001. Allowed: a whole number from 1 to 1000. Lower it."),
    ({"utilization": "95%"},
     '.utilization: "95%". Allowed: a whole percentage from 10% to 90%. Write it like 10%.'),
    ({**LIMITS, "cooldown": {"scaleIn": 300}},
     ".cooldown.scaleIn: 300. Allowed: a whole number above 0, of up to 9 digits, followed by "
     "s, m or h. Write it like 10m."),
    ({**LIMITS, "schedule": {"night": {**NIGHT, "min": 3}}},
     ".schedule.night.max: 2. Allowed: a whole number from 3 (min) to 200. "
     "Raise max or lower min."),
    ({**LIMITS, "schedule": {"night": {**NIGHT, "zone": "Berlin"}}},
     '.schedule.night.zone: "Berlin". Allowed: an IANA time zone. Write it like Europe/Berlin.'),
    ({**LIMITS, "schedule": {"night": {"min": 1, "max": 2}}},
     ".schedule.night.at: missing. Allowed: When: `cron(0 20 * * ? *)` or "
     "`at(2027-01-01T00:00:00)`. Add it."),
    ({**LIMITS, "schedule": [NIGHT]},
     ".schedule: a list. Allowed: an object: Limits that change at known times, by name. "
     "Write an object."),
]  # fmt: skip


@pytest.mark.parametrize(("keys", "line"), MISTAKES)
def test_a_mistake_in_scaling_is_named(keys, line):
    assert mistakes(endpoint(scaling=keys)) == [f"{SCALING}{line}"]
