"""Instances that are no processes, and plans for them."""

import random

from local.http import HttpResponse
from local.sagemaker.endpoint import VariantPlan
from local.sagemaker.instance import DeploymentError, ModelPlan

ROLE = "arn:aws:iam::123456789012:role/execution"


def plan(name="forest", weight=1.0, instances=1, url="s3://models/forest"):
    model = ModelPlan(image="ml-gateway:1", model_data_url=url, execution_role_arn=ROLE)
    return VariantPlan(name, weight, instances, model)


def seeded(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - picks variants, guards nothing


class FakeInstance:
    """Answers what it is told; keeps the requests."""

    def __init__(self, model, directory):
        self.model = model
        self.directory = directory
        self.healthy = True
        self.stopped = False
        self.requests = []
        self.answer = HttpResponse(200, {"content-type": "text/csv"}, b"setosa\n")

    def wait_until_healthy(self):
        if not self.healthy:
            raise DeploymentError("it does not ping")

    def invoke(self, request, timeout_seconds):
        self.requests.append((request, timeout_seconds))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def stop(self):
        self.stopped = True
