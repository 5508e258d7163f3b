import json

import pytest
from botocore.exceptions import ClientError

from local.control.service import AwsError


def mock_document(status="200"):
    """An API of one MOCK method that answers `status`."""
    return {
        "openapi": "3.0.1",
        "info": {"title": "a", "version": "1"},
        "paths": {
            "/ping": {
                "get": {
                    "responses": {status: {"description": "pong"}},
                    "x-amazon-apigateway-integration": {
                        "type": "mock",
                        "requestTemplates": {"application/json": f'{{"statusCode": {status}}}'},
                        "responses": {"default": {"statusCode": status}},
                    },
                }
            }
        },
    }


@pytest.fixture
def gateway(aws):
    return aws.client("apigateway")


@pytest.fixture
def control(services):
    """What the data plane asks."""
    return services.api_gateway


@pytest.fixture
def put(gateway):
    def put(api, document):
        body = json.dumps(document).encode()
        return gateway.put_rest_api(restApiId=api, mode="overwrite", body=body)

    return put


@pytest.fixture
def api(gateway, put):
    """The id of an API with one path."""
    api = gateway.create_rest_api(name="iris")["id"]
    put(api, mock_document())
    return api


@pytest.fixture
def stage(gateway, api):
    """Deploys what the API is, as stage v1."""
    deployment = gateway.create_deployment(restApiId=api)["id"]
    gateway.create_stage(restApiId=api, stageName="v1", deploymentId=deployment)
    return {"restApiId": api, "stageName": "v1"}


def refusal(call, **request):
    with pytest.raises(ClientError) as error:
        call(**request)
    return error.value.response["Error"]["Code"], error.value.response["Error"]["Message"]


def test_an_api_reads_back_whole(gateway, now):
    configuration = {"types": ["REGIONAL"]}
    made = gateway.create_rest_api(
        name="iris", description="d", endpointConfiguration=configuration
    )
    found = gateway.get_rest_api(restApiId=made["id"])
    del found["ResponseMetadata"]
    assert found == {
        "id": made["id"],
        "rootResourceId": made["rootResourceId"],
        "name": "iris",
        "description": "d",
        "endpointConfiguration": configuration,
        "createdDate": now,
    }


def test_an_api_is_renamed_and_deleted(gateway, api):
    operation = {"op": "replace", "path": "/name", "value": "roses"}
    assert gateway.update_rest_api(restApiId=api, patchOperations=[operation])["name"] == "roses"
    gateway.delete_rest_api(restApiId=api)
    assert refusal(gateway.get_rest_api, restApiId=api) == (
        "NotFoundException",
        f"Could not find REST API {api!r}.",
    )


def test_a_document_that_cannot_be_run_is_refused_when_it_is_put(gateway, put, api):
    document = mock_document() | {"x-amazon-apigateway-policy": {}}
    with pytest.raises(ClientError) as error:
        put(api, document)
    assert error.value.response["Error"]["Code"] == "BadRequestException"
    assert "x-amazon-apigateway-policy" in error.value.response["Error"]["Message"]


def test_an_api_without_a_document_is_not_deployed(gateway):
    api = gateway.create_rest_api(name="empty")["id"]
    assert refusal(gateway.create_deployment, restApiId=api) == (
        "BadRequestException",
        "The REST API doesn't contain any methods",
    )


def test_a_stage_runs_the_document_that_was_deployed_and_not_the_one_put_last(
    gateway, control, put, api, stage
):
    put(api, mock_document(status="418"))
    _, document = control.stage(api, "v1")
    [response] = document.resources[0].methods["GET"].integration.responses
    assert response.status == 200


def test_a_stage_moves_to_another_deployment(gateway, control, put, api, stage):
    put(api, mock_document(status="418"))
    deployment = gateway.create_deployment(restApiId=api)["id"]
    operation = {"op": "replace", "path": "/deploymentId", "value": deployment}
    gateway.update_stage(**stage, patchOperations=[operation])
    record, document = control.stage(api, "v1")
    assert record["deploymentId"] == deployment
    [response] = document.resources[0].methods["GET"].integration.responses
    assert response.status == 418


