import fcntl
import io
import threading
from pathlib import Path

import pytest

from local.engine.cache import ENGINE_NAME, cache_root, is_complete, locked, replaced
from local.engine.errors import EngineError
from local.engine.progress import Progress


def fill(folder: Path, *names: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).write_text(name)
        (folder / name).chmod(0o755)


@pytest.mark.parametrize(
    ("environ", "root"),
    [
        ({"XDG_CACHE_HOME": "/c", "HOME": "/h"}, "/c/ml-gateway/engine"),
        ({"HOME": "/h"}, "/h/.cache/ml-gateway/engine"),
        ({"XDG_CACHE_HOME": "", "HOME": "/h"}, "/h/.cache/ml-gateway/engine"),
        ({"XDG_CACHE_HOME": "relative", "HOME": "/h"}, "/h/.cache/ml-gateway/engine"),
    ],
)
def test_engines_are_kept_in_the_users_cache(environ, root):
    assert cache_root(environ) == Path(root)


@pytest.mark.parametrize("environ", [{}, {"HOME": "relative"}])
def test_without_a_home_the_cache_is_refused(environ):
    with pytest.raises(EngineError) as caught:
        cache_root(environ)
    assert str(caught.value) == (
        "no folder to keep the engine in: neither XDG_CACHE_HOME nor HOME is an absolute path. "
        "Set XDG_CACHE_HOME."
    )


def test_an_engine_is_complete_with_all_its_files_only(tmp_path):
    assert not is_complete(tmp_path / "engine", ("pulumi", "host"))
    fill(tmp_path / "engine", "pulumi")
    assert not is_complete(tmp_path / "engine", ("pulumi", "host"))
    fill(tmp_path / "engine", "host")
    assert is_complete(tmp_path / "engine", ("pulumi", "host"))
    (tmp_path / "engine" / "pulumi").chmod(0o644)
    assert not is_complete(tmp_path / "engine", ("pulumi", "host"))


def test_what_the_block_makes_becomes_the_folder(tmp_path):
    with replaced(tmp_path / "e") as scratch:
        fill(scratch / "engine", ENGINE_NAME)
        assert not (tmp_path / "e").exists()
    assert (tmp_path / "e" / ENGINE_NAME).read_text() == ENGINE_NAME
    assert list(tmp_path.iterdir()) == [tmp_path / "e"]


@pytest.mark.parametrize("failure", [KeyboardInterrupt, OSError, EngineError])
def test_a_block_that_fails_leaves_nothing_new(tmp_path, failure):
    fill(tmp_path / "e", "old")

    def fail() -> None:
        with replaced(tmp_path / "e") as scratch:
            fill(scratch / "engine", ENGINE_NAME)
            raise failure

    with pytest.raises(failure):
        fail()
    assert list(tmp_path.rglob("*")) == [tmp_path / "e", tmp_path / "e" / "old"]


def test_an_incomplete_engine_is_replaced_as_a_whole(tmp_path):
    fill(tmp_path / "e", "old")
    with replaced(tmp_path / "e") as scratch:
        fill(scratch / "engine", ENGINE_NAME)
    assert [path.name for path in (tmp_path / "e").iterdir()] == [ENGINE_NAME]


def test_what_a_killed_build_left_behind_is_removed_and_other_versions_stay(tmp_path):
    fill(tmp_path / "e.partial-abc", "half")
    fill(tmp_path / "f.partial-abc", "half")
    with replaced(tmp_path / "e"):
        pass
    assert sorted(path.name for path in tmp_path.iterdir()) == ["e", "f.partial-abc"]


def test_the_second_build_waits_for_the_first_and_says_so(tmp_path):
    stream = io.StringIO()
    with (tmp_path / "e.lock").open("w") as first:
        fcntl.flock(first, fcntl.LOCK_EX)
        timer = threading.Timer(0.2, fcntl.flock, (first, fcntl.LOCK_UN))
        timer.start()
        with locked(tmp_path / "e", Progress(stream)):
            timer.join()
    assert stream.getvalue() == (
        "Waiting for another process, which gets the Pulumi engine\n"
        "Waiting for another process, which gets the Pulumi engine: ended after 1 s\n"
    )


def test_a_free_lock_is_taken_without_a_word(tmp_path):
    stream = io.StringIO()
    with locked(tmp_path / "not yet there" / "e", Progress(stream)):
        pass
    with locked(tmp_path / "not yet there" / "e", Progress(stream)):
        pass
    assert stream.getvalue() == ""
