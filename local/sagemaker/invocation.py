"""InvokeEndpoint's protocol: what a request may say, and what is made of a container's answer.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html
"""

import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from local.aws import ACCOUNT_ID
from local.http import HttpRequest, HttpResponse

CONTAINER_SECONDS = 60.0
"""What a container has for its answer."""
MAX_BODY_BYTES = 6_291_456
"""Real-time payload, both ways: https://docs.aws.amazon.com/general/latest/gr/sagemaker.html"""
MAX_SERVERLESS_BYTES = 4 * 1024 * 1024
"""https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html"""
MAX_ORIGINAL_MESSAGE = 2_048
NO_ANSWER = 0
"""OriginalStatusCode of a container from which no answer came in time."""
TIMED_OUT = (
    "Your invocation timed out while waiting for a response from container primary. Review the "
    "latency metrics for each container in Amazon CloudWatch, resolve the issue, and try again."
)
"""The service's own words: https://github.com/aws/amazon-sagemaker-examples/issues/1407"""

CUSTOM_ATTRIBUTES = "x-amzn-sagemaker-custom-attributes"
INFERENCE_ID = "x-amzn-sagemaker-inference-id"
TARGET_MODEL = "x-amzn-sagemaker-target-model"
TARGET_VARIANT = "x-amzn-sagemaker-target-variant"
INVOKED_VARIANT = "x-amzn-invoked-production-variant"

_ASCII = re.compile(r"[\t\x20-\x7e]*")
_NAME = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9])*")
_MODEL = re.compile(r"[\x21-\x7e][\x20-\x7e]*")
_IDENTIFIER = re.compile(r"[\x21-\x7e][\x20-\x7e]*")

_NOT_HERE = {
    "x-amzn-sagemaker-enable-explanations": "EnableExplanations",
    "x-amzn-sagemaker-inference-component": "InferenceComponentName",
    "x-amzn-sagemaker-prefix-aware-id": "PrefixAwareId",
    "x-amzn-sagemaker-session-id": "SessionId",
    "x-amzn-sagemaker-target-container-hostname": "TargetContainerHostname",
}


class RuntimeApiError(Exception):
    """An error as the runtime API answers it. members: of the error shape, beside the message.

    code: None where the service itself names none.
    """

    def __init__(
        self, status: int, code: str | None, message: str | None, **members: object
    ) -> None:
        super().__init__(message)
        self._status = status
        self._code = code
        self._body = {"Message": message, **members}

    def response(self) -> HttpResponse:
        """The error over HTTP."""
        headers = {"content-type": "application/json"}
        if self._code:
            headers["x-amzn-errortype"] = self._code
        return HttpResponse(self._status, headers, json.dumps(self._body).encode())


@dataclass(frozen=True)
class Invocation:
    """One call. request: what the container gets."""

    request: HttpRequest
    target_variant: str | None = None
    inference_id: str | None = None


def validation_error(message: str) -> RuntimeApiError:
    """The caller's fault."""
    return RuntimeApiError(400, "ValidationError", message)


def parse_invocation(request: HttpRequest) -> Invocation:
    """An InvokeEndpoint request. Raises RuntimeApiError."""
    refuse_members(request.headers, _NOT_HERE, "InvokeEndpoint")
    return Invocation(
        container_request(
            request.body,
            content_type=_text(request.headers, "content-type", "contentType"),
            accept=_text(request.headers, "accept", "accept"),
            custom_attributes=custom_attributes(request.headers),
            target_model=checked(request.headers, TARGET_MODEL, "targetModel", 1_024, _MODEL),
        ),
        checked(request.headers, TARGET_VARIANT, "targetVariant", 63, _NAME),
        inference_id(request.headers),
    )


def refuse_members(headers: Mapping[str, str], members: Mapping[str, str], operation: str) -> None:
    """Raises RuntimeApiError for a header, of those named, that asks for what is not had here."""
    if given := sorted(members[header] for header in members.keys() & headers.keys()):
        raise validation_error(f"The local cloud does not have {', '.join(given)} of {operation}.")


