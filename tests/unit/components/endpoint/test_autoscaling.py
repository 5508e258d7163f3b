"""Autoscaling of one variant, in each form that a variant can have."""

import pytest

from components.config.endpoint import Variant
from components.config.scaling import Scaling
from components.endpoint.autoscaling import Autoscaling, scaling_alarm_names

RESOURCE_ID = "endpoint/ml-gateway-prod-iris/variant/forest"
COMPONENT = "ml-gateway:index:Autoscaling::iris-forest"
TARGET = "aws:appautoscaling/target:Target"
POLICY = "aws:appautoscaling/policy:Policy"
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
ACTION = "aws:appautoscaling/scheduledAction:ScheduledAction"

INSTANCES = {"instances": {"type": "ml.m5.large", "min": 2, "max": 6}}
EMPTY = {"instances": {"type": "ml.m5.large", "min": 0, "max": 6}}
PROVISIONED = {
    "serverless": {"memory": "2GB", "concurrency": 20, "provisioned": {"min": 2, "max": 9}}
}


@pytest.fixture
def scaled(deploy):
    def scale(variant, scaling, *, asynchronous=False):
        return deploy(
            lambda: (
                Autoscaling(
                    "iris-forest",
                    {
                        "endpoint_name": "ml-gateway-prod-iris",
                        "variant_name": "forest",
                        "variant": Variant.model_validate({"artifact": "build/iris", **variant}),
                        "scaling": Scaling.model_validate(scaling),
                        "asynchronous": asynchronous,
                    },
                ).urn
            )
        )

    return scale


def tracking(stack):
    policy = stack.one(POLICY, "iris-forest-tracking")
    assert policy.inputs["resourceId"] == RESOURCE_ID
    return policy.inputs["targetTrackingScalingPolicyConfiguration"]


def test_instances_scale_between_their_bounds(scaled):
    assert scaled(INSTANCES, {"target": "1200/min"}).one(TARGET).inputs == {
        "serviceNamespace": "sagemaker",
        "resourceId": RESOURCE_ID,
        "scalableDimension": "sagemaker:variant:DesiredInstanceCount",
        "minCapacity": 2,
        "maxCapacity": 6,
    }


def test_a_serverless_variant_scales_what_is_kept_warm(scaled):
    stack = scaled(PROVISIONED, {"utilization": "70%"})
    target = stack.one(TARGET).inputs
    assert target["scalableDimension"] == "sagemaker:variant:DesiredProvisionedConcurrency"
    assert (target["minCapacity"], target["maxCapacity"]) == (2, 9)
    assert stack.one(POLICY).inputs["scalableDimension"] == target["scalableDimension"]


@pytest.mark.parametrize(
    ("variant", "scaling", "value", "metric"),
    [
        (INSTANCES, {"target": "1200/min"}, 1200.0, "SageMakerVariantInvocationsPerInstance"),
        (
            INSTANCES,
            {"concurrency": 5},
            5.0,
            "SageMakerVariantConcurrentRequestsPerModelHighResolution",
        ),
        (
            PROVISIONED,
            {"utilization": "70%"},
            0.7,
            "SageMakerVariantProvisionedConcurrencyUtilization",
        ),
    ],
)
def test_it_settles_on_the_metric_that_the_config_names(scaled, variant, scaling, value, metric):
    configuration = tracking(scaled(variant, scaling))
    assert configuration["targetValue"] == value
    assert configuration["predefinedMetricSpecification"] == {"predefinedMetricType": metric}


def test_an_async_endpoint_settles_on_the_requests_that_wait_for_an_instance(scaled):
    configuration = tracking(scaled(INSTANCES, {"backlog": 5}, asynchronous=True))
    assert configuration["targetValue"] == 5.0
    assert configuration["customizedMetricSpecification"] == {
        "metricName": "ApproximateBacklogSizePerInstance",
        "namespace": "AWS/SageMaker",
        "dimensions": [{"name": "EndpointName", "value": "ml-gateway-prod-iris"}],
        "statistic": "Average",
    }


def test_it_grows_faster_than_it_shrinks_unless_told_otherwise(scaled):
    usual = tracking(scaled(INSTANCES, {"concurrency": 5}))
    assert (usual["scaleOutCooldown"], usual["scaleInCooldown"]) == (60, 300)
    scaling = {"concurrency": 5, "cooldown": {"scaleIn": "10m", "scaleOut": "90s"}}
    told = tracking(scaled(INSTANCES, scaling))
    assert (told["scaleOutCooldown"], told["scaleInCooldown"]) == (90, 600)


