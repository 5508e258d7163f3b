import threading
from datetime import timedelta

import pytest

from local.cloudwatch.alarm import Alarm
from local.cloudwatch.alarms import Alarms
from local.cloudwatch.metrics import Metrics
from local.control.autoscaling.registry import ScalableTargets
from local.control.autoscaling.service import AutoScaling
from tests.unit.local.conftest import NOW

KEY = {
    "ServiceNamespace": "sagemaker",
    "ResourceId": "endpoint/iris/variant/forest",
    "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
}
PROVISIONED = "sagemaker:variant:DesiredProvisionedConcurrency"
NOT_SUSPENDED = {
    "DynamicScalingInSuspended": False,
    "DynamicScalingOutSuspended": False,
    "ScheduledScalingSuspended": False,
}
POLICY = {
    **KEY,
    "PolicyName": "invocations",
    "PolicyType": "TargetTrackingScaling",
    "TargetTrackingScalingPolicyConfiguration": {
        "TargetValue": 1200.0,
        "PredefinedMetricSpecification": {
            "PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"
        },
    },
}
NIGHT = {
    **KEY,
    "ScheduledActionName": "night",
    "Schedule": "cron(0 20 * * ? *)",
    "ScalableTargetAction": {"MinCapacity": 1, "MaxCapacity": 1},
}
SERVERLESS = {
    "VariantName": "forest",
    "ModelName": "m",
    "ServerlessConfig": {
        "MemorySizeInMB": 1024,
        "MaxConcurrency": 10,
        "ProvisionedConcurrency": 2,
    },
}
ONE_MORE = {
    "StepScalingPolicyConfiguration": {
        "AdjustmentType": "ChangeInCapacity",
        "StepAdjustments": [{"MetricIntervalLowerBound": 0.0, "ScalingAdjustment": 1}],
        "Cooldown": 60,
    }
}
BREACHING = {
    "AlarmName": "load",
    "Namespace": "Own",
    "MetricName": "Load",
    "Statistic": "Sum",
    "Period": 60,
    "EvaluationPeriods": 1,
    "ComparisonOperator": "GreaterThanThreshold",
    "Threshold": 0.0,
}
ASYNC = {"OutputConfig": {"S3OutputPath": "s3://data/results"}}


def targets(scaling, **query):
    return scaling.describe_scalable_targets(ServiceNamespace="sagemaker", **query)[
        "ScalableTargets"
    ]


