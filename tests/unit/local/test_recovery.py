"""What a killed engine leaves behind."""

import json
import os
import subprocess

import pytest

from local.recovery import half_made, locked, release_dead_locks


@pytest.fixture
def dead_pid():
    with subprocess.Popen(["true"]) as process:
        process.wait()
    return process.pid


def lock(backend, pid):
    folder = backend / ".pulumi/locks/organization/ml-gateway/local"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{pid}.json").write_text(json.dumps({"pid": pid, "username": "somebody"}))


def state(backend, stack, latest):
    folder = backend / ".pulumi/stacks/ml-gateway"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{stack}.json").write_text(json.dumps({"checkpoint": {"latest": latest}}))


def pending(*types):
    return {"pending_operations": [{"type": kind, "resource": {}} for kind in types]}


def test_the_lock_of_a_dead_engine_goes(tmp_path, dead_pid):
    lock(tmp_path, dead_pid)
    release_dead_locks(tmp_path)
    assert not locked(tmp_path)


def test_a_lock_that_was_cut_short_goes(tmp_path):
    lock(tmp_path, 1)
    [cut] = tmp_path.rglob("1.json")
    cut.write_text('{"pid"')
    release_dead_locks(tmp_path)
    assert not locked(tmp_path)


def test_the_lock_of_an_engine_that_runs_stays(tmp_path):
    lock(tmp_path, os.getpid())
    lock(tmp_path, 1)  # runs, and may be another user's
    release_dead_locks(tmp_path)
    assert len(list(tmp_path.rglob("*/local/*.json"))) == 2
    assert locked(tmp_path)


def test_a_stack_is_half_made_while_a_creation_is_pending(tmp_path):
    state(tmp_path, "local", pending("creating"))
    state(tmp_path, "dev", pending("updating", "creating"))
    assert half_made(tmp_path) == ["dev", "local"]


@pytest.mark.parametrize("text", ["", '{"checkpoint": {'])
def test_a_stack_whose_state_did_not_fit_on_the_disk_is_half_made(tmp_path, text):
    state(tmp_path, "local", None)
    (tmp_path / ".pulumi/stacks/ml-gateway/local.json").write_text(text)
    assert half_made(tmp_path) == ["local"]


@pytest.mark.parametrize(
    "latest", [None, {}, {"pending_operations": None}, pending("updating", "deleting")]
)
def test_what_the_engine_repairs_itself_is_not_half_made(tmp_path, latest):
    state(tmp_path, "local", latest)
    assert half_made(tmp_path) == []


def test_a_backend_that_is_not_there_yet_has_nothing_to_recover(tmp_path):
    release_dead_locks(tmp_path / "none")
    assert half_made(tmp_path / "none") == []
    assert not locked(tmp_path / "none")
