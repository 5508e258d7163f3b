"""Alarms are there, watch what is live, and can fire.

A rollback alarm has no action of its own: only a deployment that runs looks at it, so firing it
otherwise changes nothing. An alarm that scales is not fired, since it would take an instance away.
"""

from tests.acceptance.answers import within

UPDATE_SECONDS = 60.0
ATTEMPTS = 5
"""CloudWatch sets an alarm back as soon as it evaluates it, which may be at once.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_SetAlarmState.html
"""


def test_a_rollback_alarm_watches_the_live_configuration(rollback_alarm, aws):
    live = aws("sagemaker").describe_endpoint(EndpointName=rollback_alarm.endpoint.name)
    rollback = live["LastDeploymentConfig"]["AutoRollbackConfiguration"]
    assert {"AlarmName": rollback_alarm.name} in rollback["Alarms"]
    alarm = _described(rollback_alarm.name, aws)
    dimensions = {each["Name"]: each["Value"] for each in alarm["Dimensions"]}
    assert dimensions["EndpointName"] == rollback_alarm.endpoint.name
    assert dimensions["EndpointConfigName"] == live["EndpointConfigName"]
    assert dimensions["VariantName"] in rollback_alarm.endpoint.variants


def test_a_rollback_alarm_can_fire(rollback_alarm, aws):
    """Before it does so it is not in alarm, in which case no update could go through."""
    name, cloudwatch = rollback_alarm.name, aws("cloudwatch")
    assert within(UPDATE_SECONDS, lambda: _is_idle(rollback_alarm.endpoint.name, aws)), (
        f"{rollback_alarm.endpoint} is being updated: an alarm would roll it back. "
        "Wait for the end of the update."
    )
    assert _described(name, aws)["StateValue"] != "ALARM"
    states = []
    try:
        for _ in range(ATTEMPTS):
            cloudwatch.set_alarm_state(
                AlarmName=name, StateValue="ALARM", StateReason="acceptance test"
            )
            states.append(_described(name, aws)["StateValue"])
            if states[-1] == "ALARM":
                break
    finally:
        cloudwatch.set_alarm_state(AlarmName=name, StateValue="OK", StateReason="acceptance test")
    assert states[-1] == "ALARM"
    assert _described(name, aws)["StateValue"] != "ALARM"


def test_an_alarm_that_scales_drives_a_policy_of_its_endpoint(scaling_alarm, aws):
    alarm = _described(scaling_alarm.name, aws)
    assert alarm["ActionsEnabled"]
    pages = (
        aws("application-autoscaling")
        .get_paginator("describe_scaling_policies")
        .paginate(ServiceNamespace="sagemaker")
    )
    policies = {
        policy["PolicyARN"]
        for page in pages
        for policy in page["ScalingPolicies"]
        if policy["ResourceId"].startswith(f"endpoint/{scaling_alarm.endpoint.name}/")
    }
    assert alarm["AlarmActions"]
    assert set(alarm["AlarmActions"]) <= policies


def _described(name: str, aws):
    [alarm] = aws("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"]
    return alarm


def _is_idle(endpoint_name: str, aws) -> bool:
    live = aws("sagemaker").describe_endpoint(EndpointName=endpoint_name)
    return bool(live["EndpointStatus"] == "InService")
