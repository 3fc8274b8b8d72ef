"""Native files answer as their own library does, to the bit where it gives raw scores in float64."""

import numpy as np
import pandas as pd
import pytest
import xgboost
from native_models import (
    AMOUNT,
    NUMBERS,
    TABLE,
    THREE,
    TRAINED,
    YES,
    answer,
    both,
    lightgbm_of,
    loaded,
    saved,
    xgboost_of,
)

from explainaudit.errors import AuditError, ModelFailed, ModelRefused
from explainaudit.loading.formats import identify

FOREST = {"boosting": "rf", "bagging_fraction": 0.6, "bagging_freq": 1}
FLOAT32 = 2e-7  # XGBoost answers in float32


@pytest.mark.parametrize(
    ("objective", "y", "settings"),
    [
        ("binary", YES, {}),
        ("binary", YES, {"sigmoid": 2.5}),
        ("binary", YES, {"boosting": "dart"}),
        ("binary", YES, FOREST),
        ("multiclass", THREE, {"num_class": 3}),
        ("multiclass", YES, {"num_class": 2}),
        ("multiclass", THREE, {"num_class": 3, **FOREST}),
        ("regression", AMOUNT, {}),
        ("regression", AMOUNT, {"reg_sqrt": True}),
        ("regression", AMOUNT, FOREST),
        ("regression_l1", AMOUNT, {}),
        ("huber", AMOUNT, {}),
        ("fair", AMOUNT, {}),
        ("poisson", AMOUNT, {}),
        ("quantile", AMOUNT, {"alpha": 0.3}),
        ("mape", AMOUNT, {}),
        ("gamma", AMOUNT, {}),
        ("tweedie", AMOUNT, {"tweedie_variance_power": 1.2}),
    ],
)
def test_lightgbm_answers_as_the_library(objective, y, settings, tmp_path):
    booster = lightgbm_of(objective, y, **settings)
    predictor = loaded(saved(booster, tmp_path, "model.bin"))
    expected = booster.predict(NUMBERS)
    if predictor.task == "regression":
        assert np.array_equal(answer(predictor), expected)
    else:
        assert answer(predictor) == pytest.approx(both(expected), abs=1e-15)


def test_lightgbm_log_odds_are_its_raw_scores_times_its_slope(tmp_path):
    for slope in (1.0, 2.5):
        booster = lightgbm_of("binary", YES, sigmoid=slope)
        margin = loaded(saved(booster, tmp_path, "m")).outputs(NUMBERS, output="log_odds")[:, 0]
        assert np.array_equal(margin, slope * booster.predict(NUMBERS, raw_score=True))


@pytest.mark.parametrize("ending", ["json", "ubj"])
@pytest.mark.parametrize(
    ("objective", "y", "settings"),
    [
        ("binary:logistic", YES, {}),
        ("binary:logistic", YES, {"booster": "dart", "rate_drop": 0.5}),
        ("binary:logistic", YES, {"tree_method": "exact", "gamma": 4, "max_depth": 6}),  # pruned nodes
        ("binary:logistic", YES, {"num_parallel_tree": 3, "subsample": 0.5}),
        ("multi:softprob", THREE, {"num_class": 3}),
        ("multi:softprob", YES, {"num_class": 2}),
        ("reg:squarederror", AMOUNT, {}),
        ("reg:squaredlogerror", AMOUNT, {}),
        ("reg:pseudohubererror", AMOUNT, {}),
        ("reg:absoluteerror", AMOUNT, {}),
        ("reg:quantileerror", AMOUNT, {"quantile_alpha": 0.3}),
        ("reg:gamma", AMOUNT, {}),
        ("reg:tweedie", AMOUNT, {"tweedie_variance_power": 1.2}),
        ("count:poisson", AMOUNT, {}),
    ],
)
def test_xgboost_answers_as_the_library(objective, y, settings, ending, tmp_path):
    booster = xgboost_of(objective, y, **settings)
    predictor = loaded(saved(booster, tmp_path, f"model.{ending}"))
    rows = xgboost.DMatrix(NUMBERS)
    if predictor.task == "regression":
        assert np.array_equal(answer(predictor), booster.predict(rows))
    else:
        assert answer(predictor) == pytest.approx(both(booster.predict(rows)), abs=FLOAT32)
    if objective == "binary:logistic":
        margin = predictor.outputs(NUMBERS, output="log_odds")[:, 0]
        assert np.array_equal(margin, booster.predict(rows, output_margin=True))


def test_xgboost_softmax_gives_the_probabilities_it_hides(tmp_path):
    hard, soft = (xgboost_of(f"multi:{kind}", THREE, num_class=3) for kind in ("softmax", "softprob"))
    found = answer(loaded(saved(hard, tmp_path, "hard.json")))
    assert found == pytest.approx(soft.predict(xgboost.DMatrix(NUMBERS)), abs=FLOAT32)


