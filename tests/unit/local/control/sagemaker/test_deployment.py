import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.control.sagemaker.deployment import rollout
from local.control.service import AwsError
from local.sagemaker.plan import EndpointPlan, ModelPlan, ServerlessPlan, VariantPlan
from local.sagemaker.rollout import Rollout


def plan(*instances, serverless=None):
    model = ModelPlan("image", "s3://a/b", "role")
    return EndpointPlan(
        "c",
        tuple(
            VariantPlan(f"v{number}", model, 1.0, count, serverless)
            for number, count in enumerate(instances)
        ),
    )


def percent(value):
    return {"Type": "CAPACITY_PERCENT", "Value": value}


def count(value):
    return {"Type": "INSTANCE_COUNT", "Value": value}


def blue_green(kind, wait=300, termination=60, **routing):
    return {
        "BlueGreenUpdatePolicy": {
            "TrafficRoutingConfiguration": {
                "Type": kind,
                "WaitIntervalInSeconds": wait,
                **routing,
            },
            "TerminationWaitInSeconds": termination,
            "MaximumExecutionTimeoutInSeconds": 1800,
        }
    }


def rolling(size, wait=120):
    return {"RollingUpdatePolicy": {"MaximumBatchSize": size, "WaitIntervalInSeconds": wait}}


@pytest.mark.parametrize(
    ("config", "instances", "steps"),
    [
        (blue_green("ALL_AT_ONCE"), 2, ()),
        (blue_green("CANARY", CanarySize=percent(10)), 2, (0.1,)),
        (blue_green("CANARY", CanarySize=count(1)), 4, (0.25,)),
        (blue_green("LINEAR", LinearStepSize=percent(30)), 2, (0.3, 0.6, 0.9)),
        (blue_green("LINEAR", LinearStepSize=percent(50)), 2, (0.5,)),
        (blue_green("LINEAR", LinearStepSize=count(1)), 4, (0.25, 0.5, 0.75)),
    ],
)
def test_a_blue_green_update_takes_steps(config, instances, steps):
    found = rollout(config, plan(instances))
    assert found.steps == pytest.approx(steps)
    assert (found.wait_seconds, found.final_wait_seconds, found.timeout_seconds) == (300, 60, 1800)


def test_a_count_moves_no_more_of_any_variant_than_of_the_largest():
    config = blue_green("CANARY", CanarySize=count(1))
    assert rollout(config, plan(2, 4)).steps == (0.25,)


@pytest.mark.parametrize(
    ("size", "instances", "steps"),
    [
        (percent(25), 4, (0.25, 0.5, 0.75)),
        (percent(25), 2, (0.5,)),  # a batch is a whole instance
        (percent(30), 5, (0.4, 0.8)),
        (percent(50), 1, ()),
        (count(2), 4, (0.5,)),
    ],
)
def test_a_rolling_update_takes_whole_instances(size, instances, steps):
    found = rollout(rolling(size), plan(instances))
    assert found.steps == pytest.approx(steps)
    assert (found.wait_seconds, found.final_wait_seconds) == (120, 120)


def test_without_a_policy_everything_moves_at_once():
    assert rollout({}, plan(2)) == Rollout()


def test_alarms_watch_whatever_the_policy():
    config = {"AutoRollbackConfiguration": {"Alarms": [{"AlarmName": "a"}, {"AlarmName": "b"}]}}
    assert rollout(config, plan(2)) == Rollout(alarms=("a", "b"))


@pytest.mark.parametrize(
    ("config", "message"),
    [
        (blue_green("CANARY", CanarySize=percent(51)),
            "CanarySize is 51% of a variant's instances. Allowed: 0 to 50 %."),
        (blue_green("CANARY", CanarySize=count(2)),
            "CanarySize is 100% of a variant's instances. Allowed: 0 to 50 %."),
        (blue_green("LINEAR", LinearStepSize=percent(9)),
            "LinearStepSize is 9% of a variant's instances. Allowed: 10 to 50 %."),
        (rolling(percent(4)),
            "MaximumBatchSize is 4% of a variant's instances. Allowed: 5 to 50 %."),
        (blue_green("CANARY"), "Traffic routing type CANARY needs CanarySize."),
        (blue_green("ALL_AT_ONCE", CanarySize=percent(10)),
            "CanarySize does not go with traffic routing type ALL_AT_ONCE."),
        (blue_green("SLOWLY"),
            "Traffic routing type SLOWLY. Allowed: ALL_AT_ONCE, CANARY, LINEAR."),
        (blue_green("ALL_AT_ONCE", wait=3601),
            "WaitIntervalInSeconds is 3601. Allowed: 0 to 3600."),
        (blue_green("ALL_AT_ONCE", termination=3601),
            "TerminationWaitInSeconds is 3601. Allowed: 0 to 3600."),
        ({"RollingUpdatePolicy": {**rolling(percent(50))["RollingUpdatePolicy"],
          "MaximumExecutionTimeoutInSeconds": 599}},
            "MaximumExecutionTimeoutInSeconds is 599. Allowed: 600 to 28800."),
        ({**blue_green("ALL_AT_ONCE"), **rolling(percent(50))},
            "DeploymentConfig has BlueGreenUpdatePolicy and RollingUpdatePolicy. Allowed: one "
            "policy."),
        ({"RollingUpdatePolicy": {**rolling(percent(50))["RollingUpdatePolicy"],
          "RollbackMaximumBatchSize": percent(50)}},
            "the local cloud does not have RollbackMaximumBatchSize of rolling updates: it keeps "
            "the old fleet whole, so that a roll-back is one step"),
        ({"AutoRollbackConfiguration": {"Alarms": [{"AlarmName": "a"}] * 11}},
            "Alarms has 11 alarms. Allowed: at most 10."),
    ],
)  # fmt: skip
def test_what_aws_refuses_is_refused(config, message):
    with pytest.raises(AwsError) as error:
        rollout(config, plan(2))
    assert (error.value.code, error.value.message) == ("ValidationException", message)


def test_guardrails_are_for_instances_and_a_rolling_update_for_one_variant():
    serverless = plan(0, serverless=ServerlessPlan(1024, 5))
    with pytest.raises(AwsError, match="^BlueGreenUpdatePolicy is not supported with serverless"):
        rollout(blue_green("ALL_AT_ONCE"), serverless)
    with pytest.raises(AwsError) as error:
        rollout(rolling(percent(50)), plan(2, 2))
    assert error.value.message == (
        "RollingUpdatePolicy with 2 production variants. Allowed: one variant."
    )


@given(value=st.integers(10, 50), instances=st.integers(0, 20), linear=st.booleans())
def test_steps_are_equal_and_end_before_the_whole(value, instances, linear):
    size = percent(value)
    config = blue_green("LINEAR", LinearStepSize=size) if linear else rolling(size)
    steps = [0.0, *rollout(config, plan(instances)).steps, 1.0]
    widths = [after - before for before, after in zip(steps, steps[1:], strict=False)]
    assert all(0 < width <= widths[0] + 1e-9 for width in widths)
    assert widths[:-1] == pytest.approx([widths[0]] * (len(widths) - 1))
