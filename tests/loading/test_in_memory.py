"""Boosters handed over in memory, bare or behind scikit-learn's methods, answer as they do themselves."""

import pickle

import lightgbm
import numpy as np
import pytest
import xgboost
from native_models import AMOUNT, NUMBERS, TABLE, TRAINED, YES, answer, both, lightgbm_of, xgboost_of
from sklearn.compose import make_column_transformer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from explainaudit.errors import DataRefused, ModelFailed, ModelRefused
from explainaudit.loading.predictor import predictor_of

FEW = {"n_estimators": 5, "n_jobs": 1}
LIGHT = lightgbm.LGBMClassifier(**FEW, verbose=-1, min_child_samples=5)
EXTREME = xgboost.XGBClassifier(**FEW, enable_categorical=True)


def test_a_bare_booster_is_read_as_its_file_is():
    for booster, library in (
        (lightgbm_of("binary", YES), lambda each: each.predict(NUMBERS)),
        (xgboost_of("binary:logistic", YES), lambda each: each.predict(xgboost.DMatrix(NUMBERS))),
    ):
        predictor = predictor_of(booster)
        assert predictor.identity.format == "memory"
        assert predictor.identity.estimator.endswith("Booster")
        assert answer(predictor) == pytest.approx(both(library(booster)), abs=2e-7)


def test_an_estimator_of_lightgbm_keeps_its_labels_and_takes_text():
    model = LIGHT.fit(TRAINED, np.where(YES == 1, "bad", "good"))
    predictor = predictor_of(model)
    assert (predictor.identity.estimator, predictor.identity.classes) == ("LGBMClassifier", ("bad", "good"))
    assert answer(predictor, TABLE) == pytest.approx(model.predict_proba(TRAINED), abs=1e-15)
    with pytest.raises(DataRefused, match="E459"):
        predictor.with_classes(("a", "b"))


def test_an_estimator_of_xgboost_takes_text():
    model = EXTREME.fit(TRAINED, YES)
    predictor = predictor_of(model)
    assert (predictor.identity.estimator, predictor.identity.classes) == ("XGBClassifier", ("0", "1"))
    assert answer(predictor, TABLE) == pytest.approx(model.predict_proba(TRAINED), abs=2e-7)


@pytest.mark.parametrize(
    "model",
    [
        lightgbm.LGBMRegressor(**FEW, verbose=-1, objective="poisson"),
        xgboost.XGBRegressor(**FEW, objective="reg:gamma"),
        xgboost.XGBRegressor(**FEW, booster="gblinear"),  # not read natively: answers by its own methods
    ],
)
def test_regressors(model):
    x = NUMBERS.fillna(0.0)
    model.fit(x, AMOUNT)
    assert np.array_equal(answer(predictor_of(model), x), model.predict(x))


def test_an_estimator_that_stopped_early_uses_the_trees_it_uses_itself():
    other = NUMBERS.head(80)
    light = lightgbm.LGBMClassifier(n_estimators=40, n_jobs=1, verbose=-1, learning_rate=1.0)
    stopping = {"eval_X": (other,), "eval_y": (1 - YES[:80],)}
    light.fit(NUMBERS, YES, **stopping, callbacks=[lightgbm.early_stopping(2, verbose=False)])
    extreme = xgboost.XGBClassifier(n_estimators=40, n_jobs=1, early_stopping_rounds=2)
    extreme.fit(NUMBERS, YES, eval_set=[(other, 1 - YES[:80])], verbose=False)
    assert extreme.best_iteration + 1 < extreme.get_booster().num_boosted_rounds()
    for model in (light, extreme):
        predictor = predictor_of(model)
        assert answer(predictor) == pytest.approx(model.predict_proba(NUMBERS), abs=2e-7)
        assert predictor.notes(NUMBERS) == ()


@pytest.mark.parametrize(
    "way", [{}, {"booster": "dart", "rate_drop": 0.3}, {"num_parallel_tree": 2}], ids=str
)
def test_one_that_stopped_early_keeps_its_levels(way):
    model = xgboost.XGBClassifier(
        n_estimators=40, n_jobs=1, early_stopping_rounds=2, enable_categorical=True, **way
    )
    model.fit(TRAINED, YES, eval_set=[(TRAINED.head(80), 1 - YES[:80])], verbose=False)
    assert model.best_iteration + 1 < model.get_booster().num_boosted_rounds()
    predictor = predictor_of(model)
    assert answer(predictor, TABLE) == pytest.approx(model.predict_proba(TRAINED), abs=2e-7)
    assert predictor.notes(TABLE) == ()


@pytest.mark.parametrize(
    ("model", "said"),
    [
        (lightgbm.LGBMClassifier(**FEW, verbose=-1, linear_tree=True), "linear_tree"),
        (
            xgboost.XGBClassifier(**FEW, enable_categorical=True, missing=-999.0),
            "missing=-999.0 beside categories",
        ),
    ],
)
def test_levels_that_cannot_be_handed_on_are_refused_by_name(model, said):
    with pytest.raises(ModelRefused, match="E507") as refused:
        predictor_of(model.fit(TRAINED.fillna({"amount": 0.0}), YES))
    assert refused.value.params["objective"] == said


def test_a_booster_at_the_end_of_a_pipeline_is_a_pipeline():
    encoder = make_column_transformer((OneHotEncoder(), ["kind"]), ("passthrough", ["count"]))
    model = make_pipeline(encoder, xgboost.XGBClassifier(**FEW)).fit(TABLE, YES)
    predictor = predictor_of(model)
    assert predictor.identity.steps == ("ColumnTransformer", "XGBClassifier")
    assert answer(predictor, TABLE) == pytest.approx(model.predict_proba(TABLE), abs=2e-7)


@pytest.mark.parametrize("model", [lightgbm.LGBMClassifier(), xgboost.XGBClassifier()])
def test_an_estimator_that_is_not_fitted_is_refused(model):
    with pytest.raises(ModelFailed, match="E604"):
        predictor_of(model)


def test_more_threads_change_no_bit():
    many = pickle.loads(pickle.dumps(LIGHT)).set_params(n_jobs=2).fit(TRAINED, YES)
    first = answer(predictor_of(many), TABLE)
    assert all(np.array_equal(answer(predictor_of(many), TABLE), first) for _ in range(3))
