"""published.json: what is read back, and what it decides for a stack."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.exceptions import NoCredentialsError

from components.config.stack import ConfigError
from components.published import (
    Publication,
    PublishedError,
    check_account,
    needed_architecture,
    read_publications,
    stack_artifacts,
    stack_image,
    write_publication,
)
from tests.unit.components.config.conftest import FOREST, MINIMAL, MISSING, changed, load

HEX = "ab" * 32
PUBLICATION = Publication.model_validate(
    {
        "account": "123456789012",
        "image": {
            "digest": f"sha256:{HEX}",
            "architecture": "amd64",
            "content": HEX,
            "files": {"container/app.py": HEX},
        },
        "artifacts": {
            "build/iris": {
                "bucket": "models",
                "key": "iris/1/model.tar.gz",
                "sha256": HEX,
                "example": {"instances": [[1.0]]},
                "features": ["width"],
                "card": {"features": [{"name": "width"}], "labels": ["a"], "include": []},
            }
        },
    }
)
WITHOUT_IMAGE = changed(("image", MISSING))


@pytest.fixture
def path(tmp_path):
    return tmp_path / "published.json"


def test_nothing_is_published_without_a_file(path):
    assert read_publications(path) == {}


def test_what_was_written_is_read_and_other_stacks_keep_theirs(path):
    write_publication("prod", PUBLICATION, path)
    other = PUBLICATION.model_copy(update={"account": "210987654321"})
    write_publication("dev", other, path)
    assert read_publications(path) == {"dev": other, "prod": PUBLICATION}


def test_publications_at_once_lose_nobodys(path):
    stacks = [f"stack-{number}" for number in range(20)]
    with ThreadPoolExecutor(len(stacks)) as pool:
        list(pool.map(lambda stack: write_publication(stack, PUBLICATION, path), stacks))
    assert list(read_publications(path)) == sorted(stacks)


def test_a_stack_of_which_nothing_is_published_has_no_artifacts():
    assert stack_artifacts(None) == {}
    assert stack_artifacts(PUBLICATION) == PUBLICATION.artifacts


def test_the_file_is_the_same_text_whatever_was_written_first(path):
    write_publication("prod", PUBLICATION, path)
    write_publication("dev", PUBLICATION, path)
    text = path.read_text()
    path.unlink()
    write_publication("dev", PUBLICATION, path)
    write_publication("prod", PUBLICATION, path)
    assert path.read_text() == text


@pytest.mark.parametrize("text", ["{", "[]", "\xff", "[" * 100_000])
def test_what_is_no_object_is_named_with_the_fix(path, text):
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(PublishedError, match=r"Restore it from the version control") as refused:
        read_publications(path)
    assert str(refused.value).startswith(f"{path}: ")


def test_every_mistake_in_an_entry_is_named(path):
    entry = PUBLICATION.model_dump()
    entry["image"]["digest"] = "latest"
    entry["signed"] = True
    path.write_text(json.dumps({"dev": entry}))
    with pytest.raises(PublishedError) as refused:
        read_publications(path)
    assert "dev:image.digest: " in str(refused.value)
    assert "dev:signed: unknown key" in str(refused.value)


def test_a_stack_runs_the_published_image():
    assert stack_image("dev", load(WITHOUT_IMAGE), PUBLICATION) == f"ml-gateway@sha256:{HEX}"


def test_the_configs_own_image_comes_first():
    assert stack_image("dev", load(MINIMAL), PUBLICATION) == MINIMAL["image"]


@pytest.mark.parametrize("publication", [None, PUBLICATION.model_copy(update={"image": None})])
def test_without_an_image_a_stack_is_told_to_publish_first(publication):
    with pytest.raises(ConfigError) as refused:
        stack_image("dev", load(WITHOUT_IMAGE), publication)
    assert str(refused.value).splitlines()[1] == (
        "  ml-gateway:image: missing, and no image is published for the stack dev. Allowed: an "
        "image by its digest. Publish first: make publish STACK=dev."
    )


def test_machines_that_cannot_run_the_published_image_are_named():
    arm = changed((f"{FOREST}.instances.type", "ml.m6g.large"), base=WITHOUT_IMAGE)
    with pytest.raises(ConfigError) as refused:
        stack_image("dev", load(arm), PUBLICATION)
    assert str(refused.value).splitlines()[1:] == [
        "  ml-gateway:endpoints: machines of arm64. Allowed: machines of amd64, what the published "
        "image was built for. Change the instance types, or publish for arm64: make publish "
        "STACK=dev."
    ]


def test_an_image_that_was_not_built_runs_on_anything():
    assert PUBLICATION.image
    image = PUBLICATION.image.model_copy(update={"architecture": None})
    arm = changed((f"{FOREST}.instances.type", "ml.m6g.large"), base=WITHOUT_IMAGE)
    laid = PUBLICATION.model_copy(update={"image": image})
    assert stack_image("dev", load(arm), laid) == f"ml-gateway@sha256:{HEX}"


def test_a_variant_with_an_image_of_its_own_may_run_on_anything():
    arm = changed(
        (f"{FOREST}.instances.type", "ml.m6g.large"),
        (f"{FOREST}.image", MINIMAL["image"]),
        base=WITHOUT_IMAGE,
    )
    assert needed_architecture(load(arm)) == "amd64"


class Sts:
    """Says whose the credentials are."""

    def __init__(self, account):
        self.account = account

    def get_caller_identity(self):
        if self.account is None:
            raise NoCredentialsError
        return {"Account": self.account}


def test_what_lies_in_another_account_is_not_deployed():
    check_account(None, Sts("210987654321"))
    check_account(PUBLICATION, Sts("123456789012"))
    with pytest.raises(PublishedError) as refused:
        check_account(PUBLICATION, Sts("210987654321"))
    assert str(refused.value) == (
        "published.json: account 123456789012, and the credentials are of 210987654321. "
        "Allowed: one account for both. Use its credentials, or publish to this account."
    )


def test_without_credentials_it_says_to_sign_in():
    with pytest.raises(PublishedError, match=r"^AWS cannot be asked who you are .* Sign in"):
        check_account(PUBLICATION, Sts(None))
