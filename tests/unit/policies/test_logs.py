"""Logs and traces."""

import pytest

from gateway_policies import logs
from gateway_policies.resource import UNKNOWN
from gateway_policies.stages import HTTP_STAGE, METHOD_SETTINGS, STAGE
from tests.unit.policies.verdicts import judged, judged_stack, made

NOT_KNOWN = "not known at preview, so not checked before the update"
SILENT = "stage violation methodSettings */*: missing, which means no log"


@pytest.mark.parametrize("token", [STAGE, HTTP_STAGE])
@pytest.mark.parametrize(
    ("settings", "found"),
    [
        ({"destinationArn": "arn", "format": "{}"}, []),
        ({"destinationArn": UNKNOWN}, []),
        (None, ["violation accessLogSettings.destinationArn: missing"]),
        ({"format": "{}"}, ["violation accessLogSettings.destinationArn: missing"]),
    ],
)
def test_a_stage_has_an_access_log(token, settings, found):
    assert judged(logs.api_access_log, token, accessLogSettings=settings) == found


@pytest.mark.parametrize(
    ("rule", "fields", "found"),
    [
        (logs.api_tracing, {"xrayTracingEnabled": True}, []),
        (logs.api_tracing, {}, ["violation xrayTracingEnabled: missing, which means false"]),
        (
            logs.api_tracing,
            {"xrayTracingEnabled": UNKNOWN},
            [f"unknown xrayTracingEnabled: {NOT_KNOWN}"],
        ),
        (logs.log_group_retention, {"retentionInDays": 30}, []),
        (logs.log_group_retention, {}, ["violation retentionInDays: missing, which means 0"]),
        (logs.log_group_retention, {"retentionInDays": 0}, ["violation retentionInDays: 0"]),
        (logs.log_group_retention, {"logGroupClass": "DELIVERY"}, []),
        (
            logs.log_group_retention,
            {"retentionInDays": UNKNOWN},
            [f"unknown retentionInDays: {NOT_KNOWN}"],
        ),
        (logs.state_machine_logs, {"loggingConfiguration": {"level": "ERROR"}}, []),
        (
            logs.state_machine_logs,
            {"loggingConfiguration": {"level": "OFF"}},
            ['violation loggingConfiguration.level: "OFF"'],
        ),
        (
            logs.state_machine_logs,
            {},
            ['violation loggingConfiguration.level: missing, which means "OFF"'],
        ),
        (
            logs.state_machine_logs,
            {"loggingConfiguration": UNKNOWN},
            [f"unknown loggingConfiguration.level: {NOT_KNOWN}"],
        ),
        (logs.state_machine_tracing, {"tracingConfiguration": {"enabled": True}}, []),
        (
            logs.state_machine_tracing,
            {},
            ["violation tracingConfiguration.enabled: missing, which means false"],
        ),
        (
            logs.state_machine_tracing,
            {"tracingConfiguration": {"enabled": UNKNOWN}},
            [f"unknown tracingConfiguration.enabled: {NOT_KNOWN}"],
        ),
    ],
)
def test_one_property_says_it(rule, fields, found):
    assert judged(rule, **fields) == found


def stage():
    return made(STAGE, "stage", restApi="abc", stageName="live")


def settings(level, path="*/*", fed=None):
    return made(
        METHOD_SETTINGS,
        "settings",
        fed or {},
        restApi="abc",
        stageName="live",
        methodPath=path,
        settings={"loggingLevel": level},
    )


OFF = 'settings violation settings.loggingLevel: missing, which means "OFF"'


@pytest.mark.parametrize(
    ("resources", "found"),
    [
        ([settings("ERROR")], []),
        ([settings("INFO")], []),
        ([settings("OFF")], ['settings violation settings.loggingLevel: "OFF"']),
        ([settings(None)], [OFF]),
        # What the provider fills in itself.
        ([settings(UNKNOWN)], [OFF]),
        (
            [settings(UNKNOWN, fed={"settings": ["urn:config"]})],
            [f"settings unknown settings.loggingLevel: {NOT_KNOWN}"],
        ),
        ([settings("ERROR", "iris/GET")], [SILENT]),
        ([], [SILENT]),
    ],
)
def test_every_method_of_a_stage_logs_failures(resources, found):
    assert judged_stack(logs.api_execution_log, stage(), *resources) == found