def test_a_stage_reads_back_whole(gateway, api, now):
    deployment = gateway.create_deployment(restApiId=api)["id"]
    request = {
        "stageName": "v1",
        "deploymentId": deployment,
        "variables": {"tier": "gold"},
        "tracingEnabled": True,
    }
    gateway.create_stage(restApiId=api, **request)
    found = gateway.get_stage(restApiId=api, stageName="v1")
    del found["ResponseMetadata"]
    assert found == {**request, "createdDate": now}


def test_a_stage_needs_its_deployment(gateway, api):
    request = {"restApiId": api, "stageName": "v1", "deploymentId": "nothing"}
    code, message = refusal(gateway.create_stage, **request)
    assert code == "NotFoundException"
    assert message == f"Could not find deployment '{api}/nothing'."


@pytest.mark.parametrize("delete", ["stage", "rest_api"])
def test_what_is_deleted_answers_no_request(gateway, control, api, stage, delete):
    if delete == "stage":
        gateway.delete_stage(**stage)
    else:
        gateway.delete_rest_api(restApiId=api)
    with pytest.raises(AwsError):
        control.stage(api, "v1")


def test_a_deployment_is_read_and_deleted(gateway, api, now):
    made = gateway.create_deployment(restApiId=api, description="first")
    found = gateway.get_deployment(restApiId=api, deploymentId=made["id"])
    assert (found["description"], found["createdDate"]) == ("first", now)
    gateway.delete_deployment(restApiId=api, deploymentId=made["id"])
    request = {"restApiId": api, "deploymentId": made["id"]}
    assert refusal(gateway.get_deployment, **request)[0] == "NotFoundException"


def test_a_key_has_the_value_it_is_given_or_one_that_nobody_guesses(gateway):
    given = gateway.create_api_key(name="a", value="x" * 20, enabled=True)
    drawn = [gateway.create_api_key(name="b", enabled=True)["value"] for _ in range(2)]
    found = gateway.get_api_key(apiKey=given["id"], includeValue=True)
    assert (found["value"], found["enabled"]) == ("x" * 20, True)
    assert drawn[0] != drawn[1]
    assert min(map(len, drawn)) >= 40


def plan_with(gateway, stages, *keys):
    plan = gateway.create_usage_plan(name="p", apiStages=stages)["id"]
    for key in keys:
        gateway.create_usage_plan_key(usagePlanId=plan, keyId=key, keyType="API_KEY")
    return plan


def test_only_enabled_keys_of_plans_that_cover_a_stage_open_it(gateway, control, api, stage):
    keys = {
        name: gateway.create_api_key(name=name, value=f"value-of-{name}", enabled=enabled)["id"]
        for name, enabled in (("in", True), ("off", False), ("other", True), ("none", True))
    }
    plan_with(gateway, [{"apiId": api, "stage": "v1"}], keys["in"], keys["off"])
    plan_with(gateway, [{"apiId": api, "stage": "v2"}], keys["other"])
    assert control.keys(api, "v1") == {"value-of-in": keys["in"]}


def test_a_key_opens_nothing_after_it_left_its_plan_or_the_plan_is_gone(gateway, control, api):
    covered = [{"apiId": api, "stage": "v1"}]
    key = gateway.create_api_key(name="a", value="value-of-a", enabled=True)["id"]
    first = plan_with(gateway, covered, key)
    assert control.keys(api, "v1") == {"value-of-a": key}
    gateway.delete_usage_plan_key(usagePlanId=first, keyId=key)
    assert control.keys(api, "v1") == {}
    second = plan_with(gateway, covered, key)
    assert control.keys(api, "v1") == {"value-of-a": key}
    gateway.delete_usage_plan(usagePlanId=second)
    assert control.keys(api, "v1") == {}


def test_a_disabled_key_opens_nothing(gateway, control, api):
    key = gateway.create_api_key(name="a", value="value-of-a", enabled=True)["id"]
    plan_with(gateway, [{"apiId": api, "stage": "v1"}], key)
    operation = {"op": "replace", "path": "/enabled", "value": "false"}
    gateway.update_api_key(apiKey=key, patchOperations=[operation])
    assert control.keys(api, "v1") == {}
    gateway.delete_api_key(apiKey=key)
    assert refusal(gateway.get_api_key, apiKey=key)[0] == "NotFoundException"


