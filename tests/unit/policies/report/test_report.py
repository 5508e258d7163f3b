"""`python -m gateway_policies.report`, as a workflow calls it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.policies.report.recorded import DIGEST, LOG, log_of


def report(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "gateway_policies.report", "--stack", "local"]
    return subprocess.run(
        [*command, *map(str, arguments)], capture_output=True, text=True, check=False
    )


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "events.jsonl"
    path.write_text(text)
    return path


def test_both_reports_are_written_and_the_status_says_that_the_stack_is_blocked(tmp_path):
    markdown, sarif = tmp_path / "a.md", tmp_path / "a.sarif"
    done = report(*("--events", LOG, "--preview", DIGEST, "--markdown", markdown, "--sarif", sarif))
    assert (done.returncode, done.stdout, done.stderr) == (1, "blocked by 1 violation\n", "")
    assert "blocked by 1 violation" in markdown.read_text()
    [run] = json.loads(sarif.read_text())["runs"]
    location = run["results"][0]["locations"][0]["physicalLocation"]
    assert location["artifactLocation"]["uri"] == "components/model_endpoint.py"


@pytest.mark.parametrize(
    ("text", "status"),
    [(log_of(), 0), (log_of(succeeded=False), 1), (log_of(judged=False), 1)],
)
def test_the_status_is_0_only_if_the_policies_have_seen_the_stack_and_pass_it(
    tmp_path, text, status
):
    assert report("--events", written(tmp_path, text)).returncode == status


def test_where_the_policies_have_not_seen_the_whole_stack_no_alerts_are_written(tmp_path):
    events, sarif = written(tmp_path, log_of(judged=False)), tmp_path / "a.sarif"
    report("--events", events, "--sarif", sarif)
    assert not sarif.exists()


def test_where_another_pack_alone_has_seen_the_stack_it_does_not_pass_and_no_alerts_are_written(
    tmp_path,
):
    other = {"policyAnalyzeStackSummaryEvent": {"policyPackName": "theirs"}}
    events, sarif = written(tmp_path, log_of(other, judged=False)), tmp_path / "a.sarif"
    assert report("--events", events, "--sarif", sarif).returncode == 1
    assert not sarif.exists()


def test_a_relative_page_is_linked_in_the_comment_alone(tmp_path):
    markdown, sarif = tmp_path / "a.md", tmp_path / "a.sarif"
    report(*("--events", LOG, "--markdown", markdown, "--sarif", sarif, "--docs", "../policies.md"))
    assert "(<../policies.md#variant-bounded>)" in markdown.read_text()
    assert "../policies.md" not in sarif.read_text()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("none.jsonl", "cannot be read: [Errno 2] No such file or directory"),
        ("text", "line 1 is no event of the engine: it is no JSON"),
        ("cut", "the log ends before the preview did. Run the preview again."),
        ("binary", "cannot be read: 'utf-8' codec can't decode byte 0xff"),
    ],
)
def test_a_file_that_is_no_log_is_named_without_a_traceback(tmp_path, name, said):
    (tmp_path / "text").write_text("hello")
    (tmp_path / "cut").write_text('{"cancelEvent": {}}\n')
    (tmp_path / "binary").write_bytes(b"\xff")
    done = report("--events", tmp_path / name, "--markdown", tmp_path / "a.md")
    assert done.returncode == 2
    assert done.stderr.startswith(f"{tmp_path / name}")
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_file_that_cannot_be_written_or_is_no_preview_is_named(tmp_path):
    nowhere = tmp_path / "none/a.md"
    done = report("--events", LOG, "--markdown", nowhere)
    assert done.returncode == 2
    assert done.stderr.startswith(f"{nowhere} cannot be written: ")
    done = report("--events", LOG, "--preview", LOG, "--sarif", tmp_path / "a.sarif")
    assert done.returncode == 2
    assert "not what pulumi preview --json prints" in done.stderr
