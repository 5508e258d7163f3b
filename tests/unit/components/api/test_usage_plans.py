"""Tiers of clients with keys of their own."""

import pulumi
import pulumi_aws as aws
import pytest

from components.api.usage_plans import UsagePlans
from tests.unit.components.conftest import CONTEXT, stack_config

KEY = "aws:apigateway/apiKey:ApiKey"
MEMBER = "aws:apigateway/usagePlanKey:UsagePlanKey"


def plans(**keys):
    """Plans with these keys."""
    limits = {"throttle": {"rate": "50/s", "burst": 100}, "quota": "100000/day"}
    return stack_config(
        routes={"/iris": {"endpoint": "iris"}},
        plans={name: limits | {"keys": clients} for name, clients in keys.items()},
    ).direct.plans


@pytest.fixture
def make_plans(deploy):
    def make(**keys):
        def program():
            stage = aws.apigateway.Stage(
                "stage", rest_api="api-id", stage_name="live", deployment="deployment-id"
            )
            made = UsagePlans(
                "direct", {"context": CONTEXT, "plans": plans(**keys), "stage": stage}
            )
            return {
                "secret": {name: value.is_secret() for name, value in made.api_keys.items()},
                "keys": pulumi.Output.unsecret(pulumi.Output.all(**made.api_keys)),
            }

        return deploy(program)

    return make


def test_a_plan_limits_rate_burst_and_quota_of_this_stage(make_plans):
    stack = make_plans(standard=["shop"])
    assert stack.one("aws:apigateway/usagePlan:UsagePlan").inputs == {
        "name": "ml-gateway-prod-direct-standard",
        "apiStages": [{"apiId": "api-id", "stage": "live"}],
        "throttleSettings": {"rateLimit": 50.0, "burstLimit": 100},
        "quotaSettings": {"limit": 100_000, "period": "DAY"},
    }


def test_each_client_has_a_key_of_its_own_in_its_plan(make_plans):
    stack = make_plans(gold=["shop"], tin=["reports"])
    assert [member.inputs for member in stack.all(MEMBER)] == [
        {"usagePlanId": "id:direct-tin", "keyId": "id:direct-reports", "keyType": "API_KEY"},
        {"usagePlanId": "id:direct-gold", "keyId": "id:direct-shop", "keyType": "API_KEY"},
    ]
    assert [key.inputs["name"] for key in stack.all(KEY)] == [
        "ml-gateway-prod-reports",
        "ml-gateway-prod-shop",
    ]


def test_a_client_that_changes_its_plan_keeps_its_key(make_plans):
    before = make_plans(gold=["shop"], tin=["reports"])
    after = make_plans(gold=["reports"], tin=["shop"])
    assert [key.name for key in before.all(KEY)] == [key.name for key in after.all(KEY)]
    assert all(member.deleted_first for member in after.all(MEMBER)), "one plan at a time"


def test_the_values_of_the_keys_are_secret(make_plans):
    stack = make_plans(standard=["reports", "shop"])
    assert stack.result["secret"] == {"reports": True, "shop": True}
    assert stack.result["keys"] == {
        "reports": "value:direct-reports",
        "shop": "value:direct-shop",
    }


def test_all_are_children_of_the_component(make_plans):
    stack = make_plans(standard=["shop"])
    children = [r for r in stack.resources if r.type.startswith("aws:") and r.name != "stage"]
    assert {child.parent for child in children} == {"ml-gateway:index:UsagePlans::direct"}
