"""Where columns may be mixed, or a transformer is not known for certain, nothing is said."""

import numpy as np
import pytest
from sklearn.compose import TransformedTargetRegressor, make_column_transformer
from sklearn.decomposition import PCA
from sklearn.experimental import enable_iterative_imputer  # noqa: F401
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.impute import IterativeImputer, KNNImputer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.preprocessing import FunctionTransformer, Normalizer, PolynomialFeatures, StandardScaler
from summing import AMOUNT, FULL, YES, inside, nothing

from explainaudit.loading.inside import holds

X = FULL[["a", "count", "large"]]


class Mine(StandardScaler):
    """Looks like a scaler, and mixes."""

    def transform(self, X, copy=None):
        made = super().transform(X)
        return made + made[:, ::-1]


def doubled(rows, by=1.0):
    return rows * by


@pytest.mark.parametrize(
    "step",
    [
        PCA(2),
        PolynomialFeatures(2),
        KNNImputer(),
        IterativeImputer(max_iter=1),
        Normalizer(),
        Mine(),
        FunctionTransformer(doubled),
        FunctionTransformer(np.abs, kw_args={"where": True}),
        FunctionTransformer(np.sort),
        FunctionTransformer(np.frompyfunc(float, 1, 1)),
        FeatureUnion([("one", StandardScaler())]),
    ],
    ids=lambda step: type(step).__name__,
)
@pytest.mark.filterwarnings("ignore")
def test_mixing_and_unknown_steps(step):
    assert nothing(make_pipeline(step, LinearRegression()).fit(X, AMOUNT), "target")
    columns = make_column_transformer((step, ["a", "count"]), remainder="passthrough")
    assert nothing(make_pipeline(columns, LinearRegression()).fit(X, AMOUNT), "target")


def test_text_and_targets_that_are_transformed():
    words = FULL.assign(word=["good", "bad"] * 150)
    columns = make_column_transformer((TfidfVectorizer(), "word"), ("passthrough", ["a"]))
    assert nothing(make_pipeline(columns, LogisticRegression()).fit(words, YES), "log_odds")
    target = TransformedTargetRegressor(LinearRegression(), func=np.log, inverse_func=np.exp)
    assert nothing(target.fit(X, AMOUNT), "target")


def test_a_transformer_that_was_tampered_with_is_found_out():
    model = make_pipeline(StandardScaler(), LinearRegression()).fit(X, AMOUNT)
    found = inside(model, X, "target")
    scaler = model.steps[0][1]
    own, answers = scaler.transform, model.predict(X)[:, None]
    scaler.transform = lambda rows: own(rows) + own(rows)[:, ::-1]
    assert not holds(found, X, answers)
    scaler.transform = lambda rows: own(rows)[:, :2]
    assert not holds(found, X, answers)


def test_widths_that_do_not_agree_are_found_out():
    model = make_pipeline(StandardScaler(), LinearRegression()).fit(X, AMOUNT)
    model.steps[0][1].n_features_in_ = 2
    assert nothing(model, "target")
    model = make_pipeline(StandardScaler(), LinearRegression()).fit(X, AMOUNT)
    model.steps[1][1].coef_ = model.steps[1][1].coef_[:2]
    assert nothing(model, "target")
