import json
import re

import pytest

from local.http import HttpRequest, HttpResponse
from local.sagemaker.invocation import (
    Invocation,
    RuntimeApiError,
    largest_body,
    model_error,
    oversize,
    parse_invocation,
    success,
)

PREFIX = "x-amzn-sagemaker-"


def request(body=b"row", **headers):
    return HttpRequest("POST", "/endpoints/iris/invocations", headers, body=body)


def refusal(**headers):
    with pytest.raises(RuntimeApiError) as error:
        parse_invocation(request(**{name.replace("_", "-"): v for name, v in headers.items()}))
    return error_of(error.value)


def error_of(error):
    response = error.response()
    assert response.headers["content-type"] == "application/json"
    code = response.headers.get("x-amzn-errortype")
    return response.status, code, json.loads(response.body)["Message"]


def test_the_container_gets_the_body_and_only_the_headers_that_sagemaker_forwards():
    forwarded = {
        "content-type": "text/csv",
        "accept": "application/json",
        f"{PREFIX}custom-attributes": "trace=1",
        f"{PREFIX}target-model": "iris.tar.gz",
    }
    others = {
        f"{PREFIX}target-variant": "forest",
        f"{PREFIX}inference-id": "a 1",
        "authorization": "secret",
        "host": "sagemaker",
    }
    assert parse_invocation(request(**forwarded, **others)) == Invocation(
        HttpRequest("POST", "/invocations", forwarded, body=b"row"), "forest", "a 1"
    )


@pytest.mark.parametrize(
    ("header", "member"),
    [
        ("enable-explanations", "EnableExplanations"),
        ("inference-component", "InferenceComponentName"),
        ("prefix-aware-id", "PrefixAwareId"),
        ("session-id", "SessionId"),
        ("target-container-hostname", "TargetContainerHostname"),
    ],
)
def test_what_the_local_cloud_does_not_have_is_refused_by_name(header, member):
    assert refusal(**{f"{PREFIX}{header}": "x"}) == (
        400,
        "ValidationError",
        f"The local cloud does not have {member} of InvokeEndpoint.",
    )


@pytest.mark.parametrize(
    ("header", "value", "member", "constraint"),
    [
        (f"{PREFIX}inference-id", "x" * 65, "inferenceId", "have length less than or equal to 64"),
        (
            f"{PREFIX}inference-id",
            "",
            "inferenceId",
            r"satisfy regular expression pattern: [\x21-\x7e][\x20-\x7e]*",
        ),
        (
            f"{PREFIX}target-variant",
            "-a",
            "targetVariant",
            "satisfy regular expression pattern: [a-zA-Z0-9](-*[a-zA-Z0-9])*",
        ),
        (
            f"{PREFIX}custom-attributes",
            "x" * 1025,
            "customAttributes",
            "have length less than or equal to 1024",
        ),
        (
            f"{PREFIX}target-model",
            " a",
            "targetModel",
            r"satisfy regular expression pattern: [\x21-\x7e][\x20-\x7e]*",
        ),
        (
            "accept",
            "grün",
            "accept",
            r"satisfy regular expression pattern: [\t\x20-\x7e]*",
        ),
        (
            "content-type",
            "a\r\nb: c",
            "contentType",
            r"satisfy regular expression pattern: [\t\x20-\x7e]*",
        ),
    ],
)
def test_a_member_that_breaks_its_constraint_is_named(header, value, member, constraint):
    assert refusal(**{header: value}) == (
        400,
        "ValidationError",
        f"1 validation error detected: Value '{value}' at '{member}' failed to satisfy "
        f"constraint: Member must {constraint}",
    )


def test_a_body_may_be_as_large_as_the_kind_of_endpoint_allows():
    assert (largest_body(serverless=False), largest_body(serverless=True)) == (6291456, 4194304)
    assert error_of(oversize(serverless=False)) == (
        413,
        None,
        "HTTP content length exceeded 6291456 bytes.",
    )
    status, code, message = error_of(oversize(serverless=True))
    assert (status, code) == (400, "ValidationError")
    assert re.fullmatch(r"Request [0-9a-f-]{36} has oversize body\.", message)


def test_any_answer_of_the_2xx_is_200_and_says_its_type_and_variant():
    assert success(HttpResponse(204), "forest") == HttpResponse(
        200,
        {
            "content-type": "application/octet-stream",
            "x-amzn-invoked-production-variant": "forest",
        },
        b"",
    )


def test_custom_attributes_of_the_answer_go_back_and_other_headers_do_not():
    headers = {"content-type": "text/csv", f"{PREFIX}custom-attributes": "a=b", "retry-after": "1"}
    assert success(HttpResponse(201, headers, b"x"), "forest").headers == {
        "content-type": "text/csv",
        "x-amzn-invoked-production-variant": "forest",
        f"{PREFIX}custom-attributes": "a=b",
    }


@pytest.mark.parametrize(
    ("status", "side"), [(0, "server"), (301, "server"), (400, "client"), (503, "server")]
)
def test_any_other_answer_is_a_model_error_in_the_service_s_words(status, side):
    response = model_error("eu-central-1", "iris", "forest", status, '{"error":"grün"}').response()
    assert (response.status, response.headers["x-amzn-errortype"]) == (424, "ModelError")
    assert json.loads(response.body) == {
        "Message": (
            f'Received {side} error ({status}) from primary with message "{{"error":"grün"}}". '
            "See https://eu-central-1.console.aws.amazon.com/cloudwatch/home?region=eu-central-1"
            "#logEventViewer:group=/aws/sagemaker/Endpoints/iris in account 123456789012 "
            "for more information."
        ),
        "OriginalStatusCode": status,
        "OriginalMessage": '{"error":"grün"}',
        "LogStreamArn": (
            "arn:aws:logs:eu-central-1:123456789012:log-group:/aws/sagemaker/Endpoints/iris:"
            "log-stream:forest"
        ),
    }


def test_the_original_message_is_cut_at_2048_characters():
    response = model_error("eu-central-1", "iris", "forest", 500, "x" * 3000).response()
    assert json.loads(response.body)["OriginalMessage"] == "x" * 2048
