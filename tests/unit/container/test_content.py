"""The hash of what goes into the image: it changes with each of those files, and with no other."""

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from container.content import content_files, content_hash

REPOSITORY = Path(__file__).parents[3]


@pytest.fixture
def tree(tmp_path):
    files = {"container/app.py": "a", "container/Dockerfile": "FROM x", "container/sub/t.vtl": "t"}
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True, parents=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def test_files_are_listed_by_their_path_and_hash(tree):
    assert list(content_files(tree).items()) == [
        ("container/Dockerfile", hashlib.sha256(b"FROM x").hexdigest()),
        ("container/app.py", hashlib.sha256(b"a").hexdigest()),
        ("container/sub/t.vtl", hashlib.sha256(b"t").hexdigest()),
    ]


def test_the_hash_is_that_of_sha256sums_own_listing(tree):
    listing = subprocess.run(
        ["sha256sum", *content_files(tree)], cwd=tree, capture_output=True, check=True
    ).stdout
    assert content_hash(tree) == hashlib.sha256(listing).hexdigest()


@pytest.mark.parametrize("name", ["app.py", "Dockerfile", "sub/t.vtl", "new.py"])
def test_each_file_and_each_name_changes_the_hash(tree, name):
    before = content_hash(tree)
    (tree / "container" / name).write_text("other")
    assert content_hash(tree) != before
    moved = content_hash(tree)
    (tree / "container" / name).rename(tree / "container/renamed.py")
    assert content_hash(tree) != moved


@pytest.mark.parametrize(
    "name", [".app.py.swp", ".cache/app.py", "__pycache__/app.pyc", "sub/__pycache__/x.pyc"]
)
def test_hidden_files_and_caches_do_not(tree, name):
    before = content_hash(tree)
    (tree / "container" / name).parent.mkdir(exist_ok=True)
    (tree / "container" / name).touch()
    assert content_hash(tree) == before


def test_a_checkout_in_a_hidden_folder_hashes_as_any_other(tree, tmp_path_factory):
    hidden = tmp_path_factory.mktemp("at") / ".worktree"
    hidden.mkdir()
    (tree / "container").rename(hidden / "container")
    assert len(content_files(hidden)) == 3


def test_the_command_prints_the_hash_of_its_own_tree():
    command = [sys.executable, "-m", "container.content"]
    printed = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert printed.stdout == f"{content_hash(REPOSITORY)}\n"


def test_the_locked_dependencies_of_the_image_are_those_of_the_project():
    exported = subprocess.run(
        [
            *(f"{sys.prefix}/bin/uv", "export", "--quiet", "--frozen", "--offline"),
            *("--only-group", "container", "--only-group", "training"),
            *("--no-annotate", "--no-header"),
        ],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert (REPOSITORY / "container/requirements.txt").read_text() == exported, "run: make lock"
