"""Trees are put together from sound nodes only, and sparse matrices keep what absence means."""

import numpy as np
import pytest
from scipy import sparse

from explainaudit.loading.readings import Tree, dense, planted
from explainaudit.records.inside import summed


def tree(left, right, values, column=0):
    nodes = len(left)
    return Tree(
        column=np.full(nodes, column),
        threshold=np.zeros(nodes),
        missing_left=np.ones(nodes),
        left=np.array(left),
        right=np.array(right),
        value=np.array(values, dtype=float)[:, None],
    )


def test_nodes_that_nothing_leads_to_are_left_out():
    one, other = tree([3, -1, -1, -1], [1, -1, -1, -1], [9, 1, 100, 2]), tree([-1], [-1], [10])
    found = planted([one, other], np.zeros(2), np.ones(1))
    assert (len(found.column), found.roots.tolist()) == (4, [0, 3])
    assert found.value[:, 0].tolist() == [0, 1, 2, 10]
    assert summed(found, np.array([[-1.0], [1.0], [np.nan]]))[:, 0].tolist() == [13, 12, 13]
    assert not found.missing_left[found.column < 0].any()


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ([1, -1], [2, -1]),  # out of the tree
        ([1, 0, -1], [2, 2, -1]),  # back to the root
        ([1, 3, 3, -1], [2, 3, 3, -1]),  # two ways to one leaf
        ([1, -1], [-1, -1]),  # one child
    ],
)
def test_what_is_no_tree_is_refused(left, right):
    with pytest.raises(ValueError, match="tree"):
        planted([tree(left, right, [0] * len(left))], np.zeros(1), np.zeros(1))


def test_what_a_sparse_matrix_does_not_hold():
    held = sparse.csr_array((np.array([1.1, 0.0]), (np.array([0, 1]), np.array([1, 0]))), shape=(2, 2))
    assert dense(held).tolist() == [[0, 1.1], [0, 0]]
    found = dense(held, np.float32, absent=np.nan)
    assert found.dtype == np.float64
    assert np.array_equal(found, [[np.nan, float(np.float32(1.1))], [0, np.nan]], equal_nan=True)
