from datetime import UTC, datetime, timedelta

import pytest

from local.cloudwatch.alarm import Alarm
from local.cloudwatch.alarms import Alarms
from local.cloudwatch.metrics import Metrics
from local.control.autoscaling.capacity import Capacity
from local.control.autoscaling.dynamic import DynamicScaling
from local.control.autoscaling.policies import Policies
from local.control.autoscaling.registry import INSTANCES, ScalableTargets

KEY = {
    "ServiceNamespace": "sagemaker",
    "ResourceId": "endpoint/iris/variant/forest",
    "ScalableDimension": INSTANCES,
}
TARGET = tuple(KEY.values())


class FakeCapacities:
    """One variant. takes: whether its endpoint takes changes."""

    def __init__(self):
        self.current: int | None = 2
        self.settled = self.takes = True

    def find(self, key):
        assert key == TARGET
        if self.current is None:
            return None
        return Capacity(self.current, False, "ml.m5.large", self.settled)

    def order(self, key, wanted):
        assert key == TARGET
        if self.takes:
            self.current = wanted
        return self.takes


class World:
    """A target of 1 to 8, whose metrics and time the test sets."""

    def __init__(self):
        self.now = datetime(2026, 3, 1, 12, tzinfo=UTC)
        self.metrics = Metrics(lambda: self.now)
        self.alarms = Alarms(self.metrics, lambda: self.now)
        self.registry = ScalableTargets("eu-central-1", self.alarms)
        self.registry.targets.put(TARGET, {**KEY, "MinCapacity": 1, "MaxCapacity": 8})
        self.suspend()
        self.capacities = FakeCapacities()
        self.policies = Policies(self.registry, lambda: self.now).handlers()
        self.dynamic = DynamicScaling(
            self.registry,
            self.capacities,  # type: ignore[arg-type]
            lambda: self.now,
        )

    def suspend(self, *members):
        names = ("DynamicScalingInSuspended", "DynamicScalingOutSuspended")
        state = {name: name in members for name in names}
        self.registry.targets.update(TARGET, {"SuspendedState": state})

    def steps(
        self,
        name,
        adjustment,
        comparison,
        threshold,
        cooldown=300,
        state="AlarmActions",
        **members,
    ):
        """A step policy and the alarm on the load that drives it."""
        bound = "Lower" if comparison.startswith("Greater") else "Upper"
        step = {f"MetricInterval{bound}Bound": 0.0, "ScalingAdjustment": adjustment}
        configuration = {"AdjustmentType": "ChangeInCapacity", "StepAdjustments": [step]}
        if cooldown is not None:
            configuration["Cooldown"] = cooldown
        self.policies["PutScalingPolicy"](
            {**KEY, "PolicyName": name, "StepScalingPolicyConfiguration": configuration}
        )
        arn = self.registry.arn("scalingPolicy", (*TARGET, name))
        definition = {
            "AlarmName": name,
            "Namespace": "Own",
            "MetricName": "Load",
            "Statistic": "Sum",
            "Period": 60,
            "EvaluationPeriods": 1,
            "ComparisonOperator": comparison,
            "Threshold": threshold,
            state: [arn, "arn:aws:sns:eu-central-1:123456789012:on-call"],
        }
        self.alarms.put(name, Alarm.parse(definition | members))

    def grow(self, adjustment=2, **members):
        self.steps("grow", adjustment, "GreaterThanThreshold", 100.0, **members)

    def shrink(self, adjustment=-1, **members):
        self.steps("shrink", adjustment, "LessThanThreshold", 50.0, **members)

    def track(self, **members):
        own = {"Namespace": "Own", "MetricName": "Load", "Statistic": "Sum"}
        tracking = {"TargetValue": 100.0, "CustomizedMetricSpecification": own, **members}
        self.policies["PutScalingPolicy"](
            {
                **KEY,
                "PolicyName": "tracking",
                "PolicyType": "TargetTrackingScaling",
                "TargetTrackingScalingPolicyConfiguration": tracking,
            }
        )

    def minutes(self, *loads):
        """The capacity after each minute with such a load."""
        return [self.minute(load) for load in loads]

    def minute(self, load=None):
        if load is not None:
            self.metrics.put("Own", "Load", {}, load)
        self.now += timedelta(minutes=1)
        self.dynamic.run_due()
        return self.capacities.current


@pytest.fixture
def world():
    return World()


