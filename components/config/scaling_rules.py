"""Which metric scales which form of endpoint, and how far a schedule may go."""

from collections.abc import Iterator

from components.config.endpoint import MAX_INSTANCES, Endpoint, Serverless
from components.config.report import Clash
from components.config.scaling import METRICS, Scaling

WITHOUT_A_QUEUE = "1 or more, since only an asynchronous endpoint, which queues, may have none"
"""https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-autoscale.html"""


def scaling_clashes(endpoint: Endpoint) -> Iterator[Clash]:
    """What of `scaling` does not fit the form of the endpoint.

    Two forms at once are a mistake of their own, and not judged here.
    """
    serverless = [v.serverless for v in endpoint.variants.values() if v.serverless]
    if serverless and (endpoint.asynchronous or len(serverless) < len(endpoint.variants)):
        return
    metrics, reason = _metrics(endpoint, serverless)
    if endpoint.scaling is None:
        if metrics:
            yield Clash(
                ("scaling",),
                f"an object with {' or '.join(metrics)}, since nothing scales without it",
                "Add it",
            )
        return
    if not metrics:
        fix = "Remove it, or add serverless.provisioned"
        yield Clash(("scaling",), f"nothing, since {reason}", fix)
        return
    for metric in METRICS:
        if metric not in metrics and getattr(endpoint.scaling, metric) is not None:
            allowed = f"{' or '.join(metrics)} instead, since {reason}"
            yield Clash(("scaling", metric), allowed, f"Replace it by {metrics[0]}")
    yield from _schedule_clashes(endpoint.scaling, endpoint, serverless)


def _metrics(endpoint: Endpoint, serverless: list[Serverless]) -> tuple[tuple[str, ...], str]:
    """The metrics that scale an endpoint, and why no other does.

    https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-monitor.html,
    https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints-autoscale.html
    """
    if endpoint.asynchronous:
        return ("backlog",), "AWS measures an asynchronous endpoint's load by nothing else"
    if any(variant.provisioned for variant in serverless):
        return ("utilization",), "AWS scales provisioned concurrency by nothing else"
    if serverless:
        return (), "AWS itself scales a serverless variant of which nothing is provisioned"
    return ("target", "concurrency"), "instances in real time have no queue and nothing provisioned"


def _schedule_clashes(
    scaling: Scaling, endpoint: Endpoint, serverless: list[Serverless]
) -> Iterator[Clash]:
    highest = min((variant.concurrency for variant in serverless), default=MAX_INSTANCES)
    for name, bounds in scaling.schedule.items():
        path = ("scaling", "schedule", name)
        if bounds.min == 0 and not endpoint.asynchronous:
            yield Clash((*path, "min"), WITHOUT_A_QUEUE, "Raise it")
        if bounds.max > highest:
            unit = "the variant's concurrency" if serverless else "instances"
            yield Clash((*path, "max"), f"up to {highest}, {unit}", "Lower it")
