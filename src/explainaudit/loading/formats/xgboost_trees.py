"""XGBoost's trees: checked as plain numbers, then laid out anew for the library.

The library follows children, parents, columns and categories of a file without looking, so that a
damaged file kills the process. Reference: XGBoost's ``doc/model.schema`` and ``RegTree::LoadModel``.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explainaudit.errors import ModelFailed, ModelRefused
from explainaudit.loading.formats.tree_shape import Size, check_tree

ROOT = 2**31 - 1  # the largest int32: parent of a root, column of a node that was pruned away
_FLOATS = ("base_weights", "loss_changes", "sum_hessian")
Ints = NDArray[np.int64]
Tree = dict[str, Any]


def checked_tree(tree: Any, number: int, levels: Sequence[int], where: str) -> tuple[Tree, Size]:
    """Return a tree as the library takes it, once it is known to stay inside itself, and its size.

    Parameters
    ----------
    tree : dict
        As the file has it.
    number : int
        Position of the tree, which the file repeats.
    levels : sequence of int
        Number of levels of each input, 0 for a number.

    Raises
    ------
    ModelFailed
        The arrays do not fit each other, or lead out of the tree (E616).
    ModelRefused
        The leaves hold several outputs (E507).
    """
    given = tree["tree_param"]
    nodes = int(given["num_nodes"])
    if int(given.get("size_leaf_vector", 1)) > 1:
        raise ModelRefused("E507", where=where, objective="multi_output_tree")
    names = ("left_children", "right_children", "parents", "split_indices", "default_left", "split_type")
    absent = {"split_type": [0] * min(nodes, len(tree["left_children"]))}  # before XGBoost 1.3
    whole = {name: _whole((absent | tree)[name], nodes, where) for name in names}
    floats = {name: _floats(tree[name], nodes, where) for name in (*_FLOATS, "split_conditions")}
    inner = whole["left_children"] != -1
    _require(nodes >= 1 and np.isfinite(floats["split_conditions"]).all(), where)
    _require(_in_range(whole["split_indices"][inner], len(levels)), where)
    _require(_in_range(whole["default_left"], 2) and _in_range(whole["split_type"], 2), where)
    _require(_in_range(whole["parents"][1:], nodes) and whole["parents"][0] in {-1, ROOT}, where)
    _require(np.array_equal(inner, whole["right_children"] != -1), where)
    pairs = np.column_stack([whole["left_children"], whole["right_children"]])
    children = [pair if at else [] for pair, at in zip(pairs.tolist(), inner, strict=True)]
    size = check_tree(children, nodes, where)
    deleted = int(np.sum((whole["split_indices"][1:] == ROOT) & (whole["default_left"][1:] == 1)))
    written = {
        **floats,
        **{name: whole[name].astype(np.int32) for name in names[:4]},
        **{name: whole[name].astype(np.uint8) for name in names[4:]},
        **_categories(tree, whole, levels, where),
        "id": number,
        "tree_param": {
            "num_deleted": str(deleted),
            "num_feature": str(len(levels)),
            "num_nodes": str(nodes),
            "size_leaf_vector": "1",
        },
    }
    return written, size


def _categories(tree: Any, whole: dict[str, Ints], levels: Sequence[int], where: str) -> Tree:
    """Return the levels that categorical splits send to the right, each split with its own run of them."""
    at, starts, sizes = (
        _whole(tree.get(f"categories_{name}", []), None, where) for name in ("nodes", "segments", "sizes")
    )
    values = _whole(tree.get("categories", []), None, where)
    by_level = np.flatnonzero((whole["split_type"] == 1) & (whole["left_children"] != -1))
    _require(np.array_equal(at, by_level) and len(starts) == len(sizes) == len(at), where)
    for node, start, size in zip(at, starts, sizes, strict=True):
        known = levels[whole["split_indices"][node]]
        _require(start >= 0 and size > 0 and start + size <= len(values), where)
        _require(_in_range(values[start : start + size], known), where)
    # Splits follow the kind of their column: a level is not compared with a threshold.
    inner = whole["left_children"] != -1
    kinds = np.asarray(levels)[whole["split_indices"][inner]] > 0
    _require(np.array_equal(kinds, whole["split_type"][inner] == 1), where)
    return {
        "categories": values.astype(np.int32),
        "categories_nodes": at.astype(np.int32),
        "categories_segments": starts,
        "categories_sizes": sizes,
    }


def _whole(values: Any, size: int | None, where: str) -> Ints:
    array = np.asarray(values)
    _require(array.ndim == 1 and (array.dtype.kind in "iub" or array.size == 0), where)
    _require(size is None or len(array) == size, where)
    return array.astype(np.int64)


def _floats(values: Any, size: int, where: str) -> NDArray[np.float32]:
    array = np.asarray(values)
    _require(array.ndim == 1 and array.dtype.kind in "iuf" and len(array) == size, where)
    with np.errstate(over="ignore"):
        return array.astype(np.float32)


def _in_range(values: Ints, beyond: int) -> bool:
    return bool(np.all((values >= 0) & (values < beyond)))


def _require(sound: Any, where: str) -> None:
    if not sound:
        raise ModelFailed("E616", where=where)
