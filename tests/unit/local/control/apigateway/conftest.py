"""An API with one path, its stage, and how its client is refused."""

import json

import pytest
from botocore.exceptions import ClientError

from tests.unit.local.control.apigateway.documents import mock_document


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


@pytest.fixture
def refusal():
    """Calls what is to be refused; answers the error's code and message."""

    def refusal(call, **request):
        with pytest.raises(ClientError) as error:
            call(**request)
        return error.value.response["Error"]["Code"], error.value.response["Error"]["Message"]

    return refusal
