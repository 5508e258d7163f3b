"""What SageMaker measures of each call of a variant.

https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html
"""

from collections.abc import Callable, Mapping

PutMetric = Callable[[str, str, Mapping[str, str], float], None]
"""Takes namespace, name, dimensions and value, measured now."""

NAMESPACE = "AWS/SageMaker"


class Measurement:
    """The metrics of one endpoint under one configuration."""

    def __init__(self, put: PutMetric, endpoint: str, configuration: str) -> None:
        self._put = put
        self._endpoint = endpoint
        self._configuration = configuration

    def record(
        self,
        variant: str,
        status: int,
        model_seconds: float,
        overhead_seconds: float,
        instances: int,
    ) -> None:
        """Publishes one call. status: the container's; 0 if no whole answer came from it.

        instances: that the variant has at the moment; 0 for a serverless variant.
        A call without an answer counts as a 5xx of the model; that AWS does so is not confirmed.
        """
        values = {
            "Invocations": 1.0,
            "Invocation4XXErrors": float(400 <= status < 500),
            "Invocation5XXErrors": float(status >= 500 or status == 0),
            "ModelLatency": model_seconds * 1e6,
            "OverheadLatency": overhead_seconds * 1e6,
        }
        whole = {"EndpointName": self._endpoint, "VariantName": variant}
        for dimensions in (whole, {**whole, "EndpointConfigName": self._configuration}):
            for name, value in values.items():
                self._put(NAMESPACE, name, dimensions, value)
        if instances:
            self._put(NAMESPACE, "InvocationsPerInstance", whole, 1.0 / instances)

    def record_load(self, variant: str, requests: int, instances: int, provisioned: int) -> None:
        """Publishes how many requests were with a variant at once, at the most.

        provisioned: its provisioned concurrency. AWS publishes the first of the metrics every ten
        seconds; when it publishes the second one is not confirmed.
        """
        whole = {"EndpointName": self._endpoint, "VariantName": variant}
        if instances:
            self._put(NAMESPACE, "ConcurrentRequestsPerModel", whole, requests / instances)
        if provisioned:
            name = "ServerlessProvisionedConcurrencyUtilization"
            self._put(NAMESPACE, name, whole, requests / provisioned)


class BacklogMeasurement:
    """The metrics of one asynchronous endpoint's queue.

    https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-monitor.html
    """

    def __init__(self, put: PutMetric, endpoint: str) -> None:
        self._put = put
        self._endpoint = {"EndpointName": endpoint}

    def record(self, requests: int, instances: int) -> None:
        """Publishes how many requests wait or are being answered, by so many instances.

        The backlog per instance is not defined without an instance.
        """
        idle = float(requests > 0 and instances == 0)
        self._put(NAMESPACE, "HasBacklogWithoutCapacity", self._endpoint, idle)
        if instances:
            each = requests / instances
            self._put(NAMESPACE, "ApproximateBacklogSizePerInstance", self._endpoint, each)
