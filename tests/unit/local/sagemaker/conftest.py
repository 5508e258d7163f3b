"""Instances that are no processes, S3 that is a dictionary, and plans for them."""

import random
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from local.http import HttpResponse
from local.principal import Principal
from local.sagemaker.instance import DeploymentError
from local.sagemaker.plan import EndpointPlan, ModelPlan, VariantPlan
from local.sagemaker.storage import StorageError

ROLE = "arn:aws:iam::123456789012:role/execution"


def plan(name="forest", weight=1.0, instances=1, url="s3://models/forest", serverless=None):
    model = ModelPlan(image="ml-gateway:1", model_data_url=url, execution_role_arn=ROLE)
    return VariantPlan(name, model, weight, instances, serverless)


def endpoint_plan(*variants, **members):
    return EndpointPlan("iris-1", variants or (plan(),), **members)


def seeded(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - picks variants, guards nothing


def wait_until(condition: Callable[[], object]) -> None:
    """Returns once the condition holds; fails if it never does."""
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.001)


class FakeInstance:
    """Answers what it is told; keeps the requests."""

    def __init__(self, plan=None):
        self.plan = plan
        self.healthy = True
        self.exited = False
        self.stopped = False
        self.killed = False
        self.requests = []
        self.answer: Any = HttpResponse(200, {"content-type": "text/csv"}, b"setosa\n")
        self.gate = threading.Event()
        """Answers wait for it."""
        self.gate.set()

    def wait_until_healthy(self):
        if not self.healthy:
            raise DeploymentError("it does not ping")

    def ping(self):
        return self.healthy

    def invoke(self, request, timeout_seconds):
        self.requests.append((request, timeout_seconds))
        assert self.gate.wait(10)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def stop(self):
        self.stopped = True

    def kill(self):
        self.killed = True


class Unmeasured:
    """Utilization of instances that use nothing; keeps whose was asked for."""

    def __init__(self):
        self.variants = []

    def measure(self, endpoint, variant):
        self.variants.append((endpoint, variant.plan.name))


class FakeStorage:
    """Objects by address; keeps who asked. broken: writes fail."""

    def __init__(self):
        self.objects: dict[str, bytes] = {}
        self.content_types: dict[str, str] = {}
        self.principals: list[Principal] = []
        self.broken = False
        self.written = threading.Condition()

    def get(self, principal, url, max_bytes=None):
        self.principals.append(principal)
        if url not in self.objects:
            raise StorageError(f"{url} cannot be read: no such object")
        return self.objects[url]

    def put(self, principal, url, content, content_type):
        self.principals.append(principal)
        if self.broken:
            raise StorageError(f"{url} cannot be written: no such bucket")
        with self.written:
            self.objects[url] = content
            self.content_types[url] = content_type
            self.written.notify_all()

    def wait_for(self, url):
        """The object, once it is there."""
        with self.written:
            assert self.written.wait_for(lambda: url in self.objects, 10)
        return self.objects[url]


class Puts(list[tuple[str, str, dict[str, str], float]]):
    """Metrics as they were put."""

    def __call__(self, namespace, name, dimensions, value):
        self.append((namespace, name, dict(dimensions), value))

    def of(self, variant, name):
        """Values of a metric of one variant, without those by configuration."""
        return [
            value
            for _, metric, dimensions, value in self
            if metric == name
            and dimensions["VariantName"] == variant
            and "EndpointConfigName" not in dimensions
        ]


@pytest.fixture
def storage():
    return FakeStorage()


@pytest.fixture
def puts():
    return Puts()
