import base64
import json
import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.http import HttpRequest, HttpResponse
from local.principal import Principal, PrincipalKind
from local.sagemaker.capture import MAX_AGE, MAX_LINES, Batches, Capture, CapturedCall, capture_line
from local.sagemaker.plan import CapturePlan
from tests.unit.local.conftest import NOW
from tests.unit.local.sagemaker.conftest import ROLE, plan, seeded, wait_until

BOTH = frozenset({"Input", "Output"})
PLAN = CapturePlan(100, "s3://bucket/capture/", BOTH, ("application/json",), ("text/csv",))
UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


def call(body=b"5.1,3.5", content_type="text/csv", inference_id=None, seconds=0.0, **members):
    return CapturedCall(
        members.get("variant", plan()),
        HttpRequest("POST", "/invocations", {"content-type": content_type}, body=body),
        HttpResponse(200, {"content-type": "application/json; charset=utf-8"}, b'{"a":1}'),
        inference_id,
        NOW + timedelta(seconds=seconds),
    )


def test_a_line_has_both_sides_and_what_is_known_of_the_call():
    line = json.loads(capture_line(PLAN, call(inference_id="a1")))
    assert re.fullmatch(UUID, line["eventMetadata"].pop("eventId"))
    assert line == {
        "captureData": {
            "endpointInput": {
                "observedContentType": "text/csv",
                "mode": "INPUT",
                "data": "5.1,3.5",
                "encoding": "CSV",
            },
            "endpointOutput": {
                "observedContentType": "application/json; charset=utf-8",
                "mode": "OUTPUT",
                "data": '{"a":1}',
                "encoding": "JSON",
            },
        },
        "eventMetadata": {"inferenceId": "a1", "inferenceTime": "2026-03-01T12:00:00Z"},
        "eventVersion": "0",
    }


def test_custom_attributes_are_in_the_line():
    captured = call()
    headers = {"x-amzn-sagemaker-custom-attributes": "trace=1"}
    request = HttpRequest("POST", "/invocations", headers)
    with_attributes = CapturedCall(captured.variant, request, captured.answer, None, NOW)
    metadata = json.loads(capture_line(PLAN, with_attributes))["eventMetadata"]
    assert metadata["customAttributes"] == ["trace=1"]


@pytest.mark.parametrize(
    ("direction", "side"), [("Input", "endpointInput"), ("Output", "endpointOutput")]
)
def test_a_line_has_only_the_sides_that_are_wanted(direction, side):
    wanted = CapturePlan(100, "s3://bucket/capture", frozenset({direction}))
    assert list(json.loads(capture_line(wanted, call()))["captureData"]) == [side]


@given(st.binary(), st.sampled_from(["text/csv", "TEXT/CSV; header=absent", "image/png", ""]))
def test_a_body_can_be_had_back_from_its_line(body, content_type):
    line = json.loads(capture_line(PLAN, call(body, content_type)))
    side = line["captureData"]["endpointInput"]
    if side["encoding"] == "CSV":
        assert content_type.lower().startswith("text/csv")
        assert side["data"].encode() == body
    else:
        assert side["encoding"] == "BASE64"
        assert base64.b64decode(side["data"]) == body


def test_batches_are_written_when_full_when_old_and_at_the_end():
    files: list[list[float]] = []
    batches = Batches(lambda calls: files.append([(c.time - NOW).total_seconds() for c in calls]))
    for _ in range(MAX_LINES + 1):
        batches.add(call())
    assert [len(file) for file in files] == [MAX_LINES]
    batches.add(call(seconds=3600))  # of the next hour
    batches.write_older_than(NOW - timedelta(seconds=1))
    assert len(files) == 1
    batches.write_older_than(NOW)
    assert files[1:] == [[0.0]]
    batches.write_all()
    assert files[2:] == [[3600.0]]


def test_each_variant_has_files_of_its_own():
    files: list[set[str]] = []
    batches = Batches(lambda calls: files.append({c.variant.name for c in calls}))
    for name in ("forest", "boosting", "forest"):
        batches.add(call(variant=plan(name)))
    batches.write_all()
    assert files == [{"forest"}, {"boosting"}]


@pytest.fixture
def capture(storage):
    def start(sampling=100, clock=lambda: NOW + timedelta(milliseconds=7)):
        wanted = CapturePlan(sampling, "s3://bucket/capture/", BOTH)
        return Capture(wanted, "iris", storage, clock, seeded(1))

    return start


def offer(capture, times=1):
    captured = call()
    for _ in range(times):
        capture.offer(captured.variant, captured.request, captured.answer, None)


def lines(storage):
    return sum(content.count(b"\n") for content in storage.objects.values())


def test_files_lie_where_aws_puts_them_and_add_up(capture, storage):
    running = capture()
    offer(running, MAX_LINES + 3)
    running.close()
    name = f"s3://bucket/capture/iris/forest/2026/03/01/12/00-00-007-{UUID}.jsonl"
    assert all(re.fullmatch(name, url) for url in storage.objects)
    assert sorted(content.count(b"\n") for content in storage.objects.values()) == [3, MAX_LINES]
    assert set(storage.principals) == {Principal(PrincipalKind.ROLE, ROLE)}


def test_what_is_taken_is_written_soon_though_no_other_call_comes(capture, storage):
    times = [NOW, NOW + MAX_AGE - timedelta(seconds=1)]
    running = capture(clock=lambda: times.pop(0) if times else NOW + MAX_AGE)
    offer(running)
    with storage.written:
        assert storage.written.wait_for(lambda: storage.objects, 10)
    running.close()
    assert lines(storage) == 1


@pytest.mark.parametrize(
    ("sampling", "least", "most"), [(0, 0, 0), (20, 340, 460), (100, 2000, 2000)]
)
def test_a_sample_is_taken(capture, storage, sampling, least, most):
    running = capture(sampling)
    offer(running, 2_000)
    running.close()
    assert least <= lines(storage) <= most


def test_a_bucket_that_is_gone_disturbs_nobody(capture, storage, caplog):
    storage.broken = True
    running = capture()
    offer(running)
    running.close()
    [record] = caplog.records
    assert record.getMessage().startswith("capture of endpoint iris: s3://bucket/capture/iris/")


def test_a_disk_that_is_full_does_not_stop_the_writer(capture, storage, monkeypatch, caplog):
    def full(*_):
        raise OSError("no space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(storage, "put", full)
        running = capture()
        offer(running, MAX_LINES)
        wait_until(lambda: caplog.records)
    offer(running)
    running.close()
    assert lines(storage) == 1
    assert caplog.records[0].getMessage() == "capture of endpoint iris"


def test_calls_that_come_faster_than_they_can_be_written_are_lost(capture, storage, caplog):
    running = capture()
    running._waiting.maxsize = 1
    with storage.written:  # the writer waits for this lock
        offer(running, MAX_LINES * 3)
    running.close()
    assert 0 < lines(storage) < MAX_LINES * 3
    assert caplog.records[0].getMessage() == "capture of endpoint iris: too slow, a call is lost"
