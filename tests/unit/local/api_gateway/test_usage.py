import json
import threading
from dataclasses import replace

import pytest

from local.api_gateway.gateway_responses import GatewayError, ResponseType
from local.api_gateway.quota import Period, Quota
from local.api_gateway.stage import MethodSettings, Stage
from local.api_gateway.throttle import Limit
from local.api_gateway.usage import ApiKey, Meters, UsagePlan
from local.http import HttpResponse

STAGE = Stage("live", "api123", "123456789012", "eu-central-1")
ONCE = Limit(rate=0, burst=1)


@pytest.fixture
def admitted(settable):
    """How many of so many requests pass before the first that is refused, and why it is."""
    meters = Meters(settable)

    def admitted(key, *, stage=STAGE, path="/iris", method="POST", of=9):
        for passed in range(of):
            try:
                meters.admit(key, stage, path, method)
            except GatewayError as error:
                return passed, error.type
        return of, None

    return admitted


def key(identity="key-1", plan="plan-1", **limits):
    return ApiKey(identity, UsagePlan(plan, **limits))


def test_without_limits_everything_passes(admitted):
    assert admitted(None) == (9, None)
    assert admitted(key()) == (9, None)


def test_a_plan_throttles_each_of_its_keys_over_all_its_stages(admitted):
    throttled = key(throttle=Limit(rate=0, burst=3))
    assert admitted(throttled, of=2) == (2, None)
    assert admitted(throttled, stage=replace(STAGE, name="beta")) == (1, ResponseType.THROTTLED)
    assert admitted(replace(throttled, id="key-2"))[0] == 3


def test_a_plan_throttles_a_method_besides_the_whole(admitted):
    limits = {"throttle": Limit(rate=0, burst=3), "method_throttles": {"/iris/POST": ONCE}}
    assert admitted(key(**limits)) == (1, ResponseType.THROTTLED)
    assert admitted(key(**limits), path="/roses") == (2, ResponseType.THROTTLED)


def test_each_method_of_a_plan_has_a_throttle_of_its_own(admitted):
    limits = {"method_throttles": {"/iris/POST": ONCE, "/roses/POST": ONCE}}
    assert admitted(key(**limits)) == (1, ResponseType.THROTTLED)
    assert admitted(key(**limits), path="/roses") == (1, ResponseType.THROTTLED)


def test_a_stage_throttles_each_method_for_all_callers_together(admitted):
    stage = replace(STAGE, settings={"*/*": MethodSettings(throttle=Limit(rate=0, burst=2))})
    assert admitted(None, stage=stage, of=1) == (1, None)
    assert admitted(key(), stage=stage) == (1, ResponseType.THROTTLED)
    assert admitted(None, stage=stage, path="/roses") == (2, ResponseType.THROTTLED)
    assert admitted(None, stage=stage, method="GET") == (2, ResponseType.THROTTLED)


def test_a_quota_that_is_used_up_says_so_until_it_begins_anew(admitted, settable):
    limited = key(quota=Quota(2, Period.DAY))
    assert admitted(limited) == (2, ResponseType.QUOTA_EXCEEDED)
    settable.pass_by(days=1)
    assert admitted(limited) == (2, ResponseType.QUOTA_EXCEEDED)


def test_a_throttled_request_uses_up_no_quota(admitted, settable):
    limited = key(throttle=Limit(rate=1, burst=1), quota=Quota(2, Period.DAY))
    assert admitted(limited) == (1, ResponseType.THROTTLED)
    assert admitted(limited) == (0, ResponseType.THROTTLED)
    settable.pass_by(seconds=1)
    assert admitted(limited, of=1) == (1, None)
    settable.pass_by(seconds=1)
    assert admitted(limited) == (0, ResponseType.QUOTA_EXCEEDED)


@pytest.mark.parametrize(
    ("limits", "body", "error_type"),
    [
        ({"throttle": Limit(0, 100)}, "Too Many Requests", "TooManyRequestsException"),
        ({"quota": Quota(100, Period.DAY)}, "Limit Exceeded", "LimitExceededException"),
    ],
)
def test_sixty_four_clients_of_one_key_share_exactly_what_it_may_use(
    deploy, request_of, settable, limits, body, error_type
):
    api, backend, lines = deploy(clock=settable, keys={"secret-value": key(**limits)})
    answers: list[HttpResponse] = []

    def send():
        answers.extend(api.handle(request_of()) for _ in range(5))

    threads = [threading.Thread(target=send) for _ in range(64)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    refused = [answer for answer in answers if answer.status == 429]
    assert (len(answers), len(refused), len(backend.calls)) == (320, 220, 100)
    assert {answer.body for answer in refused} == {f'{{"message":"{body}"}}'.encode()}
    assert {answer.headers["x-amzn-errortype"] for answer in refused} == {error_type}
    assert sum(json.loads(line)["status"] == "429" for line in lines) == 220


def test_whoever_is_refused_at_the_door_uses_up_nothing(deploy, request_of, settable):
    limited = key(quota=Quota(1, Period.DAY))
    api, _, _ = deploy(clock=settable, keys={"secret-value": limited})
    assert api.handle(request_of(headers={"x-api-key": "wrong"})).status == 403
    assert api.handle(request_of(path="/live/nowhere")).status == 403
    assert api.handle(request_of()).status == 200
    assert api.handle(request_of()).status == 429
