from datetime import UTC, datetime, timedelta

import pytest

from local.cloudwatch.alarms import Alarms
from local.cloudwatch.metrics import Metrics
from local.control.autoscaling.actions import ScheduledActions
from local.control.autoscaling.capacity import Capacity
from local.control.autoscaling.registry import ScalableTargets
from local.control.autoscaling.service import AutoScaling
from local.control.service import AwsError

KEY = {
    "ServiceNamespace": "sagemaker",
    "ResourceId": "endpoint/iris/variant/forest",
    "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
}
TARGET = tuple(KEY.values())
NIGHT = {
    **KEY,
    "ScheduledActionName": "night",
    "Schedule": "cron(0 20 * * ? *)",
    "Timezone": "Europe/Berlin",
    "ScalableTargetAction": {"MinCapacity": 1, "MaxCapacity": 2},
}
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
EVENING = datetime(2026, 3, 1, 19, tzinfo=UTC)  # 20:00 in Berlin


def no_alarms():
    return Alarms(Metrics(lambda: NOON), lambda: NOON)


class World:
    """Scheduled actions of one target, at a time that the test sets."""

    def __init__(self):
        self.now = NOON
        self.registry = ScalableTargets("eu-central-1", no_alarms())
        limits = {"MinCapacity": 2, "MaxCapacity": 6}
        suspended = {"ScheduledScalingSuspended": False}
        target = {**KEY, **limits, "SuspendedState": suspended, "ScalableTargetARN": "arn"}
        self.registry.targets.put(TARGET, target)
        capacity = Capacity(2, asynchronous=False, instance_type="ml.m5.large")
        self.actions = ScheduledActions(self.registry, lambda key: capacity, lambda: self.now)
        self.call = self.actions.handlers()

    def put(self, **changes):
        self.call["PutScheduledAction"]({**NIGHT, **changes})

    def at(self, moment):
        """What has run when it is so late, and the target's limits then."""
        self.now = moment
        ran = self.actions.run_due()
        target = self.registry.targets.get(TARGET)
        return len(ran), (target["MinCapacity"], target["MaxCapacity"])


@pytest.fixture
def world():
    return World()


def test_limits_change_when_their_time_has_come(world):
    world.put()
    assert world.at(EVENING - timedelta(seconds=1)) == (0, (2, 6))
    assert world.at(EVENING) == (1, (1, 2))
    assert world.at(EVENING + timedelta(seconds=1)) == (0, (1, 2))


def test_a_recurring_action_runs_again_and_once_for_all_that_was_missed(world):
    world.put()
    world.at(EVENING)
    world.registry.targets.update(TARGET, {"MinCapacity": 3})
    assert world.at(EVENING + timedelta(days=3, hours=1)) == (1, (1, 2))
    assert world.at(EVENING + timedelta(days=3, hours=2)) == (0, (1, 2))


def test_an_action_may_change_one_limit_only(world):
    world.put(ScalableTargetAction={"MinCapacity": 4})
    assert world.at(EVENING) == (1, (4, 6))


def test_limits_that_contradict_the_targets_own_are_not_taken(world):
    world.put(ScalableTargetAction={"MinCapacity": 7})
    assert world.at(EVENING) == (0, (2, 6))


def test_a_start_is_a_time_of_its_own_and_an_end_the_last(world):
    start = datetime(2026, 3, 1, 15, tzinfo=UTC)
    world.put(StartTime=start, EndTime=EVENING)
    assert world.at(start) == (1, (1, 2))
    world.registry.targets.update(TARGET, {"MinCapacity": 3, "MaxCapacity": 4})
    assert world.at(EVENING) == (1, (1, 2))
    world.registry.targets.update(TARGET, {"MinCapacity": 3, "MaxCapacity": 4})
    assert world.at(EVENING + timedelta(days=2)) == (0, (3, 4))


def test_a_suspended_target_stays_as_it_is(world):
    world.put()
    world.registry.targets.update(TARGET, {"SuspendedState": {"ScheduledScalingSuspended": True}})
    assert world.at(EVENING) == (0, (2, 6))


def test_a_deleted_action_does_not_run(world):
    world.put()
    world.call["DeleteScheduledAction"]({**KEY, "ScheduledActionName": "night"})
    assert world.at(EVENING) == (0, (2, 6))


