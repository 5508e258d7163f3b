"""The real engine and a real local cloud, in folders of the test's own, driven as a user would."""

import json
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import boto3
import pytest
import urllib3
import yaml

REPOSITORY = Path(__file__).resolve().parents[2]
COMMAND_SECONDS = 300
SOON_SECONDS = 90.0
T = TypeVar("T")


@dataclass(frozen=True)
class LocalCloud:
    """A local cloud with a home of its own. tree: the project whose local/ and container/ run."""

    home: Path
    tree: Path = REPOSITORY

    def run(
        self,
        *arguments: str,
        folder: Path = REPOSITORY,
        environment: Mapping[str, str] = os.environ,
    ) -> subprocess.CompletedProcess[str]:
        """`python -m local ARGUMENTS` in a folder; its output is one text."""
        return subprocess.run(
            [sys.executable, "-m", "local", "--home", str(self.home), *arguments],
            cwd=folder,
            env={**environment, "PYTHONPATH": str(self.tree)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=COMMAND_SECONDS,
            check=False,
        )

    def pulumi(
        self, *arguments: str, folder: Path = REPOSITORY
    ) -> subprocess.CompletedProcess[str]:
        """`pulumi ARGUMENTS` against this cloud."""
        return self.run("exec", "--", "pulumi", *arguments, folder=folder)

    def up(self, folder: Path = REPOSITORY) -> subprocess.CompletedProcess[str]:
        """`pulumi up` of the local stack."""
        return self.pulumi("up", "--yes", "--stack", "local", folder=folder)

    def plan(self, folder: Path = REPOSITORY) -> set[str]:
        """What `pulumi up` of the local stack would do, as "update Endpoint iris"."""
        preview = self.pulumi("preview", "--stack", "local", "--json", folder=folder)
        assert preview.returncode == 0, preview.stdout
        steps = json.loads(preview.stdout[preview.stdout.index("{") :])["steps"]
        return {
            f"{step['op']} {kind.rpartition(':')[2]} {name}"
            for step in steps
            if step["op"] != "same"
            for kind, name in [step["urn"].split("::")[2:]]
        }

    def accept(self, folder: Path = REPOSITORY) -> subprocess.CompletedProcess[str]:
        """The black-box tests of tests/acceptance against the local stack, which is up."""
        outputs = self.home.with_name("outputs.json")
        command = ("stack", "output", "--json", "--show-secrets", "--stack", "local")
        outputs.write_text(self.pulumi(*command, folder=folder).stdout)
        return self.run(
            *("exec", "--", "pytest", "tests/acceptance", "--quiet", "--outputs", str(outputs)),
            folder=folder,
        )

    def client(self, service: str) -> Any:
        """An unmodified boto3 client, pointed at this cloud."""
        state = json.loads((self.home / "state.json").read_text())
        return boto3.client(
            service,
            endpoint_url=state["api_url"],
            region_name="eu-central-1",
            aws_access_key_id="local",
            aws_secret_access_key="local",
        )

    def resources(self, stack: str = "local") -> list[dict[str, Any]]:
        """The resources in the engine's state of a stack."""
        exported = self.pulumi("stack", "export", "--stack", stack).stdout
        return list(json.loads(exported)["deployment"].get("resources", []))


@dataclass(frozen=True)
class Route:
    """The route of the local stack."""

    url: str
    key: str

    def post(
        self, body: str | bytes, content_type: str | None = "application/json", **headers: str
    ) -> urllib3.BaseHTTPResponse:
        """Sends a body with the API key."""
        sent = {"x-api-key": self.key, **headers}
        if content_type:
            sent["content-type"] = content_type
        return urllib3.request("POST", self.url, body=body, headers=sent, retries=False)


def project_with(folder: Path, config: Mapping[str, Any]) -> Path:
    """A copy of our project by links, whose local stack has some other config values."""
    folder.mkdir()
    for entry in REPOSITORY.iterdir():
        if not entry.name.startswith(("Pulumi.", ".local")):
            (folder / entry.name).symlink_to(entry)
    (folder / "Pulumi.yaml").write_text((REPOSITORY / "Pulumi.yaml").read_text())
    settings = yaml.safe_load((REPOSITORY / "Pulumi.local.yaml").read_text())
    if "ml-gateway:endpoints" in config:
        # Who has one variant cannot choose.
        for route in settings["config"]["ml-gateway:direct"]["routes"].values():
            del route["targetVariant"]
    settings["config"] |= config
    (folder / "Pulumi.local.yaml").write_text(yaml.safe_dump(settings))
    return folder


def write_wine() -> None:
    """Makes the artifact build/wine, a second model, by the program in docs/models.md."""
    page = (REPOSITORY / "docs/models.md").read_text()
    [program] = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    shutil.rmtree(REPOSITORY / "build/wine", ignore_errors=True)
    subprocess.run([sys.executable, "-c", program], cwd=REPOSITORY, env=environment, check=True)


def tree_with_server(folder: Path, config: Mapping[str, Any]) -> Path:
    """As project_with, and misbehaving_server.py serves there in the place of the model server."""
    tree = project_with(folder, config)
    for name in ("local", "container"):  # a module finds its neighbours behind a link
        (tree / name).unlink()
        shutil.copytree(REPOSITORY / name, tree / name)
    shutil.copy(
        Path(__file__).with_name("misbehaving_server.py"), tree / "container/server/serve.py"
    )
    return tree


def soon(check: Callable[[], T]) -> T:
    """The first true answer of a check, or the last one."""
    deadline = time.monotonic() + SOON_SECONDS
    while not (answer := check()) and time.monotonic() < deadline:
        time.sleep(0.2)
    return answer


@contextmanager
def steady_traffic(send: Callable[[], int]) -> Iterator[list[int]]:
    """Statuses of requests that are sent one after the other all the while."""
    statuses: list[int] = []
    done = threading.Event()

    def run() -> None:
        while not done.is_set():
            statuses.append(send())

    sender = threading.Thread(target=run)
    sender.start()
    try:
        yield statuses
    finally:
        done.set()
        sender.join()


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    """A local cloud for the whole session."""
    cloud = LocalCloud(tmp_path_factory.mktemp("cloud") / "home")
    yield cloud
    assert cloud.run("down").returncode == 0


@pytest.fixture
def own_cloud(tmp_path: Path) -> Iterator[LocalCloud]:
    """A local cloud for one test, which may break it."""
    cloud = LocalCloud(tmp_path / "home")
    yield cloud
    cloud.run("down")


@pytest.fixture(scope="session")
def route(cloud: LocalCloud) -> Route:
    """The one route of the local stack, which is up."""
    up = cloud.up()
    assert up.returncode == 0, up.stdout
    [route] = json.loads(cloud.run("routes").stdout)
    return Route(route["url"], route["headers"]["x-api-key"])
