"""What an endpoint's instances leave behind by the rights of its role: logs and metrics."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.acceptance.answers import within
from tests.acceptance.deployed import Endpoint

Aws = Callable[[str], Any]
LOGGED_SECONDS = 180.0
MEASURED_SECONDS = 300.0
METRICS = ("CPUUtilization", "MemoryUtilization", "DiskUtilization")
"""SageMaker puts values of each every minute.

https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html
"""
DAY = timedelta(days=1)
AHEAD = timedelta(days=60)
"""How far the clock of the metrics may be ahead of this one, where it runs faster."""


def test_the_containers_of_every_variant_log(endpoint, aws):
    def all_do() -> bool:
        return all(_has_logged(endpoint, name, aws) for name in _running(endpoint, aws))

    assert within(LOGGED_SECONDS, all_do), f"no log of {endpoint}"


def test_every_variant_tells_how_busy_its_instances_are(endpoint, aws):
    started = datetime.now(UTC)
    before = {name: _newest(endpoint, name, aws, started) for name in _running(endpoint, aws)}

    def all_go_on() -> bool:
        return all(
            after > earlier
            for name in before.keys() & _running(endpoint, aws)
            for earlier, after in zip(
                before[name], _newest(endpoint, name, aws, started), strict=True
            )
        )

    assert within(MEASURED_SECONDS, all_go_on), f"no new values of {', '.join(METRICS)}"


def _running(endpoint: Endpoint, aws: Aws) -> set[str]:
    """Variants that have instances at the moment, the shadow included."""
    live = aws("sagemaker").describe_endpoint(EndpointName=endpoint.name)
    variants = [*live["ProductionVariants"], *live.get("ShadowProductionVariants", [])]
    return {v["VariantName"] for v in variants if v.get("CurrentInstanceCount")}


def _has_logged(endpoint: Endpoint, variant: str, aws: Aws) -> bool:
    """Whether anything was ever written, which may have expired; streams stay.

    https://docs.aws.amazon.com/sagemaker/latest/dg/logging-cloudwatch.html
    """
    where = {"logGroupName": f"/aws/sagemaker/Endpoints/{endpoint}"}
    pages = (
        aws("logs")
        .get_paginator("describe_log_streams")
        .paginate(**where, logStreamNamePrefix=f"{variant}/")
    )
    if any("lastEventTimestamp" in stream for page in pages for stream in page["logStreams"]):
        return True
    # Streams may say so as late as an hour after.
    events = (
        aws("logs")
        .get_paginator("filter_log_events")
        .paginate(**where, logStreamNamePrefix=f"{variant}/")
    )
    return any(page["events"] for page in events)


def _newest(
    endpoint: Endpoint, variant: str, aws: Aws, started: datetime
) -> list[tuple[datetime, float]]:
    """For each metric the newest day with values, and how many: both only grow."""
    dimensions = {"EndpointName": endpoint.name, "VariantName": variant}
    newest = []
    for name in METRICS:
        found = aws("cloudwatch").get_metric_statistics(
            Namespace="/aws/sagemaker/Endpoints",
            MetricName=name,
            Dimensions=[{"Name": n, "Value": value} for n, value in dimensions.items()],
            StartTime=started - DAY,
            EndTime=started + AHEAD,
            Period=int(DAY.total_seconds()),
            Statistics=["SampleCount"],
        )
        points = [(p["Timestamp"], p["SampleCount"]) for p in found["Datapoints"]]
        newest.append(max(points, default=(started - DAY, 0.0)))
    return newest
