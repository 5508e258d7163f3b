"""The compiled kernel: where its library is, and a forest that predicts through it."""

import ctypes
from array import array
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import cast

from container.artifact import FIX, ArtifactError
from container.forest.flat import FOREST_FILE, FlatForest
from container.predictions import Predictions

LIBRARY = Path(__file__).with_name(".libforest.so")
"""Made by build.sh, in the image and where there is a C compiler. Hidden, and so no part of what
the image's content is hashed from: it is made from what is."""

VERSION = 3
"""FOREST_VERSION of kernel.c."""


class _Forest(ctypes.Structure):
    _fields_ = [
        *((name, ctypes.c_int32) for name in ("features", "classes", "trees", "nodes", "leaves")),
        *((name, ctypes.c_char_p) for name in ("tree", "node", "shares")),
    ]


def load_kernel(path: Path = LIBRARY) -> ctypes.CDLL | None:
    """The library; None where it has not been built, or was built from another version's source."""
    try:
        library = ctypes.CDLL(str(path))
    except OSError:
        return None
    return library if library.forest_version() == VERSION else None


class CompiledForest:
    """A forest that predicts through the kernel, without NumPy. Any number of threads may."""

    def __init__(self, kernel: ctypes.CDLL, forest: FlatForest) -> None:
        """Raises ArtifactError where a node leads out of its tree, or shares or depth are none."""
        self._arrays = forest.trees, forest.nodes, forest.shares  # the structure only points there
        self._forest = _Forest(*forest.counts, *self._arrays)
        self._address = ctypes.addressof(self._forest)
        self._classes = forest.classes
        self._zeros = bytes(8 * forest.classes)
        heights = array("i", bytes(4 * self._forest.nodes))
        address = ctypes.c_void_p(heights.buffer_info()[0])
        if not kernel.forest_is_sound(ctypes.c_void_p(self._address), address):
            fault = "a node leads out of its tree, or its shares or depth are none"
            raise ArtifactError(f"{FOREST_FILE}: {fault}. {FIX}")
        pointer = ctypes.c_void_p
        self._predict = kernel.forest_predict
        self._predict.argtypes = [pointer, pointer, ctypes.c_int32, pointer, pointer]
        self._predict_row = kernel.forest_predict_row
        self._predict_row.argtypes = [pointer, pointer, pointer]

    def predict(self, rows: Sequence[Sequence[float]]) -> Predictions:
        """Probabilities, as scikit-learn gives them to the last bit, of rows of all features.

        Raises ArithmeticError where a cell is beyond float32.
        """
        count = len(rows)
        if count == 1:
            return self._of_row(rows[0])
        cells = array("f", chain.from_iterable(rows))
        probabilities = array("d", bytes(8 * count * self._classes))
        winners = array("i", bytes(4 * count))
        predicted = self._predict(
            self._address,
            cells.buffer_info()[0],
            count,
            probabilities.buffer_info()[0],
            winners.buffer_info()[0],
        )
        if predicted != count:
            raise ArithmeticError(f"row {predicted}: a cell is beyond float32")
        matrix = memoryview(probabilities).cast("B").cast("d", (count, self._classes))
        return Predictions(winners.tolist(), cast(list[list[float]], matrix.tolist()))

    def _of_row(self, row: Sequence[float]) -> Predictions:
        """The same of one row, as most requests have, at half the cost."""
        cells, probabilities = array("f", row), array("d", self._zeros)
        winner = self._predict_row(
            self._address, cells.buffer_info()[0], probabilities.buffer_info()[0]
        )
        if winner < 0:
            raise ArithmeticError("row 0: a cell is beyond float32")
        return Predictions([winner], [probabilities.tolist()])