class TestRegistration:
    def test_a_target_reads_back_whole(self, endpoints, scaling, now):
        endpoints.create()
        registered = scaling.register_scalable_target(**KEY, MinCapacity=1, MaxCapacity=4)
        [target] = targets(scaling, ResourceIds=[KEY["ResourceId"]])
        role = target.pop("RoleARN")
        assert role.endswith("/AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint")
        arn = registered["ScalableTargetARN"]
        assert arn.startswith(
            "arn:aws:application-autoscaling:eu-central-1:123456789012:scalable-target/"
        )
        assert target == {
            **KEY,
            "MinCapacity": 1,
            "MaxCapacity": 4,
            "CreationTime": now,
            "ScalableTargetARN": arn,
            "SuspendedState": NOT_SUSPENDED,
        }

    def test_one_that_is_registered_again_changes_only_what_is_named(self, endpoints, scaling):
        endpoints.create()
        scaling.register_scalable_target(
            **KEY,
            MinCapacity=1,
            MaxCapacity=4,
            SuspendedState={"ScheduledScalingSuspended": True},
        )
        scaling.register_scalable_target(
            **KEY, MaxCapacity=9, SuspendedState={"DynamicScalingInSuspended": True}
        )
        [target] = targets(scaling)
        assert (target["MinCapacity"], target["MaxCapacity"]) == (1, 9)
        assert target["SuspendedState"] == {
            "DynamicScalingInSuspended": True,
            "DynamicScalingOutSuspended": False,
            "ScheduledScalingSuspended": True,
        }

    @pytest.mark.parametrize(
        "query",
        [
            {"ResourceIds": ["endpoint/x/variant/y"]},
            {"ScalableDimension": PROVISIONED},
        ],
    )
    def test_targets_are_found_by_what_they_are(self, endpoints, scaling, query):
        endpoints.create()
        scaling.register_scalable_target(**KEY, MinCapacity=1, MaxCapacity=4)
        assert targets(scaling, **query) == []

    @pytest.mark.parametrize(
        ("limits", "count"), [((1, 4), 2), ((3, 4), 3), ((1, 1), 1), ((2, 2), 2)]
    )
    def test_a_capacity_outside_the_limits_is_corrected_at_once(
        self, endpoints, scaling, limits, count
    ):
        endpoints.create()
        low, high = limits
        scaling.register_scalable_target(**KEY, MinCapacity=low, MaxCapacity=high)
        assert endpoints.count() == count

    def test_a_correction_waits_for_another_change_to_end(
        self, endpoints, scaling, autoscaling, runtime
    ):
        endpoints.create()
        runtime.gate.clear()
        endpoints.sagemaker.update_endpoint_weights_and_capacities(
            EndpointName="iris",
            DesiredWeightsAndCapacities=[{"VariantName": "forest", "DesiredInstanceCount": 4}],
        )
        scaling.register_scalable_target(**KEY, MinCapacity=1, MaxCapacity=1)
        autoscaling.run_due()
        runtime.gate.set()
        assert endpoints.count() == 4
        autoscaling.run_due()
        assert endpoints.count() == 1

    def test_provisioned_concurrency_is_a_capacity_too(self, endpoints, scaling):
        endpoints.create(variant=SERVERLESS)
        key = {**KEY, "ScalableDimension": PROVISIONED}
        scaling.register_scalable_target(**key, MinCapacity=3, MaxCapacity=5)
        [variant] = endpoints.settled()["ProductionVariants"]
        assert variant["DesiredServerlessConfig"]["ProvisionedConcurrency"] == 3

    def test_only_an_asynchronous_endpoint_may_be_empty(self, endpoints, scaling, refusal):
        endpoints.create()
        assert refusal(scaling.register_scalable_target, **KEY, MinCapacity=0, MaxCapacity=1) == (
            "ValidationException",
            "MinCapacity is 0. Allowed: 1 or more; 0 is for asynchronous endpoints.",
        )
        endpoints.create("async", AsyncInferenceConfig=ASYNC)
        key = {**KEY, "ResourceId": "endpoint/async/variant/forest"}
        scaling.register_scalable_target(**key, MinCapacity=0, MaxCapacity=0)
        assert endpoints.count("async") == 0

    @pytest.mark.parametrize(
        ("request_", "message"),
        [
            ({"MinCapacity": 3, "MaxCapacity": 2},
                "MinCapacity is 3, above MaxCapacity 2. Raise it or lower Min."),
            ({"MinCapacity": 1}, "A new scalable target needs MaxCapacity."),
            ({"ResourceId": "endpoint/iris/variant/other"},
                "No scalable resource found for service namespace: sagemaker, resource ID: "
                "endpoint/iris/variant/other, scalable dimension: "
                "sagemaker:variant:DesiredInstanceCount"),
            ({"ResourceId": "endpoint/other/variant/forest"},
                "No scalable resource found for service namespace: sagemaker, resource ID: "
                "endpoint/other/variant/forest, scalable dimension: "
                "sagemaker:variant:DesiredInstanceCount"),
            ({"ScalableDimension": PROVISIONED},
                "No scalable resource found for service namespace: sagemaker, resource ID: "
                f"endpoint/iris/variant/forest, scalable dimension: {PROVISIONED}"),
            ({"ResourceId": "iris"},
                "ResourceId is iris. Allowed: endpoint/<name>/variant/<name>."),
            ({"ServiceNamespace": "ecs", "ScalableDimension": "ecs:service:DesiredCount"},
                "the local cloud does not have scalable dimension ecs:service:DesiredCount of "
                "service namespace ecs. Allowed: sagemaker:variant:DesiredInstanceCount, "
                "sagemaker:variant:DesiredProvisionedConcurrency of sagemaker."),
        ],
    )  # fmt: skip
    def test_what_cannot_be_scaled_is_refused(self, endpoints, scaling, refusal, request_, message):
        endpoints.create()
        limits = {} if "MinCapacity" in request_ else {"MinCapacity": 1, "MaxCapacity": 2}
        request = {**KEY, **limits, **request_}
        assert refusal(scaling.register_scalable_target, **request) == (
            "ValidationException",
            message,
        )

    def test_burstable_machines_are_not_scaled(self, endpoints, scaling, refusal):
        variant = {
            "VariantName": "forest",
            "ModelName": "m",
            "InstanceType": "ml.t2.medium",
            "InitialInstanceCount": 1,
        }
        endpoints.create(variant=variant)
        request = {**KEY, "MinCapacity": 1, "MaxCapacity": 2}
        assert refusal(scaling.register_scalable_target, **request)[1] == (
            "Instance type ml.t2.medium of endpoint/iris/variant/forest is burstable and cannot "
            "be scaled. Allowed: any type but ml.t2, ml.t3, ml.t4g."
        )


