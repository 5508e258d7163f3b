"""One region of the local cloud: the services that are ours, and the endpoints they run."""

import math
import random
from pathlib import Path

from local.access import Access
from local.aws import Aws
from local.call_log import CallLog
from local.clock import Clock, FastClock
from local.cloudwatch.alarms import Alarms
from local.cloudwatch.metrics import Metrics
from local.control.apigateway.service import ApiGateway
from local.control.autoscaling.registry import ScalableTargets
from local.control.autoscaling.service import AutoScaling
from local.control.cloudwatch import CloudWatch
from local.control.sagemaker.service import SageMaker
from local.control.service import Service
from local.control.wafv2 import WafV2
from local.flow_logs import FlowLogs
from local.http import HttpRequest, HttpResponse
from local.log_writer import LogWriter
from local.principal import Principal, PrincipalKind
from local.s3 import S3
from local.sagemaker.deployment import Deployment
from local.sagemaker.images import Images
from local.sagemaker.interfaces import NetworkInterfaces
from local.sagemaker.invocation import RuntimeApiError
from local.sagemaker.launch import Launcher
from local.sagemaker.model_data import ModelData
from local.sagemaker.rollout import RollbackAlarms
from local.sagemaker.runtime import SageMakerRuntime
from local.sagemaker.storage import Storage
from local.sagemaker.utilization import Utilization

ROLLOUT_SPEED = 60
"""A minute of roll-outs, metrics, alarms and cooldowns is a second here."""


class Region:
    """Services and data plane. directory: where unpacked artifacts go. logs: of containers."""

    def __init__(
        self,
        aws: Aws,
        directory: Path,
        images: Images,
        clock: Clock,
        calls: CallLog,
        logs: LogWriter,
    ) -> None:
        self.name = aws.region
        self._access = Access(aws.region)
        fast_clock = FastClock(clock, ROLLOUT_SPEED)
        metrics = Metrics(fast_clock)
        storage = Storage(aws, self._access, calls)
        self._s3 = S3(storage, self._access)
        random_source = random.Random()  # noqa: S311 - picks variants, guards nothing
        self._flow_logs = FlowLogs(aws, clock, fast_clock)
        launcher = Launcher(
            aws.region,
            self._access,
            ModelData(storage, directory),
            logs,
            NetworkInterfaces(aws, self._access, self._flow_logs.begin),
        )
        deployment = Deployment(
            launcher.launch,
            storage,
            clock,
            random_source,
            metrics.put,
            Utilization(self._access, metrics.put, fast_clock),
            images.check,
        )
        self._runtime = SageMakerRuntime(
            aws.region, deployment, storage, self._access, calls, clock, random_source, metrics.put
        )
        self.api_gateway = ApiGateway(aws.region, clock)
        alarms = Alarms(metrics, fast_clock)
        targets = ScalableTargets(aws.region, alarms)
        rollback_alarms = RollbackAlarms(aws.region, alarms.state, self._access, calls)
        self._sagemaker = SageMaker(
            aws.region, clock, self._runtime, targets, rollback_alarms, fast_clock.sleep
        )
        self._autoscaling = AutoScaling(targets, self._sagemaker.endpoints, clock, fast_clock)
        self._autoscaling.start()
        self.services = {
            name: Service(name, control.handlers())
            for name, control in (
                ("apigateway", self.api_gateway),
                ("application-autoscaling", self._autoscaling),
                ("sagemaker", self._sagemaker),
                ("wafv2", WafV2(aws.region, self.api_gateway.stage)),
            )
        }
        # Signatures name CloudWatch by what it was called once.
        cloudwatch = CloudWatch(aws.region, fast_clock, metrics, alarms)
        self.services["monitoring"] = Service("cloudwatch", cloudwatch.handlers())

    def call_service(
        self, principal: Principal, service: str, request: HttpRequest, timeout_seconds: float
    ) -> HttpResponse:
        """The AWS services that an integration of API Gateway can call.

        Raises LookupError for any but InvokeEndpoint, InvokeEndpointAsync and S3's GetObject,
        TimeoutError for a caller who would wait longer, and PermissionError where API Gateway
        cannot assume the role.
        """
        if principal.kind is PrincipalKind.ROLE:
            self._access.require_role(principal.identifier, "apigateway.amazonaws.com")
        if service == "s3":
            return self._s3.answer(principal, request)
        if service != "runtime.sagemaker":
            raise LookupError(f"{service} {request.path}: the local cloud cannot call it")
        return self._runtime.answer(principal, request, timeout_seconds)

    def call_runtime(self, principal: Principal, request: HttpRequest) -> HttpResponse:
        """SageMaker's runtime API, for a caller who waits as long as it takes."""
        try:
            return self._runtime.answer(principal, request, math.inf)
        except LookupError as error:
            return RuntimeApiError(400, "ValidationError", str(error)).response()

    def close(self) -> None:
        """Stops every process of the region."""
        self._autoscaling.close()
        self._sagemaker.close()
        self._runtime.close()
        self._flow_logs.close()
