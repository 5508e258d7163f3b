"""With credentials, a profile and a metadata address planted, nothing leaves the loopback."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.stack.conftest import COMMAND_SECONDS, REPOSITORY, LocalCloud

PLANTED_PROFILE = """
[profile production]
region = us-east-1
role_arn = arn:aws:iam::999999999999:role/admin
source_profile = base
[profile base]
aws_access_key_id = AKIAIOSFODNN7EXAMPLE
aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY
"""

# A default route into a device that counts packets: whatever is not for the loopback shows there.
IN_A_NAMESPACE = """
set -e
ip link set lo up
ip link add out type veth peer name far
echo 1 > /proc/sys/net/ipv6/conf/out/disable_ipv6
echo 1 > /proc/sys/net/ipv6/conf/far/disable_ipv6
ip address add 192.0.2.1/24 dev out
ip link set out up
ip link set far up
ip neighbour add 192.0.2.2 lladdr 02:00:00:00:00:01 dev out
ip route add default via 192.0.2.2
"$@" || exit $?
echo "packets sent: $(awk '$1 == "out:" {print $11}' /proc/net/dev)"
"""

CAN_UNSHARE = (
    shutil.which("unshare") is not None
    and shutil.which("ip") is not None
    and subprocess.run(["unshare", "-rn", "true"], check=False, capture_output=True).returncode == 0
)

GUARD = """
import sys

def refuse(event, arguments):
    if event == "socket.connect" and isinstance(arguments[1], tuple):
        if arguments[1][0] not in ("127.0.0.1", "::1", "localhost"):
            sys.stderr.write(f"LEFT THE LOOPBACK: {arguments[1]}\\n")
            raise PermissionError(arguments[1])

sys.addaudithook(refuse)
"""


@pytest.fixture
def planted(tmp_path: Path) -> dict[str, str]:
    """An environment in which a real account seems to be within reach."""
    home = tmp_path / "user"
    (home / ".aws").mkdir(parents=True)
    (home / ".aws/config").write_text(PLANTED_PROFILE)
    return {
        **os.environ,
        "PYTHONPATH": str(REPOSITORY),
        "HOME": str(home),
        "XDG_CACHE_HOME": os.environ.get("XDG_CACHE_HOME", str(Path.home() / ".cache")),
        "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "AWS_SESSION_TOKEN": "planted",
        "AWS_PROFILE": "production",
        "AWS_ENDPOINT_URL_S3": "http://192.0.2.7",
        "AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://192.0.2.7",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://192.0.2.7/credentials",
        "HTTPS_PROXY": "http://192.0.2.7:3128",
        "http_proxy": "http://192.0.2.7:3128",
        "PULUMI_BACKEND_URL": "s3://production-state",
        "PULUMI_ACCESS_TOKEN": "pul-planted",
    }


@pytest.mark.skipif(not CAN_UNSHARE, reason="this machine lends no network namespace")
def test_in_a_namespace_no_packet_leaves_the_loopback(planted: dict[str, str], tmp_path: Path):
    cloud = [sys.executable, "-m", "local", "--home", str(tmp_path / "home")]
    up = _in_a_namespace(planted, *cloud, "exec", "--", "pulumi", "up", "--yes", "--stack", "local")
    LocalCloud(tmp_path / "home").run("down")
    assert re.search(r"\+ \d+ created", up), up
    assert up.splitlines()[-1] == "packets sent: 0"


@pytest.mark.skipif(not CAN_UNSHARE, reason="this machine lends no network namespace")
def test_the_namespace_does_count_what_leaves(planted: dict[str, str]):
    connect = "import socket; socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.7', 9))"
    assert _in_a_namespace(planted, sys.executable, "-c", connect) == "packets sent: 1\n"


def test_no_python_process_tries_to_leave_the_loopback(planted: dict[str, str], tmp_path: Path):
    (tmp_path / "guard").mkdir()
    (tmp_path / "guard/sitecustomize.py").write_text(GUARD)
    guarded = planted | {"PYTHONPATH": f"{tmp_path / 'guard'}:{REPOSITORY}"}
    command = [sys.executable, "-m", "local", "--home", str(tmp_path / "home")]
    preview = _run(guarded, *command, "exec", "--", "pulumi", "preview", "--stack", "local")
    log = (tmp_path / "home/cloud.log").read_text()
    LocalCloud(tmp_path / "home").run("down")
    assert re.search(r"\+ \d+ to create", preview), preview
    assert "LEFT THE LOOPBACK" not in preview + log


def test_the_guard_does_see_what_leaves(planted: dict[str, str], tmp_path: Path):
    (tmp_path / "sitecustomize.py").write_text(GUARD)
    connect = "import socket; socket.socket().connect(('192.0.2.7', 9))"
    seen = _run(planted | {"PYTHONPATH": str(tmp_path)}, sys.executable, "-c", connect)
    assert "LEFT THE LOOPBACK: ('192.0.2.7', 9)" in seen


def _in_a_namespace(environment: dict[str, str], *command: str) -> str:
    return _run(environment, "unshare", "-rn", "sh", "-c", IN_A_NAMESPACE, "sh", *command)


def _run(environment: dict[str, str], *command: str) -> str:
    return subprocess.run(
        command,
        cwd=REPOSITORY,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=COMMAND_SECONDS,
        check=False,
    ).stdout
