"""What a request leaves behind: a line in the access log, and a record where it is captured."""

import json
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.acceptance.answers import encoded, within
from tests.acceptance.caller import JSON
from tests.acceptance.deployed import Route, location, tries

LOGGED_SECONDS = 180.0
CAPTURED_SECONDS = 600.0
"""SageMaker writes a file when it is full or some minutes old; how many is not documented."""
SKEW = timedelta(minutes=5)
"""Between this machine's clock and AWS's."""


def test_a_request_is_in_the_access_log_without_its_content(route, caller, aws, stack):
    started = datetime.now(UTC) - SKEW
    answer = caller.example(route)
    assert answer.status in (200, 202)
    request_id = answer.headers["x-amzn-requestid"]

    def logged() -> list[dict[str, Any]]:
        pages = (
            aws("logs")
            .get_paginator("filter_log_events")
            .paginate(
                logGroupName=stack.access_log(route),
                filterPattern=f'"{request_id}"',
                startTime=int(started.timestamp() * 1000),
            )
        )
        return [json.loads(event["message"]) for page in pages for event in page["events"]]

    lines = within(LOGGED_SECONDS, logged)
    assert lines, f"{request_id} is not in {stack.access_log(route)}"
    [line] = lines
    assert line["requestId"] == request_id
    assert (line["method"], line["resource"]) == (route.method, route.path)
    assert line["status"] == str(answer.status)
    text = json.dumps(line)
    secrets = [*stack.api_keys.values(), "instances", *(route.query or {})]
    assert not [secret for secret in secrets if secret in text]


def test_a_request_is_captured_with_its_answer(captured_route, caller, aws):
    share = captured_route.endpoint.capture["sample"] / 100
    started = datetime.now(UTC)
    body = encoded(captured_route.rows, JSON)
    sent = {}
    for _ in range(tries(share)):
        name = str(uuid.uuid4())
        headers = {"content-type": JSON, "x-amzn-sagemaker-inference-id": name}
        answer = caller.call(captured_route, headers, body)
        assert answer.status == 200
        sent[name] = answer.data.decode()

    def captured() -> list[dict[str, Any]]:
        records = _records(aws("s3"), captured_route, started)
        return [each for each in records if each["eventMetadata"].get("inferenceId") in sent]

    records = within(CAPTURED_SECONDS, captured)
    assert records, f"no record under {captured_route.endpoint.capture['address']}"
    data = records[0]["captureData"]
    assert data["endpointInput"]["data"] == body
    assert data["endpointOutput"]["data"] == sent[records[0]["eventMetadata"]["inferenceId"]]


def _records(s3, route: Route, started: datetime) -> Iterator[dict[str, Any]]:
    """What has been captured since.

    https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-data-capture-endpoint.html
    """
    assert route.endpoint.capture
    bucket, folder = location(route.endpoint.capture["address"])
    hours = {f"{moment:%Y/%m/%d/%H}" for moment in (started - SKEW, datetime.now(UTC) + SKEW)}
    for variant in route.endpoint.variants:
        for hour in sorted(hours):
            pages = s3.get_paginator("list_objects_v2").paginate(
                Bucket=bucket, Prefix=f"{folder}/{variant}/{hour}/"
            )
            for entry in (entry for page in pages for entry in page.get("Contents", [])):
                if entry["LastModified"] >= started - SKEW:
                    text = s3.get_object(Bucket=bucket, Key=entry["Key"])["Body"].read().decode()
                    yield from map(json.loads, text.splitlines())
