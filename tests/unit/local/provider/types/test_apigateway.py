import json

import grpc
import pytest

from local.aws import Aws
from local.provider.types import RESOURCE_TYPES
from tests.unit.local.control.apigateway.documents import mock_document

API = "aws:apigateway/restApi:RestApi"
DEPLOYMENT = "aws:apigateway/deployment:Deployment"
STAGE = "aws:apigateway/stage:Stage"
PLAN = "aws:apigateway/usagePlan:UsagePlan"
API_KEY = "aws:apigateway/apiKey:ApiKey"
PLAN_KEY = "aws:apigateway/usagePlanKey:UsagePlanKey"
ACCOUNT = "aws:apigateway/account:Account"
LOG = {
    "destinationArn": "arn:aws:logs:eu-central-1:123456789012:log-group:a",
    "format": "$context.requestId",
}
OTHER_FORMAT = "$context.requestId $context.status"


@pytest.fixture
def api(provider):
    inputs = {"body": json.dumps(mock_document()), "endpointConfiguration": {"types": "REGIONAL"}}
    return provider.make(API, {"name": "iris", "tags": {"team": "a"}, **inputs})


@pytest.fixture
def deployment(provider, api):
    return provider.make(DEPLOYMENT, {"restApi": api.id, "triggers": {"document": "x"}})


@pytest.fixture
def stage(provider, api, deployment):
    inputs = {"restApi": api.id, "stageName": "live", "deployment": deployment.id}
    return provider.make(STAGE, {**inputs, "accessLogSettings": LOG, "tags": {"team": "a"}})


def test_an_api_lives_and_changes_in_place(api):
    assert api.outputs["executionArn"] == f"arn:aws:execute-api:eu-central-1:123456789012:{api.id}"
    assert api.outputs["arn"] == f"arn:aws:apigateway:eu-central-1::/restapis/{api.id}"
    assert api.is_clean()
    api.change(name="roses", description="x", body=json.dumps(mock_document(status="418")))
    assert api.is_clean()
    api.change(tags={"team": "b", "cost": "1"})
    assert api.is_clean()
    assert api.goes()


def test_a_document_that_is_put_again_is_what_the_next_deployment_serves(provider, api, services):
    api.change(body=json.dumps(mock_document(status="418")))
    deployed = provider.make(DEPLOYMENT, {"restApi": api.id})
    inputs = {"restApi": api.id, "stageName": "v2", "deployment": deployed.id}
    provider.make(STAGE, inputs)
    _, document = services.api_gateway.stage(api.id, "v2")
    assert document.resources[0].methods["GET"].integration.responses[0].status == 418


def test_how_a_document_is_put_is_the_programs_to_say(provider):
    inputs = {"name": "a", "body": json.dumps(mock_document()), "putRestApiMode": "merge"}
    with pytest.raises(grpc.RpcError) as error:
        provider.make(API, inputs)
    assert "mode merge" in str(error.value.details())


def test_a_deployment_is_replaced_by_its_triggers_and_described_in_place(provider, deployment):
    assert deployment.is_clean()
    deployment.change(description="second")
    assert deployment.is_clean()
    other = {**deployment.inputs, "triggers": {"document": "y"}}
    answer = provider.diff(DEPLOYMENT, deployment.inputs, other)
    assert list(answer.replaces) == ["triggers"]
    assert not answer.deleteBeforeReplace


def test_a_stage_lives_and_changes_in_place(provider, api, stage, aws):
    assert stage.id == f"ags-{api.id}-live"
    assert stage.outputs["invokeUrl"] == f"{aws.gateway_url}/{api.id}/live"
    assert stage.is_clean()
    moved = provider.make(DEPLOYMENT, {"restApi": api.id})
    stage.change(deployment=moved.id, variables={"a": "1", "b": "2"}, xrayTracingEnabled=True)
    assert stage.is_clean()
    stage.change(variables={"b": "3"}, accessLogSettings={**LOG, "format": OTHER_FORMAT})
    assert stage.is_clean()
    stage.change(accessLogSettings=None, tags=None)
    assert stage.is_clean()
    found = aws.call("apigateway", "GetStage", {"restApiId": api.id, "stageName": "live"})
    assert not found.get("accessLogSettings")
    assert stage.goes()