class TestSteps:
    def test_an_alarm_runs_the_policy_that_it_names_and_repeats_it_after_the_cooldown(self, world):
        world.grow(cooldown=120)
        assert world.minutes(50, 200, 200, 200, 200, 50) == [2, 4, 4, 4, 6, 6]

    def test_without_a_cooldown_every_evaluation_scales_until_the_limit(self, world):
        world.grow(cooldown=0)
        assert world.minutes(200, 200, 200, 200) == [4, 6, 8, 8]
        world.shrink(cooldown=0)
        assert world.minutes(*[0] * 8) == [7, 6, 5, 4, 3, 2, 1, 1]

    def test_a_cooldown_is_of_five_minutes_unless_the_policy_says_otherwise(self, world):
        world.grow(cooldown=None)
        assert world.minutes(*[200] * 8) == [4] * 6 + [6] * 2

    def test_it_begins_when_the_change_is_done(self, world):
        world.grow(cooldown=60)
        assert world.minute(200) == 4
        world.capacities.settled = False
        assert world.minutes(200, 200, 200) == [4, 4, 4]
        world.capacities.settled = True
        assert world.minutes(200, 200) == [4, 6]

    def test_shrinking_does_not_delay_growing(self, world):
        world.capacities.current = 4
        world.shrink()
        world.grow()
        assert world.minutes(0, 0, 200, 0) == [3, 3, 5, 4]

    def test_several_alarms_may_name_a_policy_of_which_the_largest_step_counts(self, world):
        world.grow(1)
        world.steps("more", 3, "GreaterThanThreshold", 150.0)
        assert world.minutes(120, 200) == [3, 5]

    def test_growing_wins_over_shrinking(self, world):
        world.grow(1)
        world.steps("shrink", -1, "LessThanThreshold", 500.0)
        assert world.minute(200) == 3

    def test_that_an_alarm_is_over_may_run_a_policy(self, world):
        world.shrink(state="OKActions", ComparisonOperator="GreaterThanThreshold")
        assert world.minutes(60, 40) == [2, 1]

    def test_too_little_data_may_run_a_policy(self, world):
        world.grow(state="InsufficientDataActions", EvaluationPeriods=2)
        # The step is chosen by what there is.
        assert world.minutes(200) == [4]

    def test_actions_that_are_switched_off_do_nothing(self, world):
        world.grow(ActionsEnabled=False)
        assert world.minute(200) == 2

    def test_no_data_choose_no_step(self, world):
        world.shrink(TreatMissingData="breaching")
        assert world.minute() == 2
        assert world.alarms.state("shrink") == "ALARM"

    def test_an_endpoint_that_takes_no_change_is_asked_again_by_the_next_evaluation(self, world):
        world.grow()
        world.capacities.takes = False
        assert world.minutes(200, 200) == [2, 2]
        world.capacities.takes = True
        # Nothing was done, so that no cooldown follows, whoever has brought it to 4 meanwhile.
        world.capacities.current = 4
        assert world.minute(200) == 6

    def test_a_policy_that_is_gone_is_not_run(self, world):
        world.grow()
        world.policies["DeleteScalingPolicy"]({**KEY, "PolicyName": "grow"})
        assert world.minute(200) == 2

    def test_a_change_that_failed_has_no_cooldown(self, world):
        world.grow()
        assert world.minute(200) == 4
        world.capacities.current = 2
        assert world.minute(200) == 4

    def test_a_variant_that_is_gone_is_not_scaled(self, world):
        world.grow()
        assert world.minute(200) == 4
        world.capacities.current = None
        assert world.minute(200) is None
        world.capacities.current = 2
        assert world.minute(200) == 4

    def test_a_target_that_is_gone_is_not_scaled(self, world):
        world.grow()
        world.registry.targets.delete(TARGET)
        assert world.minute(200) == 2


@pytest.mark.parametrize(
    ("suspended", "capacities"),
    [
        ((), [4, 3]),
        (("DynamicScalingOutSuspended",), [2, 1]),
        (("DynamicScalingInSuspended",), [4, 4]),
        (("DynamicScalingInSuspended", "DynamicScalingOutSuspended"), [2, 2]),
    ],
)
def test_what_is_suspended_is_not_done(world, suspended, capacities):
    world.grow()
    world.shrink()
    world.suspend(*suspended)
    assert world.minutes(200, 0) == capacities


class TestTracking:
    def test_three_minutes_above_the_target_grow_in_proportion(self, world):
        world.track()
        assert world.minutes(150, 150, 150) == [2, 2, 3]

    def test_the_limits_hold(self, world):
        world.track()
        assert world.minutes(1000, 1000, 1000) == [2, 2, 8]
        assert world.minutes(*[0] * 14) == [8] * 14
        assert world.minute(0) == 1

    def test_fifteen_minutes_below_nine_tenths_of_the_target_shrink(self, world):
        world.capacities.current = 4
        world.track()
        assert world.minutes(95, *[70] * 14) == [4] * 15
        assert world.minute(70) == 3

    def test_each_way_has_its_cooldown(self, world):
        world.track(ScaleOutCooldown=60, ScaleInCooldown=120)
        # The cooldown begins when the next look finds the change done.
        assert world.minutes(*[150] * 5) == [2, 2, 3, 3, 5]
        assert world.minutes(*[50] * 19) == [5] * 14 + [3] * 3 + [2] * 2

    def test_a_load_that_grows_on_is_answered_within_the_cooldown(self, world):
        world.track()
        assert world.minutes(150, 150, 150, 150, 250) == [2, 2, 3, 3, 5]

    def test_without_scale_in_capacity_stays(self, world):
        world.track(DisableScaleIn=True)
        assert world.minutes(*[0] * 20) == [2] * 20
