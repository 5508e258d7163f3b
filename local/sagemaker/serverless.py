"""Serverless variants: no instances to count, so many requests at once and no more.

https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html
Not here: cold starts; the memory size changes nothing.
"""

import threading
from collections.abc import Callable

from local.http import HttpRequest, HttpResponse
from local.sagemaker.instance import Instance
from local.sagemaker.plan import ServerlessPlan, VariantPlan
from local.sagemaker.variant import Variant


class Throttled(Exception):
    """The variant answers as many requests as it may."""


class ServerlessVariant(Variant):
    """One process, which answers at most `max_concurrency` requests at once."""

    def __init__(
        self, plan: VariantPlan, serverless: ServerlessPlan, start: Callable[[], Instance]
    ) -> None:
        super().__init__(plan, start, instances=1)
        self._places = threading.Semaphore(serverless.max_concurrency)

    def resize(self, instances: int) -> None:
        """Provisions another concurrency, by which utilization is measured; nothing else does."""
        self.provisioned = instances

    def invoke(self, request: HttpRequest, timeout_seconds: float) -> HttpResponse:
        """As of any variant. Raises Throttled as well."""
        if not self._places.acquire(blocking=False):
            raise Throttled(self.plan.name)
        try:
            return super().invoke(request, timeout_seconds)
        finally:
            self._places.release()
