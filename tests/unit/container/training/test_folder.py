"""A folder written as a whole or not at all."""

from pathlib import Path

import pytest

from container.manifest import write_manifest
from container.training.folder import FolderError, replacing


def write(folder: Path, content: str) -> None:
    (folder / "model.onnx").write_text(content)
    write_manifest(folder)


def test_the_folder_appears_with_its_parents_and_nothing_beside_it(tmp_path):
    output = tmp_path / "build" / "iris"
    with replacing(output) as folder:
        write(folder, "new")
        assert not output.exists()
    assert (output / "model.onnx").read_text() == "new"
    assert list(output.parent.iterdir()) == [output]


def test_an_artifact_is_replaced_as_a_whole(tmp_path):
    output = tmp_path / "iris"
    output.mkdir()
    (output / "sample.json").write_text("{}")
    write(output, "old")
    with replacing(output) as folder:
        write(folder, "new")
    assert sorted(path.name for path in output.iterdir()) == ["manifest.json", "model.onnx"]
    assert (output / "model.onnx").read_text() == "new"
    assert list(tmp_path.iterdir()) == [output]


def interrupt(output: Path, interruption: type[BaseException]) -> None:
    with replacing(output) as folder:
        write(folder, "half")
        raise interruption


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, ValueError])
def test_an_interruption_leaves_the_old_artifact_and_nothing_else(tmp_path, interruption):
    output = tmp_path / "iris"
    output.mkdir()
    write(output, "old")
    with pytest.raises(interruption):
        interrupt(output, interruption)
    assert (output / "model.onnx").read_text() == "old"
    assert list(tmp_path.iterdir()) == [output]


@pytest.mark.parametrize("damage", [Path.unlink, lambda path: path.write_text("damaged")])
def test_a_damaged_artifact_is_replaced(tmp_path, damage):
    output = tmp_path / "iris"
    output.mkdir()
    write(output, "old")
    damage(output / "model.onnx")
    with replacing(output) as folder:
        write(folder, "new")
    assert (output / "model.onnx").read_text() == "new"


def test_an_exchange_that_fails_halfway_is_rolled_back(tmp_path):
    output = tmp_path / "iris"
    output.mkdir()
    write(output, "old")
    with pytest.raises(FileNotFoundError), replacing(output) as folder:
        folder.rmdir()  # the old artifact can move away, the new one cannot take its place
    assert (output / "model.onnx").read_text() == "old"
    assert list(tmp_path.iterdir()) == [output]


ONLY = (
    "Only a model artifact or an empty folder is replaced. Choose another folder, or remove this "
    "one."
)


def refusal(output: Path) -> str:
    with pytest.raises(FolderError) as error, replacing(output):
        pass
    return str(error.value)


def test_a_folder_with_some_other_manifest_is_never_replaced(tmp_path):
    (tmp_path / "manifest.json").write_text('{"name": "browser extension"}')
    assert refusal(tmp_path) == (
        f"{tmp_path}: no model artifact. manifest.json: schema is None. Expected 1. Use the "
        f"version of this program that wrote the artifact, or train it again. {ONLY}"
    )


@pytest.mark.parametrize(
    ("name", "make"),
    [("thesis.tex", Path.touch), ("thesis", Path.mkdir), ("model.onnx", Path.mkdir)],
)
def test_what_an_artifact_does_not_list_is_never_deleted_with_it(tmp_path, name, make):
    write(tmp_path, "old")
    (tmp_path / name).unlink(missing_ok=True)
    make(tmp_path / name)
    assert refusal(tmp_path) == (
        f"{tmp_path}: holds {name}, no file that its manifest.json lists. {ONLY}"
    )
    assert (tmp_path / name).exists()


def test_what_is_no_artifact_is_never_replaced(tmp_path):
    (tmp_path / "thesis.tex").touch()
    assert refusal(tmp_path) == f"{tmp_path}: a folder without manifest.json. {ONLY}"
    file = tmp_path / "thesis.tex"
    assert refusal(file) == f"{file}: not a folder. {ONLY}"


def test_an_empty_folder_is_filled(tmp_path):
    output = tmp_path / "iris"
    output.mkdir()
    with replacing(output) as folder:
        write(folder, "new")
    assert (output / "model.onnx").exists()
