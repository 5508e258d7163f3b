"""Many clients at once, while what answers them is killed, stopped, slowed down and broken."""

import collections
import json
import math
import os
import random
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
import urllib3

from tests.stack.conftest import LocalCloud, Route, project_with, tree_with_server

pytestmark = pytest.mark.nightly

CONNECTIONS = 64
SECONDS = 30.0
REQUESTS = 10_000
INSTANCES = {"type": "ml.m5.large", "min": 2, "max": 2}
CONFIG = {
    "ml-gateway:endpoints": {
        "iris": {
            "variants": {
                "forest": {"artifact": "build/iris-forest", "instances": INSTANCES, "weight": 3},
                "twin": {"artifact": "build/iris-forest", "instances": INSTANCES, "weight": 1},
            },
            "scaling": {"target": "1200/min"},
        }
    },
    "ml-gateway:direct": {
        "routes": {"/iris": {"endpoint": "iris"}},
        "plans": {
            "ample": {
                "throttle": {"rate": "10000/s", "burst": 5000},
                "quota": "100000000/day",
                "keys": ["client"],
            }
        },
    },
}


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    """Two variants of two instances, behind a plan that refuses nothing."""
    folder = tmp_path_factory.mktemp("load")
    cloud = LocalCloud(folder / "home")
    up = cloud.up(folder=project_with(folder / "project", CONFIG))
    assert up.returncode == 0, up.stdout
    yield cloud
    assert cloud.run("down").returncode == 0


@pytest.fixture
def route(cloud: LocalCloud) -> Route:
    """The one route."""
    [found] = json.loads(cloud.run("routes").stdout)
    return Route(found["url"], found["headers"]["x-api-key"])


def test_requests_spread_over_the_variants_by_their_weights(route: Route):
    body = json.dumps({"instances": [[5.1, 3.5, 1.4, 0.2]]})
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: route.post(body), range(REQUESTS)))
    assert {answer.status for answer in answers} == {200}
    twins = sum(a.headers["x-amzn-invoked-production-variant"] == "twin" for a in answers)
    share = 1 / 4
    deviation = math.sqrt(REQUESTS * share * (1 - share))
    assert abs(twins - REQUESTS * share) <= 5 * deviation


@pytest.mark.parametrize("disturbance", ["kill", "stop", "slow down"])
def test_no_answer_is_wrong_mixed_up_or_lost(cloud: LocalCloud, route: Route, disturbance: str):
    daemon = json.loads((cloud.home / "state.json").read_text())["pid"]
    outcomes = _outcomes(route, lambda until: _disturb(DISTURBANCES[disturbance], daemon, until))
    assert set(outcomes) <= {"right", "refused"}, outcomes
    assert outcomes["right"] > 20 * outcomes["refused"], outcomes


def test_nothing_of_a_broken_answer_reaches_a_client(tmp_path: Path):
    tree = tree_with_server(tmp_path / "tree", CONFIG)
    cloud = LocalCloud(tmp_path / "home", tree)
    up = cloud.up(folder=tree)
    assert up.returncode == 0, up.stdout
    [found] = json.loads(cloud.run("routes").stdout)
    route = Route(found["url"], found["headers"]["x-api-key"])
    outcomes = _outcomes(route, lambda until: _break(tree / "container/server/broken", until))
    assert cloud.run("down").returncode == 0
    assert set(outcomes) == {"right", "refused"}, outcomes


def _outcomes(route: Route, disturb: Callable[[float], None]) -> collections.Counter[str]:
    """What becomes of the requests of all connections while they are disturbed."""
    expected = _expected(route)
    outcomes: collections.Counter[str] = collections.Counter()
    done = threading.Event()
    senders = [
        threading.Thread(target=_send, args=(route, body, answer, outcomes, done))
        for body, answer in expected.items()
    ]
    for sender in senders:
        sender.start()
    disturb(time.monotonic() + SECONDS)
    done.set()
    for sender in senders:
        sender.join()
    return outcomes


def _expected(route: Route) -> dict[str, bytes]:
    """A body for each connection, no two alike, with the answer that belongs to it."""
    source = random.Random(64)  # noqa: S311 - a seed, so that a failure can be repeated
    rows = [[round(source.uniform(0.1, 8), 2) for _ in range(4)] for _ in range(CONNECTIONS)]
    bodies = [json.dumps({"instances": [row]}) for row in rows]
    return {body: route.post(body).data for body in bodies}


def _send(
    route: Route,
    body: str,
    answer: bytes,
    outcomes: collections.Counter[str],
    done: threading.Event,
) -> None:
    """One client: the next request follows the last answer."""
    headers = {"x-api-key": route.key, "content-type": "application/json"}
    with urllib3.PoolManager(retries=False, timeout=40) as pool:
        while not done.is_set():
            try:
                got = pool.request("POST", route.url, body=body, headers=headers)
            except urllib3.exceptions.HTTPError as error:
                outcomes[f"lost: {error!r}"] += 1
                continue
            if got.status == 200:
                outcomes["right" if got.data == answer else f"wrong: {got.data!r}"] += 1
            else:
                shaped = got.status >= 500 and set(got.json()["error"]) == {"code", "message"}
                outcomes["refused" if shaped else f"unshaped: {got.status} {got.data!r}"] += 1


def _disturb(disturbance: Callable[[list[int]], None], daemon: int, until: float) -> None:
    while time.monotonic() < until:
        time.sleep(3)
        if containers := _containers(daemon):
            disturbance(containers)


def _break(switch: Path, until: float) -> None:
    """Every other second each process answers most requests with what is no HTTP."""
    while time.monotonic() < until:
        time.sleep(1)
        switch.touch()
        time.sleep(1)
        switch.unlink()


def _kill(containers: list[int]) -> None:
    _signal(random.choice(containers), signal.SIGKILL)  # noqa: S311 - any will do


def _stop(containers: list[int]) -> None:
    _signal(random.choice(containers), signal.SIGSTOP)  # noqa: S311


def _slow_down(containers: list[int]) -> None:
    for _ in range(5):
        for number in (signal.SIGSTOP, signal.SIGCONT):
            for pid in containers:
                _signal(pid, number)
            time.sleep(0.2)


DISTURBANCES = {"kill": _kill, "stop": _stop, "slow down": _slow_down}


def _signal(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)


def _containers(daemon: int) -> list[int]:
    """Every process of the containers: the daemon's process group without itself."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, _, group = stat.read_text().rpartition(")")[2].split()[:3]
            if int(group) == daemon and state not in "ZT":
                found.append(int(stat.parent.name))
    return [pid for pid in found if pid != daemon]
