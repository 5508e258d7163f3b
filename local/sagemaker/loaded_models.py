"""The models of one multi-model container: loaded when asked for, unloaded for others.

https://docs.aws.amazon.com/sagemaker/latest/dg/mms-container-apis.html,
https://docs.aws.amazon.com/sagemaker/latest/dg/multi-model-endpoints.html
On AWS a model's requests go to instances that have it; here instances take turns, and each loads
what it is asked for. Which of them AWS unloads first is not confirmed; here it is the one that was
asked for longest ago.
"""

import hashlib
import json
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from pathlib import Path

from local.http import HttpRequest, HttpResponse
from local.sagemaker.exchange import NoWholeAnswer
from local.sagemaker.instance import DeploymentError
from local.sagemaker.invocation import (
    CONTAINER_SECONDS,
    TARGET_MODEL,
    RuntimeApiError,
    validation_error,
)

LOAD_SECONDS = 360.0
"""What a container has to load a model, whoever still waits for it."""

_LOADED = (HTTPStatus.OK, HTTPStatus.CONFLICT)


@dataclass(eq=False)
class _Model:
    """A model that the container has, or is to have. name: what the container calls it."""

    name: str
    answer: Future[HttpResponse] = field(default_factory=Future)
    """The container's to the request to load it."""
    folder: Path | None = None
    """Its unpacked artifact."""
    busy: int = 0
    """Requests that wait for it or are with it."""

    @property
    def is_loaded(self) -> bool:
        """Whether the container, which has answered, said that it has it."""
        return self.answer.result().status in _LOADED


class LoadedModels:
    """Brings models into a container, and requests to them.

    fetch: unpacks the artifact of a model that a request names; raises DeploymentError. send: hands
    a request to the container; raises TimeoutError and NoWholeAnswer.
    """

    def __init__(
        self,
        fetch: Callable[[str], Path],
        send: Callable[[HttpRequest, float], HttpResponse],
    ) -> None:
        self._fetch = fetch
        self._send = send
        self._models: dict[str, _Model] = {}
        """By what requests call them; the one that was asked for longest ago comes first."""
        self._lock = threading.Lock()
        self._changing = threading.Lock()
        """Held while the container loads or unloads one."""

    @property
    def folders(self) -> list[Path]:
        """The unpacked artifacts of the models that are there."""
        with self._lock:
            return [model.folder for model in self._models.values() if model.folder]

    def invoke(self, request: HttpRequest, timeout_seconds: float) -> HttpResponse:
        """The answer of the model that the request's header names, which is loaded first; once more
        where the container has lost it.

        Where the container cannot load it, its answer to that. Raises RuntimeApiError where there
        is no such artifact or loading takes longer than a request may, and what `send` raises.
        """
        target = request.headers[TARGET_MODEL]
        deadline = time.monotonic() + timeout_seconds
        model, answer = self._asked(request, deadline, timeout_seconds)
        if answer.status == HTTPStatus.NOT_FOUND and model.is_loaded:
            # The container has lost it: a worker that dies takes its models along.
            self._forget(target, model)
            _, answer = self._asked(request, deadline, timeout_seconds)
        return answer

    def _asked(
        self, request: HttpRequest, deadline: float, timeout_seconds: float
    ) -> tuple[_Model, HttpResponse]:
        """The model, and its answer or the container's to loading it."""
        target = request.headers[TARGET_MODEL]
        model = self._take(target)
        try:
            if not wait([model.answer], deadline - time.monotonic()).done:
                raise _late(target, timeout_seconds)
            answer = model.answer.result()
            if model.is_loaded:
                invoke = replace(request, path=f"/models/{model.name}/invoke")
                answer = self._send(invoke, deadline - time.monotonic())
            return model, answer
        finally:
            with self._lock:
                model.busy -= 1

    def _take(self, target: str) -> _Model:
        """The model, busy from now on; the first who asks for it begins to load it."""
        with self._lock:
            model = self._models.pop(target, None)
            begin = model is None
            if model is None:
                # As AWS does: an opaque name, which is not the one that requests have.
                model = _Model(hashlib.sha256(target.encode()).hexdigest()[:32])
            self._models[target] = model  # last, as the one that was asked for most lately
            model.busy += 1
        if begin:
            load = threading.Thread(target=self._load, args=(target, model), daemon=True)
            load.start()
        return model

    def _load(self, target: str, model: _Model) -> None:
        """Settles the model's answer; one that is not there then is tried anew when asked for."""
        try:
            answer = self._loaded(target, model)
        except Exception as error:
            self._forget(target, model)
            model.answer.set_exception(error)
            return
        if answer.status not in _LOADED:
            self._forget(target, model)
        model.answer.set_result(answer)

    def _loaded(self, target: str, model: _Model) -> HttpResponse:
        try:
            folder = self._fetch(target)
        except DeploymentError as error:
            # That it is this error is not confirmed, and the words are ours.
            raise validation_error(f"Failed to download model data of {target}: {error}") from error
        body = json.dumps({"model_name": model.name, "url": str(folder)}).encode()
        headers = {"content-type": "application/json", TARGET_MODEL: target}
        request = HttpRequest("POST", "/models", headers, body=body)
        with self._changing:
            try:
                answer = self._send(request, LOAD_SECONDS)
                while answer.status == HTTPStatus.INSUFFICIENT_STORAGE and self._unload_one():
                    answer = self._send(request, LOAD_SECONDS)
            except TimeoutError as error:
                raise NoWholeAnswer(f"the container did not load {target}: {error}") from error
        with self._lock:
            model.folder = folder
        return answer

    def _unload_one(self) -> bool:
        """Unloads the model that was asked for longest ago, of those that nobody waits for."""
        with self._lock:
            idle = [
                target
                for target, model in self._models.items()
                if model.answer.done() and not model.busy
            ]
            if not idle:
                return False
            model = self._models.pop(idle[0])
        self._send(HttpRequest("DELETE", f"/models/{model.name}"), LOAD_SECONDS)
        return True

    def _forget(self, target: str, model: _Model) -> None:
        with self._lock:
            if self._models.get(target) is model:
                del self._models[target]


def _late(target: str, waited_seconds: float) -> Exception:
    """Of a caller who has gone, or of one who was told to come again; loading goes on."""
    if waited_seconds < CONTAINER_SECONDS:
        return TimeoutError(f"{target} is not loaded within {waited_seconds:g} s")
    # https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html
    return RuntimeApiError(
        429, "ModelNotReadyException", f"Model {target} is still being loaded. Try again later."
    )
