"""The REST API as one OpenAPI document: its JSON text is the API, and a change of it redeploys.

Extensions:
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions.html
"""

from components.config.gateway import Auth
from components.openapi.answers import method_responses
from components.openapi.api import CONTENT_TYPES, Api, Json, Route
from components.openapi.cors import preflight
from components.openapi.gateway_responses import gateway_responses
from components.openapi.invocation import forwarded_headers, integration, parameters
from components.openapi.page import page_paths
from components.openapi.schemas import SCHEMAS, content
from components.openapi.security import SCHEMES, requirement, resource_policy

VALIDATOR = "envelope"


def build_document(api: Api) -> Json:
    """The OpenAPI 3.0 document of an API."""
    document = {
        "openapi": "3.0.1",
        "info": {
            "title": api.title,
            "version": "1",
            "description": "Predictions. Each version of a model has a path of its own.",
        },
        "paths": {route.path: path_item(api, route) for route in api.routes} | page_paths(api),
        "components": {"securitySchemes": SCHEMES[api.auth], "schemas": SCHEMAS},
        "x-amazon-apigateway-request-validators": {
            VALIDATOR: {"validateRequestBody": True, "validateRequestParameters": True}
        },
        "x-amazon-apigateway-gateway-responses": gateway_responses(api.cors),
    }
    if api.auth is Auth.API_KEY:
        return document | {"x-amazon-apigateway-api-key-source": "HEADER"}
    return document | {"x-amazon-apigateway-policy": resource_policy(api)}


def path_item(api: Api, route: Route) -> Json:
    """The operations of a path."""
    item = {route.method.lower(): operation(api, route)}
    if api.cors:
        headers = forwarded_headers(route)
        item["options"] = preflight(api.cors, api.auth, route.method, headers)
    return item


def operation(api: Api, route: Route) -> Json:
    """The one operation that predicts."""
    found = {
        "operationId": route.name,
        "description": description(route),
        "security": requirement(api.auth),
        "parameters": parameters(route),
        "responses": method_responses(route, api.cors),
        "x-amazon-apigateway-request-validator": VALIDATOR,
        "x-amazon-apigateway-integration": integration(api, route),
    }
    if route.query or route.asynchronous:
        return found
    return found | {"requestBody": {"required": True, "content": content("Instances")}}


def description(route: Route) -> str:
    """What a client sends."""
    if route.query:
        return "A prediction for the one row whose features are the query's parameters."
    if route.asynchronous:
        return "Predictions for the rows in an object of S3; the headers say where they will be."
    return f"Predictions for the rows in the body: {', '.join(CONTENT_TYPES)}."
