"""Target tracking of one variant."""

import pytest

from components.autoscaling import (
    SCALE_IN_COOLDOWN_SECONDS,
    SCALE_OUT_COOLDOWN_SECONDS,
    Autoscaling,
)

VARIANT = "endpoint/ml-gateway-prod-iris/variant/forest"
COUNT = "sagemaker:variant:DesiredInstanceCount"


@pytest.fixture
def stack(deploy):
    return deploy(
        lambda: (
            Autoscaling(
                "iris-forest-scaling",
                {
                    "endpoint_name": "ml-gateway-prod-iris",
                    "variant_name": "forest",
                    "min_instances": 2,
                    "max_instances": 6,
                    "invocations_per_minute": 1200,
                },
            ).urn
        )
    )


def test_the_variant_scales_between_its_bounds(stack):
    assert stack.one("aws:appautoscaling/target:Target").inputs == {
        "serviceNamespace": "sagemaker",
        "resourceId": VARIANT,
        "scalableDimension": COUNT,
        "minCapacity": 2,
        "maxCapacity": 6,
    }


def test_it_settles_on_the_invocations_of_an_instance(stack):
    policy = stack.one("aws:appautoscaling/policy:Policy")
    assert policy.inputs["policyType"] == "TargetTrackingScaling"
    assert policy.inputs["resourceId"] == VARIANT
    assert policy.inputs["scalableDimension"] == COUNT
    assert policy.inputs["targetTrackingScalingPolicyConfiguration"] == {
        "targetValue": 1200.0,
        "predefinedMetricSpecification": {
            "predefinedMetricType": "SageMakerVariantInvocationsPerInstance"
        },
        "scaleInCooldown": SCALE_IN_COOLDOWN_SECONDS,
        "scaleOutCooldown": SCALE_OUT_COOLDOWN_SECONDS,
    }


def test_it_grows_faster_than_it_shrinks():
    assert SCALE_OUT_COOLDOWN_SECONDS < SCALE_IN_COOLDOWN_SECONDS


def test_the_policy_waits_for_its_target_and_both_are_children_of_the_component(stack):
    _, *children = stack.resources
    component = "ml-gateway:index:Autoscaling::iris-forest-scaling"
    assert {child.parent for child in children} == {component}
    assert stack.one("aws:appautoscaling/policy:Policy").depends_on == [
        "aws:appautoscaling/target:Target::iris-forest-scaling"
    ]
