"""The routes that answer on the local cloud, and a call of each as its clients would make it."""

import json
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode, urlsplit

import urllib3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from local import session
from local.aws import Aws
from local.home import REPOSITORY, Home, Running

CALL_SECONDS = 35.0
"""More than API Gateway's own 29 s, whose answer is to be seen."""

INPUT_LOCATION = "x-amzn-sagemaker-inputlocation"
OUTPUT_LOCATION = "x-amzn-sagemaker-outputlocation"

_WHAT_NEXT = "The log says more (make status); make down and make up begin afresh."


class SmokeError(Exception):
    """A route did not answer as it should; the text names it and what came."""


def routes(home: Home, stack: str) -> list[dict[str, Any]]:
    """The stack's routes as its program exports them: how to call each, with an example.

    Raises SmokeError if the stack is not up.
    """
    found: list[dict[str, Any]] = _outputs(home, stack)["routes"]
    return found


def _outputs(home: Home, stack: str) -> dict[str, Any]:
    if session.running(home) is None:
        raise SmokeError("No local cloud runs. Bring the stack up: make up")
    command = ["pulumi", "stack", "output", "--json", "--show-secrets", "--stack", stack]
    result = session.execute(home, command, REPOSITORY, capture=True)
    if result.returncode:
        raise SmokeError(f"The stack {stack} is not up on the local cloud. Bring it up: make up")
    found: dict[str, Any] = json.loads(result.stdout)
    if "routes" not in found:
        raise SmokeError(f"The stack {stack} is not up on the local cloud. Bring it up: make up")
    return found


def call_every_route(home: Home, stack: str) -> None:
    """Sends each route its example, in every format that it takes, and prints what it predicts.

    At the end it names the web page, where the stack has one.

    Raises SmokeError for the first route that does not answer, or not alike in all formats.
    """
    outputs = _outputs(home, stack)
    for route in outputs["routes"]:
        print(f"{route['method']} {route['url']}")
        if INPUT_LOCATION in route["headers"]:
            _call_async(route, session.running(home))
        elif route["query"]:
            answer = _call(route, {"accept": "application/json"})
            # By name: the engine sorts the keys of a map.
            row = " ".join(f"{name}={value}" for name, value in route["query"].items())
            _show([row], _labels_of_json(answer.data))
        elif route["body"]:
            _call_in_every_format(route)
        else:
            print("  has no example: its artifact is not in this tree")
    if page := outputs.get("page"):
        print(f"Page to try them: {page}")


def _call_in_every_format(route: Mapping[str, Any]) -> None:
    """JSON, CSV and JSON Lines must name the same labels."""
    rows = route["body"]["instances"]
    expected: list[str] = []
    for content_type, body, labels_of in (
        ("application/json", json.dumps(route["body"]), _labels_of_json),
        ("text/csv", _lines(",".join(map(str, row)) for row in rows), _labels_of_csv),
        ("application/jsonlines", _lines(map(json.dumps, rows)), _labels_of_json_lines),
    ):
        headers = {"content-type": content_type, "accept": content_type}
        labels = labels_of(_call(route, headers, body.encode()).data)
        expected = expected or labels
        if labels != expected:
            raise SmokeError(f"{route['url']}: {content_type} answers {labels}, JSON {expected}")
    _show(rows, expected)


def _call_async(route: Mapping[str, Any], cloud: Running | None) -> None:
    """Accepted at once, the result is an object in S3 some time later."""
    location = _call(route, {}, status=202).headers[OUTPUT_LOCATION]
    print(f"  accepted; the result will be {location}")
    if cloud is None:
        raise SmokeError("The local cloud has ended meanwhile. Bring the stack up: make up")
    bucket, key = urlsplit(location).netloc, urlsplit(location).path.removeprefix("/")
    s3 = Aws(cloud.api_url, cloud.gateway_url, route["arn"].split(":")[3])
    deadline = time.monotonic() + CALL_SECONDS
    while time.monotonic() < deadline:
        try:
            body = s3.call("s3", "GetObject", {"Bucket": bucket, "Key": key})["Body"].read()
        except ClientError:
            time.sleep(0.2)
        else:
            print(f"  -> {', '.join(_labels_of_json(body))}")
            return
    raise SmokeError(f"{route['url']}: no result at {location} after {CALL_SECONDS:.0f} s")


def _call(
    route: Mapping[str, Any], headers: Mapping[str, str], body: bytes = b"", status: int = 200
) -> urllib3.BaseHTTPResponse:
    url = route["url"] + (f"?{urlencode(route['query'])}" if route["query"] else "")
    sent = {**route["headers"], **headers}
    if route["auth"] == "iam":
        sent = _signed(route, url, sent, body)
    try:
        answer = urllib3.request(
            route["method"], url, headers=sent, body=body, timeout=CALL_SECONDS, retries=False
        )
    except urllib3.exceptions.HTTPError as error:
        raise SmokeError(f"{url} does not answer: {error}\n{_WHAT_NEXT}") from error
    if answer.status != status:
        raise SmokeError(
            f"{url} with {sent.get('content-type', 'no body')} answers {answer.status}: "
            f"{answer.data.decode(errors='replace')}\n{_WHAT_NEXT}"
        )
    return answer


def _signed(
    route: Mapping[str, Any], url: str, headers: Mapping[str, str], body: bytes
) -> dict[str, str]:
    """The headers of a signed request; on the local cloud these credentials are the account's."""
    request = AWSRequest(route["method"], url, dict(headers), body)
    credentials = Credentials("local", "local")
    SigV4Auth(credentials, "execute-api", route["arn"].split(":")[3]).add_auth(request)
    return dict(request.headers.items())


def _show(rows: Sequence[Any], labels: Sequence[str]) -> None:
    for row, label in zip(rows, labels, strict=True):
        print(f"  {row} -> {label}")


def _lines(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _labels_of_json(answer: bytes) -> list[str]:
    return [prediction["label"] for prediction in json.loads(answer)["predictions"]]


def _labels_of_json_lines(answer: bytes) -> list[str]:
    return [json.loads(line)["label"] for line in answer.splitlines()]


def _labels_of_csv(answer: bytes) -> list[str]:
    return [line.partition(",")[0] for line in answer.decode().splitlines()]
