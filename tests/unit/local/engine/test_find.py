import io
import os

import pytest

from local.engine.errors import EngineError
from local.engine.find import HOST_FOLDER, Engine, find_engine
from local.engine.release import release_name


@pytest.fixture
def built(tmp_path, module):
    folder = tmp_path / "cache" / "ml-gateway" / "engine" / module.build_name
    return Engine(folder / "pulumi", "3.259.0", "built", (HOST_FOLDER, folder))


@pytest.fixture
def official(tmp_path, module):
    folder = tmp_path / "cache" / "ml-gateway" / "engine" / release_name(module.version)
    return Engine(folder / "pulumi", "3.259.0", "official", ())


@pytest.fixture
def find(environ, module, releases):
    """Find the engine; answer it with what was said meanwhile."""

    def run() -> tuple[Engine, str]:
        stream = io.StringIO()
        return find_engine(environ, stream, module, releases.url), stream.getvalue()

    return run


def test_the_installed_engine_comes_first(find, add_tool, add_go, releases, archive):
    releases.publish(archive)
    calls = add_go()
    path = add_tool("pulumi", "echo v3.240.1")
    add_tool("pulumi-language-python", "")
    assert find() == (Engine(path, "3.240.1", "PATH", ()), "")
    assert not calls.exists()
    assert releases.asked == []


def test_without_one_the_official_release_is_downloaded(find, add_go, releases, archive, official):
    calls = add_go()
    releases.publish(archive)
    assert find()[0] == official
    assert not calls.exists()


def test_without_that_the_engine_is_built_and_one_line_says_why(find, add_go, releases, built):
    add_go()
    (releases.module.folder / "checksums.txt").write_text(f"0  {releases.archive}\n")
    engine, said = find()
    assert engine == built
    assert said.splitlines()[:2] == [
        f"Skipping the official release: {releases.url}/{releases.checksums}: HTTP status 404.",
        "No usable Pulumi is installed: building one, about 4 minutes, this once.",
    ]


def test_an_official_engine_is_found_again_without_a_connection_and_without_a_word(
    find, releases, archive, official
):
    releases.publish(archive)
    find()
    releases.asked.clear()
    assert find() == (official, "")
    assert releases.asked == []


def test_a_built_engine_is_found_again_without_go_a_connection_or_a_word(
    find, add_go, releases, archive, built, tools
):
    add_go()
    find()
    (tools / "go").unlink()
    releases.publish(archive)
    assert find() == (built, "")
    assert releases.asked == []


def test_of_two_kept_engines_the_official_one_is_taken(
    find, add_go, releases, archive, official, built
):
    releases.publish(archive)
    find()
    for name in ("pulumi", "pulumi-language-python-exec"):
        file = built.executable.parent / name
        file.parent.mkdir(exist_ok=True)
        file.touch(mode=0o755)
    assert find() == (official, "")


def test_an_official_engine_that_lost_a_file_is_downloaded_again(find, releases, archive, official):
    releases.publish(archive)
    find()
    (official.executable.parent / "pulumi-language-python").unlink()
    assert find()[0] == official
    assert os.access(official.executable.parent / "pulumi-language-python", os.X_OK)


def test_an_engine_that_lost_a_file_is_built_again(find, add_go, built):
    add_go()
    find()
    built.executable.unlink()
    find()
    assert os.access(built.executable, os.X_OK)


def test_an_old_pulumi_is_skipped_with_one_line_that_says_why(find, add_tool, add_go, built):
    add_go()
    old = add_tool("pulumi", "echo v3.100.0")
    engine, said = find()
    assert engine == built
    assert said.splitlines()[0] == (
        f"Skipping the installed Pulumi: {old} is version 3.100.0, below 3.238.0."
    )


def test_with_none_the_error_says_what_was_tried_and_how_to_fix_it(find, releases):
    pins = releases.module.folder / "checksums.txt"
    pins.write_text("")
    with pytest.raises(EngineError) as caught:
        find()
    assert str(caught.value) == (
        "No Pulumi engine can be had.\n"
        "- On PATH: no `pulumi`.\n"
        f"- Official release: {pins} pins no SHA-256 of {releases.archive}.\n"
        "- Built from Go modules: no `go` on PATH; Go >= 1.25.11 is needed\n"
        "Fix: install Pulumi's CLI >= 3.238.0 "
        "(https://www.pulumi.com/docs/iac/download-install/)\n"
        "or Go >= 1.25.11 (https://go.dev/doc/install), then try again."
    )


def test_a_failed_build_is_explained_beside_the_reason_for_skipping(
    find, add_tool, add_go, tmp_path, module
):
    add_go("echo no space left on device >&2; exit 1")
    pulumi = add_tool("pulumi", "exit 1")
    with pytest.raises(EngineError) as caught:
        find()
    log = tmp_path / "cache" / "ml-gateway" / "engine" / f"{module.build_name}.log"
    lines = str(caught.value).splitlines()
    assert lines[1] == f"- On PATH: `{pulumi} version` ended with exit status 1."
    assert lines[3:6] == [
        "- Built from Go modules: `go build` ended with exit status 1",
        "  | no space left on device",
        f"  The whole log: {log}",
    ]
