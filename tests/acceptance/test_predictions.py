"""Every route answers its example."""

import uuid
from urllib.parse import urlsplit

from botocore.exceptions import ClientError

from tests.acceptance.answers import CSV, JSON_LINES, encoded, labels, labels_of_json, within
from tests.acceptance.caller import INPUT_LOCATION, JSON, VARIANT
from tests.acceptance.deployed import location

RESULT_SECONDS = 60.0
START_SECONDS = 1200.0
"""An endpoint that scales from zero starts its first instance for the first request."""
FORMATS = (JSON, CSV, JSON_LINES)


def test_rows_are_answered_alike_in_every_format(row_route, caller):
    predicted = {}
    for content_type in FORMATS:
        headers = {"content-type": content_type, "accept": content_type}
        answer = caller.call(row_route, headers, encoded(row_route.rows, content_type))
        predicted[content_type] = labels(answer, content_type)
    assert len(predicted[JSON]) == len(row_route.rows)
    assert predicted == dict.fromkeys(FORMATS, predicted[JSON])


def test_the_answers_format_is_the_one_that_was_asked_for(row_route, caller):
    headers = {"content-type": JSON, "accept": CSV}
    answer = caller.call(row_route, headers, encoded(row_route.rows, JSON))
    assert len(labels(answer, CSV)) == len(row_route.rows)


def test_one_row_in_the_query_is_answered(query_route, caller):
    [_] = labels(caller.example(query_route), JSON)


def test_the_answer_names_a_declared_variant(row_route, caller):
    assert caller.example(row_route).headers[VARIANT] in row_route.endpoint.variants


def test_a_queued_request_has_a_result(queued_route, caller, aws):
    s3, endpoint = aws("s3"), queued_route.endpoint
    bucket, key = location(queued_route.input_location)
    example = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    address = f"{endpoint.requests}/acceptance-{uuid.uuid4()}.json"
    bucket, key = location(address)
    s3.put_object(Bucket=bucket, Key=key, Body=example, ContentType=JSON)

    answer = caller.call(queued_route, {INPUT_LOCATION: address})
    assert answer.status == 202
    assert answer.json()["inferenceId"]
    result = answer.headers["x-amzn-sagemaker-outputlocation"]
    assert urlsplit(result).netloc == bucket

    body = within(
        START_SECONDS if endpoint.starts_from_zero else RESULT_SECONDS, lambda: _read(s3, result)
    )
    assert body, f"no result at {result}"
    assert labels_of_json(body)


def _read(s3, address: str) -> bytes | None:
    """The object, once it is there."""
    bucket, key = location(address)
    try:
        body: bytes = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchKey":
            raise
        return None
    return body
