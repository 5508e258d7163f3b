"""Which endpoints can be rolled out which way, and whether an alarm can roll one back.

https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails.html
"""

from collections.abc import Iterator

from components.config.endpoint import Endpoint
from components.config.report import Clash
from components.config.rollout import MAX_EXECUTION_SECONDS, PROVISIONING_SECONDS, Rollout

MAX_ALARMS = 10
"""https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_AutoRollbackConfig.html"""

MAX_WATCHED_SECONDS = MAX_EXECUTION_SECONDS - PROVISIONING_SECONDS
"""Of all waits of an update."""

MIN_WAIT_SECONDS = 120
"""An alarm sees a minute only when it is over, so that a whole one must lie in each wait."""

REAL_TIME_SECONDS = 60
"""https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html"""

ASYNC_SECONDS = 3600
"""https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpointAsync.html"""


def rollout_clashes(endpoint: Endpoint) -> Iterator[Clash]:
    """What of `rollout` does not fit the endpoint, whose variants run on instances."""
    rollout = endpoint.rollout
    if rollout is None or endpoint.is_serverless:
        return
    yield from _rolling(endpoint, rollout)
    yield from _shares(endpoint, rollout)
    yield from _short_waits(rollout)
    yield from _waits(rollout)
    yield from _unguarded_types(endpoint)
    yield from _alarms(endpoint, rollout)


def _rolling(endpoint: Endpoint, rollout: Rollout) -> Iterator[Clash]:
    """https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-exclusions.html"""
    names = [name for _, name, _ in endpoint.models()]
    if rollout.rolling and len(names) > 1:
        yield Clash(
            ("rollout", "rolling"),
            f"canary, linear or blueGreen with several variants ({', '.join(names)}), since AWS "
            "replaces the instances of one only",
            "Use one of them",
        )


def _shares(endpoint: Endpoint, rollout: Rollout) -> Iterator[Clash]:
    """https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_TrafficRoutingConfig.html"""
    way = next((way for way in ("canary", "linear", "rolling") if getattr(rollout, way)), None)
    for name, variant in endpoint.variants.items():
        if way and variant.instances and variant.instances.min < 2:
            yield Clash(
                ("variants", name, "instances", "min"),
                f"2 or more with rollout.{way}, since its first share is at most half of the "
                "instances",
                "Raise it, or use rollout.blueGreen",
            )


def _short_waits(rollout: Rollout) -> Iterator[Clash]:
    """SageMaker takes them; no alarm could roll an update back in one.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
    """
    waits = {
        ("canary", "bake"): rollout.canary and rollout.canary.bake,
        ("linear", "wait"): rollout.linear and rollout.linear.wait,
        ("blueGreen", "bake"): rollout.blue_green and rollout.blue_green.bake,
        ("rolling", "wait"): rollout.rolling and rollout.rolling.wait,
    }
    for path, seconds in waits.items():
        if seconds and seconds < MIN_WAIT_SECONDS:
            yield Clash(
                ("rollout", *path),
                "2m or more, since an alarm sees a minute only when it is over",
                "Raise it",
            )


def _waits(rollout: Rollout) -> Iterator[Clash]:
    """An update that took longer than it may would be rolled back; the other two ways always end
    in time.
    """
    waits = {}
    if rollout.linear:
        waits["linear"] = (rollout.linear.waits, rollout.linear.wait)
    if rollout.rolling:
        waits["rolling"] = (rollout.rolling.waits, rollout.rolling.wait)
    for way, (count, seconds) in waits.items():
        if count * seconds > MAX_WATCHED_SECONDS:
            yield Clash(
                ("rollout", way, "wait"),
                f"up to {MAX_WATCHED_SECONDS // count}s, since an update waits {count} times and "
                "may take 4h in all",
                "Lower it, or raise step",
            )


def _unguarded_types(endpoint: Endpoint) -> Iterator[Clash]:
    """https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-exclusions.html"""
    for name, variant in endpoint.variants.items():
        if variant.instances and variant.instances.type.startswith("ml.inf1."):
            yield Clash(
                ("variants", name, "instances", "type"),
                "no ml.inf1 type with rollout, since AWS then changes all at once and watches no "
                "alarm",
                "Use another type, such as ml.inf2.xlarge, or remove rollout",
            )


def _alarms(endpoint: Endpoint, rollout: Rollout) -> Iterator[Clash]:
    """AWS takes so many alarms, and an alarm has to be able to fire."""
    limits = rollout.rollback_on
    causes = [limits.error_rate, limits.latency_p90]
    alarms = len(endpoint.variants) * sum(limit is not None for limit in causes)
    if alarms > MAX_ALARMS:
        yield Clash(
            ("rollout", "rollbackOn"),
            f"{MAX_ALARMS} alarms, AWS's most; each limit has one for each variant",
            "Keep one of the two limits, or have fewer variants",
            seen=f"{alarms} alarms",
        )
    longest = ASYNC_SECONDS if endpoint.asynchronous else REAL_TIME_SECONDS
    if limits.latency_p90 and limits.latency_p90 >= longest * 1000:
        yield Clash(
            ("rollout", "rollbackOn", "latencyP90"),
            f"below {longest}s, when AWS gives a request up: its alarm could never fire",
            "Lower it",
        )