def test_a_usage_plan_reads_back_whole_and_changes(gateway, api):
    request = {
        "name": "standard",
        "apiStages": [{"apiId": api, "stage": "v1"}],
        "throttle": {"rateLimit": 50.0, "burstLimit": 100},
        "quota": {"limit": 1000, "period": "DAY"},
    }
    plan = gateway.create_usage_plan(**request)["id"]
    found = gateway.get_usage_plan(usagePlanId=plan)
    assert {name: found[name] for name in request} == request
    operation = {"op": "replace", "path": "/throttle/burstLimit", "value": "7"}
    changed = gateway.update_usage_plan(usagePlanId=plan, patchOperations=[operation])
    assert changed["throttle"] == {"rateLimit": 50.0, "burstLimit": 7}


def test_a_key_joins_a_plan_once(gateway):
    key = gateway.create_api_key(name="a", value="value-of-a")["id"]
    plan = plan_with(gateway, [], key)
    member = {"usagePlanId": plan, "keyId": key}
    assert gateway.get_usage_plan_key(**member)["value"] == "value-of-a"
    assert refusal(gateway.create_usage_plan_key, **member, keyType="API_KEY") == (
        "ConflictException",
        f"Cannot create already existing usage plan key '{plan}/{key}'",
    )


@pytest.mark.parametrize("missing", ["usagePlanId", "keyId"])
def test_a_plan_and_its_key_must_exist(gateway, missing):
    key = gateway.create_api_key(name="a")["id"]
    request = {"usagePlanId": plan_with(gateway, []), "keyId": key, missing: "nothing"}
    code, _ = refusal(gateway.create_usage_plan_key, **request, keyType="API_KEY")
    assert code == "NotFoundException"


def test_what_an_api_cannot_do_here_is_refused_by_name(gateway, api):
    merge = {"restApiId": api, "mode": "merge", "body": json.dumps(mock_document()).encode()}
    assert refusal(gateway.put_rest_api, **merge) == (
        "BadRequestException",
        "PutRestApi with mode merge: the local cloud does not have it",
    )
    assert refusal(gateway.create_deployment, restApiId=api, stageName="v1") == (
        "BadRequestException",
        "CreateDeployment with a stageName: the local cloud does not have it",
    )


def patch(path, value=None):
    return {"op": "remove" if value is None else "replace", "path": path} | (
        {} if value is None else {"value": value}
    )


def test_what_a_patch_removes_is_gone(gateway, api, stage):
    where = {"restApiId": api, "stageName": "v1"}
    gateway.update_stage(**where, patchOperations=[patch("/description", "first")])
    assert gateway.get_stage(**where)["description"] == "first"
    gateway.update_stage(**where, patchOperations=[patch("/description")])
    assert "description" not in gateway.get_stage(**where)


def test_an_access_log_format_that_aws_would_refuse_is_refused_at_once(gateway, api, stage):
    operations = [
        patch("/accessLogSettings/destinationArn", "arn:aws:logs:eu-central-1:123456789012:x"),
        patch("/accessLogSettings/format", "$context.path"),
    ]
    where = {"restApiId": api, "stageName": "v1"}
    code, message = refusal(gateway.update_stage, **where, patchOperations=operations)
    assert code == "BadRequestException"
    assert "$context.requestId, which AWS requires" in message
    assert "accessLogSettings" not in gateway.get_stage(**where)


def test_a_key_is_in_one_plan_of_a_stage_at_a_time(gateway, api, stage):
    covered = [{"apiId": api, "stage": "v1"}]
    key = gateway.create_api_key(name="a")["id"]
    first = plan_with(gateway, covered, key)
    second = plan_with(gateway, covered)
    join = {"usagePlanId": second, "keyId": key, "keyType": "API_KEY"}
    assert refusal(gateway.create_usage_plan_key, **join) == (
        "ConflictException",
        f"API Key {key} cannot reference multiple Usage Plans with the same API Stage",
    )
    gateway.delete_usage_plan_key(usagePlanId=first, keyId=key)
    assert gateway.create_usage_plan_key(**join)["id"] == key
