"""Indices that scikit-learn's compiled code follows without looking, checked before the first prediction.

A crafted file can pass every check of types and still make a tree point outside of itself, which reads
foreign memory or kills the process (scikit-learn pull request 34558).
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explainaudit.errors import ModelFailed


def check_references(model: Any, where: str) -> None:
    """Refuse a model in which a tree points to a node, column or row that is not there.

    Raises
    ------
    ModelFailed
        E605, naming the kind of part.
    """
    from sklearn.ensemble._gb import BaseGradientBoosting
    from sklearn.ensemble._hist_gradient_boosting.gradient_boosting import BaseHistGradientBoosting
    from sklearn.neighbors import BallTree, KDTree
    from sklearn.tree import BaseDecisionTree
    from sklearn.tree._tree import Tree

    for part in _parts(model):
        if isinstance(part, BaseDecisionTree):
            sound = not hasattr(part, "tree_") or _tree_is_sound(part.tree_, part.n_features_in_)
        elif isinstance(part, Tree):
            sound = _tree_is_sound(part, part.n_features)
        elif isinstance(part, BaseGradientBoosting):
            sound = not hasattr(part, "estimators_") or _boosting_is_sound(part)
        elif isinstance(part, BaseHistGradientBoosting):
            sound = not hasattr(part, "_predictors") or _histogram_boosting_is_sound(part)
        elif isinstance(part, KDTree | BallTree):
            sound = _neighbours_are_sound(part.__getstate__(), 2 if isinstance(part, KDTree) else 1)
        else:
            continue
        if not sound:
            raise ModelFailed("E605", where=where, part=type(part).__name__)


def _parts(model: Any) -> Iterator[Any]:
    """Yield every object inside a model once, through attributes and containers."""
    seen: set[int] = set()
    waiting = [model]
    while waiting:
        part = waiting.pop()
        if id(part) in seen or isinstance(part, str | bytes | int | float | type | None):
            continue
        seen.add(id(part))
        yield part
        if isinstance(part, dict):
            waiting += [*part.keys(), *part.values()]
        elif isinstance(part, list | tuple | set | frozenset):
            waiting += part
        elif isinstance(part, np.ndarray):
            waiting += part.ravel().tolist() if part.dtype == object else []
        waiting += getattr(part, "__dict__", {}).values()


def _tree_is_sound(tree: Any, features: int) -> bool:
    """Check children and columns. Children follow their parent, so that there is no cycle either."""
    nodes = tree.__getstate__()["nodes"]
    inner = nodes["left_child"] != -1
    return (
        len(nodes) > 0
        and tree.n_features <= features
        and _in_range(nodes["feature"][inner], 0, tree.n_features)
        and _children_follow(nodes["left_child"], inner)
        and _children_follow(nodes["right_child"], inner)
    )


def _boosting_is_sound(model: Any) -> bool:
    """Check that the trees fit the columns and outputs: compiled code reads them without their wrapper."""
    trees = model.estimators_
    return bool(
        trees.ndim == 2
        and trees.shape[1] == getattr(model, "n_trees_per_iteration_", trees.shape[1])
        and all(_tree_is_sound(tree.tree_, model.n_features_in_) for tree in trees.ravel())
    )


def _histogram_boosting_is_sound(model: Any) -> bool:
    categorical = np.asarray(model._bin_mapper.is_categorical_, dtype=bool)  # in the order trees count
    if len(categorical) != model.n_features_in_:
        return False
    return all(
        _predictor_is_sound(predictor, categorical) for stage in model._predictors for predictor in stage
    )


def _predictor_is_sound(predictor: Any, categorical: NDArray[np.bool_]) -> bool:
    nodes = predictor.nodes
    inner = nodes["is_leaf"] == 0
    by_category = inner & (nodes["is_categorical"] != 0)
    bitsets = predictor.raw_left_cat_bitsets
    return bool(
        len(nodes) > 0
        and bitsets.ndim == 2
        and bitsets.shape[1] == 8
        and _in_range(nodes["feature_idx"][inner], 0, len(categorical))
        and categorical[nodes["feature_idx"][by_category]].all()
        and _in_range(nodes["bitset_idx"][by_category], 0, len(bitsets))
        and _children_follow(nodes["left"], inner)
        and _children_follow(nodes["right"], inner)
    )


def _neighbours_are_sound(state: tuple[Any, ...], bounds: int) -> bool:
    data, index, nodes, boxes, _, _, count, *_ = state
    rows, columns = data.shape
    position = np.arange(len(nodes))
    inner = nodes["is_leaf"] == 0
    return bool(
        len(nodes) == count > 0
        and boxes.shape == (bounds, count, columns)
        and len(index) == rows
        and _in_range(index, 0, rows)
        and _in_range(nodes["idx_start"], 0, rows + 1)
        and _in_range(nodes["idx_end"], 0, rows + 1)
        and _in_range(2 * position[inner] + 2, 0, count)
    )


def _children_follow(children: NDArray[np.integer[Any]], inner: NDArray[np.bool_]) -> bool:
    found = children[inner].astype(np.int64)
    return bool(np.all(found > np.flatnonzero(inner))) and _in_range(found, 0, len(children))


def _in_range(values: NDArray[Any], low: int, beyond: int) -> bool:
    return bool(np.all((values >= low) & (values < beyond)))
