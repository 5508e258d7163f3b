"""The models of a multi-model container: loaded and unloaded as SageMaker asks, never by itself.

All live in one process: each is in memory once then, what is left for others is exact, and what was
unloaded is so for every request. Workers would each have to load what one of them was told of.
https://docs.aws.amazon.com/sagemaker/latest/dg/mms-container-apis.html
"""

import logging
import threading
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path

from container.artifact import MODEL_FILE, ArtifactError
from container.errors import Code, RequestError, shown
from container.explain.explanations import BOOSTING_TREES_FILE, FOREST_TREES_FILE
from container.forest.flat import FOREST_FILE
from container.forest.kernel import load_kernel
from container.manifest import ManifestError
from container.model import Model

PAGE = 100
"""Models in one part of the list."""

EACH_BYTES = 1024 * 1024
"""What a model takes whatever its size."""

ONNX_FACTOR = 6
"""Memory over the size of the file. Measured: 4.9 in ONNX Runtime, of forests of 4 and 38 MB."""

TREES_FACTOR = 14
"""The same of the trees that explanations are computed from, once somebody asks. Measured: 13."""

OTHER_FACTOR = 2
"""The same for every other file. Measured: 1.25 of a forest's nodes for the compiled kernel."""

_log = logging.getLogger(__name__)


@dataclass(eq=False)
class _Entry:
    """A model that is there or is being loaded."""

    folder: Path
    size: int
    """Bytes of memory that are counted for it."""
    model: Future[Model] = field(default_factory=Future)


class Models:
    """Models by the names that SageMaker gives them. Safe for use by many threads."""

    def __init__(self, capacity: int) -> None:
        """capacity: bytes of memory that all models together may come to need."""
        self._capacity = capacity
        self._entries: dict[str, _Entry] = {}
        self._lock = threading.Lock()

    def load(self, name: str, folder: Path) -> None:
        """Load an artifact that is unpacked in a folder; it must predict its own sample.

        Raises RequestError MODEL_LOADED (409) if the name is taken, also by a load that others
        have begun, for whose end this waits; INSUFFICIENT_MEMORY (507) where the model does not
        fit beside the others; INTERNAL, after a line in the log, for an artifact that is unfit.
        """
        size = needed_bytes(folder)
        with self._lock:
            entry = self._entries.get(name)
            begun = entry is not None
            if entry is None:
                self._check_room(name, size)
                entry = self._entries[name] = _Entry(folder, size)
        if begun:
            entry.model.result()
            raise RequestError(Code.MODEL_LOADED, f"Model {shown(name)} is loaded already.")
        try:
            entry.model.set_result(_loaded(folder))
        except BaseException as error:
            with self._lock:
                self._entries.pop(name, None)
            entry.model.set_exception(error)
            raise

    def get(self, name: str) -> Model:
        """The model of a name. Raises RequestError NOT_FOUND."""
        return self._entry(name).model.result()

    def folder(self, name: str) -> Path:
        """Where a model was loaded from. Raises RequestError NOT_FOUND."""
        return self._entry(name).folder

    def unload(self, name: str) -> Path:
        """Forget a model; requests that it is answering are answered. Where it was loaded from.

        Raises RequestError NOT_FOUND.
        """
        with self._lock:
            entry = self._entry(name)
            del self._entries[name]
        return entry.folder

    def page(self, after: str = "") -> tuple[list[tuple[str, Path]], str | None]:
        """Names and folders in the order of the names, and where the next page begins.

        after: what the page before said; None at the end.
        """
        with self._lock:
            names = sorted(n for n, e in self._entries.items() if n > after and e.model.done())
            page = names[:PAGE]
            found = [(name, self._entries[name].folder) for name in page]
        return found, page[-1] if len(names) > PAGE else None

    def _check_room(self, name: str, size: int) -> None:
        free = self._capacity - sum(entry.size for entry in self._entries.values())
        if size > free:
            raise RequestError(
                Code.INSUFFICIENT_MEMORY,
                f"Model {shown(name)} needs {size} bytes of memory; {free} are free. "
                "Unload another model.",
            )

    def _entry(self, name: str) -> _Entry:
        entry = self._entries.get(name)
        # One that is still being loaded is not there yet.
        if entry is None or not entry.model.done():
            raise RequestError(Code.NOT_FOUND, f"Model {shown(name)} is not loaded.")
        return entry


def needed_bytes(folder: Path) -> int:
    """Memory that the artifact in a folder may take, by the sizes of its files; 0 without any."""
    try:
        sizes = {path.name: path.stat().st_size for path in folder.iterdir()}
    except OSError:
        return 0  # which loading says better
    onnx = sizes.pop(MODEL_FILE, 0)
    if FOREST_FILE in sizes and load_kernel():
        onnx = 0  # ONNX Runtime does not read it then
    trees = sizes.pop(FOREST_TREES_FILE, 0) + sizes.pop(BOOSTING_TREES_FILE, 0)
    others = sum(sizes.values())
    return EACH_BYTES + ONNX_FACTOR * onnx + TREES_FACTOR * trees + OTHER_FACTOR * others


def _loaded(folder: Path) -> Model:
    try:
        model = Model.load(folder)
        mistakes = model.sample_mistakes()
    except (ManifestError, ArtifactError, ArithmeticError) as error:
        mistakes = [str(error)]
    if not mistakes:
        return model
    for mistake in mistakes:
        _log.error("a model cannot be served: %s", mistake)
    raise RequestError(Code.INTERNAL, "The model's artifact cannot be served.")
