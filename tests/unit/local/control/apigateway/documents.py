"""OpenAPI documents of the tests."""


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
