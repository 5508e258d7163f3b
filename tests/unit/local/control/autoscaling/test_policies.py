import pytest

KEY = {
    "ServiceNamespace": "sagemaker",
    "ResourceId": "endpoint/iris/variant/forest",
    "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
}
TRACKING = {
    "TargetValue": 1200.0,
    "PredefinedMetricSpecification": {
        "PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"
    },
    "ScaleInCooldown": 300,
}
POLICY = {
    **KEY,
    "PolicyName": "tracking",
    "PolicyType": "TargetTrackingScaling",
    "TargetTrackingScalingPolicyConfiguration": TRACKING,
}
STEPS = {
    **KEY,
    "PolicyName": "steps",
    "PolicyType": "StepScaling",
    "StepScalingPolicyConfiguration": {
        "AdjustmentType": "ChangeInCapacity",
        "StepAdjustments": [{"MetricIntervalUpperBound": 0.0, "ScalingAdjustment": -1}],
        "Cooldown": 300,
        "MetricAggregationType": "Average",
    },
}


@pytest.fixture
def target(endpoints, scaling):
    endpoints.create()
    scaling.register_scalable_target(**KEY, MinCapacity=1, MaxCapacity=4)


def policies(scaling, **query):
    found = scaling.describe_scaling_policies(ServiceNamespace="sagemaker", **query)
    return found["ScalingPolicies"]


@pytest.mark.parametrize("policy", [POLICY, STEPS])
def test_a_policy_reads_back_whole(target, scaling, now, policy):
    put = scaling.put_scaling_policy(**policy)
    kinds = [alarm["AlarmName"].split("-")[2] for alarm in put["Alarms"]]
    assert kinds == (["AlarmHigh", "AlarmLow"] if policy is POLICY else [])
    assert put["PolicyARN"].endswith(
        f":resource/sagemaker/{KEY['ResourceId']}:policyName/{policy['PolicyName']}"
    )
    assert policies(scaling) == [
        {**policy, "PolicyARN": put["PolicyARN"], "Alarms": put["Alarms"], "CreationTime": now}
    ]


def test_a_policy_that_is_put_again_changes(target, scaling):
    arn = scaling.put_scaling_policy(**POLICY)["PolicyARN"]
    changed = {**TRACKING, "TargetValue": 600.0}
    again = {**POLICY, "TargetTrackingScalingPolicyConfiguration": changed}
    assert scaling.put_scaling_policy(**again)["PolicyARN"] == arn
    [policy] = policies(scaling)
    assert policy["TargetTrackingScalingPolicyConfiguration"] == changed


def test_policies_are_found_by_name_and_deleted(target, scaling, refusal):
    scaling.put_scaling_policy(**POLICY)
    scaling.put_scaling_policy(**STEPS)
    [found] = policies(scaling, PolicyNames=["steps"], ResourceId=KEY["ResourceId"])
    assert found["PolicyName"] == "steps"
    assert policies(scaling, ResourceId="endpoint/x/variant/y") == []
    scaling.delete_scaling_policy(PolicyName="steps", **KEY)
    assert [policy["PolicyName"] for policy in policies(scaling)] == ["tracking"]
    assert refusal(scaling.delete_scaling_policy, PolicyName="steps", **KEY)[0] == (
        "ObjectNotFoundException"
    )


def test_a_policy_needs_its_target(target, scaling, refusal):
    scaling.deregister_scalable_target(**KEY)
    assert refusal(scaling.put_scaling_policy, **POLICY)[0] == "ObjectNotFoundException"


def test_one_metric_is_tracked_once(target, scaling, refusal):
    scaling.put_scaling_policy(**POLICY)
    assert refusal(scaling.put_scaling_policy, **{**POLICY, "PolicyName": "other"}) == (
        "ValidationException",
        "Only one TargetTrackingScaling policy for a given metric specification is allowed. "
        "There is tracking.",
    )


def test_a_policy_does_not_change_its_type(target, scaling, refusal):
    scaling.put_scaling_policy(**POLICY)
    assert refusal(scaling.put_scaling_policy, **{**STEPS, "PolicyName": "tracking"})[1] == (
        "PolicyType of tracking is TargetTrackingScaling and cannot become StepScaling. Delete "
        "the policy first."
    )


def alarm_kinds(services):
    return [name.split("-")[2] for name in services.alarms.described()]


def test_the_alarms_of_a_policy_come_and_go_with_it(target, scaling, services):
    scaling.put_scaling_policy(**POLICY)
    assert alarm_kinds(services) == ["AlarmHigh", "AlarmLow"]
    without = {**TRACKING, "DisableScaleIn": True}
    scaling.put_scaling_policy(**{**POLICY, "TargetTrackingScalingPolicyConfiguration": without})
    assert alarm_kinds(services) == ["AlarmHigh"]
    scaling.delete_scaling_policy(PolicyName="tracking", **KEY)
    assert alarm_kinds(services) == []


def test_the_alarms_go_with_the_endpoint(target, scaling, services, endpoints):
    scaling.put_scaling_policy(**POLICY)
    endpoints.sagemaker.delete_endpoint(EndpointName="iris")
    assert alarm_kinds(services) == []


