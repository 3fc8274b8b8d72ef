"""The door: sample models, events, searches, and sums that are not what the model answers."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier
from summing import FULL, GAPS, YES, inside, nothing, sums

from explainaudit.errors import DataRefused, ModelFailed, UsageError
from explainaudit.loading import inside as door
from explainaudit.loading.inside import holds, inside_of
from explainaudit.loading.model import load_model
from explainaudit.loading.predictor import predictor_of
from explainaudit.loading.tables import read_table
from explainaudit.records.inside import Linear
from explainaudit.records.plan import DataSource
from explainaudit.records.stage import Consent

SAMPLES = Path(__file__).parents[3] / "sample_models"
FEW = ["a", "count"]


@pytest.fixture
def logistic():
    return make_pipeline(StandardScaler(), LogisticRegression()).fit(FULL[FEW], YES)


@pytest.mark.parametrize(
    ("folder", "file", "unit"),
    [
        ("credit", "model.skops", "log_odds"),
        ("claims", "model.txt", "margin"),
        ("diabetes", "model.skops", "target"),
    ],
)
def test_sample_models(folder, file, unit):
    rows = read_table(SAMPLES / folder / "sample.parquet", DataSource(sample="")).frame.head(500)
    predictor = load_model(SAMPLES / folder / file, Consent()).spelled_as(rows.columns)
    assert predictor.default_output(rows) == unit
    found = inside_of(predictor, unit, None)
    assert holds(found, rows, predictor.outputs(rows, output=unit))


def test_the_callers_rows_are_not_touched(logistic):
    logistic.steps[0][1].copy = False
    found = inside(logistic, FULL, "log_odds")
    rows = FULL.copy()
    found.encode(rows)
    assert rows.equals(FULL)


def test_rows_are_taken_by_name(logistic):
    found = inside(logistic, FULL, "log_odds")
    assert np.array_equal(found.encode(FULL[FEW[::-1]]), found.encode(FULL))
    assert found.encode(FULL.iloc[:0]).shape == (0, 2)
    with pytest.raises(DataRefused, match="E430"):
        found.encode(FULL[["a"]])


def test_what_the_steps_cannot_take_is_an_error_without_a_value(logistic):
    found = inside(logistic, FULL, "log_odds")
    with pytest.raises(ModelFailed, match="E610"):
        found.encode(FULL.assign(a="word"))
    assert not holds(found, FULL.assign(a="word"), sums(found, FULL))


def test_an_event_that_is_no_class(logistic):
    with pytest.raises(UsageError, match="E256"):
        inside_of(predictor_of(logistic), "log_odds", "maybe")


def test_a_search_is_the_best_it_found():
    model = GridSearchCV(DecisionTreeClassifier(), {"max_depth": [2, 3]}, cv=2).fit(GAPS, YES)
    inside(model, GAPS, "probability", "1")
    inside(make_pipeline(StandardScaler(), model).fit(GAPS, YES), GAPS, "probability", "0")


def test_a_model_without_names_is_read_once_it_has_them():
    predictor = predictor_of(LogisticRegression().fit(FULL[FEW].to_numpy(), YES))
    assert inside_of(predictor, "log_odds", None) is None
    predictor = predictor.with_inputs(("a", "count"))
    found = inside_of(predictor, "log_odds", None)
    assert holds(found, FULL, predictor.outputs(FULL, output="log_odds"))


def test_a_sum_that_is_off_does_not_hold(logistic):
    found = inside(logistic, FULL, "log_odds")
    answers = sums(found, FULL)
    scale = max(1.0, np.abs(answers).max())
    for off, said in ((0.9e-6, True), (1.1e-6, False)):
        moved = replace(found, sum=replace(found.sum, intercept=found.sum.intercept + off * scale))
        assert holds(moved, FULL, answers) is said
    near = Linear(found.sum.coefficients, found.sum.intercept + 9e-5)
    assert holds(replace(found, sum=near, single=True), FULL, answers)
    assert not holds(found, FULL, np.column_stack([answers, answers]))
    assert not holds(replace(found, player=found.player[::-1].copy()), FULL, answers)


def test_a_model_of_another_version_is_not_read(logistic):
    del logistic.steps[1][1].intercept_
    assert nothing(logistic, "log_odds")


def test_nullable_columns_are_taken_as_the_model_takes_them():
    rows = GAPS.assign(count=GAPS["count"].astype("Int64").mask(np.arange(len(GAPS)) % 5 == 0))
    model = DecisionTreeClassifier(max_depth=4).fit(rows.astype(float), YES)
    inside(model, rows.assign(same=pd.array([True] * len(rows), "boolean")), "probability", "1")


def test_wide_models_are_checked_in_parts(monkeypatch, logistic):
    monkeypatch.setattr(door, "_MOVED_VALUES", 20)
    found = inside(logistic, FULL, "log_odds")
    assert not holds(replace(found, player=np.array([0, 0])), FULL, sums(found, FULL))
