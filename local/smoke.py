"""The routes that answer on the local cloud, and a call of each as its clients would make it."""

import json
from typing import Any

import urllib3

from local import session
from local.home import REPOSITORY, Home

CALL_SECONDS = 35.0
"""More than API Gateway's own 29 s, whose answer is to be seen."""


class SmokeError(Exception):
    """A route did not answer as it should; the text names it and what came."""


def routes(home: Home, stack: str) -> list[dict[str, Any]]:
    """The stack's routes: gateway, name, method, url, headers (with a key), example body.

    Raises SmokeError if the stack is not up.
    """
    if session.running(home) is None:
        raise SmokeError("No local cloud runs. Bring the stack up: make up")
    command = ["pulumi", "stack", "output", "routes", "--json", "--show-secrets", "--stack", stack]
    result = session.execute(home, command, REPOSITORY, capture=True)
    if result.returncode:
        raise SmokeError(f"The stack {stack} is not up on the local cloud. Bring it up: make up")
    found: list[dict[str, Any]] = json.loads(result.stdout)
    return found


def call_every_route(home: Home, stack: str) -> None:
    """Sends each route its example as JSON and as CSV, and prints rows with their labels.

    Raises SmokeError for the first route that does not answer 200, or not alike in both formats.
    """
    for route in routes(home, stack):
        rows = route["body"]["instances"]
        as_json = _call(route, "application/json", json.dumps(route["body"]))
        as_csv = _call(route, "text/csv", "".join(",".join(map(str, row)) + "\n" for row in rows))
        labels = [prediction["label"] for prediction in json.loads(as_json)["predictions"]]
        if [line.partition(",")[0] for line in as_csv.splitlines()] != labels:
            raise SmokeError(f"{route['url']}: CSV answers {as_csv!r}, JSON answers {as_json!r}")
        print(f"{route['method']} {route['url']} (JSON and CSV)")
        for row, label in zip(rows, labels, strict=True):
            print(f"  {row} -> {label}")


def _call(route: dict[str, Any], content_type: str, body: str) -> str:
    headers = route["headers"] | {"content-type": content_type, "accept": content_type}
    answer = urllib3.request(
        route["method"], route["url"], headers=headers, body=body, timeout=CALL_SECONDS
    )
    text = answer.data.decode()
    if answer.status != 200:
        raise SmokeError(
            f"{route['url']} with {content_type} answers {answer.status}: {text}\n"
            "The log says more (make status); make down and make up begin afresh."
        )
    return text
