"""Images that were built from other code than this tree's do not run."""

import json

import pytest

from local.published import PUBLISHED, tree_content
from local.sagemaker.images import Images
from local.sagemaker.instance import REPOSITORY, DeploymentError

DIGEST = f"sha256:{'cd' * 32}"
IMAGE = f"123456789012.dkr.ecr.eu-central-1.amazonaws.com/ml-gateway@{DIGEST}"


@pytest.fixture
def publish(tmp_path):
    def publish(files):
        (tmp_path / "ml-gateway").mkdir()
        image = {"digest": DIGEST, "files": files}
        (tmp_path / "ml-gateway" / PUBLISHED).write_text(json.dumps({"dev": {"image": image}}))
        return Images(tmp_path)

    return publish


def test_an_image_that_nobody_published_is_not_judged(tmp_path):
    Images(tmp_path).check(IMAGE)


def test_an_image_of_this_trees_code_runs(publish):
    publish(tree_content(REPOSITORY)["files"]).check(IMAGE)


def test_an_image_of_other_code_is_refused_with_what_differs(publish):
    files = tree_content(REPOSITORY)["files"] | {
        "container/model.py": "ab" * 32,
        "gone.py": "0",
    }
    with pytest.raises(DeploymentError) as refused:
        publish(files).check(IMAGE)
    assert str(refused.value) == (
        f"Image {IMAGE} was built from other code than this tree's: container/model.py, gone.py "
        "differ. Allowed: the code that it was built from, since no image runs on this machine. "
        "Publish this tree (make publish), or check that code out."
    )
