import json

import pytest

from tests.unit.local.control.apigateway.documents import mock_document

POLICY = {"Version": "2012-10-17", "Statement": []}


def patch(verb, path, value=None):
    return {"op": verb, "path": path} | ({} if value is None else {"value": value})


def test_an_api_reads_back_whole(gateway, now):
    configuration = {"types": ["REGIONAL"]}
    made = gateway.create_rest_api(
        name="iris", description="d", endpointConfiguration=configuration, tags={"team": "a"}
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
        "tags": {"team": "a"},
    }


def test_an_api_changes_by_patches(gateway, api):
    gateway.update_rest_api(
        restApiId=api,
        patchOperations=[
            patch("replace", "/name", "roses"),
            patch("add", "/binaryMediaTypes/image~1png"),
            patch("add", "/binaryMediaTypes/image~1*"),
            patch("remove", "/binaryMediaTypes/image~1png"),
        ],
    )
    found = gateway.get_rest_api(restApiId=api)
    assert (found["name"], found["binaryMediaTypes"]) == ("roses", ["image/*"])


def test_a_document_says_what_the_api_is(gateway, put):
    api = gateway.create_rest_api(
        name="iris", description="d", policy="{}", binaryMediaTypes=["a/b"]
    )["id"]
    put(api, mock_document())
    found = gateway.get_rest_api(restApiId=api)
    assert found["name"] == "a"
    assert not found.keys() & {"description", "policy", "binaryMediaTypes"}
    extensions = {
        "x-amazon-apigateway-policy": POLICY,
        "x-amazon-apigateway-binary-media-types": ["image/png"],
    }
    put(api, mock_document() | extensions)
    found = gateway.get_rest_api(restApiId=api)
    assert json.loads(found["policy"]) == POLICY
    assert found["binaryMediaTypes"] == ["image/png"]


def test_a_document_that_cannot_be_run_is_refused_when_it_is_put(put, api, refusal):
    document = mock_document() | {"x-amazon-apigateway-cors": {}}
    code, message = refusal(put, api=api, document=document)
    assert code == "BadRequestException"
    assert message.startswith("x-amazon-apigateway-cors: {} is not supported.")


def test_what_is_deleted_is_gone(gateway, api, refusal):
    gateway.delete_rest_api(restApiId=api)
    assert refusal(gateway.get_rest_api, restApiId=api) == (
        "NotFoundException",
        f"Could not find REST API {api!r}.",
    )


def test_an_api_takes_its_deployments_and_stages_with_it(gateway, api, stage, refusal):
    gateway.delete_rest_api(restApiId=api)
    assert refusal(gateway.get_stage, **stage)[0] == "NotFoundException"
    assert gateway.get_stages(restApiId=api)["item"] == []


def test_an_api_without_a_document_is_not_deployed(gateway, refusal):
    api = gateway.create_rest_api(name="empty")["id"]
    assert refusal(gateway.create_deployment, restApiId=api) == (
        "BadRequestException",
        "The REST API doesn't contain any methods",
    )


def test_a_deployment_is_read_described_and_deleted(gateway, api, now, refusal):
    made = gateway.create_deployment(restApiId=api, description="first")
    which = {"restApiId": api, "deploymentId": made["id"]}
    found = gateway.get_deployment(**which)
    assert (found["description"], found["createdDate"]) == ("first", now)
    second = patch("replace", "/description", "second")
    gateway.update_deployment(**which, patchOperations=[second])
    [found] = gateway.get_deployments(restApiId=api)["items"]
    assert found["description"] == "second"
    gateway.delete_deployment(**which)
    assert refusal(gateway.get_deployment, **which)[0] == "NotFoundException"


def test_a_deployment_that_a_stage_serves_stays(gateway, api, stage, refusal):
    deployment = gateway.get_stage(**stage)["deploymentId"]
    assert refusal(gateway.delete_deployment, restApiId=api, deploymentId=deployment) == (
        "BadRequestException",
        "Active stages pointing to this deployment must be moved or deleted",
    )


def test_binary_types_are_those_of_the_api_when_it_was_deployed(gateway, control, api):
    operation = patch("add", "/binaryMediaTypes/image~1png")
    gateway.update_rest_api(restApiId=api, patchOperations=[operation])
    deployment = gateway.create_deployment(restApiId=api)["id"]
    gateway.create_stage(restApiId=api, stageName="v1", deploymentId=deployment)
    gone = patch("remove", "/binaryMediaTypes/image~1png")
    gateway.update_rest_api(restApiId=api, patchOperations=[gone])
    _, document = control.stage(api, "v1")
    assert document.binary_media_types == ("image/png",)


def test_the_deployed_document_is_exported_with_its_extensions_or_without(gateway, put, api, stage):
    put(api, mock_document(status="418"))
    asked = {**stage, "exportType": "oas30", "accepts": "application/json"}
    extended = gateway.get_export(**asked, parameters={"extensions": "apigateway"})
    assert extended["contentType"] == "application/json"
    assert json.loads(extended["body"].read()) == mock_document()
    bare = json.loads(gateway.get_export(**asked)["body"].read())
    operation = mock_document()["paths"]["/ping"]["get"]
    del operation["x-amazon-apigateway-integration"]
    assert bare["paths"]["/ping"]["get"] == operation


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"exportType": "swagger"}, "GetExport of swagger, application/json"),
        ({"accepts": "application/yaml"}, "GetExport of oas30, application/yaml"),
        (
            {"parameters": {"extensions": "postman"}},
            "GetExport of oas30, application/json, postman",
        ),
    ],
)
def test_another_export_is_refused_by_name(gateway, stage, refusal, change, what):
    asked = {**stage, "exportType": "oas30", "accepts": "application/json", **change}
    message = f"{what}: the local cloud does not have it"
    assert refusal(gateway.get_export, **asked) == ("BadRequestException", message)


def test_what_an_api_cannot_do_here_is_refused_by_name(gateway, api, refusal):
    merge = {"restApiId": api, "mode": "merge", "body": json.dumps(mock_document()).encode()}
    assert refusal(gateway.put_rest_api, **merge) == (
        "BadRequestException",
        "PutRestApi with mode merge: the local cloud does not have it",
    )
    merge |= {"mode": "overwrite", "parameters": {"basepath": "prepend"}}
    assert refusal(gateway.put_rest_api, **merge) == (
        "BadRequestException",
        "PutRestApi with parameters basepath: the local cloud does not have it",
    )
    assert refusal(gateway.create_deployment, restApiId=api, stageName="v1") == (
        "BadRequestException",
        "CreateDeployment with a stageName: the local cloud does not have it",
    )
