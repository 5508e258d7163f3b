import json

import pytest

from local.api_gateway.stage import Stage
from local.http import HttpResponse

URI = "arn:aws:apigateway:eu-central-1:runtime.sagemaker:path/endpoints/{}/invocations"


def test_a_stage_says_which_endpoint_is_called(integration, deploy, request_of):
    integration["uri"] = URI.format("${stageVariables.endpoint}")
    variables = {"endpoint": "iris-2"}
    stage = Stage("live", "api123", "123456789012", "eu-central-1", variables=variables)
    api, backend, _ = deploy(stage=stage)
    assert api.handle(request_of()).status == 200
    assert backend.calls[0][2].path == "/endpoints/iris-2/invocations"


def test_a_stage_without_the_variable_calls_nobody(integration, deploy, request_of):
    integration["uri"] = URI.format("${stageVariables.endpoint}")
    api, backend, lines = deploy()
    assert api.handle(request_of()).status == 500
    assert backend.calls == []
    assert json.loads(lines[0])["errorType"] == "API_CONFIGURATION_ERROR"


@pytest.mark.parametrize("answer", [HttpResponse(200, {}, b"\x89PNG"), None])
def test_binary_types_of_the_document_pass_both_ways(api, integration, deploy, request_of, answer):
    api["x-amazon-apigateway-binary-media-types"] = ["*/*"]
    integration["passthroughBehavior"] = "when_no_match"
    integration["requestTemplates"] = {}
    del integration["responses"]["200"]["responseTemplates"]
    deployed, backend, _ = deploy(answer)
    backend.answer = answer
    assert deployed.handle(request_of(body=b"\xff\x00")).body == (
        b"\x89PNG" if answer else b"\xff\x00"
    )
    assert backend.calls[0][2].body == b"\xff\x00"


def test_a_role_that_api_gateway_cannot_assume_is_a_fault_of_the_configuration(deploy, request_of):
    api, backend, lines = deploy()
    backend.answer = PermissionError("apigateway.amazonaws.com may not assume it")
    answer = api.handle(request_of())
    assert (answer.status, json.loads(answer.body)) == (500, {"message": "Internal server error"})
    assert json.loads(lines[0])["errorType"] == "API_CONFIGURATION_ERROR"
