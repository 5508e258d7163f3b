"""The commands of the documentation, run in the order of its pages against the local cloud."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stack.conftest import REPOSITORY

COMMAND_SECONDS = 300
AGREED = ".venv/bin/python -m local exec -- env PULUMI_SKIP_CONFIRMATIONS=true"
"""Meets the local cloud, and does not ask where a person would be asked."""
BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A clone, with the packages and the model that this one has already."""
    tree = tmp_path_factory.mktemp("docs") / "ml-gateway"
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=REPOSITORY,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    for name in filter(None, listed.split("\0")):
        if (REPOSITORY / name).is_file():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(REPOSITORY / name, tree / name)
    (tree / ".venv").symlink_to(REPOSITORY / ".venv")
    shutil.copytree(REPOSITORY / "build/iris-forest", tree / "build/iris-forest")
    yield tree
    assert _run(tree, "make down").returncode == 0


def commands(page: str) -> list[str]:
    """The lines of a page's sh blocks."""
    text = (REPOSITORY / page).read_text()
    return [line for block in BLOCK.findall(text) for line in block.splitlines()]


@pytest.mark.nightly
def test_getting_started_on_one_machine(tree: Path):
    for command in commands("docs/getting-started.md"):
        done = _run(tree, command)
        assert done.returncode == 0, f"{command}\n{done.stdout}"


@pytest.mark.nightly
def test_a_review_on_one_machine(tree: Path):
    for command in commands("docs/review.md"):
        done = _run(tree, command)
        assert done.returncode == 0, f"{command}\n{done.stdout}"
    assert "passes the policies" in (tree / "build/preview-local.md").read_text()


@pytest.mark.nightly
def test_the_first_deploy_and_day_two_in_one_account(tree: Path):
    before = _files(tree)
    clients = []
    for command in [*commands("docs/deploy.md"), *commands("docs/day-two.md")]:
        rehearsed = command.startswith("make ") and command != "make bootstrap"
        done = _run(tree, f"{AGREED} {command}" if rehearsed else command)
        assert done.returncode == 0, f"{command}\n{done.stdout}"
        if command == "make up STACK=dev":
            clients.append(_clients(tree))
    first, second = "data-science", "data-science-2"
    assert clients == [{first}, {first}, {first, second}, {second}]
    changed = {name for name, text in _files(tree).items() if text != before.get(name)}
    assert changed == {"Pulumi.dev.yaml"}  # which the page says to change


@pytest.mark.nightly
@pytest.mark.parametrize("stack", ["staging", "prod"])
def test_every_stack_goes_the_way_of_the_first_deploy(tree: Path, stack: str):
    before = _files(tree)
    for step in ("bootstrap", "publish", "preview", "report", "up", "acceptance"):
        command = "make bootstrap" if step == "bootstrap" else f"{AGREED} make {step} STACK={stack}"
        done = _run(tree, command)
        assert done.returncode == 0, f"{command}\n{done.stdout}"
    assert _files(tree) == before


def _clients(tree: Path) -> set[str]:
    """Who has a key of the stack dev."""
    shown = _run(tree, f"{AGREED} pulumi stack output apiKeys --json --show-secrets --stack dev")
    return set(json.loads(shown.stdout[shown.stdout.index("{") :]))


def _run(tree: Path, command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["timeout", str(COMMAND_SECONDS), "sh", "-c", command],  # ends its children as well
        cwd=tree,
        env={**os.environ, "PYTHONPATH": str(tree)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def _files(tree: Path) -> dict[str, bytes]:
    """Everything but what make builds and what the local cloud keeps."""
    built = {".venv", ".local", "build"}
    paths = [path.relative_to(tree) for path in tree.rglob("*") if path.is_file()]
    return {
        str(path): (tree / path).read_bytes()
        for path in paths
        if path.parts[0] not in built and not {"__pycache__", ".pytest_cache"} & set(path.parts)
    }