class TestLoad:
    """What an alarm of the region does to an endpoint; how much is in test_dynamic.py."""

    @pytest.fixture
    def driven(self, endpoints, services):
        """A variant that grows by one a minute, with a minute of cooldown."""
        endpoints.create()
        now = NOW
        metrics = Metrics(lambda: now)
        alarms = Alarms(metrics, lambda: now)
        registry = ScalableTargets("eu-central-1", alarms)
        scaling = AutoScaling(
            registry,
            services.sagemaker.endpoints,
            lambda: NOW,
            lambda: now,
        )
        call = scaling.handlers()
        call["RegisterScalableTarget"]({**KEY, "MinCapacity": 1, "MaxCapacity": 4})
        call["PutScalingPolicy"]({**KEY, "PolicyName": "more", **ONE_MORE})
        actions = {"AlarmActions": [registry.arn("scalingPolicy", (*KEY.values(), "more"))]}
        alarms.put("load", Alarm.parse({**BREACHING, **actions}))

        def minute():
            nonlocal now
            metrics.put("Own", "Load", {}, 1.0)
            now += timedelta(minutes=1)
            scaling.run_due()

        return minute

    def test_the_endpoint_gets_the_capacity(self, driven, endpoints):
        driven()
        assert endpoints.count() == 3

    def test_the_cooldown_begins_when_the_endpoint_is_in_service(self, driven, endpoints, runtime):
        runtime.gate.clear()
        for _ in range(5):
            driven()
        runtime.gate.set()
        assert endpoints.count() == 3
        driven()
        assert endpoints.count() == 3
        driven()
        assert endpoints.count() == 4


class TestThread:
    def test_it_looks_for_what_is_due_until_it_is_closed(self, autoscaling, caplog):
        looked = threading.Semaphore(0)

        def run_due():
            looked.release()
            raise OSError("full")

        autoscaling.run_due = run_due
        autoscaling.start(check_seconds=0.001)
        for _ in range(2):  # an error does not end it
            assert looked.acquire(timeout=10)
        autoscaling.close()
        assert "scaling failed" in caplog.text


class TestDeregistration:
    def test_all_that_belongs_to_a_target_goes_with_it(self, endpoints, scaling, refusal):
        endpoints.create()
        scaling.register_scalable_target(**KEY, MinCapacity=1, MaxCapacity=4)
        scaling.put_scaling_policy(**POLICY)
        scaling.put_scheduled_action(**NIGHT)
        scaling.deregister_scalable_target(**KEY)
        sagemaker = {"ServiceNamespace": "sagemaker"}
        assert targets(scaling) == []
        assert scaling.describe_scaling_policies(**sagemaker)["ScalingPolicies"] == []
        assert scaling.describe_scheduled_actions(**sagemaker)["ScheduledActions"] == []
        assert refusal(scaling.deregister_scalable_target, **KEY) == (
            "ObjectNotFoundException",
            "No scalable target registered for service namespace: sagemaker, resource ID: "
            "endpoint/iris/variant/forest, scalable dimension: "
            "sagemaker:variant:DesiredInstanceCount",
        )


class TestTags:
    @pytest.fixture
    def arn(self, endpoints, scaling):
        endpoints.create()
        return scaling.register_scalable_target(
            **KEY, MinCapacity=1, MaxCapacity=4, Tags={"team": "a"}
        )["ScalableTargetARN"]

    def test_they_are_read_added_and_removed(self, arn, scaling):
        scaling.tag_resource(ResourceARN=arn, Tags={"cost": "1"})
        assert scaling.list_tags_for_resource(ResourceARN=arn)["Tags"] == {
            "team": "a",
            "cost": "1",
        }
        scaling.untag_resource(ResourceARN=arn, TagKeys=["team"])
        assert scaling.list_tags_for_resource(ResourceARN=arn)["Tags"] == {"cost": "1"}

    def test_they_are_given_at_the_first_registration_only(self, arn, scaling, refusal):
        assert refusal(scaling.register_scalable_target, **KEY, Tags={"team": "b"}) == (
            "ValidationException",
            "The scalable target that you tried to tag already exists. To update tags on an "
            "existing scalable target, use the TagResource API.",
        )

    def test_what_is_not_registered_has_none(self, arn, scaling, refusal):
        scaling.deregister_scalable_target(**KEY)
        assert refusal(scaling.list_tags_for_resource, ResourceARN=arn) == (
            "ResourceNotFoundException",
            f"There is no resource {arn}.",
        )
        scaling.register_scalable_target(**KEY, MinCapacity=1, MaxCapacity=4)
        assert scaling.list_tags_for_resource(ResourceARN=arn)["Tags"] == {}