def test_an_action_that_is_put_again_changes_what_is_named(world):
    world.put()
    world.call["PutScheduledAction"](
        {**KEY, "ScheduledActionName": "night", "Schedule": "cron(0 14 * * ? *)"}
    )
    [action] = world.call["DescribeScheduledActions"]({"ServiceNamespace": "sagemaker"})[
        "ScheduledActions"
    ]
    assert action["ScalableTargetAction"] == {"MinCapacity": 1, "MaxCapacity": 2}
    assert world.at(datetime(2026, 3, 1, 13, tzinfo=UTC)) == (1, (1, 2))
    assert world.at(EVENING) == (0, (1, 2))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"Schedule": "daily"},
            "Schedule: Allowed: at(yyyy-mm-ddThh:mm:ss), rate(value unit), cron(fields)."),
        ({"Timezone": "Mars/Olympus"},
            "Timezone is Mars/Olympus. Allowed: an IANA name, such as Europe/Berlin."),
        ({"StartTime": EVENING, "EndTime": NOON},
            "StartTime is 2026-03-01 19:00:00+00:00, not before EndTime "
            "2026-03-01 12:00:00+00:00."),
        ({"ScalableTargetAction": {}},
            "ScalableTargetAction needs MinCapacity, MaxCapacity or both."),
        ({"ScalableTargetAction": {"MinCapacity": 3, "MaxCapacity": 2}},
            "MinCapacity is 3, above MaxCapacity 2. Raise it or lower Min."),
        ({"ScalableTargetAction": {"MinCapacity": 0, "MaxCapacity": 2}},
            "MinCapacity is 0. Allowed: 1 or more; 0 is for asynchronous endpoints."),
    ],
)  # fmt: skip
def test_an_action_that_makes_no_sense_is_refused(world, changes, message):
    with pytest.raises(AwsError) as error:
        world.put(**changes)
    assert (error.value.code, error.value.message) == ("ValidationException", message)


def test_a_new_action_needs_a_schedule_and_limits(world):
    with pytest.raises(AwsError) as error:
        world.call["PutScheduledAction"]({**KEY, "ScheduledActionName": "night"})
    assert error.value.message == ("A new scheduled action needs Schedule, ScalableTargetAction.")


def test_an_action_needs_its_target(world):
    with pytest.raises(AwsError) as error:
        world.put(ResourceId="endpoint/other/variant/forest")
    assert error.value.code == "ObjectNotFoundException"


class TestOverTheWire:
    @pytest.fixture
    def target(self, endpoints, scaling):
        endpoints.create()
        scaling.register_scalable_target(**KEY, MinCapacity=1, MaxCapacity=4)

    def test_an_action_reads_back_whole_and_is_deleted(self, target, scaling, now):
        night = {**NIGHT, "StartTime": EVENING, "EndTime": EVENING + timedelta(days=9)}
        scaling.put_scheduled_action(**night)
        query = {"ServiceNamespace": "sagemaker", "ScheduledActionNames": ["night"]}
        [action] = scaling.describe_scheduled_actions(**query)["ScheduledActions"]
        arn = action.pop("ScheduledActionARN")
        assert arn.endswith(f":resource/sagemaker/{KEY['ResourceId']}:scheduledActionName/night")
        assert action == {**night, "CreationTime": now}
        scaling.delete_scheduled_action(ScheduledActionName="night", **KEY)
        assert scaling.describe_scheduled_actions(**query)["ScheduledActions"] == []

    def test_capacity_follows_the_limits(self, endpoints, services):
        endpoints.create()
        now = NOON
        scaling = AutoScaling(
            ScalableTargets("eu-central-1", no_alarms()),
            services.sagemaker.endpoints,
            lambda: now,
            lambda: now,
        )
        call = scaling.handlers()
        call["RegisterScalableTarget"]({**KEY, "MinCapacity": 1, "MaxCapacity": 4})
        limits = {"MinCapacity": 3, "MaxCapacity": 4}
        call["PutScheduledAction"]({**NIGHT, "ScalableTargetAction": limits})
        scaling.run_due()
        assert endpoints.count() == 2
        now = EVENING
        scaling.run_due()
        assert endpoints.count() == 3
