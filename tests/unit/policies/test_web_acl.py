"""The web application firewall before an API."""

import json

import pytest

from gateway_policies.resource import UNKNOWN
from gateway_policies.stages import DEPLOYMENT, REST_API, STAGE
from gateway_policies.web_acl import ASSOCIATIONS, api_waf, web_acl_rate
from tests.unit.policies.verdicts import judged, judged_stack, made

ARN = "arn:aws:apigateway:eu-central-1::/restapis/abc/stages/live"
NONE = "stage violation webAclAssociation: none"
ELSEWHERE = "before an API of which this stack does not know if it is public"


def api(types: object = "REGIONAL"):
    return made(REST_API, "api", endpointConfiguration={"types": types})


def stage(fed=("api",), **fields):
    values = {"restApi": "abc", "stageName": "live"} | fields
    return made(STAGE, "stage", {"restApi": list(fed)}, **values)


def association(fed=(), token=ASSOCIATIONS[0], resourceArn: object = UNKNOWN):
    return made(token, "association", {"resourceArn": list(fed)}, resourceArn=resourceArn)


@pytest.mark.parametrize(
    "found",
    [
        association(["stage"]),
        association(["stage"], ASSOCIATIONS[1]),
        association(resourceArn=ARN),
    ],
)
def test_an_association_with_the_stage_passes(found):
    assert judged_stack(api_waf, api(), stage(), found) == []


def test_an_association_by_the_arn_that_the_stage_has_got_passes():
    got = stage(arn="arn:of-the-stage", restApi=UNKNOWN)
    assert judged_stack(api_waf, api(), got, association(resourceArn="arn:of-the-stage")) == []


@pytest.mark.parametrize(
    "others",
    [
        [],
        [association(["lb"], resourceArn="arn:aws:elasticloadbalancing:a:1:loadbalancer/app/a")],
        [association(resourceArn=ARN.replace("live", "test"))],
    ],
)
def test_a_public_stage_without_one_is_a_violation(others):
    assert judged_stack(api_waf, api(), stage(), *others) == [NONE]


@pytest.mark.parametrize("types", ["PRIVATE", ["PRIVATE"]])
def test_a_private_api_needs_none(types):
    assert judged_stack(api_waf, api(types), stage()) == []


def test_a_stage_may_take_its_api_from_its_deployment():
    deployment = made(DEPLOYMENT, "deployment", {"restApi": ["api"]}, restApi=UNKNOWN)
    by_deployment = stage(fed=["deployment"])
    assert judged_stack(api_waf, api("PRIVATE"), deployment, by_deployment) == []
    assert judged_stack(api_waf, api("EDGE"), deployment, by_deployment) == [NONE]


def test_what_cannot_be_told_is_unknown():
    assert judged_stack(api_waf, api(), stage(), association()) == [
        "stage unknown webAclAssociation: one whose stage is not known at preview"
    ]
    found = f"stage unknown webAclAssociation: none, {ELSEWHERE}"
    assert judged_stack(api_waf, stage(fed=[])) == [found]
    assert judged_stack(api_waf, api(UNKNOWN), stage()) == [found]


RATE = {"statement": {"rateBasedStatement": {"limit": 2000}}, "action": {"block": {}}}
MANAGED = {"statement": {"managedRuleGroupStatement": {"name": "a"}}, "overrideAction": {}}
GROUP = {"statement": {"ruleGroupReferenceStatement": {"arn": "a"}}}
TEXT = [{"Statement": {"RateBasedStatement": {"Limit": 100}}, "Action": {"Block": {}}}]
NO_RATE = ["violation rules: no rate rule"]


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({"rules": [MANAGED, RATE]}, []),
        ({"rules": [RATE | {"action": {"captcha": {}}}]}, []),
        ({"rules": [UNKNOWN, RATE]}, []),
        ({"ruleJson": json.dumps(TEXT)}, []),
        ({}, NO_RATE),
        ({"rules": [MANAGED, None, 3, {}]}, NO_RATE),
        ({"rules": [RATE | {"action": {"count": {}}}]}, NO_RATE),
        ({"ruleJson": "{"}, NO_RATE),
        ({"ruleJson": "[3, {}]"}, NO_RATE),
        ({"ruleJson": json.dumps([TEXT[0] | {"Action": {"Count": {}}}])}, NO_RATE),
        ({"rules": [GROUP]}, ["unknown rules[0]: rules that are not seen here"]),
        ({"rules": UNKNOWN}, ["unknown rules[*]: rules that are not seen here"]),
        ({"ruleJson": UNKNOWN}, ["unknown ruleJson: rules that are not seen here"]),
    ],
)
def test_an_acl_limits_the_rate_of_an_address(fields, found):
    assert judged(web_acl_rate, **fields) == found
