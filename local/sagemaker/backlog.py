"""Asynchronous requests: they wait in a queue until an instance is free, answers go to S3.

https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference.html
"""

import json
import logging
import threading
import time
from collections import deque
from collections.abc import Callable

from local.clock import Clock
from local.http import HttpResponse
from local.principal import Principal, PrincipalKind
from local.sagemaker.asynchronous import Job
from local.sagemaker.exchange import NoWholeAnswer, Unreachable
from local.sagemaker.fleet import Fleet, Retired
from local.sagemaker.invocation import Invocation, container_request
from local.sagemaker.measurement import BacklogMeasurement
from local.sagemaker.storage import Storage, StorageError
from local.sagemaker.variant import Variant

MAX_INPUT_BYTES = 1024**3
"""https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference.html"""

_POLL_SECONDS = 0.1
"""Between two looks whether an instance is free."""
_IDLE_SECONDS = 1.0
"""Between two measurements of an empty queue: its metrics go on, and say so."""

_log = logging.getLogger(__name__)


class Backlog:
    """The requests of one endpoint, oldest first.

    pick: the fleet for the next of them. serving: the one whose capacity says how many may be with
    the containers at once. The queue is measured from the first request on.
    """

    def __init__(
        self,
        pick: Callable[[], Fleet],
        serving: Callable[[], Fleet],
        storage: Storage,
        clock: Clock,
        measurement: BacklogMeasurement,
    ) -> None:
        self._pick = pick
        self._serving = serving
        self._storage = storage
        self._clock = clock
        self._measurement = measurement
        self._jobs: deque[Job] = deque()
        self._in_progress = 0
        self._closed = False
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    def add(self, job: Job) -> None:
        """Takes a request."""
        with self._changed:
            self._jobs.append(job)
            self._changed.notify_all()
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="backlog", daemon=True)
                self._thread.start()

    def close(self) -> None:
        """Forgets the requests that wait."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _run(self) -> None:
        while job := self._next():
            threading.Thread(target=self._work, args=(job,), name="async", daemon=True).start()

    def _next(self) -> Job | None:
        """The oldest request, once it may go or has expired; None at the end."""
        with self._changed:
            while not self._closed:
                fleet = self._serving()
                waiting = len(self._jobs)
                self._measurement.record(waiting + self._in_progress, fleet.instances)
                if not waiting:
                    self._changed.wait(_IDLE_SECONDS)
                    continue
                # One that has expired needs no instance, and they go one at a time.
                if self._in_progress < fleet.capacity + self._expired(self._jobs[0]):
                    self._in_progress += 1
                    return self._jobs.popleft()
                self._changed.wait(_POLL_SECONDS)
        return None

    def _expired(self, job: Job) -> bool:
        return self._clock() >= job.expires

    def _work(self, job: Job) -> None:
        done = True
        try:
            fleet = self._pick()
            done = self._answer(job, fleet, fleet.pick(None))
        except StorageError as error:
            _log.warning("asynchronous request %s: %s", job.inference_id, error)
        finally:
            with self._changed:
                if not done:
                    self._changed.wait(_POLL_SECONDS)
                    self._jobs.appendleft(job)
                self._in_progress -= 1
                self._changed.notify_all()

    def _answer(self, job: Job, fleet: Fleet, variant: Variant) -> bool:
        """Puts the answer, or what went wrong, where the job says; false if it must wait longer.

        Raises StorageError if that cannot be written.
        """
        role = Principal(PrincipalKind.ROLE, variant.plan.model.execution_role_arn)
        if self._expired(job):
            self._fail(role, job, "The request expired while it waited.")
            return True
        try:
            answer = self._invoke(role, job, fleet, variant)
        except (Unreachable, Retired):
            return False
        except (StorageError, NoWholeAnswer, TimeoutError) as error:
            self._fail(role, job, str(error))
            return True
        content_type = answer.headers.get("content-type", "application/octet-stream")
        if 200 <= answer.status < 300:
            self._storage.put(role, job.output, answer.body, content_type)
        elif job.failure:
            self._storage.put(role, job.failure, answer.body, content_type)
        return True

    def _invoke(self, role: Principal, job: Job, fleet: Fleet, variant: Variant) -> HttpResponse:
        body = self._storage.get(role, job.input, MAX_INPUT_BYTES)
        request = container_request(
            body,
            content_type=job.content_type,
            accept=job.accept,
            custom_attributes=job.custom_attributes,
        )
        invocation = Invocation(request, inference_id=job.inference_id)
        return fleet.call(variant, invocation, job.timeout_seconds, arrived=time.monotonic())

    def _fail(self, role: Principal, job: Job, text: str) -> None:
        """The words are ours, and so is their form; AWS's are not confirmed."""
        if job.failure:
            content = json.dumps({"Message": text}).encode()
            self._storage.put(role, job.failure, content, "application/json")
