"""A first `up` that does not come to its end: the next one does, without help."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.stack.conftest import COMMAND_SECONDS, REPOSITORY, LocalCloud, Route

# A disk of its own that is full from the moment when the endpoint is being made.
ON_A_SMALL_DISK = """
set -e
mount -t tmpfs -o size=32m none "$1"
fill() {
    while IFS= read -r line; do
        case $line in *"sagemaker:Endpoint"*creating*)
            dd if=/dev/zero of="$1/rest" bs=4096 2> /dev/null || :
        esac
    done
}
up() { "$2" -m local --home "$1/home" exec -- pulumi up --yes --stack local 2>&1; }
up "$1" "$2" | fill "$1"
test -e "$1/rest"
rm "$1/rest"
up "$1" "$2"
"$2" -m local --home "$1/home" smoke
"$2" -m local --home "$1/home" down
"""

CAN_MOUNT = (
    shutil.which("unshare") is not None
    and subprocess.run(
        ["unshare", "-rm", "mount", "-t", "tmpfs", "none", "/mnt"],
        check=False,
        capture_output=True,
    ).returncode
    == 0
)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT], ids=["a kill", "Ctrl-C"])
def test_after_an_update_was_ended_the_next_one_comes_up(
    own_cloud: LocalCloud, number: signal.Signals
):
    _end_while_the_endpoint_is_made(own_cloud, number)
    up = own_cloud.up()
    assert up.returncode == 0, up.stdout
    [found] = json.loads(own_cloud.run("routes").stdout)
    route = Route(found["url"], found["headers"]["x-api-key"])
    assert route.post(json.dumps(found["body"])).status == 200
    assert " unchanged" in own_cloud.up().stdout


@pytest.mark.skipif(not CAN_MOUNT, reason="this machine lends no mount namespace")
def test_after_the_disk_was_full_the_next_update_comes_up(tmp_path: Path):
    disk = tmp_path / "disk"
    disk.mkdir()
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", ON_A_SMALL_DISK, "sh", str(disk), sys.executable],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=COMMAND_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "-> setosa" in done.stdout


def _end_while_the_endpoint_is_made(cloud: LocalCloud, number: signal.Signals) -> None:
    command = [sys.executable, "-m", "local", "--home", str(cloud.home)]
    with subprocess.Popen(
        [*command, "exec", "--", "pulumi", "up", "--yes", "--stack", "local"],
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout
        for line in process.stdout:
            if "sagemaker:Endpoint" in line and "creating" in line:
                # Ctrl-C reaches every process of the terminal, a kill only the engine.
                if number is signal.SIGINT:
                    os.killpg(process.pid, number)
                else:
                    os.kill(_engine_below(process.pid), number)
                break
        process.stdout.read()
    assert process.returncode != 0


def _engine_below(pid: int) -> int:
    """The engine among the command's children; the other one is the cloud."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    [engine] = [c for c in children if Path(f"/proc/{c}/comm").read_text() == "pulumi\n"]
    return int(engine)
