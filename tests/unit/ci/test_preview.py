"""The workflow that comments on a pull request, with a program in the place of GitHub's CLI."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from gateway_policies.report.events import read
from gateway_policies.report.markdown import markdown
from tests.unit.policies.report.recorded import log_of

REPOSITORY = Path(__file__).parents[3]
JOBS = yaml.safe_load((REPOSITORY / ".github/workflows/preview.yml").read_text())["jobs"]
[COMMENTING] = [step for step in JOBS["report"]["steps"] if "MARKER" in step.get("env", {})]
MARKER = COMMENTING["env"]["MARKER"].replace("${{ matrix.stack }}", "dev")
GH = """#!/bin/sh
printf '%s\\n' "$*" >> calls
case "$*" in *--paginate*) printf '{found}' ;; esac
"""


def scripts(job: str) -> list[str]:
    return [step["run"] for step in JOBS[job]["steps"] if "run" in step]


def run(folder: Path, script: str, found: str = "") -> list[str]:
    """What `gh` was called with."""
    gh = folder / "gh"
    gh.write_text(GH.format(found=found))
    gh.chmod(0o755)
    environment = {
        "PATH": f"{folder}:{os.environ['PATH']}",
        "GITHUB_REPOSITORY": "acme/shop",
        "GITHUB_STEP_SUMMARY": str(folder / "summary"),
        "NUMBER": "7",
        "STACK": "dev",
        "MARKER": MARKER,
        "RUN": "https://github.com/acme/shop/actions/runs/1",
    }
    command = ["bash", "-eo", "pipefail", "-c", script]  # as GitHub runs them
    subprocess.run(command, cwd=folder, env=environment, check=True)
    calls = folder / "calls"
    return calls.read_text().splitlines() if calls.exists() else []


def commented(folder: Path, found: str = "") -> str:
    """The last call, which writes the comment."""
    return run(folder, scripts("report")[0], found)[-1]


def test_the_job_that_runs_the_pull_request_writes_nothing_and_the_other_runs_nothing_of_it():
    reading, writing = JOBS["preview"], JOBS["report"]
    assert reading["permissions"] == {"contents": "read", "id-token": "write"}
    used = [step.get("uses", "") for step in writing["steps"]]
    assert not [action for action in used if action.startswith("actions/checkout")]
    assert "id-token" not in writing["permissions"]
    assert not re.search(r"\bmake\b|python", "\n".join(scripts("report")))


def test_both_jobs_are_about_the_same_stacks():
    stacks = {job: JOBS[job]["strategy"]["matrix"]["stack"] for job in ("preview", "report")}
    assert stacks["preview"] == stacks["report"]
    assert all((REPOSITORY / f"Pulumi.{stack}.yaml").exists() for stack in stacks["preview"])


def test_a_first_push_writes_a_comment_and_a_later_one_rewrites_it(tmp_path):
    (tmp_path / "preview-dev.md").write_text(markdown(read(log_of()), "dev", ".", ""))
    body = "--field body=@preview-dev.md --silent"
    assert commented(tmp_path) == f"api repos/acme/shop/issues/7/comments {body}"
    assert commented(tmp_path, "11\\n12\\n") == (
        f"api --method PATCH repos/acme/shop/issues/comments/12 {body}"
    )
    assert "passes the policies" in (tmp_path / "summary").read_text()


def test_the_comment_begins_with_the_line_by_which_it_is_found_again():
    assert markdown(read(log_of()), "dev", ".", "").startswith(f"{MARKER}\n")


def test_without_a_report_the_comment_does_not_stay_as_it_was(tmp_path):
    commented(tmp_path)
    report = (tmp_path / "preview-dev.md").read_text()
    assert report.startswith(f"{MARKER}\n### ❌ dev: no report, see [the log](https://github.com/")


@pytest.mark.skipif(not shutil.which("jq"), reason="GitHub's runners have jq")
def test_accepted_exceptions_are_no_alerts(tmp_path):
    results: list[dict[str, Any]] = [{"ruleId": "a"}, {"ruleId": "b", "suppressions": [{}]}]
    sarif = {"version": "2.1.0", "runs": [{"results": results}]}
    (tmp_path / "preview-dev.sarif").write_text(json.dumps(sarif))
    run(tmp_path, scripts("report")[1])
    [found] = json.loads((tmp_path / "alerts.sarif").read_text())["runs"]
    assert found["results"] == [{"ruleId": "a"}]


@pytest.mark.skipif(not shutil.which("jq"), reason="GitHub's runners have jq")
def test_only_a_comment_of_the_workflow_about_this_stack_is_rewritten(tmp_path):
    [query] = re.findall(r"--jq '([^']*)'", scripts("report")[0])
    comments = [
        {"id": number, "user": {"login": login}, "body": body}
        for number, (login, body) in enumerate(
            [
                ("mallory", f"{MARKER}\nhello"),
                ("github-actions[bot]", "<!-- preview of prod in . -->\n"),
                ("github-actions[bot]", f"{MARKER}\r\n### "),
                ("github-actions[bot]", f"> {MARKER}"),
            ]
        )
    ]
    done = subprocess.run(
        ["jq", query],
        input=json.dumps(comments),
        env={**os.environ, "MARKER": MARKER},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "2\n"
