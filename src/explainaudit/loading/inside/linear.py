"""Linear models of scikit-learn: coefficients of the columns they are given, and intercepts."""

from typing import Any

import numpy as np

from explainaudit.loading.readings import Reading, dense
from explainaudit.records.inside import Linear
from explainaudit.records.measure import Unit


def read_linear(model: Any, unit: Unit) -> Reading | None:
    """Return the sum that a linear model is: of a regression the target, of a classifier its raw scores.

    The raw scores of two classes are log-odds of the second; of several classes one score each. ``None``
    for any other model or unit.
    """
    regressors, classifiers = _kinds()
    known = regressors if unit == "target" else classifiers if unit in {"log_odds", "margin"} else set()
    if type(model) not in known or (unit != "target" and not _is_logistic(model, unit)):
        return None
    given = model.coef_
    coefficients = np.atleast_2d(given.toarray() if hasattr(given, "toarray") else given)
    intercept = np.broadcast_to(np.ravel(model.intercept_), (len(coefficients),))
    return Reading(
        Linear(coefficients.astype(np.float64), intercept.astype(np.float64)),
        dense,
        np.arange(coefficients.shape[1]),
        single=coefficients.dtype == np.float32,
    )


def _is_logistic(model: Any, unit: Unit) -> bool:
    """Return whether raw scores become probabilities through the logistic or the softmax function."""
    softmax_of_two = unit == "log_odds" and getattr(model, "multi_class", None) == "multinomial"
    return getattr(model, "loss", "log_loss") == "log_loss" and not softmax_of_two


def _kinds() -> tuple[set[type], set[type]]:
    """Return the types of regressors that answer their sum, and of classifiers whose scores are sums."""
    from sklearn import linear_model as lm
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
    from sklearn.svm import LinearSVR

    regressors = {
        lm.ARDRegression, lm.BayesianRidge, lm.ElasticNet, lm.ElasticNetCV, lm.HuberRegressor, lm.Lars,
        lm.LarsCV, lm.Lasso, lm.LassoCV, lm.LassoLars, lm.LassoLarsCV, lm.LassoLarsIC,
        lm.LinearRegression, lm.OrthogonalMatchingPursuit, lm.QuantileRegressor, lm.Ridge, lm.RidgeCV,
        lm.SGDRegressor, lm.TheilSenRegressor, LinearSVR,
    }  # fmt: skip
    classifiers = {
        LinearDiscriminantAnalysis, lm.LogisticRegression, lm.LogisticRegressionCV, lm.SGDClassifier,
    }  # fmt: skip
    return regressors, classifiers
