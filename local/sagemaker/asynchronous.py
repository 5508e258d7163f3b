"""InvokeEndpointAsync's protocol: where a request lies, and where its answer will.

https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference.html
Not here: notifications by SNS, answers' own file names, bodies in the request itself.
"""

import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from local.http import HttpRequest, HttpResponse
from local.sagemaker import invocation as api
from local.sagemaker.plan import AsyncPlan

DEFAULT_TTL_SECONDS = 21_600
DEFAULT_TIMEOUT_SECONDS = 900
TTL_SECONDS = (60, 21_600)
TIMEOUT_SECONDS = (1, 3_600)
"""All: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpointAsync.html"""

_HEADER = "x-amzn-sagemaker-"
_INPUT = f"{_HEADER}inputlocation"
_ADDRESS = re.compile(r"s3://([^/]+)/(.+)")
_ASCII = re.compile(r"[\t\x20-\x7e]*")
_NOT_HERE = {
    f"{_HEADER}s3outputpathextension": "S3OutputPathExtension",
    f"{_HEADER}filename": "Filename",
}


@dataclass(frozen=True)
class Job:
    """One request. The locations are s3:// addresses; failure may be empty."""

    inference_id: str
    input: str
    output: str
    failure: str
    content_type: str | None
    accept: str | None
    custom_attributes: str | None
    expires: datetime
    timeout_seconds: float


def parse_job(plan: AsyncPlan, request: HttpRequest, now: datetime) -> Job:
    """An InvokeEndpointAsync request. Raises RuntimeApiError."""
    headers = request.headers
    api.refuse_members(headers, _NOT_HERE, "InvokeEndpointAsync")
    source = api.checked(headers, _INPUT, "inputLocation", 1_024, _ADDRESS)
    if source is None:
        raise api.validation_error("InputLocation is needed: the s3:// address of the request.")
    name = api.inference_id(headers) or str(uuid.uuid4())
    ttl = _seconds(headers, "RequestTTLSeconds", TTL_SECONDS, DEFAULT_TTL_SECONDS)
    return Job(
        inference_id=name,
        input=source,
        output=f"{plan.output.rstrip('/')}/{name}.out",
        failure=f"{plan.failure.rstrip('/')}/{name}-error.out" if plan.failure else "",
        content_type=api.checked(headers, f"{_HEADER}content-type", "contentType", 1_024, _ASCII),
        accept=api.checked(headers, f"{_HEADER}accept", "accept", 1_024, _ASCII),
        custom_attributes=api.custom_attributes(headers),
        expires=now + timedelta(seconds=ttl),
        timeout_seconds=_seconds(
            headers, "InvocationTimeoutSeconds", TIMEOUT_SECONDS, DEFAULT_TIMEOUT_SECONDS
        ),
    )


def accepted(job: Job) -> HttpResponse:
    """The 202 that says where the answer will be."""
    headers = {"content-type": "application/json", f"{_HEADER}outputlocation": job.output}
    if job.failure:
        headers[f"{_HEADER}failurelocation"] = job.failure
    return HttpResponse(202, headers, json.dumps({"InferenceId": job.inference_id}).encode())


def _seconds(
    headers: Mapping[str, str], member: str, allowed: tuple[int, int], default: int
) -> int:
    text = headers.get(f"{_HEADER}{member.lower()}")
    if text is None:
        return default
    lowest, highest = allowed
    if re.fullmatch(r"[0-9]{1,9}", text) and lowest <= int(text) <= highest:
        return int(text)
    raise api.validation_error(
        f"{member}: {text!r} is not allowed. Allowed: {lowest}..{highest} seconds."
    )
