"""What the rest of a stack is billed for, type by type."""

from collections.abc import Iterator, Mapping

from gateway_policies.cost.charge import (
    HOURS,
    Charge,
    Entry,
    Estimator,
    Excluded,
    Traffic,
    Undecided,
    always,
)
from gateway_policies.property_rule import values
from gateway_policies.resource import UNKNOWN, Resource, Stack

_TRACKING_ALARMS = 2
"""Alarms that Application Auto Scaling makes for a target.

https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-target-tracking.html
"""


def each(item: str) -> Estimator:
    """Of types of which every resource is billed the same."""

    def charges(_: Resource, __: Stack, ___: Traffic) -> Iterator[Entry]:
        yield Charge(item, always(1))

    return charges


def by_use(what: str) -> Estimator:
    """Of types that are billed by use that nobody has stated."""

    def charges(_: Resource, __: Stack, ___: Traffic) -> Iterator[Entry]:
        yield Excluded(what)

    return charges


def alarm_charges(alarm: Resource, _: Stack, __: Traffic) -> Iterator[Entry]:
    """One of each metric that it watches; dearer where it looks more often than once a minute.

    https://aws.amazon.com/cloudwatch/pricing/
    """
    if alarm.get("metricQueries") is UNKNOWN:
        yield Undecided("metrics of an alarm")
        return
    metrics = [path for path, metric in values(alarm, "metricQueries[].metric") if metric]
    periods = [period for _, period in values(alarm, "metricQueries[].metric.period")]
    often = any(isinstance(p, int) and p < 60 for p in [alarm.get("period"), *periods])
    item = "high-resolution alarm" if often else "alarm"
    yield Charge(item, always(max(1, len(metrics))))


def scaling_policy_charges(policy: Resource, _: Stack, __: Traffic) -> Iterator[Entry]:
    """The alarms that AWS makes for a policy that tracks a target."""
    kind = policy.get("policyType")
    if kind is UNKNOWN:
        yield Undecided("alarms of a scaling policy")
    elif kind == "TargetTrackingScaling":
        yield Charge("alarm", always(_TRACKING_ALARMS))


def event_source_charges(mapping: Resource, _: Stack, __: Traffic) -> Iterator[Entry]:
    """Pollers that are kept ready; what polls otherwise costs nothing.

    https://aws.amazon.com/lambda/pricing/
    """
    if mapping.get("provisionedPollerConfig"):
        yield Undecided("provisioned pollers of an event source")


def nat_gateway_charges(_: Resource, __: Stack, ___: Traffic) -> Iterator[Entry]:
    """The hours that it exists, and what goes through it.

    https://aws.amazon.com/vpc/pricing/
    """
    yield Charge("NAT gateway", always(HOURS))
    yield Excluded("data through NAT gateways")


def vpc_endpoint_charges(endpoint: Resource, _: Stack, __: Traffic) -> Iterator[Entry]:
    """An interface in each subnet, by the hour. Gateways cost nothing.

    https://aws.amazon.com/privatelink/pricing/
    """
    kind, subnets = endpoint.get("vpcEndpointType"), endpoint.get("subnetIds")
    if kind == "Interface" and isinstance(subnets, list):
        yield Charge("interface endpoint", always(HOURS * len(subnets)))
        yield Excluded("data through VPC endpoints")
    elif kind not in (None, "Gateway"):
        yield Undecided("a VPC endpoint of which type or subnets are not known")


def stream_charges(stream: Resource, stack: Stack, traffic: Traffic) -> Iterator[Entry]:
    """Shards, or the stream itself where AWS scales it.

    https://aws.amazon.com/kinesis/data-streams/pricing/
    """
    shards = stream.number("shardCount")
    [(_, mode)] = values(stream, "streamModeDetails.streamMode")
    if mode == "ON_DEMAND":
        yield Charge("Kinesis on-demand stream", always(HOURS))
    elif mode is UNKNOWN or not isinstance(shards, int):
        yield Undecided("shards of a Kinesis stream")
    else:
        yield Charge("Kinesis shard", always(HOURS * shards))
    yield Excluded("records of Kinesis streams")


OTHERS: Mapping[str, Estimator] = {
    "aws:appautoscaling/policy:Policy": scaling_policy_charges,
    "aws:cloudwatch/dashboard:Dashboard": each("dashboard"),
    "aws:cloudwatch/eventApiDestination:EventApiDestination": by_use("EventBridge events"),
    "aws:cloudwatch/eventArchive:EventArchive": by_use("EventBridge events"),
    "aws:cloudwatch/eventBus:EventBus": by_use("EventBridge events"),
    "aws:cloudwatch/logGroup:LogGroup": by_use("logs"),
    "aws:cloudwatch/logMetricFilter:LogMetricFilter": by_use("metrics of logs"),
    "aws:cloudwatch/metricAlarm:MetricAlarm": alarm_charges,
    "aws:dynamodb/table:Table": by_use("DynamoDB"),
    "aws:ec2/flowLog:FlowLog": by_use("logs"),
    "aws:ec2/natGateway:NatGateway": nat_gateway_charges,
    "aws:ec2/vpcEndpoint:VpcEndpoint": vpc_endpoint_charges,
    "aws:ecr/repository:Repository": by_use("container images"),
    "aws:kinesis/stream:Stream": stream_charges,
    "aws:kms/key:Key": each("KMS key"),
    "aws:lambda/eventSourceMapping:EventSourceMapping": event_source_charges,
    "aws:s3/bucket:Bucket": by_use("stored objects"),
    "aws:s3/bucketObject:BucketObject": by_use("stored objects"),
    "aws:s3/bucketObjectv2:BucketObjectv2": by_use("stored objects"),
    "aws:s3/bucketReplicationConfig:BucketReplicationConfig": by_use("replicated objects"),
    "aws:s3/bucketV2:BucketV2": by_use("stored objects"),
    "aws:s3/objectCopy:ObjectCopy": by_use("stored objects"),
    "aws:secretsmanager/secret:Secret": each("secret"),
    "aws:sfn/stateMachine:StateMachine": by_use("Step Functions"),
    "aws:sns/topic:Topic": by_use("SNS messages"),
    "aws:sqs/queue:Queue": by_use("SQS messages"),
}
"""Types that are billed, other than endpoints, gateways and functions."""
