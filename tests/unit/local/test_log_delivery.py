"""Log lines that arrive in CloudWatch Logs only as far as a role may bring them there."""

import time

import pytest
from botocore.exceptions import ClientError

from local.access import AccessDenied
from local.log_delivery import LogDelivery, LogStream, Writer

SERVICE = "vpc-flow-logs.amazonaws.com"
NEEDED = {
    "logs:CreateLogStream",
    "logs:DescribeLogGroups",
    "logs:DescribeLogStreams",
    "logs:PutLogEvents",
}


class Rig:
    """A log group, and a role with the rights that a test gives."""

    def __init__(self, aws, unique, role):
        self.aws = aws
        self.role = role
        self.group = f"/aws/vpc/{unique}"
        aws.call("logs", "CreateLogGroup", {"logGroupName": self.group})
        self.delivery = LogDelivery(lambda region: aws)

    def allow(self, actions):
        """As the program's statements are: streams in the group, and groups anywhere."""
        inside = f"arn:aws:logs:eu-central-1:123456789012:log-group:{self.group}:*"
        everywhere = {"logs:DescribeLogGroups"}
        self.role.allow({action: "*" if action in everywhere else inside for action in actions})

    def stream(self, *, service=SERVICE, finds_groups=True):
        writer = Writer(service, self.role.arn, finds_groups)
        return LogStream("eu-central-1", self.group, "eni-1-all", writer)

    def put(self, **options):
        event = {"timestamp": int(time.time() * 1000), "message": "line"}
        self.delivery.put(self.stream(**options), [event])

    def lines(self):
        events = self.aws.call("logs", "FilterLogEvents", {"logGroupName": self.group})["events"]
        return [(event["logStreamName"], event["message"]) for event in events]


@pytest.fixture
def rig(aws, unique, role_of):
    return Rig(aws, unique, role_of(SERVICE))


def test_lines_arrive_with_the_rights_that_aws_names(rig):
    rig.allow(NEEDED)
    rig.put()
    assert rig.lines() == [("eni-1-all", "line")]


@pytest.mark.parametrize("missing", sorted(NEEDED))
def test_without_one_of_them_none_arrives(rig, missing):
    rig.allow(NEEDED - {missing})
    with pytest.raises(AccessDenied, match=missing):
        rig.put()
    assert rig.lines() == []


def test_who_knows_the_group_does_not_look_for_it(rig):
    rig.allow(NEEDED - {"logs:DescribeLogGroups"})
    rig.put(finds_groups=False)
    assert rig.lines()


def test_a_service_that_cannot_assume_the_role_brings_nothing(rig):
    rig.allow(NEEDED)
    with pytest.raises(AccessDenied, match=r"^sagemaker\.amazonaws\.com"):
        rig.put(service="sagemaker.amazonaws.com")


def test_a_stream_that_somebody_deleted_is_made_again(rig):
    rig.allow(NEEDED)
    rig.put()
    where = {"logGroupName": rig.group, "logStreamName": "eni-1-all"}
    rig.aws.call("logs", "DeleteLogStream", where)
    rig.put()
    assert len(rig.lines()) == 1


def test_a_group_that_is_gone_takes_nothing(rig):
    rig.allow(NEEDED)
    rig.put()
    rig.aws.call("logs", "DeleteLogGroup", {"logGroupName": rig.group})
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        rig.put()
