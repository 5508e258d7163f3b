import pytest

from gateway_policies.cost.charge import HOURS, always
from gateway_policies.cost.others import (
    OTHERS,
    alarm_charges,
    event_source_charges,
    scaling_policy_charges,
    stream_charges,
    vpc_endpoint_charges,
)
from gateway_policies.resource import UNKNOWN
from tests.unit.policies.cost.stacks import billed, tracking
from tests.unit.policies.verdicts import made

HALF_MINUTE = {"metric": {"period": 30}}
MINUTE = {"metric": {"period": 60}}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"period": 60}, {"alarm": always(1)}),
        ({"period": 10}, {"high-resolution alarm": always(1)}),
        ({"metricQueries": [MINUTE, MINUTE, {"expression": "a/b"}]}, {"alarm": always(2)}),
        ({"metricQueries": [MINUTE, HALF_MINUTE]}, {"high-resolution alarm": always(2)}),
    ],
)
def test_an_alarm_is_billed_for_each_metric_that_it_watches(values, expected):
    assert billed(alarm_charges, made("type", **values)) == expected


def test_an_alarm_on_what_is_not_known_is_undecided():
    found = billed(alarm_charges, made("type", metricQueries=UNKNOWN))
    assert found == {"metrics of an alarm": "Undecided"}


def test_a_tracked_target_has_alarms_of_its_own():
    assert billed(scaling_policy_charges, tracking(100)) == {"alarm": always(2)}
    assert billed(scaling_policy_charges, made("type", policyType="StepScaling")) == {}


def test_a_scaling_policy_of_a_type_that_is_not_known_is_undecided():
    found = billed(scaling_policy_charges, made("type", policyType=UNKNOWN))
    assert found == {"alarms of a scaling policy": "Undecided"}


def test_an_event_source_costs_something_where_its_pollers_are_kept_ready():
    assert billed(event_source_charges, made("type")) == {}
    for config in (UNKNOWN, {"minimumPollers": 2}):
        found = billed(event_source_charges, made("type", provisionedPollerConfig=config))
        assert found == {"provisioned pollers of an event source": "Undecided"}


def vpc_endpoint(**values):
    return billed(vpc_endpoint_charges, made("type", **values))


def test_an_interface_is_billed_in_each_subnet_by_the_hour():
    found = vpc_endpoint(vpcEndpointType="Interface", subnetIds=["a", UNKNOWN])
    assert found == {
        "interface endpoint": always(2 * HOURS),
        "data through VPC endpoints": "Excluded",
    }


def test_a_gateway_endpoint_costs_nothing():
    assert vpc_endpoint(vpcEndpointType="Gateway") == vpc_endpoint() == {}


@pytest.mark.parametrize(
    "values",
    [
        {"vpcEndpointType": "Interface"},
        {"vpcEndpointType": "Interface", "subnetIds": UNKNOWN},
        {"vpcEndpointType": UNKNOWN},
        {"vpcEndpointType": "GatewayLoadBalancer"},
    ],
)
def test_an_endpoint_of_which_too_little_is_known_is_undecided(values):
    assert list(vpc_endpoint(**values).values()) == ["Undecided"]


@pytest.mark.parametrize(
    ("values", "item", "expected"),
    [
        ({"shardCount": 3}, "Kinesis shard", always(3 * HOURS)),
        (
            {"streamModeDetails": {"streamMode": "ON_DEMAND"}},
            "Kinesis on-demand stream",
            always(HOURS),
        ),
        ({"shardCount": UNKNOWN}, "shards of a Kinesis stream", "Undecided"),
        (
            {"shardCount": 1, "streamModeDetails": UNKNOWN},
            "shards of a Kinesis stream",
            "Undecided",
        ),
    ],
)
def test_a_stream_is_billed_by_its_shards_or_as_a_whole(values, item, expected):
    assert billed(stream_charges, made("type", **values))[item] == expected


@pytest.mark.parametrize(
    ("token", "expected"),
    [
        ("aws:kms/key:Key", {"KMS key": always(1)}),
        ("aws:cloudwatch/dashboard:Dashboard", {"dashboard": always(1)}),
        ("aws:secretsmanager/secret:Secret", {"secret": always(1)}),
        (
            "aws:ec2/natGateway:NatGateway",
            {"NAT gateway": always(HOURS), "data through NAT gateways": "Excluded"},
        ),
        ("aws:cloudwatch/eventArchive:EventArchive", {"EventBridge events": "Excluded"}),
        ("aws:s3/bucketObjectv2:BucketObjectv2", {"stored objects": "Excluded"}),
        ("aws:s3/bucket:Bucket", {"stored objects": "Excluded"}),
        ("aws:cloudwatch/logGroup:LogGroup", {"logs": "Excluded"}),
    ],
)
def test_a_type_is_billed_as_its_table_says(token, expected):
    assert billed(OTHERS[token], made(token)) == expected
