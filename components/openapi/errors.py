"""The one shape of every error that a client sees, whoever answers."""

import json

RETRY_AFTER_SECONDS = 2
"""When it is worth trying again after a moment's overload."""

TOO_MANY_REQUESTS = ("TooManyRequests", "Too many requests. Try again.")
"""Code and message, whoever refuses: the gateway, SageMaker or the web ACL."""


def error_body(code: str, message: str) -> str:
    """The JSON text of an error, as container/errors.py writes it too.

    code: stable, clients may branch on it. message: says what to do.
    """
    return json.dumps({"error": {"code": code, "message": message}}, separators=(",", ":"))