def container_request(
    body: bytes,
    *,
    content_type: str | None,
    accept: str | None,
    custom_attributes: str | None,
    target_model: str | None = None,
) -> HttpRequest:
    """The request to a container: SageMaker strips every other header."""
    headers = {
        "content-type": content_type,
        "accept": accept,
        CUSTOM_ATTRIBUTES: custom_attributes,
        TARGET_MODEL: target_model,
    }
    given = {name: value for name, value in headers.items() if value is not None}
    return HttpRequest("POST", "/invocations", given, body=body)


def custom_attributes(headers: Mapping[str, str]) -> str | None:
    """What the caller tells the container. Raises RuntimeApiError."""
    return _text(headers, CUSTOM_ATTRIBUTES, "customAttributes")


def inference_id(headers: Mapping[str, str]) -> str | None:
    """The caller's name for the call. Raises RuntimeApiError."""
    return checked(headers, INFERENCE_ID, "inferenceId", 64, _IDENTIFIER)


def checked(
    headers: Mapping[str, str], header: str, member: str, longest: int, pattern: re.Pattern[str]
) -> str | None:
    """A header's value; None without it. Raises RuntimeApiError if it breaks a constraint."""
    value = headers.get(header)
    if value is None:
        return None
    if len(value) > longest:
        constraint = f"have length less than or equal to {longest}"
    elif not pattern.fullmatch(value):
        constraint = f"satisfy regular expression pattern: {pattern.pattern}"
    else:
        return value
    raise validation_error(
        f"1 validation error detected: Value '{value}' at '{member}' failed to satisfy "
        f"constraint: Member must {constraint}"
    )


def largest_body(serverless: bool) -> int:
    """Bytes, of a request and of its answer."""
    return MAX_SERVERLESS_BYTES if serverless else MAX_BODY_BYTES


def oversize(serverless: bool) -> RuntimeApiError:
    """The answer to a request that is too large.

    Both are the service's own, and one has no error code:
    https://github.com/aws/sagemaker-python-sdk/issues/4271
    https://github.com/aws/sagemaker-python-sdk/issues/171
    """
    if serverless:
        return validation_error(f"Request {uuid.uuid4()} has oversize body.")
    return RuntimeApiError(413, None, f"HTTP content length exceeded {MAX_BODY_BYTES} bytes.")


def success(answer: HttpResponse, variant: str) -> HttpResponse:
    """The 200 for any answer of the container that is 2xx."""
    headers = {
        "content-type": answer.headers.get("content-type", "application/octet-stream"),
        INVOKED_VARIANT: variant,
    }
    if CUSTOM_ATTRIBUTES in answer.headers:
        headers[CUSTOM_ATTRIBUTES] = answer.headers[CUSTOM_ATTRIBUTES]
    return HttpResponse(200, headers, answer.body)


def model_error(
    region: str, endpoint: str, variant: str, status: int, text: str
) -> RuntimeApiError:
    """The 424 for every other answer, in the service's own words.

    status: the container's. https://github.com/aws/sagemaker-python-sdk/issues/2955
    """
    group = f"/aws/sagemaker/Endpoints/{endpoint}"
    original = text[:MAX_ORIGINAL_MESSAGE]
    return RuntimeApiError(
        424,
        "ModelError",
        f"Received {'client' if 400 <= status < 500 else 'server'} error ({status}) from primary "
        f'with message "{original}". See https://{region}.console.aws.amazon.com/cloudwatch/home'
        f"?region={region}#logEventViewer:group={group} in account {ACCOUNT_ID} "
        "for more information.",
        OriginalStatusCode=status,
        OriginalMessage=original,
        LogStreamArn=f"arn:aws:logs:{region}:{ACCOUNT_ID}:log-group:{group}:log-stream:{variant}",
    )


def _text(headers: Mapping[str, str], header: str, member: str) -> str | None:
    return checked(headers, header, member, 1_024, _ASCII)