def test_an_alarm_that_somebody_else_took_away_is_no_hindrance(target, scaling, services):
    [alarm, _] = scaling.put_scaling_policy(**POLICY)["Alarms"]
    services.alarms.delete([alarm["AlarmName"]])
    scaling.delete_scaling_policy(PolicyName="tracking", **KEY)
    assert alarm_kinds(services) == []


def test_one_of_our_own_metrics_can_be_tracked(target, scaling, services):
    own = {"Namespace": "Own", "MetricName": "Backlog", "Statistic": "Average", "Dimensions": []}
    tracking = {"TargetValue": 5.0, "CustomizedMetricSpecification": own}
    scaling.put_scaling_policy(**{**POLICY, "TargetTrackingScalingPolicyConfiguration": tracking})
    definitions = [alarm.definition for alarm, _ in services.alarms.described().values()]
    assert all(own.items() <= definition.items() for definition in definitions)


def stepped(*bounds):
    adjustments = [
        {
            **({"MetricIntervalLowerBound": low} if low is not None else {}),
            **({"MetricIntervalUpperBound": high} if high is not None else {}),
            "ScalingAdjustment": 1,
        }
        for low, high in bounds
    ]
    configuration = {"AdjustmentType": "ChangeInCapacity", "StepAdjustments": adjustments}
    return {**STEPS, "StepScalingPolicyConfiguration": configuration}


def changed_steps(**members):
    policy = stepped((0.0, None))
    return {
        **policy,
        "StepScalingPolicyConfiguration": {**policy["StepScalingPolicyConfiguration"], **members},
    }


@pytest.mark.parametrize(
    "bounds", [[(0.0, None)], [(None, 0.0), (0.0, 5.0)], [(5.0, None), (0.0, 5.0)]]
)
def test_steps_that_adjoin_pass(target, scaling, bounds):
    scaling.put_scaling_policy(**stepped(*bounds))


@pytest.mark.parametrize(
    ("policy", "message"),
    [
        (stepped((0.0, 5.0), (6.0, None)),
            "StepAdjustments cover 0 to 5, 6 to inf. Allowed: intervals that adjoin, each with "
            "its lower bound below its upper one."),
        (stepped((0.0, 5.0), (4.0, None)),
            "StepAdjustments cover 0 to 5, 4 to inf. Allowed: intervals that adjoin, each with "
            "its lower bound below its upper one."),
        (stepped((5.0, 5.0)),
            "StepAdjustments cover 5 to 5. Allowed: intervals that adjoin, each with its lower "
            "bound below its upper one."),
        (changed_steps(AdjustmentType="Change"),
            "AdjustmentType is Change. Allowed: ChangeInCapacity, ExactCapacity, "
            "PercentChangeInCapacity."),
        (changed_steps(MetricAggregationType="Sum"),
            "MetricAggregationType is Sum. Allowed: Average, Minimum, Maximum."),
        ({**POLICY, "TargetTrackingScalingPolicyConfiguration": {**TRACKING, "TargetValue": 0.0}},
            "tracking: TargetValue is 0. Allowed: above 0."),
        ({**POLICY, "TargetTrackingScalingPolicyConfiguration": {"TargetValue": 1.0,
            "CustomizedMetricSpecification": {"MetricName": "m", "Namespace": "n",
            "Statistic": "Sum", "Unit": "Count"}}},
            "tracking: Unit: the local cloud keeps no units. Leave it out."),
        (stepped(), "StepScalingPolicyConfiguration needs AdjustmentType and StepAdjustments."),
        ({**POLICY, "PolicyType": "PredictiveScaling"},
            "the local cloud does not have PolicyType PredictiveScaling. Allowed: "
            "TargetTrackingScaling, StepScaling."),
        ({**POLICY, "PolicyType": "StepScaling"},
            "PolicyType StepScaling with TargetTrackingScalingPolicyConfiguration. Allowed: "
            "StepScalingPolicyConfiguration."),
        ({**POLICY, "TargetTrackingScalingPolicyConfiguration": {"TargetValue": 1.0}},
            "TargetTrackingScalingPolicyConfiguration with no metric. Allowed: one of "
            "PredefinedMetricSpecification, CustomizedMetricSpecification."),
        ({**POLICY, "TargetTrackingScalingPolicyConfiguration": {"TargetValue": 1.0,
            "PredefinedMetricSpecification": {"PredefinedMetricType":
            "SageMakerVariantProvisionedConcurrencyUtilization"}}},
            "Scalable dimension sagemaker:variant:DesiredInstanceCount only supports the "
            "following predefined metric types: SageMakerVariantInvocationsPerInstance, "
            "SageMakerVariantConcurrentRequestsPerModelHighResolution"),
    ],
)  # fmt: skip
def test_a_policy_that_makes_no_sense_is_refused(target, scaling, refusal, policy, message):
    assert refusal(scaling.put_scaling_policy, **policy) == ("ValidationException", message)
