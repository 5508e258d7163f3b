"""A local cloud from its start to its end."""

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

from tests.stack.conftest import REPOSITORY, LocalCloud, Route


def test_a_dead_container_is_answered_with_503_and_down_leaves_nothing(own_cloud: LocalCloud):
    cloud = own_cloud
    up = cloud.up()
    assert up.returncode == 0, up.stdout
    state = json.loads((cloud.home / "state.json").read_text())
    [found] = json.loads(cloud.run("routes").stdout)
    route = Route(found["url"], found["headers"]["x-api-key"])

    while containers := _group(state["pid"]) - {state["pid"]}:  # a master may replace a worker
        for pid in containers:
            os.kill(pid, signal.SIGKILL)
    answer = route.post(json.dumps(found["body"]))
    assert answer.status == 503
    assert answer.headers["retry-after"] == "2"
    assert answer.json()["error"]["code"] == "ModelUnavailable"

    assert cloud.run("down").stdout == "The local cloud is gone.\n"
    assert not cloud.home.exists()
    assert _group(state["pid"]) == set()
    for url in (state["api_url"], state["gateway_url"]):
        assert not _answers(urlsplit(url).port or 0)
    assert not _answers(state["provider_port"])
    assert cloud.run("down").stdout == "No local cloud runs.\n"
    nothing = cloud.run("routes")
    assert nothing.stdout == "No local cloud runs. Bring the stack up: make up\n"
    assert nothing.returncode == 1
    assert not cloud.home.exists()


def test_a_killed_cloud_is_replaced_by_a_new_one_and_its_containers_end(own_cloud: LocalCloud):
    assert own_cloud.up().returncode == 0
    state = json.loads((own_cloud.home / "state.json").read_text())
    assert _group(state["pid"]) > {state["pid"]}
    os.kill(state["pid"], signal.SIGKILL)
    assert own_cloud.run("up").stdout.startswith("Started ")
    assert _group(state["pid"]) == set()
    assert own_cloud.run("up").stdout.startswith("Reused ")


def test_ctrl_c_lets_a_command_end_in_its_own_way(cloud: LocalCloud):
    script = 'trap "sleep 1; echo ended well; exit 3" INT; echo ready; while :; do sleep 0.1; done'
    command = [sys.executable, "-m", "local", "--home", str(cloud.home), "exec", "--", "sh", "-c"]
    with subprocess.Popen(
        [*command, script],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout
        while process.stdout.readline() != "ready\n":
            pass
        os.killpg(process.pid, signal.SIGINT)
        assert process.stdout.read() == "ended well\n"
    assert process.returncode == 3


def _group(leader: int) -> set[int]:
    """Processes of a process group, zombies left out."""
    found = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, group = stat.read_text().rpartition(")")[2].split()[:3]
        except OSError:
            continue  # it ended meanwhile
        if int(group) == leader and state != "Z":
            found.add(int(stat.parent.name))
    return found


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
