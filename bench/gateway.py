"""What the local gateway adds to a request: the same body through it and straight to a container.

`python -m bench.gateway` prints a table and writes bench/results/gateway.json.
"""

import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from bench.local_cloud import REPOSITORY, LocalCloud, local_cloud, write

BODY = b'{"instances": [[5.1, 3.5, 1.4, 0.2]]}'
REQUESTS = 2_000
ROUNDS = 3
MANY_CONNECTIONS = 64
START_SECONDS = 60.0


@dataclass(frozen=True)
class Target:
    """Where requests go."""

    url: str
    headers: dict[str, str]


def main() -> int:
    """Measures, prints, writes."""
    with container() as direct, local_cloud() as cloud:
        figures = measured({"container": direct, "gateway": local_route(cloud)})
    added = figures["gateway"]["p50_ms"] - figures["container"]["p50_ms"]
    for name, row in figures.items():
        print("  ".join([f"{name:<10}", *(f"{key} {value:8.2f}" for key, value in row.items())]))
    print(f"the gateway adds {added:.2f} ms at the median of one connection")
    write("gateway", {**figures, "added_p50_ms": added})
    return 0


def measured(targets: dict[str, Target]) -> dict[str, dict[str, float]]:
    """Medians of several rounds, in which the targets take turns."""
    for target in targets.values():
        latencies(target, REQUESTS // 10)  # warm
    one: dict[str, list[list[float]]] = {name: [] for name in targets}
    many: dict[str, list[float]] = {name: [] for name in targets}
    for _ in range(ROUNDS):
        for name, target in targets.items():
            one[name].append(latencies(target, REQUESTS))
            many[name].append(requests_per_second(target))
    return {
        name: {
            "p50_ms": statistics.median(statistics.median(times) for times in rounds) * 1000,
            "p99_ms": statistics.median(statistics.quantiles(r, n=100)[98] for r in rounds) * 1000,
            f"per_second_{MANY_CONNECTIONS}": statistics.median(many[name]),
        }
        for name, rounds in one.items()
    }


def latencies(target: Target, requests: int) -> list[float]:
    """Seconds of each request over one connection."""
    address = urlsplit(target.url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port)
    times = []
    for _ in range(requests):
        started = time.perf_counter()
        connection.request("POST", address.path, BODY, target.headers)
        answer = connection.getresponse()
        text = answer.read()
        times.append(time.perf_counter() - started)
        if answer.status != 200:
            raise SystemExit(f"{target.url} answered {answer.status}: {text.decode()[:200]}")
    connection.close()
    return times


def requests_per_second(target: Target) -> float:
    """Over many connections at once."""
    each = REQUESTS // MANY_CONNECTIONS
    started = time.perf_counter()
    with ThreadPoolExecutor(MANY_CONNECTIONS) as pool:
        for future in [pool.submit(latencies, target, each) for _ in range(MANY_CONNECTIONS)]:
            future.result()
    return each * MANY_CONNECTIONS / (time.perf_counter() - started)


@contextmanager
def container() -> Iterator[Target]:
    """The container's server, alone, as an instance of the local cloud runs it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "container", "serve"],
        cwd=REPOSITORY,
        env={
            **os.environ,
            "MODEL_DIR": str(REPOSITORY / "build/iris-forest"),
            "BIND_HOST": "127.0.0.1",
            "SAGEMAKER_BIND_TO_PORT": str(port),
        },
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(process, port)
        headers = {"content-type": "application/json"}
        yield Target(f"http://127.0.0.1:{port}/invocations", headers)
    finally:
        process.terminate()
        process.wait()


def local_route(cloud: LocalCloud) -> Target:
    """The first route of the local stack."""
    cloud.run("exec", "--", "pulumi", "up", "--yes", "--stack", "local")
    route = json.loads(cloud.run("routes"))[0]
    return Target(route["url"], route["headers"])


def _wait_for(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise SystemExit("the container did not start; is there a build/iris-forest? Build: make up")


if __name__ == "__main__":
    sys.exit(main())
