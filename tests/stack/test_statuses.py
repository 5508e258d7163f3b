"""What a client is told when SageMaker, the container or the gateway does not give an answer.

Each row of docs/errors.md that can be brought about here, through HTTP; the container does what
the body says (misbehaving_server.py).
"""

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
import urllib3

from tests.stack.conftest import LocalCloud, Route, tree_with_server

INTERNALS = ("arn:", "Traceback", "LogStream", "OriginalMessage", "/opt/", "secret", "html")
CONCURRENCY = 2
CONFIG = {
    "ml-gateway:endpoints": {
        "iris": {
            "variants": {
                "forest": {
                    "artifact": "build/iris-forest",
                    "instances": {"type": "ml.m5.large", "min": 1, "max": 1},
                }
            },
            "scaling": {"target": "1200/min"},
        },
        "small": {
            "variants": {
                "forest": {
                    "artifact": "build/iris-forest",
                    "serverless": {"memory": "2GB", "concurrency": CONCURRENCY},
                }
            }
        },
    },
    "ml-gateway:direct": {
        "routes": {
            "/iris": {"endpoint": "iris"},
            "/small": {"endpoint": "small"},
        },
        "plans": {
            "ample": {
                "throttle": {"rate": "1000/s", "burst": 1000},
                "quota": "1000000/day",
                "keys": ["client"],
            }
        },
    },
}


@dataclass(frozen=True)
class Routes:
    """The two routes. late: the answer to a request that takes longer than the gateway waits."""

    iris: Route
    small: Route
    late: Callable[[], urllib3.BaseHTTPResponse]


@pytest.fixture(scope="module")
def routes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Routes]:
    """A stack whose container misbehaves on demand."""
    folder = tmp_path_factory.mktemp("statuses")
    tree = tree_with_server(folder / "tree", CONFIG)
    cloud = LocalCloud(folder / "home", tree)
    up = cloud.up(folder=tree)
    assert up.returncode == 0, up.stdout
    found = {
        route["name"]: Route(route["url"], route["headers"]["x-api-key"])
        for route in json.loads(cloud.run("routes").stdout)
    }
    with ThreadPoolExecutor(1) as pool:  # the other tests do not wait for it
        late = pool.submit(_send, found["iris"], "late")
        yield Routes(found["iris"], found["small"], late.result)
    assert cloud.run("down").returncode == 0


@pytest.mark.parametrize(
    ("way", "status", "code"),
    [
        ("ours", 400, "InvalidCell"),
        ("foreign", 502, "ModelFailed"),
        ("page", 502, "ModelFailed"),
        ("long", 502, "ModelFailed"),
        ("trace", 502, "ModelFailed"),
        ("moved", 502, "ModelFailed"),
        ("busy", 503, "ModelUnavailable"),
        ("garbage", 503, "ModelUnavailable"),
        ("cut", 503, "ModelUnavailable"),
        ("silent", 503, "ModelUnavailable"),
    ],
)
def test_what_the_container_answers_becomes_the_clients_status(
    routes: Routes, way: str, status: int, code: str
):
    answer = _send(routes.iris, way)
    assert _error(answer) == (status, code)
    assert ("retry-after" in answer.headers) is (status == 503)


def test_an_error_of_our_own_keeps_its_place(routes: Routes):
    assert _send(routes.iris, "ours").json()["error"] == {
        "code": "InvalidCell",
        "message": "Not a number.",
        "row": 1,
        "column": 2,
    }


def test_a_header_that_sagemaker_refuses_is_answered_with_400(routes: Routes):
    answer = _send(routes.iris, "well", **{"x-amzn-sagemaker-inference-id": "x" * 65})
    assert _error(answer) == (400, "InvalidHeader")


def test_more_requests_than_a_serverless_variant_takes_are_answered_with_429(routes: Routes):
    start = threading.Barrier(8)

    def one(_: int) -> urllib3.BaseHTTPResponse:
        start.wait()
        return _send(routes.small, "slow")

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(one, range(8)))
    assert sorted(answer.status for answer in answers) == [200] * CONCURRENCY + [429] * 6
    refused = next(answer for answer in answers if answer.status == 429)
    assert _error(refused) == (429, "TooManyRequests")
    assert refused.headers["retry-after"]


def test_a_body_that_serverless_does_not_take_is_answered_with_413(routes: Routes):
    answer = _send(routes.small, "x" * (4 * 1024 * 1024 + 1))
    assert _error(answer) == (413, "PayloadTooLarge")


def test_over_10_mb_the_gateway_answers_in_its_own_words(routes: Routes):
    answer = _send(routes.iris, "x" * (10 * 1024 * 1024 + 1))
    assert answer.status == 413
    assert set(answer.json()) == {"message"}  # API Gateway lets nobody shape it


def test_a_model_that_takes_too_long_is_answered_with_504(routes: Routes):
    started = time.monotonic()
    answer = routes.late()
    assert _error(answer) == (504, "ModelTimeout")
    assert "retry-after" not in answer.headers
    assert time.monotonic() - started < 30


def _send(route: Route, body: str, **headers: str) -> urllib3.BaseHTTPResponse:
    sent = {"x-api-key": route.key, "content-type": "text/csv", **headers}
    return urllib3.request("POST", route.url, body=body, headers=sent, retries=False, timeout=40)


def _error(answer: urllib3.BaseHTTPResponse) -> tuple[int, str]:
    """Status and code of an error in the declared form, of which nothing else is in the body."""
    assert answer.headers["content-type"] == "application/json"
    assert not [word for word in INTERNALS if word in answer.data.decode()]
    body: Mapping[str, Mapping[str, str]] = answer.json()
    assert set(body) == {"error"}
    assert set(body["error"]) <= {"code", "message", "row", "column"}
    assert body["error"]["message"]
    return answer.status, body["error"]["code"]
