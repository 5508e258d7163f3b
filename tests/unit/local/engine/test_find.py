import io
import os

import pytest

from local.engine.errors import EngineError
from local.engine.find import HOST_FOLDER, Engine, find_engine


@pytest.fixture
def built(tmp_path, module):
    folder = tmp_path / "cache" / "ml-gateway" / "engine" / module.build_name
    return Engine(folder / "pulumi", "3.259.0", "built", (HOST_FOLDER, folder))


def test_the_installed_engine_comes_first(environ, module, add_tool, add_go):
    calls = add_go()
    path = add_tool("pulumi", "echo v3.240.1")
    add_tool("pulumi-language-python", "")
    stream = io.StringIO()
    assert find_engine(environ, stream, module) == Engine(path, "3.240.1", "PATH", ())
    assert stream.getvalue() == ""
    assert not calls.exists()


def test_without_one_the_engine_is_built(environ, module, add_go, built):
    add_go()
    assert find_engine(environ, io.StringIO(), module) == built


def test_a_built_engine_is_found_again_without_go_and_without_a_word(
    environ, module, add_go, built, tools
):
    add_go()
    find_engine(environ, io.StringIO(), module)
    (tools / "go").unlink()
    stream = io.StringIO()
    assert find_engine(environ, stream, module) == built
    assert stream.getvalue() == ""


def test_an_engine_that_lost_a_file_is_built_again(environ, module, add_go, built):
    add_go()
    find_engine(environ, io.StringIO(), module)
    built.executable.unlink()
    find_engine(environ, io.StringIO(), module)
    assert os.access(built.executable, os.X_OK)


def test_an_old_pulumi_is_skipped_with_one_line_that_says_why(
    environ, module, add_tool, add_go, built
):
    add_go()
    old = add_tool("pulumi", "echo v3.100.0")
    stream = io.StringIO()
    assert find_engine(environ, stream, module) == built
    assert stream.getvalue().splitlines()[0] == (
        f"Skipping the installed Pulumi: {old} is version 3.100.0, below 3.238.0."
    )


def test_with_neither_the_error_says_what_was_tried_and_how_to_fix_it(environ, module):
    with pytest.raises(EngineError) as caught:
        find_engine(environ, io.StringIO(), module)
    assert str(caught.value) == (
        "No Pulumi engine can be had.\n"
        "- On PATH: no `pulumi`.\n"
        "- Built from Go modules: no `go` on PATH; Go >= 1.25.11 is needed\n"
        "Fix: install Pulumi's CLI >= 3.238.0 "
        "(https://www.pulumi.com/docs/iac/download-install/)\n"
        "or Go >= 1.25.11 (https://go.dev/doc/install), then try again."
    )


def test_a_failed_build_is_explained_beside_the_reason_for_skipping(
    environ, module, add_tool, add_go, tmp_path
):
    add_go("echo no space left on device >&2; exit 1")
    pulumi = add_tool("pulumi", "exit 1")
    with pytest.raises(EngineError) as caught:
        find_engine(environ, io.StringIO(), module)
    log = tmp_path / "cache" / "ml-gateway" / "engine" / f"{module.build_name}.log"
    assert str(caught.value).splitlines()[1:5] == [
        f"- On PATH: `{pulumi} version` ended with exit status 1.",
        "- Built from Go modules: `go build` ended with exit status 1",
        "  | no space left on device",
        f"  The whole log: {log}",
    ]
