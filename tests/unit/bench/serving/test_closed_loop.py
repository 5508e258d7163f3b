import os
from pathlib import Path

import pytest

from bench.serving.closed_loop import kept, load
from bench.serving.figures import Load
from bench.serving.running import ServerError

FIGURES = 'FIGURES {"requests": 300, "seconds": 2.0, "p50_ms": 1.5, "p99_ms": 4.0, "errors": 2}'


@pytest.fixture
def wrk(tmp_path, monkeypatch):
    """Puts a program in wrk's place."""

    def put(script: str) -> None:
        program = tmp_path / "wrk"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")

    return put


def test_what_wrk_says_is_read(wrk, tmp_path):
    wrk(f"echo 'Running 2s test'; echo '{FIGURES}'")
    assert load(1, "/", tmp_path, 2, "0") == Load(150, 1.5, 4.0, 2)


def test_wrk_is_told_the_path_the_requests_and_how_long(wrk, tmp_path):
    wrk(f"echo $URL_PATH $REQUESTS $* > {tmp_path}/told; echo '{FIGURES}'")
    load(4711, "/predict", tmp_path / "requests", 3, "0")
    told = (tmp_path / "told").read_text()
    assert told.startswith(f"/predict {tmp_path}/requests --threads 1 --connections 16")
    assert "--duration 3s" in told
    assert told.endswith("http://127.0.0.1:4711\n")


def test_a_wrk_that_gives_no_figures_is_named(wrk, tmp_path):
    wrk("echo unable to connect >&2")
    with pytest.raises(ServerError, match="wrk gave no figures: unable to connect"):
        load(1, "/", tmp_path, 2, "0")


def test_requests_are_kept_a_line_each():
    with kept([b"{}", b"[]"]) as path:
        assert path.read_bytes() == b"{}\n[]"
    assert not Path(path).exists()
