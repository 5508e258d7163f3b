"""Each row is in exactly one leaf of each tree: the one that the tree's questions lead to."""

import numpy as np
from hypothesis import given

from container.explain.leaves import BLOCK_WIDTH, leaf_blocks, tree_count
from tests.unit.container.explain.random_trees import FEATURES, Tree, as_nodes, rows, trees, worth


@given(trees=trees, row=rows)
def test_a_row_is_in_the_leaf_that_its_tree_leads_to(trees, row):
    blocks = leaf_blocks(as_nodes(trees))
    reached = np.concatenate(
        [block.value[block.inside(np.array(row, np.float32)).all(axis=0)] for block in blocks]
    )
    expected = [worth([tree], row, set(range(FEATURES))) for tree in trees]
    assert sorted(reached.tolist()) == sorted(map(list, expected))


@given(trees=trees)
def test_the_shares_of_a_trees_leaves_add_up_to_one_each(trees):
    nodes = as_nodes(trees)
    assert tree_count(nodes) == len(trees)
    shares = sum(block.share.prod(axis=0).sum() for block in leaf_blocks(nodes))
    assert np.isclose(shares, len(trees), rtol=1e-12)


def test_a_path_that_asks_one_feature_often_has_one_entry_for_it():
    tree: Tree = (1, [0.0, 1.0])
    for threshold in range(9):
        tree = (0, float(threshold), tree, (1, [1.0, 0.0]))
    [block] = leaf_blocks(as_nodes([tree]))
    assert block.share.shape == (BLOCK_WIDTH, 10)
    changing = (block.low > -np.inf) | (block.high < np.inf)
    assert (changing.sum(axis=0) == 1).all()


def test_leaves_stand_apart_by_depth_so_that_a_deep_one_widens_no_other():
    deep: Tree = (1, [0.0, 1.0])
    for feature in range(6):
        deep = (feature, 0.0, deep, (1, [1.0, 0.0]))
    blocks = leaf_blocks(as_nodes([deep]))
    assert [block.share.shape for block in blocks] == [(4, 4), (8, 3)]
