"""How busy instances are: the metrics that SageMaker puts for an endpoint, as its role.

https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html
An instance is what its processes use of this machine. Not here: GPUs, serverless variants.
"""

import logging
import shutil
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from weakref import WeakKeyDictionary, WeakSet

from local.access import Access, AccessDenied
from local.clock import Clock
from local.principal import Principal, PrincipalKind
from local.sagemaker.instance import Instance
from local.sagemaker.measurement import PutMetric
from local.sagemaker.processes import memory_of_the_machine, usage
from local.sagemaker.variant import Variant

NAMESPACE = "/aws/sagemaker/Endpoints"
INTERVAL = timedelta(minutes=1)
"""Between two measurements of a variant, by the cloud's clock."""

_log = logging.getLogger(__name__)


class Utilization:
    """Measures the instances of variants, where their roles may tell. clock: the metrics' own."""

    def __init__(self, access: Access, put: PutMetric, clock: Clock) -> None:
        self._access = access
        self._put = put
        self._clock = clock
        self._measured: WeakKeyDictionary[Variant, datetime] = WeakKeyDictionary()
        self._used: WeakKeyDictionary[Instance, tuple[float, float]] = WeakKeyDictionary()
        """CPU seconds of each instance, and the monotonic seconds at which they were read."""
        self._refused: WeakSet[Variant] = WeakSet()

    def measure(self, endpoint: str, variant: Variant) -> None:
        """Puts what each instance of a variant uses, if the last time is a minute ago."""
        now = self._clock()
        if variant.plan.serverless or self._is_fresh(variant, now):
            return
        self._measured[variant] = now
        if not self._may_put(variant):
            return
        dimensions = {"EndpointName": endpoint, "VariantName": variant.plan.name}
        for instance in variant.instances:
            for name, percent in self._percentages(instance):
                self._put(NAMESPACE, name, dimensions, percent)

    def _is_fresh(self, variant: Variant, now: datetime) -> bool:
        before = self._measured.get(variant)
        return before is not None and now - before < INTERVAL

    def _may_put(self, variant: Variant) -> bool:
        role = Principal(PrincipalKind.ROLE, variant.plan.model.execution_role_arn)
        context = {"cloudwatch:namespace": NAMESPACE}
        try:
            self._access.require(role, "cloudwatch:PutMetricData", "*", context)
        except AccessDenied as error:
            if variant not in self._refused:  # said once, and not every minute
                self._refused.add(variant)
                _log.warning("variant %s has no instance metrics: %s", variant.plan.name, error)
            return False
        return True

    def _percentages(self, instance: Instance) -> Iterator[tuple[str, float]]:
        """Of one core, so that several make more than a hundred; of the memory; of the disk."""
        used, now = usage(instance.pid), time.monotonic()
        before = self._used.get(instance)
        self._used[instance] = (used.cpu_seconds, now)
        if before:
            seconds, since = before
            yield "CPUUtilization", 100 * max(used.cpu_seconds - seconds, 0.0) / (now - since)
        yield "MemoryUtilization", 100 * used.memory_bytes / memory_of_the_machine()
        full = sum(_size(folder) / shutil.disk_usage(folder).total for folder in instance.folders)
        yield "DiskUtilization", 100 * full


@lru_cache(maxsize=128)
def _size(folder: Path) -> int:
    """Bytes of the files of an unpacked artifact, which never change."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
