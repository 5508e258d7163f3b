"""The direct gateway's API as one OpenAPI document: routes in, dictionary out, no AWS needed."""
