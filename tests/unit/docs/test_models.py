"""The program in docs/models.md makes an artifact that the server takes."""

import os
import re
import subprocess
import sys
from pathlib import Path

from components.artifacts.artifact import LocalArtifact, pack

REPOSITORY = Path(__file__).parents[3]


def test_the_program_of_the_page_makes_an_artifact(tmp_path):
    page = (REPOSITORY / "docs/models.md").read_text()
    [program] = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    [printed] = re.findall(r"```text\n(.*?)```", page, re.DOTALL)
    # Another processor may round otherwise.
    assert re.sub(r"\d\.\d+", "#", done.stdout) == re.sub(r"\d\.\d+", "#", printed)
    packed = pack(LocalArtifact(tmp_path / "build/wine"), tmp_path / "packed")
    assert len(packed.features) == len(packed.example["instances"][0]) == 13
