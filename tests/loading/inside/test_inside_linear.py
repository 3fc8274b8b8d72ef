"""Linear models add up to what they answer."""

import numpy as np
import pytest
from sklearn import linear_model as lm
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler
from sklearn.svm import SVC, LinearSVC, LinearSVR
from summing import AMOUNT, FULL, THREE, YES, inside, nothing, sums

X = FULL.drop(columns="same")


@pytest.mark.parametrize(
    "model",
    [
        lm.LinearRegression(),
        lm.LinearRegression(fit_intercept=False),
        lm.Ridge(),
        lm.RidgeCV(),
        lm.Lasso(0.1),
        lm.LassoCV(cv=2),
        lm.ElasticNet(0.1),
        lm.ElasticNetCV(cv=2),
        lm.Lars(),
        lm.LassoLars(0.01),
        lm.LassoLarsIC(),
        lm.SGDRegressor(),
        LinearSVR(random_state=1),
        lm.HuberRegressor(max_iter=1000),
        lm.BayesianRidge(),
        lm.ARDRegression(),
        lm.QuantileRegressor(alpha=0.01),
        lm.OrthogonalMatchingPursuit(),
    ],
    ids=lambda model: type(model).__name__,
)
def test_regressors(model):
    model = make_pipeline(MinMaxScaler(), model).fit(X, AMOUNT)
    assert sums(inside(model, X, "target"), X)[:, 0] == pytest.approx(model.predict(X), rel=1e-12)


@pytest.mark.parametrize(
    "model",
    [
        lm.LogisticRegression(),
        lm.LogisticRegression(fit_intercept=False),
        lm.SGDClassifier(loss="log_loss", random_state=1),
        LinearDiscriminantAnalysis(),
    ],
    ids=lambda model: type(model).__name__,
)
def test_classifiers(model):
    model = make_pipeline(MinMaxScaler(), model).fit(X, YES)
    expected = model.decision_function(X)
    assert sums(inside(model, X, "log_odds", "1"), X)[:, 0] == pytest.approx(expected, abs=1e-12)
    assert sums(inside(model, X, "log_odds", "0"), X)[:, 0] == pytest.approx(-expected, abs=1e-12)
    model.fit(X, THREE)
    assert sums(inside(model, X, "margin"), X) == pytest.approx(model.decision_function(X), abs=1e-12)
    assert nothing(model, "probability")


def test_coefficients_that_are_kept_sparse():
    model = lm.SGDClassifier(loss="log_loss", penalty="l1", random_state=1).fit(X[["a", "count"]], YES)
    inside(model.sparsify(), X, "log_odds")


def test_float32_is_known_as_such():
    model = lm.LinearRegression().fit(X[["a"]].astype(np.float32), AMOUNT.astype(np.float32))
    assert inside(model, X, "target").single


def test_softmax_of_two_classes_has_log_odds_of_twice_the_score():
    model = lm.LogisticRegression().fit(X[["a", "count"]], YES)
    model.multi_class = "multinomial"  # as scikit-learn before 1.8 keeps it
    assert nothing(model, "log_odds")


def test_scores_that_are_no_log_odds_and_curves_are_not_read():
    small = X[["a", "count"]]
    for model in (
        LinearSVC(),
        lm.RidgeClassifier(),
        SVC(kernel="linear"),
        lm.SGDClassifier(loss="modified_huber"),
    ):
        assert nothing(model.fit(small, YES), "log_odds")
    for model in (lm.PoissonRegressor(), lm.GammaRegressor(), lm.RANSACRegressor()):
        assert nothing(model.fit(small, AMOUNT), "target")
