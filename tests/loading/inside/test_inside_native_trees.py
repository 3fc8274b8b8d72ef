"""Boosters of LightGBM and XGBoost add up to what they answer, from their files and in pipelines."""

import lightgbm
import numpy as np
import pandas as pd
import pytest
import xgboost
from sklearn.compose import make_column_transformer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler
from summing import AMOUNT, GAPS, TABLE, THREE, TRAINED, UNSEEN, YES, edges, inside, nothing, sums

from explainaudit.loading.inside import holds, inside_of
from explainaudit.loading.model import load_model
from explainaudit.loading.predictor import predictor_of
from explainaudit.records.stage import Consent

CODED = np.unique(THREE, return_inverse=True)[1]
LIGHT = {"verbose": -1, "num_threads": 1, "seed": 1, "num_leaves": 7, "min_data_in_leaf": 5}
LEVELS = {"cat_smooth": 1, "min_data_per_group": 5, "max_cat_to_onehot": 1}
WAYS_LIGHT = [
    {},
    {"boosting": "dart", "drop_rate": 0.5},
    {"boosting": "rf", "bagging_freq": 1, "bagging_fraction": 0.6},
    {"zero_as_missing": True},
    {"use_missing": False},
    {"sigmoid": 2.5},
]
WAYS_EXTREME = [
    {},
    {"booster": "dart", "rate_drop": 0.5},
    {"num_parallel_tree": 3, "subsample": 0.6},
    {"base_score": 0.2},
]
# Zero, and what LightGBM takes for zero; the limit itself is written in float32.
NEAR = UNSEEN.copy()
NEAR.loc[:8, "a"] = [0.0, -0.0, 1e-36, -1e-36, float(np.float32(1e-35)), 1.1e-35, -1.1e-35, 1e-30, -1e-30]


def light(objective, y, x=TRAINED, *, rounds=8, **settings):
    given = LIGHT | LEVELS | {"objective": objective} | settings
    return lightgbm.train(given, lightgbm.Dataset(x, y), rounds)


def extreme(objective, y, x=TRAINED, *, rounds=8, **settings):
    given = {"nthread": 1, "max_depth": 3, "seed": 1, "max_cat_to_onehot": 1, "objective": objective}
    return xgboost.train(given | settings, xgboost.DMatrix(x, y, enable_categorical=True), rounds)


@pytest.mark.parametrize("way", WAYS_LIGHT, ids=str)
def test_lightgbm(way):
    model = light("binary", YES, **way)
    found = inside(model, NEAR, "log_odds")
    assert found.sum.codes
    p = model.predict(TRAINED)
    assert sums(found, TABLE)[:, 0] == pytest.approx(np.log(p / (1 - p)), abs=1e-9)
    assert np.array_equal(sums(inside(model, NEAR, "log_odds", "0"), NEAR), -sums(found, NEAR))
    several = inside(light("multiclass", CODED, num_class=3, **way), NEAR, "margin")
    assert len(several.sum.base) == 3
    inside(light("multiclass", YES, num_class=2, **way), NEAR, "log_odds", "0")
    target = light("regression", AMOUNT, **way)
    assert sums(inside(target, NEAR, "target"), TABLE)[:, 0] == pytest.approx(target.predict(TRAINED))


def test_a_split_of_lightgbm_between_what_is_missing_and_all_else(tmp_path):
    """Its limit is infinite: all numbers go left, also infinite ones in the data."""
    gaps = TRAINED[["a", "large"]].assign(a=TRAINED["a"].where(np.arange(len(TRAINED)) % 3 > 0))
    model = light("binary", (YES + 2 * gaps["a"].isna() > 1).astype(int), gaps)
    assert " inf" in model.model_to_string().replace("=inf", "= inf")
    model.save_model(tmp_path / "model.txt")
    read = load_model(tmp_path / "model.txt", Consent())
    inside(read.estimator, gaps, "log_odds")
    assert read.outputs(gaps, output="probability", event="1")[:, 0] == pytest.approx(
        model.predict(gaps), abs=1e-15
    )


def test_lightgbm_takes_zero_for_missing_where_it_was_told_to():
    found = inside(light("binary", YES, zero_as_missing=True), NEAR, "log_odds")
    assert np.isnan(found.encode(NEAR)[:5, 0]).all()
    assert not np.isnan(found.encode(NEAR)[5:7, 0]).any()


@pytest.mark.parametrize("way", WAYS_EXTREME, ids=str)
def test_xgboost(way):
    model = extreme("binary:logistic", YES, **way)
    found = inside(model, UNSEEN, "log_odds")
    assert found.sum.codes
    assert found.single
    own = model.predict(xgboost.DMatrix(TRAINED, enable_categorical=True), output_margin=True)
    assert sums(found, TABLE)[:, 0] == pytest.approx(own, abs=2e-6)
    assert np.array_equal(sums(inside(model, UNSEEN, "log_odds", "0"), UNSEEN), -sums(found, UNSEEN))
    several = inside(extreme("multi:softprob", CODED, num_class=3, **way), UNSEEN, "margin")
    assert len(several.sum.base) == 3
    inside(extreme("multi:softmax", YES, num_class=2, **way), UNSEEN, "log_odds", "0")
    inside(extreme("reg:squarederror", AMOUNT, **way), UNSEEN, "target")


