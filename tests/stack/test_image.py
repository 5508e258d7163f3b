"""The container image: built for real, and run as SageMaker would run it, but with fewer rights.

No registry of images is needed: debootstrap makes the base, buildah builds without a daemon, and a
mount namespace with a read-only root and an unprivileged user stands for the container.
"""

import filecmp
import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from container.content import content_files, content_hash
from local.engine.cache import cache_root
from tests.stack.conftest import REPOSITORY

TOOLS = ("buildah", "debootstrap")

pytestmark = [
    pytest.mark.nightly,
    pytest.mark.skipif(
        os.geteuid() != 0 or not all(map(shutil.which, TOOLS)),
        reason=f"needs root, and on Debian or Ubuntu: apt-get install {' '.join(TOOLS)}",
    ),
]

BASE = "localhost/bookworm:python3"
PACKAGES = "python3,python3-pip,python3-venv,ca-certificates"
ROWS = [[5.1, 3.5, 1.4, 0.2], [6.7, 3.1, 4.4, 1.4], [6.3, 3.3, 6.0, 2.5]]
LABELS = ["setosa", "versicolor", "virginica"]
NOBODY = 65534
BUILD_SECONDS = 1200
START_SECONDS = 60
KILL_SECONDS = 30
"""What SageMaker waits for after SIGTERM."""

CONTAINER = """
set -eu
root=$1 ml=$2 folder=$3
shift 3
mount --bind "$root" "$root"
mount -o remount,bind,ro "$root"
mount --rbind /dev "$root/dev"
mount -t proc proc "$root/proc"
mount -t tmpfs tmpfs "$root/tmp"
mount -t tmpfs tmpfs "$root/opt"
mkdir "$root/opt/ml"
mount --bind "$ml" "$root/opt/ml"
mount -o remount,ro "$root/opt"
exec chroot --userspec=65534:65534 "$root" env --ignore-environment --chdir="$folder" "$@"
"""
"""sh -c ... ROOT ML FOLDER NAME=VALUE... COMMAND... in namespaces of its own; ML is /opt/ml."""


