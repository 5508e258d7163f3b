"""scripts/report.sh, with a program in the place of the Pulumi CLI."""

import subprocess
from pathlib import Path

import pytest

from tests.unit.policies.report.recorded import DIGEST, LOG, log_of

REPOSITORY = Path(__file__).parents[3]
REPORTS = ["preview-dev.events.jsonl", "preview-dev.json", "preview-dev.md", "preview-dev.sarif"]
CLI = """#!/bin/sh
[ "$1 $2 $3 $4 $5 $6" = "preview --stack dev --json --show-sames --event-log" ] || exit 99
{log}
echo oops >&2
cat "{digest}"
exit {status}
"""


def report(folder: Path, status: int, log: Path | None) -> subprocess.CompletedProcess[str]:
    (folder / ".venv").symlink_to(REPOSITORY / ".venv")
    copy = f'cp "{log}" "$7"' if log else ""
    cli = folder / "pulumi"
    cli.write_text(CLI.format(log=copy, digest=DIGEST, status=status))
    cli.chmod(0o755)
    return subprocess.run(
        ["sh", REPOSITORY / "scripts/report.sh", "dev", "env", "A=b", cli],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_blocked_preview_makes_its_report_and_keeps_its_status(tmp_path):
    done = report(tmp_path, 255, LOG)
    assert (done.returncode, done.stdout) == (
        255,
        "blocked by 1 violation\nbuild/preview-dev.md\n",
    )
    assert done.stderr == "oops\n"
    assert sorted(path.name for path in (tmp_path / "build").iterdir()) == REPORTS
    assert "(<../docs/policies.md#" in (tmp_path / "build/preview-dev.md").read_text()


@pytest.mark.parametrize(("judged", "status"), [(True, 0), (False, 1)])
def test_a_preview_that_went_well_has_the_status_of_its_verdict(tmp_path, judged, status):
    log = tmp_path / "log"
    log.write_text(log_of(judged=judged))
    assert report(tmp_path, 0, log).returncode == status


def test_no_report_of_before_is_left_where_there_is_none(tmp_path):
    (tmp_path / "build").mkdir()
    for name in REPORTS:
        (tmp_path / "build" / name).write_text("old")
    done = report(tmp_path, 7, None)
    assert (done.returncode, done.stdout) == (7, "")
    assert "preview-dev.events.jsonl cannot be read" in done.stderr
    assert [path.name for path in (tmp_path / "build").iterdir()] == ["preview-dev.json"]
