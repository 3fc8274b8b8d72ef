"""What a model is made of, where its output is a sum that can be read: of coefficients, or of trees."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from explainaudit.records.measure import Unit

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Trees:
    """Binary trees whose leaf values add up to the outputs, all nodes in one list.

    A row goes left where its value is missing and ``missing_left``, where the node has a set of codes
    and the value is one of them, or else where the value is at most the threshold, compared in float64.

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
    """

    encode: Callable[[pd.DataFrame], Floats]
    player: NDArray[np.intp]
    unit: Unit
    sum: Trees | Linear
    single: bool = False
