"""What is published and what is not: a stack runs the one, and says what to do about the other."""

import json
from pathlib import Path
from typing import Any

import pytest

from container.content import content_files, content_hash
from tests.stack.conftest import REPOSITORY, LocalCloud, project_with

DIGEST = f"sha256:{'cd' * 32}"


def publication(**image: Any) -> dict[str, Any]:
    """An entry of published.json: this tree's image, but for what is given."""
    own = {
        "digest": DIGEST,
        "architecture": "amd64",
        "content": content_hash(REPOSITORY),
        "files": content_files(REPOSITORY),
    }
    return {"account": "210987654321", "image": own | image, "artifacts": {}}


def published(tmp_path: Path, **image: Any) -> Path:
    """Our project, whose local stack was published for real."""
    project = project_with(tmp_path / "project", {})
    record = {"local": publication(**image)}
    (project / "published.json").write_text(json.dumps(record))
    return project


def test_without_a_publication_a_stack_says_publish_first(cloud: LocalCloud, tmp_path: Path):
    project = project_with(tmp_path / "project", {})
    # Not in the project's shadow, where the local cloud has something for every stack.
    command = f"cd '{project}' && pulumi preview --stack local"
    preview = cloud.run("exec", "--", "sh", "-c", command)
    assert preview.returncode != 0
    assert "Publish first: make publish STACK=local." in preview.stdout
    assert "Traceback" not in preview.stdout


def test_an_image_for_other_machines_stops_the_preview(cloud: LocalCloud, tmp_path: Path):
    preview = cloud.pulumi(
        "preview", "--stack", "local", folder=published(tmp_path, architecture="arm64")
    )
    assert preview.returncode != 0
    said = " ".join(preview.stdout.split())
    assert "machines of amd64. Allowed: machines of arm64, what the published image" in said
    assert "make publish STACK=local" in said
    assert "Traceback" not in said


@pytest.mark.nightly
def test_an_image_of_other_code_is_not_run(own_cloud: LocalCloud, tmp_path: Path):
    other = content_files(REPOSITORY) | {"container/model.py": "ab" * 32}
    up = own_cloud.up(published(tmp_path, files=other))
    assert up.returncode != 0
    said = " ".join(up.stdout.split())
    assert "was built from other code than this tree's: container/model.py differ." in said
    assert "Publish this tree (make publish), or check that code out." in said
    (tmp_path / "project/published.json").unlink()
    mended = own_cloud.up(tmp_path / "project")
    assert mended.returncode == 0, mended.stdout