def test_a_step_policy_takes_instances_away_so_target_tracking_does_not(scaled):
    stack = scaled(INSTANCES, {"target": "1200/min"})
    assert tracking(stack)["disableScaleIn"] is True
    assert stack.one(POLICY, "iris-forest-in").inputs["policyType"] == "StepScaling"
    assert stack.one(ALARM).name == "iris-forest-idle"


@pytest.mark.parametrize(
    ("variant", "scaling"),
    [
        (INSTANCES, {"target": "1200/min", "scaleIn": "targetTracking"}),
        (INSTANCES, {"concurrency": 5}),
        (PROVISIONED, {"utilization": "70%"}),
    ],
)
def test_otherwise_target_tracking_shrinks_by_itself(scaled, variant, scaling):
    stack = scaled(variant, scaling)
    assert tracking(stack)["disableScaleIn"] is False
    assert len(stack.all(POLICY)) == 1
    assert stack.all(ALARM) == []


@pytest.mark.parametrize(
    ("variant", "schedule"),
    [
        (EMPTY, {}),
        (INSTANCES, {"evening": {"at": "cron(0 20 * * ? *)", "min": 0, "max": 1}}),
    ],
)
def test_an_async_endpoint_that_may_be_empty_can_start_again(scaled, variant, schedule):
    stack = scaled(variant, {"backlog": 5, "schedule": schedule}, asynchronous=True)
    assert stack.one(ALARM).name == "iris-forest-waiting"
    assert stack.one(POLICY, "iris-forest-from-zero").inputs["policyType"] == "StepScaling"


def test_an_async_endpoint_that_is_never_empty_needs_no_start(scaled):
    assert scaled(INSTANCES, {"backlog": 5}, asynchronous=True).all(ALARM) == []


def test_limits_change_at_the_times_of_the_schedule(scaled):
    evening = {"at": "cron(0 20 * * ? *)", "zone": "Europe/Berlin", "min": 1, "max": 2}
    action = scaled(INSTANCES, {"concurrency": 5, "schedule": {"evening": evening}}).one(ACTION)
    assert action.inputs == {
        "name": "evening",
        "serviceNamespace": "sagemaker",
        "resourceId": RESOURCE_ID,
        "scalableDimension": "sagemaker:variant:DesiredInstanceCount",
        "schedule": "cron(0 20 * * ? *)",
        "timezone": "Europe/Berlin",
        "scalableTargetAction": {"minCapacity": 1, "maxCapacity": 2},
    }


def test_another_instance_type_makes_everything_anew_and_the_old_goes_first(scaled):
    schedule = {"evening": {"at": "cron(0 20 * * ? *)", "min": 1, "max": 2}}
    stack = scaled(INSTANCES, {"target": "1200/min", "schedule": schedule})
    _, *children = stack.resources
    assert len(children) == 5
    assert {child.parent for child in children} == {COMPONENT}
    assert {child.replacement_trigger for child in children} == {"ml.m5.large"}
    assert all(child.deleted_first for child in children)


def test_what_needs_the_target_waits_for_it(scaled):
    schedule = {"evening": {"at": "cron(0 20 * * ? *)", "min": 1, "max": 2}}
    stack = scaled(INSTANCES, {"target": "1200/min", "schedule": schedule})
    for resource in (*stack.all(POLICY), *stack.all(ACTION)):
        assert f"{TARGET}::iris-forest" in resource.depends_on


@pytest.mark.parametrize(
    ("variant", "scaling", "asynchronous"),
    [
        (INSTANCES, {"target": "1200/min"}, False),
        (INSTANCES, {"target": "1200/min", "scaleIn": "targetTracking"}, False),
        (PROVISIONED, {"utilization": "70%"}, False),
        (INSTANCES, {"backlog": 5}, True),
        (EMPTY, {"backlog": 5}, True),
    ],
)
def test_the_names_of_its_alarms_are_known_beforehand(scaled, variant, scaling, asynchronous):
    stack = scaled(variant, scaling, asynchronous=asynchronous)
    lowest = stack.one(TARGET).inputs["minCapacity"]
    names = scaling_alarm_names(
        "ml-gateway-prod-iris",
        "forest",
        lowest,
        Scaling.model_validate(scaling),
        asynchronous=asynchronous,
    )
    assert names == [alarm.inputs["name"] for alarm in stack.all(ALARM)]
