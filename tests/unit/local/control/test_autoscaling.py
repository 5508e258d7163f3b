import pytest
from botocore.exceptions import ClientError

KEY = {
    "ServiceNamespace": "sagemaker",
    "ResourceId": "endpoint/iris/variant/forest",
    "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
}
OTHER = {**KEY, "ResourceId": "endpoint/iris/variant/boosting"}
POLICY = {
    **KEY,
    "PolicyName": "invocations",
    "PolicyType": "TargetTrackingScaling",
    "TargetTrackingScalingPolicyConfiguration": {
        "TargetValue": 1200.0,
        "PredefinedMetricSpecification": {
            "PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"
        },
        "ScaleInCooldown": 300,
    },
}


@pytest.fixture
def scaling(aws):
    client = aws.client("application-autoscaling")
    client.register_scalable_target(**KEY, MinCapacity=1, MaxCapacity=4)
    client.register_scalable_target(**OTHER, MinCapacity=1, MaxCapacity=2)
    return client


def test_a_target_reads_back_whole(scaling, now):
    found = scaling.describe_scalable_targets(
        ServiceNamespace="sagemaker", ResourceIds=[KEY["ResourceId"]]
    )
    [target] = found["ScalableTargets"]
    arn = target.pop("ScalableTargetARN")
    assert arn.startswith("arn:aws:application-autoscaling:eu-central-1:123456789012:")
    assert target == {**KEY, "MinCapacity": 1, "MaxCapacity": 4, "CreationTime": now}


def test_a_target_registered_again_changes_only_what_is_named(scaling):
    scaling.register_scalable_target(**KEY, MaxCapacity=9)
    found = scaling.describe_scalable_targets(ServiceNamespace="sagemaker")["ScalableTargets"]
    assert {t["ResourceId"]: (t["MinCapacity"], t["MaxCapacity"]) for t in found} == {
        KEY["ResourceId"]: (1, 9),
        OTHER["ResourceId"]: (1, 2),
    }


@pytest.mark.parametrize(
    "query",
    [
        {"ServiceNamespace": "ecs"},
        {"ServiceNamespace": "sagemaker", "ResourceIds": ["endpoint/x/variant/y"]},
        {
            "ServiceNamespace": "sagemaker",
            "ScalableDimension": "sagemaker:variant:DesiredProvisionedConcurrency",
        },
    ],
)
def test_targets_are_found_by_what_they_are(scaling, query):
    assert scaling.describe_scalable_targets(**query)["ScalableTargets"] == []


def test_a_policy_reads_back_whole(scaling, now):
    arn = scaling.put_scaling_policy(**POLICY)["PolicyARN"]
    [policy] = scaling.describe_scaling_policies(
        ServiceNamespace="sagemaker", PolicyNames=["invocations"], ResourceId=KEY["ResourceId"]
    )["ScalingPolicies"]
    assert policy == {**POLICY, "PolicyARN": arn, "CreationTime": now}


def test_policies_are_found_by_resource(scaling):
    scaling.put_scaling_policy(**POLICY)
    found = scaling.describe_scaling_policies(
        ServiceNamespace="sagemaker", ResourceId=OTHER["ResourceId"]
    )
    assert found["ScalingPolicies"] == []


def test_a_policy_needs_its_target(scaling):
    with pytest.raises(ClientError) as error:
        scaling.put_scaling_policy(**{**POLICY, "ResourceId": "endpoint/x/variant/y"})
    assert error.value.response["Error"]["Code"] == "ObjectNotFoundException"


def test_what_is_deleted_is_gone(scaling):
    scaling.put_scaling_policy(**POLICY)
    scaling.delete_scaling_policy(PolicyName="invocations", **KEY)
    scaling.deregister_scalable_target(**KEY)
    for delete in (
        lambda: scaling.delete_scaling_policy(PolicyName="invocations", **KEY),
        lambda: scaling.deregister_scalable_target(**KEY),
    ):
        with pytest.raises(ClientError) as error:
            delete()
        assert error.value.response["Error"]["Code"] == "ObjectNotFoundException"


def test_a_target_has_no_tags(scaling):
    arn = "arn:aws:application-autoscaling:eu-central-1:123456789012:scalable-target/a"
    assert scaling.list_tags_for_resource(ResourceARN=arn)["Tags"] == {}