@pytest.mark.parametrize(
    ("train", "objectives", "links"),
    [
        (
            light,
            ["regression_l1", "huber", "fair", "quantile", "mape"],
            ["poisson", "gamma", "tweedie"],
        ),
        (
            extreme,
            ["reg:absoluteerror", "reg:pseudohubererror", "reg:squaredlogerror"],
            ["reg:gamma", "reg:tweedie", "count:poisson"],
        ),
    ],
    ids=["LightGBM", "XGBoost"],
)
def test_regressions_are_sums_without_a_link(train, objectives, links):
    for objective in objectives:
        inside(train(objective, AMOUNT), UNSEEN, "target")
    for objective in links:
        assert nothing(train(objective, AMOUNT), "target")


def test_other_regressions_of_one_objective():
    assert nothing(light("regression", AMOUNT, reg_sqrt=True), "target")
    inside(extreme("reg:quantileerror", AMOUNT, quantile_alpha=0.4), UNSEEN, "target")


@pytest.mark.parametrize("train", [light, extreme])
def test_values_on_thresholds(train):
    objective = "regression" if train is light else "reg:squarederror"
    model = train(objective, AMOUNT, GAPS)
    found = inside(model, GAPS, "target")
    inside(model, edges(found.sum, GAPS.columns), "target")


def test_codes_in_the_table_are_whole_numbers_below_them():
    rows = lightgbm.Dataset(TABLE[["count"]], AMOUNT, categorical_feature=["count"])
    model = lightgbm.train(LIGHT | LEVELS | {"objective": "regression"}, rows, 8)
    odd = pd.DataFrame({"count": [*np.arange(-2, 8, 0.25), 64, 1e10, -1e10, 4_294_967_299, np.nan]})
    found = inside(model, odd, "target")
    assert found.sum.codes
    assert len(np.unique(sums(found, odd))) > 4


@pytest.mark.parametrize("format_", ["txt", "json", "ubj"])
def test_files(tmp_path, format_):
    path = tmp_path / f"model.{format_}"
    (light("binary", YES) if format_ == "txt" else extreme("binary:logistic", YES)).save_model(path)
    predictor = load_model(path, Consent())
    found = inside_of(predictor, "log_odds", "1")
    assert holds(found, UNSEEN, predictor.outputs(UNSEEN, output="log_odds"))
    assert inside_of(predictor, "probability", "1") is None


def test_estimators_that_stopped_early():
    few = {"n_estimators": 40, "n_jobs": 1, "learning_rate": 1.0}
    small, answers = GAPS.head(100), 1 - YES[:100]
    one = lightgbm.LGBMClassifier(**few, verbose=-1)
    one.fit(
        GAPS, YES, eval_X=(small,), eval_y=(answers,), callbacks=[lightgbm.early_stopping(2, verbose=False)]
    )
    other = xgboost.XGBClassifier(**few, early_stopping_rounds=2)
    other.fit(GAPS, YES, eval_set=[(small, answers)], verbose=False)
    for model in (one, other, make_pipeline(FunctionTransformer().fit(GAPS), other)):
        assert len(inside(model, GAPS, "log_odds").sum.roots) < 40


@pytest.mark.parametrize("sparse", [0.0, 1.0], ids=["dense", "sparse"])
@pytest.mark.parametrize("library", [lightgbm, xgboost], ids=["LightGBM", "XGBoost"])
def test_boosters_behind_encoders(library, sparse):
    # XGBoost takes what a sparse matrix does not hold for missing, LightGBM for zero.
    encoder = make_column_transformer(
        (OneHotEncoder(handle_unknown="ignore"), ["kind", "code"]),
        (StandardScaler(), ["count", "a"]),
        sparse_threshold=sparse,
    )
    few = {"n_estimators": 8, "n_jobs": 1} | ({"verbose": -1} if library is lightgbm else {})
    kind = lightgbm.LGBMClassifier if library is lightgbm else xgboost.XGBClassifier
    model = make_pipeline(encoder, kind(**few)).fit(TABLE, YES)
    found = inside(model, UNSEEN, "log_odds", "0")
    assert [found.inputs[place] for place in found.player] == ["kind"] * 5 + ["code"] * 3 + ["count", "a"]
    model.fit(TABLE, CODED)
    inside(model, UNSEEN, "margin")


def test_a_number_that_stands_for_missing_is_not_read():
    filled = GAPS.fillna(-999.0)
    model = xgboost.XGBClassifier(n_estimators=5, n_jobs=1, missing=-999.0).fit(filled, YES)
    assert nothing(model, "log_odds")
    own = predictor_of(model).outputs(filled, output="probability")[:, 0]
    assert np.array_equal(own, model.predict_proba(filled)[:, 1])
    assert nothing(make_pipeline(FunctionTransformer().fit(filled), model), "log_odds")
    linear = xgboost.XGBClassifier(n_estimators=5, n_jobs=1, booster="gblinear").fit(filled, YES)
    assert nothing(linear, "log_odds")
