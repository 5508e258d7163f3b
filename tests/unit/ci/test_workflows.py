"""GitHub's workflows: pinned, with no more rights than they say, and nothing that was not tried."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

REPOSITORY = Path(__file__).parents[3]
WORKFLOWS = sorted((REPOSITORY / ".github/workflows").glob("*.yml"))
PINNED = re.compile(r"[\w.-]+(/[\w.-]+)+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
TARGETS = set(re.findall(r"^([a-z-]+):", (REPOSITORY / "Makefile").read_text(), re.MULTILINE))

pytestmark = pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)


def jobs(path: Path) -> list[dict[str, Any]]:
    return list(yaml.safe_load(path.read_text())["jobs"].values())


def scripts(path: Path) -> list[str]:
    return [step["run"] for job in jobs(path) for step in job["steps"] if "run" in step]


def test_every_action_is_pinned_by_commit_with_its_version(path):
    used = re.findall(r"uses: (.*)", path.read_text())
    assert used
    assert [text for text in used if not PINNED.fullmatch(text)] == []


def test_the_default_token_writes_nothing_and_jobs_ask_for_what_they_need(path):
    workflow = yaml.safe_load(path.read_text())
    assert workflow["permissions"] in ({}, {"contents": "read"})
    for job in jobs(path):
        assert job.get("permissions", {}).get("contents") != "write" or job["environment"]
        assert job["timeout-minutes"] <= 120


def test_no_text_of_others_becomes_part_of_a_script(path):
    expressions = re.findall(r"\$\{\{ *([\w.]+)", "\n".join(scripts(path)))
    assert {text for text in expressions if not text.startswith("steps.")} == set()


def test_what_it_runs_is_a_target_of_the_makefile(path):
    called = re.findall(r"\bmake ([a-z-]+)", "\n".join(scripts(path)))
    assert called
    assert set(called) <= TARGETS


def test_no_key_of_aws_is_stored(path):
    assert "secrets." not in path.read_text()
