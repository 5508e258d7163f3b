import threading
import time

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from local.aws import Aws
from local.clock import system_clock
from local.log_delivery import LogStream, Writer
from local.log_writer import LogWriter

NOBODY = Writer("apigateway.amazonaws.com", "")


def stream(group, region="eu-central-1", writer=NOBODY):
    return LogStream(region, group, "access", writer)


class FakeLogs(Aws):
    """Log groups; fails for each error it is given, once."""

    def __init__(self):
        self.lines = []
        self.sizes = []
        self.streams = []
        self.errors = {}

    def call(self, service, operation, request):
        errors = self.errors.get(operation)
        if errors:
            raise errors.pop()
        if operation == "CreateLogStream":
            self.streams.append(request["logGroupName"])
            return
        self.sizes.append(len(request["logEvents"]))
        self.lines += [
            (request["logGroupName"], event["timestamp"], event["message"])
            for event in request["logEvents"]
        ]


def aws_error(code):
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "PutLogEvents")


@pytest.fixture
def logs():
    return FakeLogs()


@pytest.fixture
def writer(logs, now):
    return LogWriter(lambda region: logs, lambda: now, sleep=lambda seconds: None)


def wait(logs, lines):
    for _ in range(500):
        if len(logs.lines) == lines:
            return
        time.sleep(0.01)
    raise AssertionError(logs.lines)


def test_lines_arrive_in_order_in_the_group_of_their_stream(logs, writer, now):
    for number in range(3):
        writer.write(stream("/a"), f"line {number}")
    writer.write(stream("/b"), "other")
    wait(logs, 4)
    moment = int(now.timestamp() * 1000)
    assert logs.lines == [("/a", moment, f"line {n}") for n in range(3)] + [("/b", moment, "other")]
    assert logs.streams == ["/a", "/b"]


def test_a_stream_that_is_there_already_is_used(logs, writer):
    logs.errors["CreateLogStream"] = [aws_error("ResourceAlreadyExistsException")]
    writer.write(stream("/a"), "line")
    wait(logs, 1)


@pytest.mark.parametrize(
    "error",
    [aws_error("ResourceNotFoundException"), EndpointConnectionError(endpoint_url="http://x")],
)
def test_a_line_that_cannot_be_written_is_tried_again(logs, writer, error):
    logs.errors["PutLogEvents"] = [error]
    writer.write(stream("/a"), "line")
    wait(logs, 1)
    assert logs.streams == ["/a", "/a"]  # the group may have been made anew


def test_a_group_that_is_gone_does_not_stop_the_lines_of_others(logs, writer):
    logs.errors["CreateLogStream"] = [aws_error("ResourceNotFoundException")] * 2
    writer.write(stream("/gone"), "lost")
    writer.write(stream("/a"), "kept")
    wait(logs, 1)
    assert logs.lines[0][2] == "kept"


def test_lines_are_collected_and_put_a_hundred_at_a_time(logs, now):
    gate = threading.Event()

    def sleep(seconds):
        gate.wait(10)

    writer = LogWriter(lambda region: logs, lambda: now, sleep)
    for number in range(250):
        writer.write(stream("/a"), f"line {number}")
    gate.set()
    wait(logs, 250)
    assert logs.sizes == [100, 100, 50]
    assert [line[2] for line in logs.lines] == [f"line {number}" for number in range(250)]


def test_each_region_has_logs_of_its_own(now):
    regions = {"eu-central-1": FakeLogs(), "eu-west-1": FakeLogs()}
    writer = LogWriter(lambda region: regions[region], lambda: now, sleep=lambda seconds: None)
    writer.write(stream("/a", "eu-west-1"), "line")
    wait(regions["eu-west-1"], 1)
    assert regions["eu-central-1"].lines == []


def test_what_a_writer_may_not_put_is_lost_and_said_once(logs, writer, caplog):
    gone = Writer("apigateway.amazonaws.com", "arn:aws:iam::123456789012:role/gone")
    for _ in range(2):
        writer.write(stream("/denied", writer=gone), "lost")
        writer.write(stream("/a"), "kept")
        wait(logs, 1)
        logs.lines.clear()
    assert logs.streams == ["/a"]
    [said] = caplog.messages
    assert said.startswith("/denied: nothing is logged there: apigateway.amazonaws.com is not auth")


def test_lines_reach_cloudwatch_logs(aws_for, aws, unique):
    group = f"/aws/apigateway/{unique}"
    aws.call("logs", "CreateLogGroup", {"logGroupName": group})
    # moto compares with the machine's clock and drops what is too old.
    LogWriter(aws_for, system_clock).write(stream(group), '{"id":"1"}')
    for _ in range(200):
        events = aws.call("logs", "FilterLogEvents", {"logGroupName": group})["events"]
        if events:
            break
        time.sleep(0.02)
    assert [event["message"] for event in events] == ['{"id":"1"}']
