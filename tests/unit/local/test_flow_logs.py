"""Flow logs of moto's EC2, in moto's Logs, with the rights of a role in moto's IAM."""

from datetime import timedelta

import pytest

from local import flow_logs
from local.clock import system_clock
from local.flow_logs import SERVICE, FlowLogs
from tests.unit.local.sagemaker.conftest import wait_until

RIGHTS = dict.fromkeys(
    (
        "logs:CreateLogStream",
        "logs:DescribeLogGroups",
        "logs:DescribeLogStreams",
        "logs:PutLogEvents",
    ),
    "*",
)


class Rig:
    """A VPC with an interface and a flow log. time: by how much the fast clock is ahead."""

    def __init__(self, aws, role, unique):
        self.aws = aws
        self.role = role
        self.group = f"/aws/vpc/{unique}"
        self.time = timedelta()
        began = system_clock()
        self.logs = FlowLogs(aws, system_clock, lambda: began + self.time)
        role.allow(RIGHTS)
        aws.call("logs", "CreateLogGroup", {"logGroupName": self.group})
        vpc, self.interface = self._interface()
        self._interface()  # in another VPC, which has no log
        request = {
            "ResourceIds": [vpc],
            "ResourceType": "VPC",
            "TrafficType": "ALL",
            "LogDestinationType": "cloud-watch-logs",
            "LogDestination": f"arn:aws:logs:eu-central-1:123456789012:log-group:{self.group}",
            "DeliverLogsPermissionArn": role.arn,
        }
        self.id = aws.call("ec2", "CreateFlowLogs", request)["FlowLogIds"][0]
        self.logs.deliver()

    def _interface(self):
        """A new VPC, and an interface in it."""
        vpc = self.aws.call("ec2", "CreateVpc", {"CidrBlock": "10.9.0.0/16"})["Vpc"]["VpcId"]
        request = {"VpcId": vpc, "CidrBlock": "10.9.0.0/24"}
        subnet = self.aws.call("ec2", "CreateSubnet", request)["Subnet"]["SubnetId"]
        made = self.aws.call("ec2", "CreateNetworkInterface", {"SubnetId": subnet})
        return vpc, made["NetworkInterface"]["NetworkInterfaceId"]

    def pass_minutes(self, minutes):
        self.time += timedelta(minutes=minutes)
        self.logs.deliver()

    def lines(self):
        events = self.aws.call("logs", "FilterLogEvents", {"logGroupName": self.group})["events"]
        return [(event["logStreamName"], event["message"]) for event in events]

    def status(self):
        [log] = self.aws.call("ec2", "DescribeFlowLogs", {"FlowLogIds": [self.id]})["FlowLogs"]
        return log["DeliverLogsStatus"], log.get("DeliverLogsErrorMessage")


@pytest.fixture
def rig(aws, role_of, unique):
    return Rig(aws, role_of(SERVICE), unique)


def test_each_interface_has_a_record_of_every_interval(rig):
    rig.pass_minutes(9)
    assert rig.lines() == []
    rig.pass_minutes(1)
    rig.pass_minutes(9)
    [(stream, line)] = rig.lines()
    assert stream == f"{rig.interface}-all"
    assert line.startswith(f"2 123456789012 {rig.interface} - - - - - - - ")
    assert line.endswith(" - NODATA")
    assert rig.status() == ("SUCCESS", None)
    rig.pass_minutes(1)
    assert len(rig.lines()) == 2


@pytest.mark.parametrize("missing", sorted(RIGHTS))
def test_without_a_right_the_log_says_that_it_cannot_be_delivered(rig, missing):
    rig.role.allow({action: on for action, on in RIGHTS.items() if action != missing})
    rig.pass_minutes(10)
    assert rig.lines() == []
    assert rig.status() == ("FAILED", "Access error")
    rig.role.allow(RIGHTS)
    rig.pass_minutes(10)
    assert rig.status() == ("SUCCESS", None)


def test_a_group_that_is_gone_is_an_error_that_says_no_more(rig):
    rig.aws.call("logs", "DeleteLogGroup", {"logGroupName": rig.group})
    rig.pass_minutes(10)
    assert rig.status() == ("FAILED", "Unknown error")


def test_a_thread_delivers_from_the_first_interface_until_the_end(rig, monkeypatch):
    monkeypatch.setattr(flow_logs, "POLL_SECONDS", 0.01)
    rig.time = timedelta(minutes=10)
    rig.logs.begin()
    rig.logs.begin()
    wait_until(rig.lines)
    rig.logs.close()
    assert rig.logs._thread
    rig.logs._thread.join(10)
    assert not rig.logs._thread.is_alive()
