"""Flow logs of VPCs, delivered to CloudWatch Logs as the role that each names.

https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-cwl.html
No packet is ever sent here: each interface has records of intervals without data, and no others.
"""

import threading
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from local.access import AccessDenied
from local.aws import ACCOUNT_ID, Aws
from local.clock import Clock
from local.log_delivery import LogDelivery, LogStream, Writer

if TYPE_CHECKING:
    from moto.ec2.models.flow_logs import FlowLogs as Described

SERVICE = "vpc-flow-logs.amazonaws.com"
POLL_SECONDS = 1.0
"""Between two looks at what is due."""

ACCESS_ERROR = "Access error"
UNKNOWN_ERROR = "Unknown error"
"""Both: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_FlowLog.html"""


class FlowLogs:
    """The flow logs of one region, from a thread of its own.

    clock: stamps records. fast_clock: by which intervals pass.
    """

    def __init__(self, aws: Aws, clock: Clock, fast_clock: Clock) -> None:
        self._region = aws.region
        self._delivery = LogDelivery(lambda region: aws)
        self._clock = clock
        self._fast_clock = fast_clock
        self._delivered: dict[str, tuple[datetime, datetime]] = {}
        """When each was delivered last, by both clocks."""
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None
        self._beginning = threading.Lock()

    def begin(self) -> None:
        """Delivers from now on: there is an interface whose traffic can be logged."""
        with self._beginning:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="flow-logs", daemon=True)
                self._thread.start()

    def close(self) -> None:
        """Delivers nothing any more."""
        self._closed.set()

    def deliver(self) -> None:
        """Brings the records of every log whose interval is over, and says how that went."""
        # Slow to read, and read already where there is an interface.
        from moto.ec2.models import ec2_backends

        backend = ec2_backends[ACCOUNT_ID][self._region]
        for log in list(backend.flow_logs.values()):
            now = (self._clock(), self._fast_clock())
            since, began = self._delivered.setdefault(log.id, now)
            if now[1] - began < timedelta(seconds=log.max_aggregation_interval):
                continue
            self._delivered[log.id] = now
            interfaces = [e.id for e in list(backend.enis.values()) if e.vpc_id == log.resource_id]
            error = self._put(log, interfaces, since, now[0])
            log.deliver_logs_status = "FAILED" if error else "SUCCESS"
            log.deliver_logs_error_message = error

    def _put(
        self, log: "Described", interfaces: list[str], since: datetime, until: datetime
    ) -> str | None:
        """What went wrong, in AWS's words."""
        group = log.log_destination.partition(":log-group:")[2].removesuffix(":*")
        writer = Writer(SERVICE, log.deliver_logs_permission_arn, finds_groups=True)
        try:
            for interface in interfaces:
                name = f"{interface}-{log.traffic_type.lower()}"
                event = {
                    "timestamp": int(until.timestamp() * 1000),
                    "message": _record(interface, since, until),
                }
                self._delivery.put(LogStream(self._region, group, name, writer), [event])
        except AccessDenied:
            return ACCESS_ERROR
        except (ClientError, BotoCoreError):
            return UNKNOWN_ERROR
        return None

    def _run(self) -> None:
        while not self._closed.wait(POLL_SECONDS):
            self.deliver()


def _record(interface: str, since: datetime, until: datetime) -> str:
    """An interval without traffic, in the default format.

    https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-records-examples.html
    """
    start, end = int(since.timestamp()), int(until.timestamp())
    return f"2 {ACCOUNT_ID} {interface} - - - - - - - {start} {end} - NODATA"
