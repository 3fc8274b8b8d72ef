"""The unit a model is explained in where nobody names one, and the raw scores of several classes."""

import lightgbm
import numpy as np
import pytest
import xgboost
from scipy.special import expit, softmax
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import (
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.linear_model import LinearRegression, LogisticRegression, SGDClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import LabelEncoder, StandardScaler
from sklearn.svm import SVC

from explainaudit.errors import ModelFailed
from explainaudit.loading.predictor import predictor_of

FEW = {"n_estimators": 5}
QUICK = FEW | {"n_jobs": 1}
SCORES = [
    LogisticRegression(),
    GradientBoostingClassifier(**FEW),
    HistGradientBoostingClassifier(max_iter=5),
    lightgbm.LGBMClassifier(**QUICK, verbose=-1),
    xgboost.XGBClassifier(**QUICK),
]


@pytest.mark.parametrize("model", SCORES, ids=lambda model: type(model).__name__)
@pytest.mark.parametrize("steps", [(), (StandardScaler(),)], ids=["alone", "last"])
def test_scores_that_probabilities_are_made_of(model, steps, numbers, binary, three):
    model = make_pipeline(*steps, model) if steps else model
    two = predictor_of(model.fit(numbers, binary))
    assert two.default_output(numbers) == "log_odds"
    p = two.outputs(numbers, output="probability")
    assert expit(two.outputs(numbers, output="log_odds")) == pytest.approx(p, abs=1e-6)
    several = predictor_of(clone(model).fit(numbers, LabelEncoder().fit_transform(three)))
    assert several.default_output(numbers) == "margin"
    margins = several.outputs(numbers, output="margin")
    assert margins.shape == (len(numbers), 3)
    p = several.outputs(numbers, output="probability")
    assert softmax(margins, axis=1) == pytest.approx(p, abs=1e-6)


@pytest.mark.parametrize(
    "model",
    [
        RandomForestClassifier(**FEW),
        CalibratedClassifierCV(LogisticRegression(), cv=2),
        SGDClassifier(loss="modified_huber"),
    ],
    ids=lambda model: type(model).__name__,
)
def test_other_classifiers_are_explained_in_probability(model, numbers, binary, three):
    for labels in (binary, three):
        assert predictor_of(model.fit(numbers, labels)).default_output(numbers) == "probability"


def test_a_score_for_each_pair_of_classes_is_no_margin(numbers, three):
    model = CalibratedClassifierCV(SVC(decision_function_shape="ovo"), cv=2, ensemble=False)
    assert predictor_of(model.fit(numbers, three)).default_output(numbers) == "probability"
    with pytest.raises(ModelFailed, match="E610"):
        predictor_of(model).outputs(numbers, output="margin")


def test_a_regression_is_explained_in_its_target(numbers, binary):
    assert predictor_of(LinearRegression().fit(numbers, binary)).default_output(numbers) == "target"


def test_two_classes_have_no_margin(logistic, numbers):
    with pytest.raises(ValueError, match="margin"):
        predictor_of(logistic).outputs(numbers, output="margin")


def test_log_odds_of_a_pipeline_stay_exact_where_float32_probabilities_end(numbers, binary):
    boosting = xgboost.XGBClassifier(n_estimators=200, learning_rate=1.0, n_jobs=1)
    model = make_pipeline(StandardScaler(), boosting)
    sure = (numbers["a"] > 0).astype(int)
    found = predictor_of(model.fit(numbers, sure)).outputs(numbers, output="log_odds")[:, 0]
    assert np.array_equal(found, model.predict(numbers, output_margin=True).astype(float))
