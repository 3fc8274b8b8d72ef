"""Which columns lime fits: its four ways of choosing them, from sums of products alone."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Selection = Literal["none", "highest_weights", "auto", "forward_selection"]

FIRST_ALPHA = 0.01  # lime's ridge for highest_weights
FORWARD_MOST = 6  # up to so many columns lime's auto is forward_selection
ROUNDING = 1e-12


def chosen_columns(
    products: Floats, with_answers: Floats, feature_selection: Selection, num_features: int
) -> NDArray[np.bool_]:
    """Return the columns that lime fits, shape (r, k, d).

    Parameters
    ----------
    products : ndarray of shape (r, d, d)
        Centred weighted sums of products of the matches.
    with_answers : ndarray of shape (r, k, d)
        The same of matches and answers.
    feature_selection : {"none", "highest_weights", "auto", "forward_selection"}
        As in `lime.lime_tabular.LimeTabularExplainer`.
    num_features : int
        Columns wanted.

    Raises
    ------
    ValueError
        Another way of choosing, ``lasso_path`` among them.
    """
    most = min(num_features, products.shape[1])
    if feature_selection == "auto":
        feature_selection = "forward_selection" if num_features <= FORWARD_MOST else "highest_weights"
    if feature_selection == "none":
        return np.ones(with_answers.shape, dtype=bool)
    if feature_selection == "highest_weights":
        return _highest_weights(products, with_answers, most)
    if feature_selection == "forward_selection":
        return _forward(products, with_answers, most)
    raise ValueError(feature_selection)


def _highest_weights(products: Floats, with_answers: Floats, most: int) -> NDArray[np.bool_]:
    """Return the columns with the largest coefficients of a slight ridge."""
    penalised = products + FIRST_ALPHA * np.eye(products.shape[1])
    weights = np.linalg.solve(penalised, with_answers.swapaxes(1, 2)).swapaxes(1, 2)
    leading = np.argsort(-np.abs(weights), axis=2, kind="stable")[..., :most]
    chosen = np.zeros(with_answers.shape, dtype=bool)
    np.put_along_axis(chosen, leading, True, axis=2)
    return chosen


def _forward(products: Floats, with_answers: Floats, most: int) -> NDArray[np.bool_]:
    """Return the columns that raise the R² of least squares most, one after another.

    What is left of the products after the columns chosen are swept out gives every candidate's R² at
    once: it rises by (sum with the answers)² / (sum of squares) over the answers' own sum of squares.
    """
    rows, outputs, d = with_answers.shape
    squares = np.diagonal(products, axis1=1, axis2=2)[:, None] * ROUNDING
    left = np.repeat(products[:, None], outputs, axis=1)
    answers = with_answers.copy()
    chosen = np.zeros((rows, outputs, d), dtype=bool)
    for _ in range(most):
        pivots = np.diagonal(left, axis1=2, axis2=3)
        usable = ~chosen & (pivots > squares)
        gain = np.where(usable, answers**2 / np.where(usable, pivots, 1.0), 0.0)
        best = np.argmax(np.where(chosen, -1.0, gain), axis=2)[..., None]
        column = np.take_along_axis(left, best[..., None], axis=3)[..., 0]
        pivot = np.take_along_axis(pivots, best, axis=2)
        sweep = np.where(np.take_along_axis(usable, best, axis=2), 1.0 / np.where(pivot > 0, pivot, 1.0), 0.0)
        answers = answers - column * (np.take_along_axis(answers, best, axis=2) * sweep)
        left = left - (column * sweep)[..., None] * column[..., None, :]
        np.put_along_axis(chosen, best, True, axis=2)
    return chosen
