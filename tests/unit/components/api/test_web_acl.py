"""A web ACL in front of a stage."""

import json

import pytest

from components.api.web_acl import WebAcl
from components.config.gateway import Cors, Waf
from tests.unit.components.conftest import CONTEXT, KEY_ARN

ACL = "aws:wafv2/webAcl:WebAcl"
WAF = Waf.model_validate({"rate": "2000/5min"})
STAGE_ARN = "arn:aws:apigateway:eu-central-1::/restapis/api-id/stages/live"


@pytest.fixture
def make_acl(deploy):
    def make(cors=None):
        def program():
            WebAcl(
                "direct-waf",
                {
                    "context": CONTEXT,
                    "stage_arn": STAGE_ARN,
                    "settings": WAF,
                    "cors": cors,
                    "key_arn": KEY_ARN,
                    "log_retention_days": 30,
                },
            )

        return deploy(program)

    return make


@pytest.fixture
def stack(make_acl):
    return make_acl()


def rules_of(stack):
    return {rule["name"]: rule for rule in stack.one(ACL).inputs["rules"]}


@pytest.fixture
def rules(stack):
    return rules_of(stack)


def test_it_stands_before_the_stage(stack):
    acl = stack.one(ACL).inputs
    assert (acl["name"], acl["scope"]) == ("ml-gateway-prod-direct-waf", "REGIONAL")
    assert acl["defaultAction"] == {"allow": {}}
    assert stack.one("aws:wafv2/webAclAssociation:WebAclAssociation").inputs == {
        "resourceArn": STAGE_ARN,
        "webAclArn": "arn:direct-waf",
    }


def test_an_address_that_sends_too_much_gets_429_in_the_shape_of_every_error(stack, rules):
    rate = rules["rate"]
    assert rate["statement"]["rateBasedStatement"] == {
        "aggregateKeyType": "IP",
        "limit": 2000,
        "evaluationWindowSec": 300,
    }
    response = rate["action"]["block"]["customResponse"]
    assert response["responseCode"] == 429
    assert response["responseHeaders"] == [{"name": "Retry-After", "value": "300"}]
    [body] = stack.one(ACL).inputs["customResponseBodies"]
    assert body["key"] == response["customResponseBodyKey"]
    assert body["contentType"] == "APPLICATION_JSON"
    assert json.loads(body["content"]) == {
        "error": {"code": "TooManyRequests", "message": "Too many requests. Try again."}
    }


def test_a_page_of_the_origin_can_read_that_it_sent_too_much(make_acl):
    rate = rules_of(make_acl(Cors(origin="https://a.example")))["rate"]
    headers = rate["action"]["block"]["customResponse"]["responseHeaders"]
    named = {header["name"]: header["value"] for header in headers}
    assert list(named) == [
        "Retry-After",
        "Access-Control-Allow-Origin",
        "Access-Control-Expose-Headers",
    ]
    assert named["Access-Control-Allow-Origin"] == "https://a.example"
    assert "Retry-After" in named["Access-Control-Expose-Headers"].split(",")


def test_awss_rules_block_by_themselves_but_for_the_length_of_rows(rules):
    groups = {
        name: rule["statement"]["managedRuleGroupStatement"]
        for name, rule in rules.items()
        if name != "rate"
    }
    assert list(groups) == [
        "AWSManagedRulesAmazonIpReputationList",
        "AWSManagedRulesCommonRuleSet",
        "AWSManagedRulesKnownBadInputsRuleSet",
    ]
    overridden = {
        name: [override["name"] for override in group.get("ruleActionOverrides", [])]
        for name, group in groups.items()
    }
    assert overridden["AWSManagedRulesCommonRuleSet"] == [
        "SizeRestrictions_BODY",
        "SizeRestrictions_QUERYSTRING",
    ]
    assert sum(map(len, overridden.values())) == 2
    counted = groups["AWSManagedRulesCommonRuleSet"]["ruleActionOverrides"]
    assert all(override["actionToUse"] == {"count": {}} for override in counted)
    assert all(rules[name]["overrideAction"] == {"none": {}} for name in groups)


def test_each_rule_has_a_priority_and_a_metric_of_its_own(stack, rules):
    acl = stack.one(ACL).inputs
    seen = [acl["visibilityConfig"], *(rule["visibilityConfig"] for rule in rules.values())]
    assert all(each["cloudwatchMetricsEnabled"] for each in seen)
    assert all(each["sampledRequestsEnabled"] for each in seen)
    assert len({each["metricName"] for each in seen}) == len(seen)
    assert [rule["priority"] for rule in rules.values()] == list(range(len(rules)))


def test_the_log_is_encrypted_and_ends(stack):
    assert stack.one("aws:cloudwatch/logGroup:LogGroup").inputs == {
        "name": "aws-waf-logs-ml-gateway-prod-direct-waf",
        "kmsKeyId": KEY_ARN,
        "retentionInDays": 30,
    }


def test_credentials_and_features_are_in_neither_log_nor_samples(stack):
    logging = stack.one("aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration").inputs
    assert logging["resourceArn"] == "arn:direct-waf"
    assert logging["logDestinationConfigs"] == ["arn:direct-waf-log"]
    assert logging["redactedFields"] == [
        {"singleHeader": {"name": "authorization"}},
        {"singleHeader": {"name": "x-amz-security-token"}},
        {"singleHeader": {"name": "x-api-key"}},
        {"queryString": {}},
    ]
    protected = stack.one(ACL).inputs["dataProtectionConfig"]["dataProtections"]
    assert [protection["field"] for protection in protected] == [
        {
            "fieldType": "SINGLE_HEADER",
            "fieldKeys": ["authorization", "x-amz-security-token", "x-api-key"],
        },
        {"fieldType": "QUERY_STRING"},
    ]


def test_all_are_children_of_the_component(stack):
    children = [r for r in stack.resources if r.type.startswith("aws:")]
    assert {child.parent for child in children} == {"ml-gateway:index:WebAcl::direct-waf"}
