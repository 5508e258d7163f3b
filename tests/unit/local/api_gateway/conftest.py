"""A small API with one AWS integration, and ways to change one thing of it."""

import copy
import itertools
import json
from datetime import UTC, datetime, timedelta

import pytest

from local.api_gateway.document import parse_document

ROLE = "arn:aws:iam::123456789012:role/invoke-iris"
URI = "arn:aws:apigateway:eu-central-1:runtime.sagemaker:path/endpoints/iris/invocations"
INTEGRATION = "x-amazon-apigateway-integration"


def _operation():
    return {
        "operationId": "predict",
        "security": [{"key": []}],
        "parameters": [
            {"name": "X-Variant", "in": "header", "required": False},
            {"name": "name", "in": "path", "required": True},
        ],
        "responses": {
            "200": {"description": "ok", "headers": {"X-Served-By": {}}},
            "502": {"description": "bad gateway"},
        },
        INTEGRATION: {
            "type": "aws",
            "httpMethod": "POST",
            "uri": URI,
            "credentials": ROLE,
            "passthroughBehavior": "never",
            "requestTemplates": {"application/json": "$input.json('$')"},
            "requestParameters": {
                "integration.request.header.X-Amzn-SageMaker-Target-Variant": (
                    "method.request.header.X-Variant"
                ),
            },
            "responses": {
                "200": {
                    "statusCode": "200",
                    "responseTemplates": {"application/json": "$input.body"},
                    "responseParameters": {
                        "method.response.header.X-Served-By": (
                            "integration.response.header.x-Amzn-Invoked-Production-Variant"
                        ),
                    },
                },
                "default": {
                    "statusCode": "502",
                    "responseTemplates": {"application/json": '{"message":"model failed"}'},
                },
            },
        },
    }


@pytest.fixture
def api():
    """The OpenAPI document of POST /models/{name}, to be changed by the test."""
    return copy.deepcopy(
        {
            "openapi": "3.0.1",
            "info": {"title": "models", "version": "1"},
            "paths": {"/models/{name}": {"post": _operation()}},
            "components": {
                "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "x-api-key"}}
            },
        }
    )


@pytest.fixture
def operation(api):
    """The one operation of that document."""
    return api["paths"]["/models/{name}"]["post"]


@pytest.fixture
def integration(operation):
    """Its integration."""
    return operation[INTEGRATION]


@pytest.fixture
def document_of():
    """Parses an OpenAPI document given as objects."""
    return lambda api: parse_document(json.dumps(api))


@pytest.fixture
def clock():
    """A clock that advances 5 ms at each reading, from 2026-03-01 12:00 UTC."""
    started = datetime(2026, 3, 1, 12, tzinfo=UTC)
    readings = itertools.count()
    return lambda: started + timedelta(milliseconds=5 * next(readings))
