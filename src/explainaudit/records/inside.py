"""What a model is made of, where its output is a sum that can be read: of coefficients, or of trees."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from explainaudit.records.measure import Unit

Floats = NDArray[np.float64]
_WALKED_ROWS = 512


@dataclass(frozen=True)
class Trees:
    """Binary trees whose leaf values add up to the outputs, all nodes in one list.

    A row goes left where its value is missing and ``missing_left``, where the node has a set of codes
    and the value is one of them, or else where the value is at most the threshold, compared in float64.
    The nodes of a tree stand together, its root first, and each of them is reached from the root.

    Attributes
    ----------
    column : ndarray of shape (nodes,)
        Encoded column a node asks about; −1 for a leaf.
    threshold : ndarray of shape (nodes,)
        Largest value that goes left.
    missing_left : ndarray of shape (nodes,)
        Where a missing value goes.
    left, right : ndarray of shape (nodes,)
        Children, as places in the list; −1 for a leaf.
    codes : dict of int to ndarray
        For a node that splits categories: the codes that go left, sorted.
    roots : ndarray of shape (trees,)
        Place of each tree's root.
    value : ndarray of shape (nodes, w)
        What a leaf adds, scaled as the model scales it; 0 for a split.
    output : ndarray of shape (trees,)
        First of the w outputs that a tree adds to: w is 1 for boosters, k for a forest of k outputs.
    base : ndarray of shape (k,)
        What is added to the sum of the trees.
    cover : ndarray of shape (nodes,), optional
        Training weight that reached each node, as the library counts it for path-dependent values of its
        own; unchecked, and ``None`` where some tree does not have it.
    """

    column: NDArray[np.int32]
    threshold: Floats
    missing_left: NDArray[np.bool_]
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    codes: Mapping[int, Floats]
    roots: NDArray[np.int32]
    value: Floats
    output: NDArray[np.int32]
    base: Floats
    cover: Floats | None = None


@dataclass(frozen=True)
class Linear:
    """Coefficients of encoded columns, shape (k, m), and intercepts, shape (k,)."""

    coefficients: Floats
    intercept: Floats


@dataclass(frozen=True)
class Inside:
    """A model whose output, in a unit, is a sum over trees or columns of an encoding column by column.

    Attributes
    ----------
    encode : callable
        Frame of typed raw inputs, shape (n, …) -> encoded columns, shape (n, m) in float64, rounded to
        float32 where the model compares in it. A missing value is NaN.
    player : ndarray of shape (m,)
        For each encoded column the raw input it is made from: its place among the model's inputs.
    unit : str
        Unit of the outputs.
    sum : Trees or Linear
        What adds up to them.
    single : bool
        Whether the model works in float32, so that its own answers are known to 1e-4 only.
    inputs : tuple of str
        Names of the model's inputs, in its order: what ``player`` counts.
    """

    encode: Callable[[pd.DataFrame], Floats]
    player: NDArray[np.intp]
    unit: Unit
    sum: Trees | Linear
    single: bool = False
    inputs: tuple[str, ...] = ()


def summed(parts: Trees | Linear, encoded: Floats) -> Floats:
    """Return what the parts of a model add up to for encoded rows, shape (n, k)."""
    if isinstance(parts, Linear):
        return np.asarray(encoded @ parts.coefficients.T + parts.intercept)
    found = np.tile(parts.base, (len(encoded), 1))
    width = parts.value.shape[1]
    for start in range(0, len(encoded), _WALKED_ROWS):
        rows = slice(start, start + _WALKED_ROWS)
        added = parts.value[_leaves(parts, encoded[rows])]
        for output in np.unique(parts.output):
            found[rows, output : output + width] += added[:, parts.output == output].sum(axis=1)
    return found


def _leaves(trees: Trees, encoded: Floats) -> NDArray[np.int32]:
    """Return the leaf that each row comes to in each tree, shape (n, trees)."""
    known = _codes(trees)
    at = np.tile(trees.roots, (len(encoded), 1))
    rows = np.arange(len(encoded))[:, None]
    while (split := trees.column[at] >= 0).any():
        values = encoded[rows, trees.column[at]]
        left = values <= trees.threshold[at]
        if known is not None:
            by_code, has = known(at, values)
            left = np.where(by_code, has, left)
        left = np.where(np.isnan(values), trees.missing_left[at], left)
        at = np.where(split, np.where(left, trees.left[at], trees.right[at]), at)
    return at


def _codes(trees: Trees) -> Callable[..., tuple[NDArray[np.bool_], NDArray[np.bool_]]] | None:
    """Return a function that tells which nodes split categories, and whether their codes hold a value."""
    if not trees.codes:
        return None
    splits = np.array(sorted(trees.codes))
    runs = [trees.codes[int(split)] for split in splits]
    beyond = max(run.max(initial=0.0) for run in runs) + 1.0
    # One sorted list of all codes, each set of them lifted above the one before; it ends with a sentinel.
    lifted = [number * beyond + run for number, run in enumerate(runs)]
    table = np.concatenate([*lifted, np.array([np.inf])])

    def known(at: NDArray[np.int32], values: Floats) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        number = np.minimum(np.searchsorted(splits, at), len(splits) - 1)
        code = (values >= 0.0) & (values < beyond) & (values == np.floor(values))
        wanted = number * beyond + np.where(code, values, 0.0)
        return splits[number] == at, code & (table[np.searchsorted(table, wanted)] == wanted)

    return known