@pytest.mark.parametrize("make", [lightgbm_of, xgboost_of])
def test_categories_are_the_files_levels_and_others_are_missing(make, tmp_path):
    name = "binary" if make is lightgbm_of else "binary:logistic"
    booster = make(name, YES, TRAINED)
    predictor = loaded(saved(booster, tmp_path, "m.json"))

    def library(rows):
        matrix = rows if make is lightgbm_of else xgboost.DMatrix(rows, enable_categorical=True)
        return both(np.asarray(booster.predict(matrix), dtype=np.float64))

    assert answer(predictor, TABLE) == pytest.approx(library(TRAINED), abs=FLOAT32)
    fewer = TRAINED.head(7).assign(kind=TRAINED["kind"].mask(TRAINED["kind"] == "zz"))
    unknown = TABLE.head(7).assign(kind=TABLE["kind"].replace("zz", "never seen"))
    assert answer(predictor, unknown) == pytest.approx(library(fewer), abs=FLOAT32)
    assert [note.key for note in predictor.notes(unknown)] == ["loading.note.unknown_levels"]
    assert predictor.notes(TABLE) == ()
    spelled = TABLE.assign(code=TABLE["code"].astype(float))  # 3.0 is level 3, and so is "3"
    for same in (spelled, TABLE.assign(code=TABLE["code"].astype("str"))):
        assert np.array_equal(answer(predictor, same), answer(predictor, TABLE))


def test_lightgbm_categories_that_are_numbers_already_pass_as_they_are(tmp_path):
    coded = TRAINED.assign(kind=TRAINED["kind"].cat.codes, code=TABLE["code"])
    booster = lightgbm_of("binary", YES, coded, categorical=[2, 3])
    predictor = loaded(saved(booster, tmp_path, "m"))
    assert np.array_equal(answer(predictor, coded), both(booster.predict(coded)))


def test_xgboost_levels_that_its_file_cuts_off_are_refused_by_name(tmp_path):
    x = TRAINED.assign(kind=TRAINED["kind"].cat.rename_categories({"zz": "zä"}))
    with pytest.raises(ModelRefused, match="E508") as caught:
        loaded(saved(xgboost_of("binary:logistic", YES, x), tmp_path, "m.json"))
    assert caught.value.params == {"column": "kind"}


@pytest.mark.parametrize(
    ("make", "objective", "settings", "refused"),
    [
        (lightgbm_of, "cross_entropy", {}, ("E507", "cross_entropy")),
        (lightgbm_of, "multiclassova", {"num_class": 2}, ("E507", "multiclassova")),
        (lightgbm_of, "regression", {"linear_tree": True}, ("E507", "linear_tree")),
        (xgboost_of, "rank:pairwise", {}, ("E507", "rank:pairwise")),
        (xgboost_of, "reg:logistic", {}, ("E507", "reg:logistic")),
        (xgboost_of, "binary:hinge", {}, ("E507", "binary:hinge")),
        (xgboost_of, "reg:quantileerror", {"quantile_alpha": [0.3, 0.6]}, ("E606", None)),
    ],
)
def test_what_cannot_be_audited_is_refused_by_name(make, objective, settings, refused, tmp_path):
    x = NUMBERS.fillna(0.0)
    with pytest.raises(AuditError) as caught:
        loaded(saved(make(objective, YES, x, **settings), tmp_path, "m.json"))
    assert (caught.value.code, caught.value.params.get("objective")) == refused


def test_data_formats_are_told_by_content_need_no_consent_and_keep_to_their_pin(tmp_path):
    names = {"m.skops": "LightGBM", "m.json": "XGBoost", "m.ubj": "XGBoost"}
    for name, kind in names.items():
        make = lightgbm_of if kind == "LightGBM" else xgboost_of
        path = saved(make("binary" if kind == "LightGBM" else "binary:logistic", YES), tmp_path, name)
        assert identify(path.read_bytes()) == kind
        predictor = loaded(path)
        assert predictor.identity.format == kind
        assert loaded(path, model_sha256=predictor.identity.digest).identity == predictor.identity
        with pytest.raises(ModelRefused, match="E503"):
            loaded(path, model_sha256="0" * 64)


def test_trees_beyond_the_best_iteration_are_used_and_said(tmp_path):
    rows = xgboost.DMatrix(NUMBERS, YES)
    with_test = {"evals": [(xgboost.DMatrix(NUMBERS, 1 - YES), "other")], "verbose_eval": False}
    booster = xgboost.train(
        {"objective": "binary:logistic", "nthread": 1}, rows, 9, early_stopping_rounds=3, **with_test
    )
    predictor = loaded(saved(booster, tmp_path, "m.json"))
    assert booster.best_iteration + 1 < booster.num_boosted_rounds()
    assert answer(predictor) == pytest.approx(both(booster.predict(rows)), abs=FLOAT32)
    assert [note.key for note in predictor.notes(NUMBERS)] == ["loading.note.beyond_best"]


def test_the_input_is_left_as_it_was_and_answers_repeat(tmp_path):
    predictor = loaded(saved(lightgbm_of("binary", YES, TRAINED), tmp_path, "m"))
    table = TABLE.copy()
    first = answer(predictor, table)
    pd.testing.assert_frame_equal(table, TABLE)
    assert np.array_equal(answer(predictor, table), first)
    by_row = [answer(predictor, table.iloc[[row]])[0] for row in range(20)]
    assert np.array_equal(np.array(by_row), first[:20])
    assert predictor.outputs(table.head(0), output="probability").shape == (0, 1)


def test_a_missing_library_is_a_missing_extra(tmp_path, monkeypatch):
    path = saved(lightgbm_of("binary", YES), tmp_path, "m")
    monkeypatch.setitem(__import__("sys").modules, "lightgbm", None)
    with pytest.raises(AuditError, match="E257") as caught:
        loaded(path)
    assert (caught.value.exit_code, caught.value.params) == (2, {"library": "lightgbm"})


def test_an_empty_file_of_trees_is_refused(tmp_path):
    (tmp_path / "m").write_text("tree\nversion=v4\n\nend of trees\n")
    with pytest.raises(ModelFailed, match="E616"):
        loaded(tmp_path / "m")
