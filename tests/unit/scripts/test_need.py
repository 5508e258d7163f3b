"""scripts/need.sh, with a program in the place of the Pulumi CLI."""

import os
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[3] / "scripts/need.sh"


def need(folder: Path, version: str | None) -> subprocess.CompletedProcess[str]:
    if version:
        program = folder / "pulumi"
        program.write_text(f"#!/bin/sh\necho {version}\n")
        program.chmod(0o755)
    path = f"{folder}:{os.environ['PATH']}"
    if version is None:
        path = ":".join(p for p in path.split(":") if not (Path(p) / "pulumi").exists())
    return subprocess.run(
        ["sh", SCRIPT], env={"PATH": path}, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("version", ["v3.238.0", "v3.238.1", "v3.1000.0", "v4.0.0"])
def test_a_cli_that_fails_an_update_with_its_hooks_is_taken_without_a_word(tmp_path, version):
    done = need(tmp_path, version)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("version", ["v3.237.9", "v3.99.0", "v2.300.0"])
def test_an_older_one_is_refused_with_the_reason(tmp_path, version):
    done = need(tmp_path, version)
    assert done.returncode == 1
    assert done.stderr.startswith(f"pulumi is {version}. Allowed: 3.238.0 or newer, since ")


def test_without_one_the_rehearsal_is_named(tmp_path):
    done = need(tmp_path, None)
    assert done.returncode == 1
    assert "python -m local exec --" in done.stderr
