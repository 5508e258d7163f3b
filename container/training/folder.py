"""Writes a folder as a whole or not at all."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from container.manifest import MANIFEST_FILE, ManifestError, read_manifest

ALLOWED = (
    "Only a model artifact or an empty folder is replaced. "
    "Choose another folder, or remove this one."
)


class FolderError(Exception):
    """The output folder cannot be written; the text says why and what to do."""


@contextmanager
def replacing(output: Path) -> Iterator[Path]:
    """An empty folder to fill; it becomes `output` when the block ends without an exception.

    Otherwise, Ctrl-C included, `output` stays as it was, and nothing is left behind but the
    parent folders made for it. An artifact that stands at `output` is replaced, even if files of
    it are changed or missing: it is trained again to mend it. Raises FolderError rather than
    delete anything that its manifest does not list, OSError if the disk does not allow it.
    """
    _check_replaceable(output)
    output.parent.mkdir(parents=True, exist_ok=True)
    # Beside the output: a rename works, and is atomic, only within one file system.
    with tempfile.TemporaryDirectory(prefix=f".{output.name}-", dir=output.parent) as name:
        folder = Path(name) / "new"
        folder.mkdir()
        yield folder
        _exchange(folder, output, Path(name) / "replaced")


def _exchange(folder: Path, output: Path, replaced: Path) -> None:
    try:
        if output.exists():
            output.rename(replaced)
        folder.rename(output)
    except BaseException:
        if replaced.exists() and not output.exists():
            replaced.rename(output)
        raise


def check_path(name: str, path: object) -> None:
    """Refuse an argument that is no Path; raises FolderError."""
    if not isinstance(path, Path):
        raise FolderError(f"{name}: {path!r}. Allowed: a pathlib.Path. Write Path({path!r}).")


def _check_replaceable(output: Path) -> None:
    if not output.is_dir():
        if output.exists() or output.is_symlink():
            raise FolderError(f"{output}: not a folder. {ALLOWED}")
        return
    entries = sorted(output.iterdir())
    if not entries:
        return
    if output / MANIFEST_FILE not in entries:
        raise FolderError(f"{output}: a folder without {MANIFEST_FILE}. {ALLOWED}")
    try:
        listed = {MANIFEST_FILE, *read_manifest(output).files}
    except ManifestError as error:
        raise FolderError(f"{output}: no model artifact. {error} {ALLOWED}") from error
    for entry in entries:
        if entry.name not in listed or entry.is_dir():
            raise FolderError(
                f"{output}: holds {entry.name}, no file that its {MANIFEST_FILE} lists. {ALLOWED}"
            )
