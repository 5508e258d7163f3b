"""API Gateway REST API runtime: executes a deployed OpenAPI document and its mapping templates."""
