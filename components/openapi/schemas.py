"""Models of requests and answers, in JSON Schema draft 4.

https://docs.aws.amazon.com/apigateway/latest/developerguide/models-mappings-models.html
"""

from components.openapi.api import JSON, Json
from container.formats.rows import MAX_ROWS
from container.predictions import Extra

NAMES: Json = {"type": "array", "items": {"type": "string"}}

NUMBER_PER_LABEL: Json = {"type": "object", "additionalProperties": {"type": "number"}}

SCHEMAS: Json = {
    # The envelope alone: the container checks rows and cells, and names the one that is wrong.
    # It counts them too; API Gateway does not enforce the number of items, so clients read it here:
    # https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
    "Instances": {
        "type": "object",
        "required": ["instances"],
        "additionalProperties": False,
        "properties": {
            "instances": {"type": "array", "minItems": 1, "maxItems": MAX_ROWS, "items": {}},
            "include": {
                "type": "array",
                "items": {"type": "string", "enum": list(map(str, Extra))},
            },
        },
    },
    "Predictions": {
        "type": "object",
        "required": ["predictions"],
        "properties": {
            "predictions": {
                "type": "array",
                "items": {
                    "type": "object",
                    # What else there is depends on the request and on what the endpoint discloses.
                    "required": ["label"],
                    "properties": {
                        "label": {"type": "string"},
                        "probabilities": NUMBER_PER_LABEL,
                        str(Extra.SET): NAMES,
                        str(Extra.INTERVALS): {
                            "type": "object",
                            "additionalProperties": {
                                "type": "array",
                                "minItems": 2,
                                "maxItems": 2,
                                "items": {"type": "number"},
                            },
                        },
                        str(Extra.CONTRIBUTIONS): {
                            "type": "object",
                            "required": ["unit", "base", "features"],
                            "properties": {
                                "unit": {"type": "string", "enum": ["probability", "logOdds"]},
                                "base": NUMBER_PER_LABEL,
                                "features": {
                                    "type": "object",
                                    "additionalProperties": NUMBER_PER_LABEL,
                                },
                            },
                        },
                        "outOfRange": NAMES,
                        "neverSeen": NAMES,
                    },
                },
            }
        },
    },
    "Accepted": {
        "type": "object",
        "required": ["inferenceId"],
        "properties": {"inferenceId": {"type": "string"}},
    },
    "Error": {
        "type": "object",
        "required": ["error"],
        "properties": {
            "error": {
                "type": "object",
                "required": ["code", "message"],
                "properties": {
                    "code": {"type": "string"},
                    "message": {"type": "string"},
                    "row": {"type": "integer"},
                    "column": {"type": "integer"},
                },
            }
        },
    },
}
"""By name; API Gateway takes letters and digits."""


def content(name: str) -> Json:
    """The `content` of a body in JSON.

    API Gateway checks a body of any content type that has a schema as JSON, so CSV and JSON
    Lines are not listed.
    """
    return {JSON: {"schema": {"$ref": f"#/components/schemas/{name}"}}}
