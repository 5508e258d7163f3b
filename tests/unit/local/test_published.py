"""published.json in a shadow: every stack has an image."""

import json
import shutil
from pathlib import Path

import pytest

from local.published import PUBLISHED, lay_published, tree_content

REPOSITORY = Path(__file__).parents[3]
FOR_REAL = {
    "account": "210987654321",
    "image": {
        "digest": f"sha256:{'cd' * 32}",
        "architecture": "arm64",
        "content": "ab" * 32,
        "files": {"container/app.py": "ab" * 32},
    },
    "artifacts": {"build/iris": {"bucket": "theirs", "key": "k", "sha256": "ab" * 32}},
}


@pytest.fixture
def project(tmp_path):
    project = tmp_path / "project"
    (project / "container").mkdir(parents=True)
    (project / "container/__init__.py").touch()
    shutil.copy(REPOSITORY / "container/content.py", project / "container")
    return project


@pytest.fixture
def shadow(tmp_path):
    shadow = tmp_path / "shadow"
    shadow.mkdir()
    return shadow


def laid(project, shadow, *stacks):
    lay_published(project, shadow, stacks)
    return json.loads((shadow / PUBLISHED).read_text())


def test_a_project_without_a_container_is_left_alone(tmp_path, shadow):
    lay_published(tmp_path, shadow, ["dev"])
    assert not (shadow / PUBLISHED).exists()


def test_a_stack_of_which_nothing_is_published_has_the_trees_own_code(project, shadow):
    own = tree_content(project)
    assert laid(project, shadow, "dev")["dev"] == {
        "account": "123456789012",
        "image": {"digest": f"sha256:{own['content']}", "architecture": None, **own},
        "artifacts": None,
    }


def test_changed_code_is_another_image(project, shadow):
    first = laid(project, shadow, "dev")["dev"]
    (project / "container/app.py").write_text("a = 1\n")
    assert laid(project, shadow, "dev")["dev"]["image"] != first["image"]


def test_what_was_published_for_real_keeps_its_image_and_not_its_objects(project, shadow):
    (project / PUBLISHED).write_text(json.dumps({"dev": FOR_REAL}))
    for _ in range(2):
        found = laid(project, shadow, "dev", "prod")
        assert found["dev"] == {**FOR_REAL, "account": "123456789012", "artifacts": None}
        assert found["prod"]["image"] != FOR_REAL["image"]


def test_what_was_published_to_this_cloud_stays(project, shadow):
    first = laid(project, shadow, "dev", "prod")
    rehearsed = {**first["dev"], "artifacts": {"build/iris": {"bucket": "ours"}}}
    (shadow / PUBLISHED).write_text(json.dumps({**first, "dev": rehearsed}))
    (project / "container/app.py").write_text("a = 1\n")
    again = laid(project, shadow, "dev", "prod")
    assert again["dev"] == rehearsed
    assert again["prod"] != first["prod"]


def test_the_projects_own_file_never_changes(project, shadow):
    (project / PUBLISHED).write_text(json.dumps({"dev": FOR_REAL}))
    before = (project / PUBLISHED).read_bytes()
    laid(project, shadow, "dev")
    assert (project / PUBLISHED).read_bytes() == before
