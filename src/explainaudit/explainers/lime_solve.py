"""lime's weighted ridge for many rows at once, from sums over the common pool.

Given the same perturbations the coefficients, intercept, R² and local prediction are those of
``lime.lime_base.LimeBase.explain_instance_with_data``. This rests on four things: every column is
discretised or categorical, so that a perturbation is what it matches; weights are a function of the
number of matches only (lime's euclidean distance and a kernel of it), so that they take d + 1 values;
perturbations are drawn without regard to the row; and lime's row 0 is the row itself, with weight 1.
Nothing else is offered: no columns left continuous, no sampling around the row, no other distance, no
``lasso_path``, no other regressor than `Ridge`.

Every BLAS and LAPACK call is about one row, of a shape set by columns and outputs, so that a row's
answer has the same bits whichever rows stand beside it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explainaudit.explainers.lime_moments import Moments
from explainaudit.explainers.lime_selection import Selection, chosen_columns

Floats = NDArray[np.float64]

ALPHA = 1.0  # lime's


@dataclass(frozen=True)
class Fit:
    """lime's answers for r rows and k outputs, and what their standard errors are made from.

    Attributes
    ----------
    coefficients : ndarray of shape (r, k, d)
        Ridge coefficients; 0 for a column not chosen.
    intercept, local_prediction, score : ndarray of shape (r, k)
        Intercept, prediction for the row itself, and weighted R².
    deviation : ndarray of shape (r, k)
        Weighted standard deviation of the answers.
    weight : ndarray of shape (r,)
        Sum of the weights.
    centre : ndarray of shape (r, d)
        Weighted mean of the matches.
    inverse : ndarray of shape (r, d, d)
        Inverse of the centred weighted sums of products of the matches plus the penalty.
    """

    coefficients: Floats
    intercept: Floats
    local_prediction: Floats
    score: Floats
    deviation: Floats
    weight: Floats
    centre: Floats
    inverse: Floats


def fit(moments: Moments, feature_selection: Selection = "none", num_features: int = 10) -> Fit:
    """Return lime's answers; arguments are those of `LimeTabularExplainer` and ``explain_instance``."""
    d, level = moments.columns, moments.level
    whole = moments.whole
    total = whole[:, 0, 0]
    mean = whole[:, 0] / total[:, None]
    # In scikit-learn's Ridge the intercept is free: it is solved on centred columns.
    centred = whole - mean[:, :, None] * whole[:, :1]
    products = np.ascontiguousarray(centred[:, 1 : d + 1, 1 : d + 1])
    with_answers = np.ascontiguousarray(centred[:, d + 1 :, 1 : d + 1])
    penalised = products + ALPHA * np.eye(d)
    inverse = np.asarray(np.linalg.inv(penalised), dtype=np.float64)
    solved = with_answers @ inverse
    if feature_selection != "none":
        chosen = chosen_columns(products, with_answers, feature_selection, num_features)
        kept = np.where(chosen[..., :, None] & chosen[..., None, :], penalised[:, None], np.eye(d))
        solved = np.asarray(
            np.linalg.solve(kept, (with_answers * chosen)[..., None])[..., 0], dtype=np.float64
        )
    spread = np.diagonal(centred, axis1=1, axis2=2)[:, d + 1 :]
    explained = 2 * (solved * with_answers).sum(axis=2) - (solved * (solved @ products)).sum(axis=2)
    middle, unit = level.middle, level.unit
    intercept = middle + unit * (mean[:, d + 1 :] - (solved * mean[:, None, 1 : d + 1]).sum(axis=2))
    coefficients = np.ascontiguousarray(solved * unit[:, None])
    with np.errstate(invalid="ignore", divide="ignore"):
        score = np.where(spread > 0, explained / spread, 1.0)  # a constant is explained, in scikit-learn
    return Fit(
        coefficients=coefficients,
        intercept=intercept,
        local_prediction=intercept + coefficients.sum(axis=2),
        score=score,
        deviation=unit * np.sqrt(np.maximum(spread, 0.0) / total[:, None]),
        weight=total,
        centre=mean[:, 1 : d + 1],
        inverse=inverse,
    )