def test_what_create_does_not_take_is_judged_all_the_same(provider, api, deployment):
    inputs = {"restApi": api.id, "stageName": "live", "deployment": deployment.id}
    _, failures = provider.check(STAGE, {**inputs, "accessLogSettings": {**LOG, "format": ["a"]}})
    assert failures == [
        (
            "",
            "Invalid type for parameter accessLogSettings.format, value: ['a'], "
            "type: <class 'list'>, valid types: <class 'str'>",
        )
    ]


def test_logs_that_someone_took_off_a_stage_show_as_drift(stage, aws, api):
    remove = {"op": "remove", "path": "/accessLogSettings"}
    request = {"restApiId": api.id, "stageName": "live", "patchOperations": [remove]}
    aws.call("apigateway", "UpdateStage", request)
    inputs, _ = stage.refresh()
    assert inputs == {k: v for k, v in stage.inputs.items() if k != "accessLogSettings"}


def test_a_plan_lives_and_its_limits_and_stages_change_in_place(provider, stage, api):
    live = {"apiId": api.id, "stage": "live"}
    throttles = [{"path": "/iris/POST", "rateLimit": 5, "burstLimit": 7}]
    inputs = {
        "name": "standard",
        "apiStages": [live],
        "throttleSettings": {"rateLimit": 50, "burstLimit": 100},
        "quotaSettings": {"limit": 1000, "period": "DAY"},
        "tags": {"team": "a"},
    }
    plan = provider.make(PLAN, inputs)
    assert plan.is_clean()
    plan.change(throttleSettings={"rateLimit": 5.5, "burstLimit": 10}, quotaSettings=None)
    assert plan.is_clean()
    plan.change(apiStages=None)
    assert plan.is_clean()
    plan.change(apiStages=[{**live, "throttles": throttles}])
    assert plan.is_clean()
    plan.change(apiStages=[{**live, "throttles": [{**throttles[0], "rateLimit": 6}]}])
    assert plan.is_clean()
    assert plan.goes()


def test_a_key_joins_a_plan(provider):
    plan = provider.make(PLAN, {"name": "standard"})
    key = provider.make(API_KEY, {"name": "client", "tags": {"team": "a"}})
    assert key.is_clean()
    inputs = {"usagePlanId": plan.id, "keyId": key.id, "keyType": "API_KEY"}
    member = provider.make(PLAN_KEY, inputs)
    assert member.outputs["value"] == key.outputs["value"]
    assert member.is_clean()
    key.change(enabled=False, description="x")
    assert key.is_clean()
    assert member.goes()
    assert key.goes()


def test_a_key_is_enabled_where_the_program_does_not_say(provider, aws):
    """As upstream: AWS itself would make a disabled one."""
    key = provider.make(API_KEY, {"name": "client"})
    assert aws.call("apigateway", "GetApiKey", {"apiKey": key.id})["enabled"]
    assert "enabled" not in key.inputs


class AccountAws(Aws):
    """The settings of one region's API Gateway."""

    def __init__(self):
        self.region = "eu-central-1"
        self.gateway_url = "http://127.0.0.1:1"
        self.settings = {}
        self.patches = []

    def call(self, service, operation, request):
        for change in request.get("patchOperations", []):
            self.patches.append(change)
            self.settings["cloudwatchRoleArn"] = change.get("value")
        return self.settings


def test_the_account_is_set_changed_and_reset():
    aws, kind = AccountAws(), RESOURCE_TYPES[ACCOUNT]
    role, other = ({"cloudwatchRoleArn": f"arn:aws:iam::123456789012:role/{n}"} for n in "ab")
    assert kind.make(aws, role) == ("api-gateway-account", role)
    kind.change(aws, "api-gateway-account", role, other)
    assert kind.live_inputs(aws.settings, role) == other
    kind.remove(aws, "api-gateway-account", other)
    path = "/cloudwatchRoleArn"
    assert aws.patches == [
        {"op": "replace", "path": path, "value": role["cloudwatchRoleArn"]},
        {"op": "replace", "path": path, "value": other["cloudwatchRoleArn"]},
        {"op": "remove", "path": path},
    ]
