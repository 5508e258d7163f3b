"""The file of the trees: read back as written, refused unless it holds trees."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from container.artifact import ArtifactError
from container.explain.trees import node_type, read_nodes, write_nodes
from tests.unit.container.explain.random_trees import FEATURES, LABELS, as_nodes, trees

SPLIT = (1, 2, 0, 0.5, 3, [0, 0])
LEFT = (-1, -1, -1, 0, 1, [0.25, 0.75])
RIGHT = (-1, -1, -1, 0, 2, [1, 0])
FIX = "Make the artifact again: docs/models.md."


@given(trees=trees)
def test_trees_are_read_back_and_the_same_trees_make_the_same_bytes(tmp_path_factory, trees):
    folder = tmp_path_factory.mktemp("trees")
    nodes = as_nodes(trees)
    write_nodes(folder / "a.npy", nodes)
    write_nodes(folder / "b.npy", nodes.copy())
    assert (read_nodes(folder / "a.npy", FEATURES, LABELS) == nodes).all()
    assert (folder / "a.npy").read_bytes() == (folder / "b.npy").read_bytes()


BROKEN = [
    ([], "no nodes"),
    ([(0, 2, 0, 0.5, 3, [0, 0]), LEFT, RIGHT], "node 0 has the children 0 and 2"),
    ([(1, 3, 0, 0.5, 3, [0, 0]), LEFT, RIGHT], "node 0 has the children 1 and 3"),
    ([(-2, 2, 0, 0.5, 3, [0, 0]), LEFT, RIGHT], "node 0 has the children -2 and 2"),
    ([(1, 0, 0, 0.5, 3, [0, 0]), LEFT, RIGHT], "node 0 has the children 1 and 0"),
    ([SPLIT, LEFT, (-1, 1, -1, 0, 2, [1, 0])], "node 2 has the children -1 and 1"),
    ([(1, 1, 0, 0.5, 2, [0, 0]), LEFT], "node 1 has 2 parents"),
    ([SPLIT, (2, 3, 0, 0, 1, [0, 0]), RIGHT, LEFT], "node 2 has 2 parents"),
    ([(1, 2, 4, 0.5, 3, [0, 0]), LEFT, RIGHT], "node 0 asks for feature 4"),
    ([(1, 2, -1, 0.5, 3, [0, 0]), LEFT, RIGHT], "node 0 asks for feature -1"),
    ([SPLIT, LEFT, (-1, -1, -2, 0, 2, [1, 0])], "node 2 asks for feature -2"),
    ([SPLIT, LEFT, (-1, -1, 0, 0, 2, [1, 0])], "node 2 asks for feature 0"),
    ([(1, 2, 0, np.nan, 3, [0, 0]), LEFT, RIGHT], "node 0 has a number that is not finite"),
    ([SPLIT, LEFT, (-1, -1, -1, 0, 2, [1, np.inf])], "node 2 has a number that is not finite"),
    ([(1, 2, 0, 0.5, 4, [0, 0]), LEFT, RIGHT], "node 0 covers 4.0 rows, its children 3.0"),
    ([(-1, -1, -1, 0, 0, [0, 1])], "node 0 covers 0.0 rows, its children 0.0"),
    ([(-1, -1, -1, 0, np.inf, [0, 1])], "node 0 covers inf rows, its children inf"),
    ([(-1, -1, -1, 0, np.nan, [0, 1])], "node 0 covers nan rows, its children nan"),
]  # fmt: skip


@pytest.mark.parametrize(("nodes", "said"), BROKEN)
def test_what_is_no_tree_is_refused_by_its_node(tmp_path, nodes, said):
    path = tmp_path / "trees.npy"
    write_nodes(path, np.array(nodes, node_type(LABELS)))
    with pytest.raises(ArtifactError) as error:
        read_nodes(path, FEATURES, LABELS)
    assert str(error.value) == f"{path}: {said}. Expected trees over 4 features. {FIX}"


@pytest.mark.parametrize(
    "array", [np.zeros(3), np.zeros(3, node_type(3)), np.zeros((1, 3), node_type(LABELS))]
)
def test_an_array_of_something_else_is_refused_with_its_type(tmp_path, array):
    path = tmp_path / "trees.npy"
    np.save(path, array)
    with pytest.raises(ArtifactError) as error:
        read_nodes(path, FEATURES, LABELS)
    assert str(error.value) == (
        f"{path}: holds {array.dtype} {array.shape}. Expected {node_type(LABELS)} (nodes,). {FIX}"
    )


def test_no_object_is_ever_unpickled(tmp_path):
    path = tmp_path / "trees.npy"
    np.save(path, np.array([{}], object), allow_pickle=True)
    with pytest.raises(ArtifactError) as error:
        read_nodes(path, FEATURES, LABELS)
    assert str(error.value) == f"{path}: not an array of NumPy's without objects. {FIX}"


def test_a_header_that_promises_more_than_there_is_allocates_nothing(tmp_path):
    path = tmp_path / "trees.npy"
    write_nodes(path, np.array([LEFT], node_type(LABELS)))
    content = path.read_bytes()
    path.write_bytes(content.replace(b"(1,), }             ", b"(9999999999999,), } "))
    assert path.read_bytes() != content
    with pytest.raises(ArtifactError, match=r"trees\.npy: not an array"):
        read_nodes(path, FEATURES, LABELS)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ArtifactError, match=r"trees\.npy: not readable \(No such file"):
        read_nodes(tmp_path / "trees.npy", FEATURES, LABELS)


@given(data=st.data())
def test_a_damaged_file_is_refused_or_still_holds_trees(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("trees") / "trees.npy"
    write_nodes(path, np.array([SPLIT, LEFT, RIGHT], node_type(LABELS)))
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 3))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(content[: data.draw(st.integers(0, len(content)))])
    try:
        nodes = read_nodes(path, FEATURES, LABELS)
    except ArtifactError:
        return
    assert nodes.dtype == node_type(LABELS)
