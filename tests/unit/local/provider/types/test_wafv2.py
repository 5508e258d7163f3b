import json

import pytest

from local.provider import wire
from tests.unit.local.control.apigateway.documents import mock_document

ACL = "aws:wafv2/webAcl:WebAcl"
ASSOCIATION = "aws:wafv2/webAclAssociation:WebAclAssociation"
LOGGING = "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration"


def seen_as(name):
    return {
        "cloudwatchMetricsEnabled": True,
        "metricName": name,
        "sampledRequestsEnabled": True,
    }


COMMON = {
    "name": "common",
    "priority": 0,
    "overrideAction": {"none": {}},
    "statement": {
        "managedRuleGroupStatement": {
            "name": "AWSManagedRulesCommonRuleSet",
            "vendorName": "AWS",
            "ruleActionOverrides": [
                {"name": "SizeRestrictions_BODY", "actionToUse": {"count": {}}}
            ],
        }
    },
    "visibilityConfig": seen_as("common"),
}
RATE = {
    "name": "rate",
    "priority": 1,
    "action": {"block": {"customResponse": {"responseCode": 429, "customResponseBodyKey": "slow"}}},
    "statement": {
        "rateBasedStatement": {
            "limit": 2000,
            "aggregateKeyType": "IP",
            "evaluationWindowSec": 300,
        }
    },
    "visibilityConfig": seen_as("rate"),
}
INPUTS = {
    "name": "guard",
    "scope": "REGIONAL",
    "defaultAction": {"allow": {}},
    "customResponseBodies": [
        {"key": "slow", "content": '{"code": "slow"}', "contentType": "APPLICATION_JSON"}
    ],
    "dataProtectionConfig": {
        "dataProtections": [
            {
                "action": "SUBSTITUTION",
                "field": {"fieldType": "SINGLE_HEADER", "fieldKeys": ["authorization"]},
            }
        ]
    },
    "rules": [COMMON, RATE],
    "visibilityConfig": seen_as("guard"),
    "tags": {"team": "a"},
}


@pytest.fixture
def acl(provider):
    return provider.make(ACL, INPUTS)


def test_a_web_acl_lives_and_changes_in_place(acl):
    assert acl.is_clean()
    slower = {"rateBasedStatement": {**RATE["statement"]["rateBasedStatement"], "limit": 100}}
    acl.change(rules=[COMMON, {**RATE, "statement": slower}], description="guards")
    assert acl.is_clean()
    acl.change(tags={"team": "b"})
    assert acl.is_clean()
    assert acl.goes()


def test_a_web_acl_that_is_changed_may_have_another_capacity(acl):
    outputs, _ = acl.provider.update(
        ACL, acl.id, acl.inputs, {**acl.inputs, "rules": []}, acl.outputs, preview=True
    )
    assert outputs["capacity"] == wire.UNKNOWN
    assert outputs["arn"] == acl.outputs["arn"]


def test_a_body_that_someone_changed_shows_as_drift(acl, aws):
    address = {"Name": "guard", "Scope": "REGIONAL", "Id": acl.id}
    found = aws.call("wafv2", "GetWebACL", address)
    live = found["WebACL"]
    live["CustomResponseBodies"]["slow"]["Content"] = "{}"
    kept = {"DefaultAction", "VisibilityConfig", "Rules", "CustomResponseBodies"}
    kept |= {"DataProtectionConfig"}
    request = address | {"LockToken": found["LockToken"]} | {name: live[name] for name in kept}
    aws.call("wafv2", "UpdateWebACL", request)
    inputs, _ = acl.refresh()
    assert inputs == {
        **acl.inputs,
        "customResponseBodies": [
            {"key": "slow", "content": "{}", "contentType": "APPLICATION_JSON"}
        ],
    }


@pytest.fixture
def stage_arn(provider):
    body = json.dumps(mock_document())
    api, _, _ = provider.create("aws:apigateway/restApi:RestApi", {"name": "a", "body": body})
    kind = "aws:apigateway/deployment:Deployment"
    deployment, _, _ = provider.create(kind, {"restApi": api})
    kind = "aws:apigateway/stage:Stage"
    inputs = {"restApi": api, "stageName": "live", "deployment": deployment}
    return provider.create(kind, inputs)[1]["arn"]


def test_an_acl_guards_a_stage_until_it_is_taken_off(provider, acl, stage_arn, aws):
    inputs = {"resourceArn": stage_arn, "webAclArn": acl.outputs["arn"]}
    made = provider.make(ASSOCIATION, inputs)
    assert made.is_clean()
    aws.call("wafv2", "DisassociateWebACL", {"ResourceArn": stage_arn})
    assert made.refresh() == ({}, {})
    assert provider.make(ASSOCIATION, inputs).goes()


def test_the_log_of_an_acl_lives_and_its_destination_replaces_it(provider, acl):
    log = "arn:aws:logs:eu-central-1:123456789012:log-group:aws-waf-logs-{}"
    inputs = {
        "resourceArn": acl.outputs["arn"],
        "logDestinationConfigs": [log.format("guard")],
        "redactedFields": [{"singleHeader": {"name": "authorization"}}],
    }
    made = provider.make(LOGGING, inputs)
    assert made.is_clean()
    made.change(redactedFields=[{"singleHeader": {"name": "x-api-key"}}])
    assert made.is_clean()
    other = {**made.inputs, "logDestinationConfigs": [log.format("other")]}
    answer = provider.diff(LOGGING, made.inputs, other)
    assert list(answer.replaces) == ["logDestinationConfigs"]
    assert made.goes()
