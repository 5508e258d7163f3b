from datetime import UTC, datetime, timedelta

import pytest

from local.sagemaker.instance import DeploymentError
from local.sagemaker.plan import EndpointPlan, ModelPlan, VariantPlan
from local.sagemaker.rollout import (
    ALL_BUT_RETIRED,
    Deployer,
    RollbackAlarms,
    RolledBack,
    Rollout,
    Stage,
)

ROLE = "arn:aws:iam::123456789012:role/execution"
PLAN = EndpointPlan("second", (VariantPlan("a", ModelPlan("i", "s3://a/b", ROLE), 1.0, 2),))


class Fleets:
    """Notes in a journal what is asked of it. start_seconds: how long a start takes."""

    def __init__(self, time):
        self.time = time
        self.journal = time.journal
        self.start_seconds = 0
        self.fault = None

    def start(self, name, plan):
        self.time.sleep(self.start_seconds)
        if self.fault:
            raise self.fault
        self.journal.append("start")
        return plan.configuration

    def route(self, name, fleet, share):
        self.journal.append(round(share, 3) if share < ALL_BUT_RETIRED else share)

    def discard(self, name, fleet):
        self.journal.append("discard")


class Time:
    """A clock that only sleep moves on. at: what happens when so many seconds have gone by."""

    def __init__(self):
        self.now = datetime(2026, 3, 1, tzinfo=UTC)
        self.began = self.now
        self.journal = []
        self.at = {}

    def sleep(self, seconds):
        self.now += timedelta(seconds=seconds)
        if event := self.at.get(self.seconds):
            event()

    @property
    def seconds(self):
        return (self.now - self.began).total_seconds()


@pytest.fixture
def time():
    return Time()


@pytest.fixture
def states():
    return {"errors": "OK", "latency": "INSUFFICIENT_DATA"}


@pytest.fixture
def fleets(time):
    return Fleets(time)


@pytest.fixture
def alarms(states, access, calls):
    return RollbackAlarms("eu-central-1", states.__getitem__, access, calls.log)


@pytest.fixture
def deployer(fleets, alarms, time):
    return Deployer(fleets, alarms, lambda: time.now, time.sleep)


@pytest.fixture
def deploy(deployer, fleets, time):
    """Rolls out, and answers what was asked of the fleets and the stages that were reported."""

    def deploy(**rollout):
        stages: list[Stage] = []
        deployer.deploy("iris", PLAN, Rollout(**rollout), stages.append)
        return fleets.journal, stages

    return deploy


def test_at_once_means_at_once(deploy, time):
    journal, stages = deploy()
    assert journal == ["start", 1.0]
    assert stages == [Stage.CREATING, Stage.ACTIVATING]
    assert time.seconds == 0


def test_a_canary_waits_twice_and_keeps_the_old_fleet_to_the_end(deploy, time):
    journal, stages = deploy(steps=(0.1,), wait_seconds=600, final_wait_seconds=300)
    assert journal == ["start", 0.1, ALL_BUT_RETIRED, 1.0]
    assert time.seconds == 900
    shifted = [Stage.ACTIVATING, Stage.BAKING]
    assert stages == [Stage.CREATING, *shifted, *shifted, Stage.ACTIVATING]


def test_steps_wait_each(deploy, time):
    journal, _ = deploy(steps=(0.3, 0.6, 0.9), wait_seconds=60)
    assert journal == ["start", 0.3, 0.6, 0.9, 1.0]
    assert time.seconds == 180


def test_alarms_are_looked_at_every_minute_as_the_role(deploy, calls):
    deploy(steps=(0.5,), wait_seconds=90, alarms=("errors",))
    lines = calls.lines()
    assert len(lines) == 3  # before the first request, after a minute, at the end
    assert {(line["principal"], line["action"], line["resource"]) for line in lines} == {
        (
            f"role:{ROLE}",
            "cloudwatch:DescribeAlarms",
            "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:errors",
        )
    }


@pytest.mark.parametrize(
    ("seconds", "journal"),
    [
        (0, ["start", "discard"]),
        (60, ["start", 0.1, "discard"]),
        (90, ["start", 0.1, "discard"]),
        (120, ["start", 0.1, ALL_BUT_RETIRED, "discard"]),
    ],
)
def test_an_alarm_rolls_back_at_any_stage(deploy, fleets, states, time, seconds, journal):
    time.at[seconds] = lambda: states.update(errors="ALARM")
    with pytest.raises(RolledBack) as error:
        deploy(steps=(0.1,), wait_seconds=90, final_wait_seconds=30, alarms=("latency", "errors"))
    assert str(error.value) == "The update was rolled back: errors in state ALARM."
    assert fleets.journal == journal


def test_an_alarm_that_nobody_named_changes_nothing(deploy, states):
    states["latency"] = "ALARM"
    assert deploy(steps=(0.5,), wait_seconds=60, alarms=("errors",))[0][-1] == 1.0


def test_an_alarm_that_is_deleted_meanwhile_rolls_nothing_back(deploy, alarms, states):
    assert alarms.missing(["errors", "other"]) == ["other"]
    states.clear()
    assert deploy(steps=(0.5,), wait_seconds=60, alarms=("errors",))[0][-1] == 1.0


def test_the_start_and_the_waits_count_for_the_time_limit(deploy, fleets, time):
    fleets.start_seconds = 500
    with pytest.raises(RolledBack) as error:
        deploy(steps=(0.1,), wait_seconds=120, timeout_seconds=600)
    assert str(error.value) == (
        "The update was rolled back: it took longer than the 600 s of "
        "MaximumExecutionTimeoutInSeconds."
    )
    assert fleets.journal == ["start", 0.1, "discard"]
    assert time.seconds == 620


def test_a_fleet_that_does_not_start_leaves_nothing_to_discard(deploy, fleets):
    fleets.fault = DeploymentError("it does not ping")
    with pytest.raises(DeploymentError, match="^it does not ping$"):
        deploy(steps=(0.1,), wait_seconds=60)
    assert fleets.journal == []


def test_a_cloud_that_is_stopped_rolls_back(deploy, deployer, fleets, time):
    time.at[60] = deployer.close
    with pytest.raises(RolledBack, match="^The local cloud was stopped during the update.$"):
        deploy(steps=(0.1,), wait_seconds=3600)
    assert time.seconds == 60
    assert fleets.journal == ["start", 0.1, "discard"]


def test_whatever_goes_wrong_the_new_fleet_does_not_stay(deploy, fleets, time):
    def fail():
        raise OSError(28, "No space left on device")

    time.at[30] = fail
    with pytest.raises(OSError, match="No space"):
        deploy(steps=(0.1,), wait_seconds=30)
    assert fleets.journal == ["start", 0.1, "discard"]


def test_an_alarm_that_the_role_may_not_see_rolls_nothing_back(deploy, states, access, calls):
    states["errors"] = "ALARM"
    access.denied.add((ROLE, "cloudwatch:DescribeAlarms"))
    journal, _ = deploy(alarms=("errors",))
    assert journal == ["start", 1.0]
    assert {line["status"] for line in calls.lines()} == {403}
