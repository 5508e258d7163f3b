import io
import json

import pytest

from local.call_log import CallLog
from local.principal import ANONYMOUS, Principal, PrincipalKind


@pytest.mark.parametrize(
    ("principal", "text"),
    [
        (ANONYMOUS, "anonymous"),
        (Principal(PrincipalKind.API_KEY, "k1"), "api-key:k1"),
        (Principal(PrincipalKind.ROLE, "arn:r"), "role:arn:r"),
    ],
)
def test_a_call_is_one_line_that_says_who_did_what_on_which_resource(principal, text, now):
    stream = io.StringIO()
    log = CallLog(lambda: now, stream)
    log.record(principal, "s3:GetObject", "arn:aws:s3:::b/k", 200)
    assert stream.getvalue().endswith("\n")
    assert json.loads(stream.getvalue()) == {
        "time": "2026-03-01T12:00:00+00:00",
        "principal": text,
        "action": "s3:GetObject",
        "resource": "arn:aws:s3:::b/k",
        "status": 200,
    }


def test_no_resource_can_begin_a_line_of_its_own(now):
    stream = io.StringIO()
    CallLog(lambda: now, stream).record(ANONYMOUS, "a", 'x"}\n{"time":"\u2028', 403)
    [line] = stream.getvalue().splitlines()
    assert json.loads(line)["resource"] == 'x"}\n{"time":"\u2028'
