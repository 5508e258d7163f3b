"""Data capture: a sample of the calls, with their answers, as lines of files in S3.

https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-data-capture-endpoint.html
Captured are calls that the container answered with 2xx. What SageMaker does with others is not
confirmed; they hold no prediction to compare. Where capture cannot keep up it
loses lines, and never delays an answer.
"""

import base64
import json
import logging
import queue
import random
import threading
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from local.clock import Clock
from local.http import HttpRequest, HttpResponse
from local.principal import Principal, PrincipalKind
from local.sagemaker.invocation import CUSTOM_ATTRIBUTES
from local.sagemaker.plan import CapturePlan, VariantPlan
from local.sagemaker.storage import Storage, StorageError

MAX_LINES = 500
"""Of one file."""
MAX_AGE = timedelta(seconds=2)
"""Of the oldest line that is not yet in a file. AWS's own is not confirmed."""
MAX_WAITING = 10_000
"""Calls that wait for the writer."""

_POLL_SECONDS = 0.2
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class CapturedCall:
    """One call that was sampled."""

    variant: VariantPlan
    request: HttpRequest
    answer: HttpResponse
    inference_id: str | None
    time: datetime


def capture_line(plan: CapturePlan, call: CapturedCall) -> str:
    """The call as a line of JSON, without its end.

    That customAttributes is a list is not confirmed.
    """
    data = {}
    if "Input" in plan.directions:
        data["endpointInput"] = _side(plan, "INPUT", call.request)
    if "Output" in plan.directions:
        data["endpointOutput"] = _side(plan, "OUTPUT", call.answer)
    metadata: dict[str, Any] = {"eventId": str(uuid.uuid4())}
    if attributes := call.request.headers.get(CUSTOM_ATTRIBUTES):
        metadata["customAttributes"] = [attributes]
    if call.inference_id:
        metadata["inferenceId"] = call.inference_id
    metadata["inferenceTime"] = call.time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return json.dumps({"captureData": data, "eventMetadata": metadata, "eventVersion": "0"})


def _side(plan: CapturePlan, mode: str, message: HttpRequest | HttpResponse) -> dict[str, str]:
    content_type = message.headers.get("content-type", "")
    text, encoding = _encode(plan, content_type, message.body)
    return {"observedContentType": content_type, "mode": mode, "data": text, "encoding": encoding}


def _encode(plan: CapturePlan, content_type: str, body: bytes) -> tuple[str, str]:
    """Text and its encoding: Base64 for a type that is not listed, or whose text is no UTF-8."""
    media_type = content_type.partition(";")[0].strip().lower()
    for encoding, listed in (("CSV", plan.csv_content_types), ("JSON", plan.json_content_types)):
        if media_type in (name.lower() for name in listed):
            try:
                return body.decode(), encoding
            except UnicodeDecodeError:
                break
    return base64.b64encode(body).decode(), "BASE64"


class Batches:
    """Lines on their way into files, by variant and hour. write: takes a file's calls."""

    def __init__(self, write: Callable[[list[CapturedCall]], None]) -> None:
        self._write = write
        self._open: dict[tuple[str, str], list[CapturedCall]] = {}

    def add(self, call: CapturedCall) -> None:
        """Takes a call; writes the file that it fills."""
        key = (call.variant.name, call.time.strftime("%Y/%m/%d/%H"))
        batch = self._open.setdefault(key, [])
        batch.append(call)
        if len(batch) >= MAX_LINES:
            self._write(self._open.pop(key))

    def write_older_than(self, moment: datetime) -> None:
        """Writes every file whose first line is from `moment` or before."""
        for key, batch in list(self._open.items()):
            if batch[0].time <= moment:
                self._write(self._open.pop(key))

    def write_all(self) -> None:
        """Writes what there is."""
        for key in list(self._open):
            self._write(self._open.pop(key))


class Capture:
    """Samples the calls of one endpoint and writes them from a thread of its own."""

    def __init__(
        self,
        plan: CapturePlan,
        endpoint: str,
        storage: Storage,
        clock: Clock,
        random_source: random.Random,
    ) -> None:
        self._plan = plan
        self._endpoint = endpoint
        self._storage = storage
        self._clock = clock
        self._random = random_source
        self._waiting: queue.Queue[CapturedCall | None] = queue.Queue(MAX_WAITING)
        self._thread = threading.Thread(target=self._run, name="capture", daemon=True)
        self._thread.start()

    def offer(
        self,
        variant: VariantPlan,
        request: HttpRequest,
        answer: HttpResponse,
        inference_id: str | None,
    ) -> None:
        """Takes the call if it is in the sample; at once."""
        if self._random.random() * 100 >= self._plan.sampling_percentage:
            return
        call = CapturedCall(variant, request, answer, inference_id, self._clock())
        try:
            self._waiting.put_nowait(call)
        except queue.Full:
            _log.warning("capture of endpoint %s: too slow, a call is lost", self._endpoint)

    def close(self) -> None:
        """Writes what was taken."""
        self._waiting.put(None)
        self._thread.join()

    def _run(self) -> None:
        batches = Batches(self._write)
        for call in self._calls():
            if call:
                batches.add(call)
            batches.write_older_than(self._clock() - MAX_AGE)
        batches.write_all()

    def _calls(self) -> Iterable[CapturedCall | None]:
        """The calls as they come, None while none does, until the end."""
        while True:
            try:
                call = self._waiting.get(timeout=_POLL_SECONDS)
            except queue.Empty:
                yield None
                continue
            if call is None:
                return
            yield call

    def _write(self, calls: list[CapturedCall]) -> None:
        first = calls[0]
        folder = f"{self._plan.destination.rstrip('/')}/{self._endpoint}/{first.variant.name}"
        milliseconds = first.time.microsecond // 1000
        name = f"{first.time:%Y/%m/%d/%H/%M-%S}-{milliseconds:03}-{uuid.uuid4()}.jsonl"
        content = "".join(f"{capture_line(self._plan, call)}\n" for call in calls).encode()
        role = Principal(PrincipalKind.ROLE, first.variant.model.execution_role_arn)
        try:
            self._storage.put(role, f"{folder}/{name}", content, "application/json")
        except StorageError as error:
            _log.warning("capture of endpoint %s: %s", self._endpoint, error)
        except Exception:  # such as a full disk; without its thread, close would wait for ever
            _log.exception("capture of endpoint %s", self._endpoint)
