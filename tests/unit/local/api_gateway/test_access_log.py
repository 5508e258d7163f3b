import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.api_gateway.access_log import AccessLog, AccessLogFormatError, check_format

FORMAT = '{"id":"$context.requestId","path":"$context.path","ip":"$context.identity.sourceIp"}'


def lines(format_, context):
    written: list[str] = []
    AccessLog(format_, written.append).write(context)
    return written


@given(st.text(), st.text())
def test_a_client_cannot_break_out_of_its_field_or_its_line(path, source_ip):
    context = {"requestId": "r", "path": path, "identity": {"sourceIp": source_ip}}
    [line] = lines(FORMAT, context)
    assert json.loads(line) == {"id": "r", "path": path or "-", "ip": source_ip or "-"}
    assert len(line.splitlines()) == 1


def test_a_path_that_imitates_a_record_stays_one_value():
    forged = '/x","status":"200"}\n{"id":"forged'
    [line] = lines(FORMAT, {"requestId": "r", "path": forged})
    assert json.loads(line) == {"id": "r", "path": forged, "ip": "-"}


def test_an_unknown_or_absent_variable_is_a_dash():
    assert lines("$context.requestId $context.nope $context.a.b-$context.status", {
        "requestId": "r", "status": 0,
    }) == ["r - --0"]  # fmt: skip


def test_a_log_takes_no_format_that_fails_the_check():
    with pytest.raises(AccessLogFormatError):
        AccessLog("$context.status", print)


def test_a_format_passes_the_check_without_a_log():
    check_format(FORMAT)


def test_a_format_needs_the_request_id():
    with pytest.raises(AccessLogFormatError) as refusal:
        check_format("$context.status")
    assert str(refusal.value) == (
        "access log format: '$context.status' has no $context.requestId, which AWS requires. "
        "Add it."
    )


@pytest.mark.parametrize("ending", ["\n", "\r"])
def test_a_format_is_one_line(ending):
    with pytest.raises(AccessLogFormatError) as refusal:
        check_format(f"$context.requestId{ending}")
    assert str(refusal.value) == (
        "access log format: it has several lines. Allowed: one line. Join them."
    )