@dataclass(frozen=True)
class Image:
    """An image that is mounted. root: its file system. config: by the OCI's specification."""

    root: Path
    config: Mapping[str, Any]

    @contextmanager
    def running(
        self, *command: str, ml: Path, log: Path, **environment: str
    ) -> Iterator[subprocess.Popen[bytes]]:
        """A command as process 1, as nobody; only /tmp, and what of /opt/ml is nobody's, can be
        written."""
        variables = [
            *self.config["Env"],
            *(f"{name}={value}" for name, value in environment.items()),
        ]
        arguments = [str(self.root), str(ml), self.config["WorkingDir"], *variables, *command]
        with log.open("wb") as output:
            process = subprocess.Popen(
                ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", CONTAINER]
                + ["sh", *arguments],
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            yield process
        finally:
            process.kill()
            process.wait()

    def run(self, *arguments: str, ml: Path, log: Path) -> int:
        """What `docker run IMAGE ARGUMENTS` does; returns the exit code."""
        with self.running(*self.config["Entrypoint"], *arguments, ml=ml, log=log) as process:
            return process.wait(timeout=BUILD_SECONDS)


class Buildah:
    """buildah with a storage of its own. folder: an empty one, for all that it keeps."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        settings = folder / "storage.conf"
        settings.write_text(
            f'[storage]\ndriver = "vfs"\ngraphroot = "{folder}/graph"\nrunroot = "{folder}/run"\n'
        )
        tools = folder / "bin"  # nothing else that builds images
        tools.mkdir()
        (tools / "buildah").symlink_to(shutil.which("buildah") or "")
        self._environment = os.environ | {
            "PATH": str(tools),
            "CONTAINERS_STORAGE_CONF": str(settings),
            "BUILDAH_ISOLATION": "chroot",
            "ARCHITECTURE": _output("dpkg", "--print-architecture"),
        }

    def __call__(self, *arguments: str) -> str:
        """Its output; fails the test if it fails."""
        return _output("buildah", *arguments, env=self._environment)

    def inspect(self, image: str) -> Mapping[str, Any]:
        """What an image says of itself, by the OCI's specification."""
        described = json.loads(self("inspect", "--type", "image", image))
        specified: Mapping[str, Any] = described["OCIv1"]
        return specified

    def base(self, archive: Path) -> None:
        """Brings BASE here: Debian with its own Python, from Debian's packages, kept in a file."""
        if not archive.exists():
            root = self._folder / "rootfs"
            options = ("--variant=minbase", f"--include={PACKAGES}")
            _output("debootstrap", *options, "bookworm", str(root))
            name = self("from", "scratch")
            self("add", "--quiet", name, str(root), "/")
            self("commit", "--rm", name, BASE)
            archive.parent.mkdir(parents=True, exist_ok=True)
            partial = archive.with_suffix(f".{os.getpid()}")
            self("push", BASE, f"oci-archive:{partial}")
            partial.rename(archive)
        self("tag", self("pull", "--quiet", f"oci-archive:{archive}"), BASE)

    def image(self, tree: Path, pip: Path) -> str:
        """Builds a tree's image as `make image` does; returns its ID.

        pip: a file of pip's settings, for the time of the build.
        """
        volumes = [f"{pip}:/etc/pip.conf:ro"]
        if certificate := re.search(r"^cert = (.+)$", pip.read_text(), re.MULTILINE):
            volumes.append(f"{certificate[1]}:{certificate[1]}:ro")
        built = _output(
            *("scripts/image.sh", "--build-arg", f"BASE={BASE}"),
            *(argument for volume in volumes for argument in ("--volume", volume)),
            cwd=tree,
            env=self._environment,
        )
        tag = built.splitlines()[-1]
        assert tag == f"ml-gateway:{content_hash(tree)}"
        return str(json.loads(self("inspect", "--type", "image", tag))["FromImageID"])


def _output(*command: str, **options: Any) -> str:
    finished = subprocess.run(
        command, capture_output=True, text=True, timeout=BUILD_SECONDS, check=False, **options
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr
    return str(finished.stdout).strip()


@pytest.fixture(scope="module")
def pip_settings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """How pip reaches its index from this machine."""
    listed = _output(f"{sys.base_prefix}/bin/python3", "-m", "pip", "config", "list")
    wanted = r"^(?:global|install|:env:)\.(cert|index-url|extra-index-url|proxy)='(.*)'$"
    settings = dict(re.findall(wanted, listed, re.MULTILINE))
    path = tmp_path_factory.mktemp("pip") / "pip.conf"
    path.write_text("[global]\n" + "".join(f"{key} = {settings[key]}\n" for key in settings))
    return path


@pytest.fixture(scope="module")
def buildah(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Buildah]:
    folder = tmp_path_factory.mktemp("buildah")
    buildah = Buildah(folder)
    buildah.base(cache_root(os.environ).parent / "image/bookworm.tar")
    yield buildah
    shutil.rmtree(folder)  # some gigabytes


@pytest.fixture(scope="module")
def image_id(buildah: Buildah, pip_settings: Path) -> str:
    return buildah.image(REPOSITORY, pip_settings)


@pytest.fixture(scope="module")
def image(buildah: Buildah, image_id: str) -> Image:
    root = buildah("mount", buildah("from", image_id))
    return Image(Path(root), buildah.inspect(image_id)["config"])


@pytest.fixture
def ml(tmp_path: Path) -> Path:
    """/opt/ml as SageMaker hands it over; what a training writes belongs to nobody."""
    folder = tmp_path / "ml"
    for name in ("input/config", "input/data/training", "model", "output"):
        (folder / name).mkdir(parents=True)
    for name in ("model", "output"):
        os.chown(folder / name, NOBODY, NOBODY)
    return folder


def test_the_image_holds_the_tree_without_a_compiler(
    image: Image, capsys: pytest.CaptureFixture[str]
):
    assert content_files(image.root / "srv/ml-gateway") == content_files(REPOSITORY)
    programs = {
        path.name
        for folder in ("bin", "usr/bin", "usr/local/bin", "srv/ml-gateway/venv/bin")
        for path in (image.root / folder).glob("*")
    }
    assert "env" in programs
    assert not programs & {"cc", "gcc", "g++", "c++", "clang", "ld", "as", "make", "go", "rustc"}
    assert not list((image.root / "root").glob(".cache/*"))
    megabytes = _megabytes(image.root)
    with capsys.disabled():
        sys.stdout.write(
            f"\nimage: {megabytes} MB, of them {_megabytes(image.root / 'srv')} ours\n"
        )
    assert megabytes < 1000


def _megabytes(folder: Path) -> int:
    return int(_output("du", "--summarize", "--block-size=1M", "-x", str(folder)).split()[0])


def test_the_container_of_this_test_is_as_narrow_as_it_says(image: Image, ml: Path, tmp_path: Path):
    script = """
import os, pathlib
print(os.getpid(), os.getuid())
for path in ("/srv/ml-gateway/x", "/etc/x", "/opt/x", "/opt/ml/x"):
    try:
        pathlib.Path(path).touch()
    except OSError as error:
        print(path, error.strerror)
pathlib.Path("/tmp/x").touch()
"""
    python = image.config["Entrypoint"][0]
    with image.running(python, "-c", script, ml=ml, log=tmp_path / "log") as process:
        assert process.wait(timeout=START_SECONDS) == 0
    assert (tmp_path / "log").read_text().splitlines() == [
        "1 65534",
        "/srv/ml-gateway/x Read-only file system",
        "/etc/x Read-only file system",
        "/opt/x Read-only file system",
        "/opt/ml/x Permission denied",
    ]


def test_the_image_trains_a_model_and_serves_it_until_sigterm(
    image: Image, ml: Path, tmp_path: Path
):
    (ml / "input/data/training").rmdir()
    trained = image.run("train", ml=ml, log=tmp_path / "train.log")
    assert trained == 0, (tmp_path / "train.log").read_text()
    made = REPOSITORY / "build/iris-forest"
    names = sorted(path.name for path in made.iterdir())
    assert filecmp.cmpfiles(made, ml / "model", names, shallow=False) == (names, [], [])

    port = _free_port()
    log = tmp_path / "serve.log"
    serve = [*image.config["Entrypoint"], "serve"]
    variables = {"BIND_HOST": "127.0.0.1", "SAGEMAKER_BIND_TO_PORT": str(port)}
    with image.running(*serve, ml=ml, log=log, **variables) as process:
        _wait_until_ready(process, port, log)
        status, body = _call(port, "POST", "/invocations", json.dumps({"instances": ROWS}))
        assert status == 200
        assert [item["label"] for item in json.loads(body)["predictions"]] == LABELS
        started = time.monotonic()
        os.kill(_child(process), signal.SIGTERM)
        assert process.wait(timeout=KILL_SECONDS) == 0
        assert time.monotonic() - started < KILL_SECONDS
    assert "Traceback" not in log.read_text()


def test_a_training_that_fails_says_why(image: Image, ml: Path, tmp_path: Path):
    (ml / "input/config/hyperparameters.json").write_text('{"trees": "many"}')
    assert image.run("train", ml=ml, log=tmp_path / "log") == 1
    reason = (ml / "output/failure").read_text()
    assert reason.startswith('hyperparameter trees: "many" is not allowed.')
    assert (tmp_path / "log").read_text() == f"{reason}\n"


def test_a_second_build_of_the_same_files_has_the_same_layers(
    buildah: Buildah, image_id: str, pip_settings: Path, tmp_path: Path
):
    """The images differ in the name of the container that the builder worked in."""
    tree = tmp_path / "tree"
    shutil.copytree(REPOSITORY / "container", tree / "container", copy_function=shutil.copyfile)
    shutil.copytree(REPOSITORY / "scripts", tree / "scripts")
    (tree / ".venv").symlink_to(REPOSITORY / ".venv")
    (tree / "container/model.py").chmod(0o600)
    again = buildah.image(tree, pip_settings)
    assert buildah.inspect(again)["rootfs"] == buildah.inspect(image_id)["rootfs"]


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def _call(port: int, method: str, path: str, body: str = "") -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request(method, path, body, {"Content-Type": "application/json"})
        response = connection.getresponse()
        return response.status, response.read().decode()
    finally:
        connection.close()


def _wait_until_ready(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if _call(port, "GET", "/ping")[0] == 200:
                return
        except OSError:  # not listening yet
            pass
        time.sleep(0.1)
    pytest.fail(f"the server did not start:\n{log.read_text()}")


def _child(process: subprocess.Popen[bytes]) -> int:
    """Process 1 of the namespace, by its number outside."""
    [child] = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return int(child)
