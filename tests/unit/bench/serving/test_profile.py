import pytest

from bench.serving import profile
from bench.serving.running import ServerError
from container.training.dataset import iris
from container.training.hyperparameters import Hyperparameters
from container.training.train import train


@pytest.fixture
def few(monkeypatch):
    monkeypatch.setattr(profile, "CALLS", 3)
    monkeypatch.setattr(profile, "REPEATS", 1)


def test_every_part_of_a_request_is_timed_both_ways(few, tmp_path):
    train(tmp_path, iris(), Hyperparameters())
    parts = profile.main(tmp_path)
    assert [part.title for part in parts] == [
        "parse the request",
        "predict",
        "predict and write the answer",
        "the application, all of it",
        "a no-op application",
    ]
    assert all(part.repeated > 0 and part.after_packet > 0 for part in parts)


def test_an_artifact_that_is_none_is_named(tmp_path):
    with pytest.raises(ServerError, match="(?s)no profile: .*manifest.json: not found"):
        profile.profile(tmp_path)
