"""Each plan has its limits, and they hold."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor

from tests.acceptance.answers import assert_error
from tests.acceptance.caller import JSON

WAVES = 4
"""Limits are targets, which AWS lets requests overrun for a moment.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html
"""
SPARE = 10


def test_a_plan_has_its_declared_limits(plan, aws):
    client = aws("apigateway")
    pages = client.get_paginator("get_usage_plans").paginate()
    [live] = [each for page in pages for each in page["items"] if each["name"] == plan.name]
    assert live["throttle"] == {"rateLimit": float(plan.rate), "burstLimit": plan.burst}
    quota = live["quota"]
    assert (quota["limit"], quota["period"]) == (plan.quota, "DAY")
    stages = {(stage["apiId"], stage["stage"]) for stage in live["apiStages"]}
    assert stages == {(plan.route.api_id, plan.route.stage)}
    pages = client.get_paginator("get_usage_plan_keys").paginate(usagePlanId=live["id"])
    assert sum(len(page["items"]) for page in pages) == len(plan.clients)


def test_more_at_once_than_a_plan_allows_is_refused(small_plan, caller):
    at_once = small_plan.burst + small_plan.rate + SPARE
    body = json.dumps(small_plan.route.body)
    start = threading.Barrier(at_once)

    def one(_: int):
        start.wait()
        headers = {"content-type": JSON}
        return caller.send(small_plan.route, headers, body, client=small_plan.clients[0])

    with ThreadPoolExecutor(at_once) as pool:
        for _ in range(WAVES):
            answers = list(pool.map(one, range(at_once)))
            assert {answer.status for answer in answers} <= {200, 429}
            if refused := [answer for answer in answers if answer.status == 429]:
                break
    assert refused, f"{WAVES * at_once} requests, {at_once} at once, and none refused"
    assert_error(refused[0], 429, "TooManyRequests")
    assert int(refused[0].headers["retry-after"]) > 0
