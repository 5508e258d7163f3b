import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.engine.errors import EngineError
from local.engine.installed import MINIMUM_VERSION
from local.engine.module import _digest, read_module
from local.engine.version import Version

GO_MOD = "module m\n\ngo 1.25.11\n\nrequire (\n\tgithub.com/pulumi/pulumi/pkg/v3 v3.259.0 // x\n)\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "go.mod").write_text(GO_MOD)
    (tmp_path / "go.sum").write_text("sums")
    return tmp_path


def test_the_repositorys_module_pins_an_engine_that_is_new_enough():
    module = read_module()
    assert module.version >= MINIMUM_VERSION
    assert re.fullmatch(rf"{module.version}-[0-9a-f]{{12}}", module.build_name)


def test_versions_come_from_go_mod(folder):
    module = read_module(folder)
    assert (module.version, module.go) == (Version(3, 259, 0), Version(1, 25, 11))


def test_the_same_files_and_platform_give_the_same_name(folder):
    assert read_module(folder, "linux-x86_64") == read_module(folder, "linux-x86_64")


def test_another_platform_gives_another_name(folder):
    assert (
        read_module(folder, "linux-x86_64").build_name
        != read_module(folder, "linux-aarch64").build_name
    )


@pytest.mark.parametrize("file", ["go.mod", "go.sum"])
def test_a_change_in_either_file_gives_another_name(folder, file):
    before = read_module(folder).build_name
    with (folder / file).open("a") as stream:
        stream.write("\n")
    assert read_module(folder).build_name != before


@given(st.binary(min_size=1), st.binary())
def test_text_moved_from_one_file_to_the_other_gives_another_digest(left, right):
    assert _digest(left, right) != _digest(left[:-1], left[-1:] + right)


@pytest.mark.parametrize("file", ["go.mod", "go.sum"])
def test_a_missing_file_is_named(folder, file):
    (folder / file).unlink()
    with pytest.raises(EngineError) as caught:
        read_module(folder)
    assert str(caught.value) == (
        f"{folder / file}: No such file or directory. Restore it from version control."
    )


@pytest.mark.parametrize("line", ["go 1.25.11", "github.com/pulumi/pulumi/pkg/v3 v3.259.0"])
def test_a_go_mod_without_a_pin_is_refused(folder, line):
    (folder / "go.mod").write_text(GO_MOD.replace(line, ""))
    with pytest.raises(EngineError) as caught:
        read_module(folder)
    assert str(caught.value) == (
        f"{folder / 'go.mod'}: needs a line 'go X.Y.Z' and a requirement "
        "'github.com/pulumi/pulumi/pkg/v3 vX.Y.Z'. Restore it from version control."
    )
