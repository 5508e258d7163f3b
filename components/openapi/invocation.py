"""How a request becomes InvokeEndpoint or InvokeEndpointAsync.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpointAsync.html
"""

import json

from components.openapi.answers import integration_responses
from components.openapi.api import CONTENT_TYPES, JSON, TEMPLATES, Api, Json, Route

INTEGRATION_TIMEOUT_MS = 29_000
"""API Gateway's default limit: https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html"""

INPUT_LOCATION = "X-Amzn-SageMaker-InputLocation"
CUSTOM_ATTRIBUTES = "X-Amzn-SageMaker-Custom-Attributes"
INFERENCE_ID = "X-Amzn-SageMaker-Inference-Id"
TARGET_VARIANT = "X-Amzn-SageMaker-Target-Variant"
TARGET_MODEL = "X-Amzn-SageMaker-Target-Model"


def invocation_uri(region: str, route: Route) -> str:
    """The integration URI of the route's action.

    https://docs.aws.amazon.com/apigateway/latest/api/API_PutIntegration.html
    """
    action = "async-invocations" if route.asynchronous else "invocations"
    path = f"endpoints/{route.endpoint_name}/{action}"
    return f"arn:aws:apigateway:{region}:runtime.sagemaker:path/{path}"


def parameters(route: Route) -> list[Json]:
    """What the operation declares: nothing else can be passed on, cached by or required."""
    return [
        {"name": name, "in": "query", "required": True, "schema": {"type": "number"}}
        for name in route.query
    ] + [
        {
            "name": name,
            "in": "header",
            "required": name == INPUT_LOCATION,
            "schema": {"type": "string"},
        }
        for name in forwarded_headers(route)
    ]


def forwarded_headers(route: Route) -> list[str]:
    """The client's headers that go on to SageMaker, in the order of their names."""
    if route.asynchronous:
        headers = [
            INPUT_LOCATION,
            INFERENCE_ID,
            "X-Amzn-SageMaker-Accept",
            "X-Amzn-SageMaker-Content-Type",
        ]
    else:
        # By its attributes a request for rows that are no JSON says what else it wants to know.
        invoking = ["Accept", "Content-Type", CUSTOM_ATTRIBUTES, INFERENCE_ID]
        headers = [] if route.query else invoking
    return sorted([*headers, TARGET_VARIANT] if route.target_variant else headers)


def integration(api: Api, route: Route) -> Json:
    """The integration of a route's operation."""
    return {
        "type": "aws",
        "httpMethod": "POST",
        "uri": invocation_uri(api.region, route),
        "credentials": api.role_arn,
        "passthroughBehavior": "never",
        "timeoutInMillis": INTEGRATION_TIMEOUT_MS,
        "requestParameters": request_parameters(route),
        "requestTemplates": dict.fromkeys(CONTENT_TYPES, request_template(route)),
        "responses": integration_responses(route, api.cors),
    } | ({"cacheKeyParameters": cache_key(route)} if route.query else {})


def request_parameters(route: Route) -> dict[str, str]:
    """Headers of the integration's request."""
    headers = {name: f"method.request.header.{name}" for name in forwarded_headers(route)}
    if route.query:
        # An answer may be cached for everybody, so it is in one format whatever a client accepts.
        headers |= {"Accept": f"'{JSON}'", "Content-Type": f"'{JSON}'"}
    if route.target_model:
        # Said here and never taken from the client, who could name any object of the prefix.
        headers |= {TARGET_MODEL: f"'{route.target_model}'"}
    return {f"integration.request.header.{name}": source for name, source in headers.items()}


def request_template(route: Route) -> str:
    """The body for SageMaker, in VTL."""
    if route.query:
        features = json.dumps(list(route.query))
        return (TEMPLATES / "query_row.vtl").read_text().replace("FEATURES", features)
    if route.asynchronous:
        return "## SageMaker takes a body or the location of one, never both: so none is sent.\n"
    # The text goes on as it came: rows are the container's to check, which names the cell.
    return "$input.body"


def cache_key(route: Route) -> list[str]:
    """All that an answer depends on.

    It is said of every GET, cached or not: a stage's settings alone must never make two
    different requests share an answer.
    """
    return [f"method.request.querystring.{name}" for name in route.query] + [
        f"method.request.header.{name}" for name in forwarded_headers(route)
    ]
