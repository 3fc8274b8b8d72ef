"""Histogram gradient boosting adds up to what it answers, with its categories moved to the front."""

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OrdinalEncoder
from summing import AMOUNT, GAPS, NOISE, TABLE, TARGETS, TRAINED, UNSEEN, YES, edges, inside, nothing, sums

FEW = {"max_iter": 8, "random_state": 1}
ORDERS = [["kind", "a", "code", "large"], ["a", "same", "count", "code"], ["code", "kind"], ["a", "large"]]


@pytest.mark.parametrize("unit", ["log_odds", "margin"])
@pytest.mark.parametrize("columns", ORDERS, ids=",".join)
def test_classifiers(unit, columns):
    model = HistGradientBoostingClassifier(**FEW).fit(TRAINED[columns], TARGETS[unit])
    found = inside(model, UNSEEN, unit)
    # The model takes categories as text too: a level of a pandas column is the level itself.
    expected = model.decision_function(TRAINED[columns]).reshape(len(TRAINED), -1)
    assert sums(found, TABLE) == pytest.approx(expected, abs=1e-13)
    assert bool(found.sum.codes) == bool({"kind", "code"} & set(columns))
    levels = [name for name in columns if name in {"kind", "code"}]
    assert [columns[place] for place in found.player][: len(levels)] == levels
    assert nothing(model, "probability")


def test_the_other_class_has_the_opposite_log_odds():
    model = HistGradientBoostingClassifier(**FEW, early_stopping=True).fit(TRAINED, YES)
    ours, other = inside(model, UNSEEN, "log_odds", "1"), inside(model, UNSEEN, "log_odds", "0")
    assert np.array_equal(sums(other, UNSEEN), -sums(ours, UNSEEN))


@pytest.mark.parametrize("loss", ["squared_error", "absolute_error", "quantile", "poisson", "gamma"])
def test_regressors_are_sums_without_a_link(loss):
    model = HistGradientBoostingRegressor(**FEW, loss=loss, quantile=0.4).fit(TRAINED, AMOUNT)
    if loss in {"poisson", "gamma"}:
        assert nothing(model, "target")
        return
    assert sums(inside(model, UNSEEN, "target"), TABLE)[:, 0] == pytest.approx(
        model.predict(TRAINED), rel=1e-12
    )


def test_values_on_thresholds_are_told_apart_in_float64():
    model = HistGradientBoostingRegressor(**FEW).fit(GAPS, AMOUNT)
    found = inside(model, GAPS, "target")
    rows = edges(found.sum, GAPS.columns)
    assert len(np.unique(rows["large"].to_numpy().astype(np.float32))) < rows["large"].nunique()
    assert sums(found, rows)[:, 0] == pytest.approx(model.predict(rows), rel=1e-12)


def test_splits_that_part_missing_values_alone():
    gone = pd.DataFrame({"a": np.where(NOISE > 0, 1.0, np.nan), "b": NOISE})
    model = HistGradientBoostingRegressor(**FEW).fit(
        gone, np.where(np.isnan(gone["a"]), 5.0, 1.0) + NOISE / 9
    )
    assert sums(inside(model, gone, "target"), gone)[:, 0] == pytest.approx(model.predict(gone), rel=1e-12)


@pytest.mark.parametrize("unknown", [-1, np.nan])
def test_codes_that_a_step_before_has_made(unknown):
    encoder = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=unknown)
    columns = make_column_transformer((encoder, ["kind", "code"]), remainder="passthrough")
    boosting = HistGradientBoostingClassifier(**FEW, categorical_features=[1, 0])
    model = make_pipeline(columns, boosting).fit(TABLE.astype({"kind": object}), YES)
    found = inside(model, UNSEEN, "log_odds")
    assert found.sum.codes
    assert [found.inputs[place] for place in found.player] == ["kind", "code", "a", "count", "large", "same"]
