"""The image of the tree: built and pushed once, recorded with what it was built from."""

import pytest

from container.content import content_files, content_hash
from publish.errors import PublishError
from publish.image import publish_image, run_command
from tests.unit.components.config.conftest import FOREST, MINIMAL, changed, load
from tests.unit.publish.conftest import DIGEST, PASSWORD, Registry


@pytest.fixture
def project(tmp_path):
    (tmp_path / "container").mkdir()
    (tmp_path / "container/app.py").write_text("a = 1\n")
    return tmp_path


def publish(project, registry, config=MINIMAL):
    return publish_image(load(config), project, registry, registry.run, registry.find_tool)


def test_an_image_is_built_pushed_and_recorded_with_what_it_was_built_from(project):
    registry = Registry()
    image = publish(project, registry)
    content = content_hash(project)
    assert image.model_dump() == {
        "digest": DIGEST,
        "architecture": "amd64",
        "content": content,
        "files": content_files(project),
    }
    host = "123456789012.dkr.ecr.eu-central-1.amazonaws.com"
    reference = f"{host}/ml-gateway:{content}-amd64"
    assert registry.commands == [
        (["podman", "login", "--username", "AWS", "--password-stdin", host], PASSWORD),
        (["env", "ARCHITECTURE=amd64", "scripts/image.sh"], ""),
        (["podman", "tag", f"ml-gateway:{content}", reference], ""),
        (["podman", "push", reference], ""),
    ]


def test_an_image_that_the_repository_has_is_not_built_again(project):
    registry = Registry()
    first = publish(project, registry)
    registry.commands.clear()
    registry.tool = ""
    assert publish(project, registry) == first
    assert registry.commands == []


def test_an_image_that_does_not_arrive_is_no_publication(project):
    registry = Registry(loses_images=True)
    with pytest.raises(
        PublishError, match=r"pushed, and the repository does not have it\..*podman"
    ):
        publish(project, registry)


def test_another_file_is_another_image(project):
    registry = Registry()
    first = publish(project, registry)
    (project / "container/app.py").write_text("a = 2\n")
    second = publish(project, registry)
    assert second.content != first.content
    assert len(registry.tags) == 2


def test_the_machines_of_the_stack_decide_the_architecture(project):
    arm = changed((f"{FOREST}.instances.type", "ml.m6g.large"))
    assert publish(project, Registry(), arm).architecture == "arm64"


@pytest.mark.parametrize("code", ["RepositoryNotFoundException", "AccessDeniedException"])
def test_a_repository_that_cannot_be_used_is_named_with_the_fix(project, code):
    registry = Registry(code)
    with pytest.raises(PublishError, match=r"repository ml-gateway .* Run make bootstrap first"):
        publish(project, registry)
    assert registry.commands == []


def test_a_command_that_fails_ends_the_publication():
    with pytest.raises(PublishError, match=r"^false: exit status 1\."):
        run_command(["false"], "")
    run_command(["true"], "")
