"""What the last step of a model adds up, and how it sees the columns it is given."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explainaudit.records.inside import Linear, Trees

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Reading:
    """A sum, and the columns that it reads.

    Attributes
    ----------
    sum : Trees or Linear
        What adds up.
    seen : callable
        What the step is given (data frame, array, sparse matrix) -> columns as the sum reads them,
        shape (n, m) in float64.
    order : ndarray of shape (m,)
        For each column of the sum, its place among the columns that the step is given.
    single : bool
        Whether the step adds in float32.
    """

    sum: Trees | Linear
    seen: Callable[[Any], Floats]
    order: NDArray[np.intp]
    single: bool = False


@dataclass(frozen=True)
class Tree:
    """One tree, node 0 its root; each attribute as in `Trees`, with places counted within the tree."""

    column: NDArray[Any]
    threshold: NDArray[Any]
    missing_left: NDArray[Any]
    left: NDArray[Any]
    right: NDArray[Any]
    value: NDArray[Any]
    codes: dict[int, Floats] = field(default_factory=dict)
    cover: NDArray[Any] | None = None


def planted(trees: Sequence[Tree], output: NDArray[Any], base: NDArray[Any]) -> Trees:
    """Return trees as one list of nodes, without the nodes that no row can come to.

    Raises
    ------
    ValueError
        A node leads out of its tree, or is reached on two ways.
    """
    sizes = [len(tree.column) for tree in trees]
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int64)
    left = _moved([tree.left for tree in trees], starts)
    right = _moved([tree.right for tree in trees], starts)
    kept = _reached(starts, left, right)
    place = np.where(kept, np.cumsum(kept) - 1, -1)
    inner = left >= 0
    value = np.concatenate([tree.value for tree in trees]).astype(np.float64)
    value[inner] = 0.0
    column = np.where(inner, np.concatenate([tree.column for tree in trees]), -1)
    threshold = np.where(inner, np.concatenate([tree.threshold for tree in trees]), 0.0)
    missing_left = inner & np.concatenate([tree.missing_left for tree in trees]).astype(np.bool_)
    return Trees(
        column=column[kept].astype(np.int32),
        threshold=threshold[kept].astype(np.float64),
        missing_left=missing_left[kept],
        left=np.where(inner, place[left], -1)[kept].astype(np.int32),
        right=np.where(inner, place[right], -1)[kept].astype(np.int32),
        codes={
            int(place[start + node]): codes
            for start, tree in zip(starts, trees, strict=True)
            for node, codes in tree.codes.items()
            if kept[start + node]
        },
        roots=place[starts].astype(np.int32),
        value=value[kept],
        output=np.asarray(output, dtype=np.int32),
        base=np.asarray(base, dtype=np.float64),
        cover=_cover(trees, kept),
    )


def _moved(children: Sequence[NDArray[Any]], starts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return children as places in the list of all nodes, −1 where there is none."""
    found = []
    for child, start in zip(children, starts, strict=True):
        if (child >= len(child)).any():
            raise ValueError("a node leads out of its tree")
        found.append(np.where(child < 0, -1, child.astype(np.int64) + start))
    return np.concatenate(found)


def _cover(trees: Sequence[Tree], kept: NDArray[np.bool_]) -> Floats | None:
    covers = [tree.cover for tree in trees if tree.cover is not None and len(tree.cover) == len(tree.column)]
    return np.concatenate(covers).astype(np.float64)[kept] if len(covers) == len(trees) else None


def _reached(
    roots: NDArray[np.int64], left: NDArray[np.int64], right: NDArray[np.int64]
) -> NDArray[np.bool_]:
    reached = np.zeros(len(left), dtype=np.bool_)
    at = roots
    while len(at):
        if reached[at].any() or len(np.unique(at)) < len(at) or ((left[at] < 0) != (right[at] < 0)).any():
            raise ValueError("the nodes form no trees")
        reached[at] = True
        below = np.concatenate([left[at], right[at]])
        at = below[below >= 0]
    return reached


def flipped(parts: Trees | Linear) -> Trees | Linear:
    """Return the sum with the opposite sign."""
    if isinstance(parts, Linear):
        return Linear(-parts.coefficients, -parts.intercept)
    return Trees(**{**vars(parts), "value": -parts.value, "base": -parts.base})


def dense(given: Any, kind: type[np.floating[Any]] = np.float64, *, absent: float = 0.0) -> Floats:
    """Return what a step is given as numbers in float64, rounded to a type first.

    ``absent`` is what a value that a sparse matrix does not hold stands for.
    """
    with np.errstate(over="ignore"):
        if not hasattr(given, "tocoo"):
            return np.asarray(given, dtype=kind).astype(np.float64)
        held = given.tocoo()
        found = np.full(held.shape, absent, dtype=np.float64)
        found[held.row, held.col] = held.data.astype(kind)
        return found
