"""What a deployed API does with requests."""

import pytest

from gateway_policies.api import (
    api_cache_encrypted,
    api_data_trace,
    api_throttling,
    usage_plan_limits,
)
from gateway_policies.resource import UNKNOWN
from gateway_policies.stages import HTTP_STAGE, METHOD_SETTINGS, STAGE
from tests.unit.policies.verdicts import judged, judged_stack, made

NOT_KNOWN = "not known at preview, so not checked before the update"
LIMITED = {"throttlingRateLimit": 50, "throttlingBurstLimit": 100}


@pytest.mark.parametrize(
    ("token", "fields", "found"),
    [
        (METHOD_SETTINGS, {"settings": {}}, []),
        (METHOD_SETTINGS, {"settings": {"dataTraceEnabled": False}}, []),
        (
            METHOD_SETTINGS,
            {"settings": {"dataTraceEnabled": True}},
            ["violation settings.dataTraceEnabled: true"],
        ),
        (
            METHOD_SETTINGS,
            {"settings": UNKNOWN},
            [f"unknown settings.dataTraceEnabled: {NOT_KNOWN}"],
        ),
        (HTTP_STAGE, {}, []),
        (
            HTTP_STAGE,
            {
                "defaultRouteSettings": {"dataTraceEnabled": True},
                "routeSettings": [{}, {"dataTraceEnabled": True}],
            },
            [
                "violation defaultRouteSettings.dataTraceEnabled: true",
                "violation routeSettings[1].dataTraceEnabled: true",
            ],
        ),
    ],
)
def test_no_bodies_in_logs(token, fields, found):
    assert judged(api_data_trace, token, **fields) == found


@pytest.mark.parametrize(
    ("settings", "found"),
    [
        ({}, []),
        ({"cacheDataEncrypted": False}, []),
        ({"cachingEnabled": False}, []),
        ({"cachingEnabled": True, "cacheDataEncrypted": True}, []),
        (
            {"cachingEnabled": True},
            ["violation settings.cacheDataEncrypted: missing, which means false"],
        ),
        (
            {"cachingEnabled": True, "cacheDataEncrypted": UNKNOWN},
            [f"unknown settings.cacheDataEncrypted: {NOT_KNOWN}"],
        ),
        (
            {"cachingEnabled": UNKNOWN, "cacheDataEncrypted": False},
            [
                "unknown settings.cacheDataEncrypted: false, where it is not known at preview "
                "whether it matters"
            ],
        ),
    ],
)
def test_what_is_cached_is_encrypted(settings, found):
    assert judged(api_cache_encrypted, settings=settings) == found


def stage(**fields):
    values = {"restApi": "abc", "stageName": "live"} | fields
    return made(STAGE, "stage", **values)


def settings(fed=None, /, **fields):
    values = {"restApi": "abc", "stageName": "live", "methodPath": "*/*", "settings": LIMITED}
    return made(METHOD_SETTINGS, "settings", fed or {}, **values | fields)


@pytest.mark.parametrize(
    ("limits", "found"),
    [
        (LIMITED, []),
        ({"throttlingRateLimit": 0.5, "throttlingBurstLimit": 1}, []),
        ({}, ["settings violation settings.throttlingRateLimit: missing, which means -1"]),
        (
            LIMITED | {"throttlingBurstLimit": None},
            ["settings violation settings.throttlingBurstLimit: missing, which means -1"],
        ),
        (
            LIMITED | {"throttlingRateLimit": 0},
            ["settings violation settings.throttlingRateLimit: 0"],
        ),
        (
            LIMITED | {"throttlingRateLimit": -1},
            ["settings violation settings.throttlingRateLimit: -1"],
        ),
    ],
)
def test_every_setting_limits_rate_and_burst(limits, found):
    assert judged_stack(api_throttling, stage(), settings(settings=limits)) == found


def test_an_unknown_limit_counts_if_something_feeds_it():
    fed = settings(
        {"settings": ["urn:config"]}, settings=LIMITED | {"throttlingRateLimit": UNKNOWN}
    )
    assert judged_stack(api_throttling, stage(), fed) == [
        f"settings unknown settings.throttlingRateLimit: {NOT_KNOWN}"
    ]


UNLIMITED = "stage violation methodSettings */*: missing, which means no limit but the account's"
BY_STAGE = {"restApi": ["stage"], "stageName": ["stage"]}


@pytest.mark.parametrize(
    ("fed", "fields", "found"),
    [
        ({}, {}, []),
        ({}, {"methodPath": "~1iris/POST"}, [UNLIMITED]),
        ({}, {"methodPath": UNKNOWN}, []),
        ({}, {"stageName": "test"}, [UNLIMITED]),
        ({}, {"restApi": "other"}, [UNLIMITED]),
        (BY_STAGE, {"restApi": UNKNOWN, "stageName": UNKNOWN}, []),
        ({"restApi": ["other"]}, {"restApi": UNKNOWN}, [UNLIMITED]),
    ],
)
def test_a_stage_has_settings_for_every_method(fed, fields, found):
    assert judged_stack(api_throttling, stage(), settings(fed, **fields)) == found


def test_settings_are_those_of_the_stage_of_the_same_api():
    api = {"restApi": ["urn:api"]}
    stages = [
        made(STAGE, urn, {"restApi": [api]}, restApi=UNKNOWN, stageName="live")
        for urn, api in (("stage", "urn:api"), ("other", "urn:other"))
    ]
    found = judged_stack(api_throttling, *stages, settings(api, restApi=UNKNOWN))
    assert [one.split(" ")[0] for one in found] == ["other"]


PLAN = {
    "quotaSettings": {"limit": 1000, "period": "DAY"},
    "throttleSettings": {"rateLimit": 5, "burstLimit": 10},
}


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({}, []),
        ({"quotaSettings": None}, ["violation quotaSettings.limit: missing"]),
        ({"quotaSettings": {"limit": 0}}, ["violation quotaSettings.limit: 0"]),
        ({"quotaSettings": {"limit": UNKNOWN}}, [f"unknown quotaSettings.limit: {NOT_KNOWN}"]),
        ({"throttleSettings": None}, ["violation throttleSettings: missing"]),
        (
            {"throttleSettings": {"burstLimit": 10}},
            ["violation throttleSettings.rateLimit: missing"],
        ),
        (
            {"throttleSettings": {"rateLimit": 5, "burstLimit": 0}},
            ["violation throttleSettings.burstLimit: 0"],
        ),
    ],
)
def test_a_plan_has_a_quota_and_a_rate(fields, found):
    assert judged(usage_plan_limits, **PLAN | fields) == found
