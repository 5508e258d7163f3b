"""`python -m publish`: what is recorded, what is said, and what a mistake leaves behind."""

import json
import sys
from pathlib import Path

import pytest
import yaml

from container.content import content_hash
from publish.__main__ import main
from tests.unit.components.artifacts.conftest import write_artifact
from tests.unit.components.config.conftest import MINIMAL
from tests.unit.publish.conftest import DIGEST, Bucket, Registry

PUBLISHED = Path("published.json")
IMAGE = f"other@sha256:{'ef' * 32}"
SETTINGS = {
    "aws:region": "eu-central-1",
    **{f"ml-gateway:{key}": value for key, value in MINIMAL.items() if key != "image"},
}


class Identity:
    """STS."""

    def get_caller_identity(self):
        return {"Account": "123456789012"}


@pytest.fixture
def account():
    """The clients of an account that has this tree's image already."""
    return {"sts": Identity(), "s3": Bucket(), "ecr": Registry()}


@pytest.fixture
def publish(tmp_path, monkeypatch, account):
    """Publishes a project of one stack, dev; answers the exit code."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("boto3.client", lambda name, **_: account[name])
    write_artifact(tmp_path / "build/iris-forest")
    (tmp_path / "container").mkdir()
    (tmp_path / "container/app.py").write_text("a = 1\n")
    Path("Pulumi.yaml").write_text("name: ml-gateway\nruntime: python\n")
    account["ecr"].tags.add(f"{content_hash(tmp_path)}-amd64")

    def publish(stack="dev", **changes):
        config = SETTINGS | {f"ml-gateway:{key}": value for key, value in changes.items()}
        Path("Pulumi.dev.yaml").write_text(yaml.safe_dump({"config": config}))
        monkeypatch.setattr(sys, "argv", ["publish", "--stack", stack])
        return main()

    return publish


def recorded():
    return json.loads(PUBLISHED.read_text())["dev"]


def test_image_and_artifacts_are_recorded_and_the_next_step_is_told(publish, capsys):
    assert publish() == 0
    found = recorded()
    assert found["account"] == "123456789012"
    assert found["image"]["digest"] == DIGEST
    assert list(found["artifacts"]) == ["build/iris-forest"]
    bucket, key = (found["artifacts"]["build/iris-forest"][name] for name in ("bucket", "key"))
    assert bucket == "ml-gateway-artifacts-123456789012-eu-central-1"
    assert capsys.readouterr().out.splitlines() == [
        f"image     ml-gateway@{DIGEST} (amd64)",
        f"artifact  build/iris-forest -> s3://{bucket}/{key}",
        f"Recorded in {PUBLISHED.resolve()}. Next: commit it, make preview STACK=dev",
    ]


def test_no_image_is_looked_for_where_the_config_names_one(publish, account, capsys):
    account["ecr"] = None
    assert publish(image=IMAGE) == 0
    assert recorded()["image"] is None
    assert "image  " not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("stack", "changes", "said"),
    [
        ("gone", {}, "Pulumi.gone.yaml"),
        ("dev", {"endpoints": {}}, "ml-gateway:endpoints"),
    ],
)
def test_a_mistake_publishes_nothing(publish, account, capsys, stack, changes, said):
    assert publish(stack, **changes) == 1
    assert said in capsys.readouterr().err
    assert account["s3"].objects == {}
    assert not PUBLISHED.exists()


def test_an_account_that_cannot_be_used_leaves_the_record_as_it_was(publish, account, capsys):
    assert publish() == 0
    before = PUBLISHED.read_bytes()
    account["s3"].fault = "403"
    assert publish() == 1
    assert "Run make bootstrap first" in capsys.readouterr().err
    assert PUBLISHED.read_bytes() == before
