"""Rules for alarms."""

import re

from pulumi_policy import EnforcementLevel, Severity

from gateway_policies.property_rule import Demand, demanded, is_text, not_one_of, values
from gateway_policies.resource import Stack
from gateway_policies.rule import (
    Control,
    Family,
    Findings,
    Limits,
    located,
    shown,
    stack_rule,
    violation,
)
from gateway_policies.sagemaker import ENDPOINT, ROLLBACK_ALARMS

METRIC_ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
COMPOSITE_ALARM = "aws:cloudwatch/compositeAlarm:CompositeAlarm"

_DOCS = "https://docs.aws.amazon.com"
_NAMED = re.compile(r"""\(\s*["']?(?:arn:[^"')]*:alarm:)?([^"')]+?)["']?\s*\)""")
"""An alarm in the rule of a composite one: ALARM(name), ALARM("name"), OK(arn)."""


@stack_rule(
    Control(
        id="alarm-actions",
        title="Alarms do something",
        family=Family.LOGGING,
        severity=Severity.MEDIUM,
        standards=("CKV_AWS_319", "CloudWatch.15", "CloudWatch.17"),
        fix="Name an action, such as a topic that somebody reads, and leave actions enabled.",
        url=f"{_DOCS}/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html",
        level=EnforcementLevel.ADVISORY,
    )
)
def alarm_actions(stack: Stack, _: Limits) -> Findings:
    """An alarm that tells nobody and starts nothing looks like monitoring and is none."""
    followed, followed_names = _followed(stack)
    enabled = Demand("actionsEnabled", not_one_of(False, allowed="true"))
    for alarm in stack.of_types((METRIC_ALARM, COMPOSITE_ALARM)):
        yield from located(alarm.urn, demanded(alarm, enabled))
        names = {name for key in ("name", "alarmName") if is_text(name := alarm.get(key))}
        if alarm.urn in followed or names & followed_names:
            continue
        actions = [alarm.get(f"{state}Actions") for state in ("alarm", "ok", "insufficientData")]
        if not any(actions):
            yield violation(
                "alarmActions",
                seen=shown(actions[0]),
                allowed="the ARN of at least one action",
                urn=alarm.urn,
            )


def _followed(stack: Stack) -> tuple[set[str], set[str]]:
    """Alarms that something else of the stack follows: their URNs, and the names of others."""
    urns = {
        urn
        for resource in stack.resources
        for feeding in resource.dependencies.values()
        for urn in feeding
    }
    names = {
        name
        for endpoint in stack.of_type(ENDPOINT)
        for _, name in values(endpoint, ROLLBACK_ALARMS)
        if isinstance(name, str)
    }
    for composite in stack.of_type(COMPOSITE_ALARM):
        expression = composite.get("alarmRule")
        names.update(_NAMED.findall(expression) if isinstance(expression, str) else ())
    return urns, names


RULES = (alarm_actions,)
