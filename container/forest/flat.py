"""A forest as flat arrays, and the file that holds it: what kernel.c walks.

The file: MAGIC; five int32: features, classes, trees, nodes, leaves; then the arrays in the order
of FlatForest's fields. All is little-endian, as every machine is that SageMaker lends.
"""

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from container.artifact import FIX, ArtifactError

FOREST_FILE = "forest.bin"

MAGIC = b"FOREST1\n"
TREE = struct.Struct("<ii")
"""root (a node), depth (steps from the root to the deepest leaf)."""
NODE = struct.Struct("<fiii")
"""threshold, feature, child (a node), leaf."""
SHARE = struct.Struct("<d")

_COUNTS = struct.Struct("<5i")


@dataclass(frozen=True)
class FlatForest:
    """Trees, nodes and leaves, packed as kernel.c has them in its structures."""

    features: int
    classes: int
    trees: bytes
    """TREE for each tree."""
    nodes: bytes
    """NODE for each node."""
    shares: bytes
    """SHARE for each class of each leaf, (leaves, classes): how likely a tree takes it to be."""

    @property
    def counts(self) -> tuple[int, int, int, int, int]:
        """Features, classes, trees, nodes, leaves."""
        return (
            self.features,
            self.classes,
            len(self.trees) // TREE.size,
            len(self.nodes) // NODE.size,
            len(self.shares) // (SHARE.size * self.classes),
        )

    def write(self, path: Path) -> None:
        """Write the file; the same forest gives the same bytes."""
        path.write_bytes(MAGIC + _COUNTS.pack(*self.counts) + self.trees + self.nodes + self.shares)

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read the file. Raises ArtifactError where it is none, or is not as long as it says.

        Where its nodes lead is for kernel.py to check.
        """
        try:
            content = path.read_bytes()
        except OSError as error:
            raise ArtifactError(f"{path}: not readable ({error.strerror}). {FIX}") from error
        trees_at = len(MAGIC) + _COUNTS.size
        if not content.startswith(MAGIC) or len(content) < trees_at:
            raise ArtifactError(f"{path}: does not start as {MAGIC!r} does. {FIX}")
        counts = _COUNTS.unpack_from(content, len(MAGIC))
        features, classes, trees, nodes, leaves = counts
        nodes_at = trees_at + trees * TREE.size
        shares_at = nodes_at + nodes * NODE.size
        if min(counts) < 1 or len(content) != shares_at + leaves * classes * SHARE.size:
            raise ArtifactError(
                f"{path}: {len(content)} bytes cannot be {trees} trees of {nodes} nodes and "
                f"{leaves} leaves over {classes} classes. {FIX}"
            )
        return cls(
            features,
            classes,
            content[trees_at:nodes_at],
            content[nodes_at:shares_at],
            content[shares_at:],
        )
