"""What the predictor promises: columns by name, plain copies, checked numbers, one name per label."""

import threading

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, logit
from sklearn.ensemble import (
    BaggingClassifier,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

from explainaudit.errors import DataRefused, ModelFailed, UsageError
from explainaudit.loading import answers
from explainaudit.loading.label_text import label_text
from explainaudit.loading.predictor import predictor_of
from explainaudit.wording.writer import explain_error


class Model:
    """A stand-in that answers with what it is told."""

    classes_ = np.array([0, 1])
    feature_names_in_ = np.array(["a", "b", "c"], dtype=object)

    def __init__(self, answer):
        self.answer = answer

    def predict(self, rows):
        return self.answer(rows)

    predict_proba = predict


class Regressor:
    feature_names_in_ = Model.feature_names_in_
    __init__, predict = Model.__init__, Model.predict


def constant(*row):
    return lambda rows: np.tile(np.array(row, dtype=float), (len(rows), 1))


def failed(model, rows, output="probability", kind=ModelFailed, **more):
    with pytest.raises(kind) as found:
        predictor_of(model).outputs(rows, output=output, **more)
    explain_error(found.value)
    return found.value


def test_columns_are_matched_by_name_and_extra_ones_dropped(logistic, numbers):
    predictor = predictor_of(logistic)
    moved = numbers[["c", "a", "b"]].assign(extra="x")
    expected = predictor.outputs(numbers, output="probability")
    assert np.array_equal(predictor.outputs(moved, output="probability"), expected)
    assert np.array_equal(expected[:, 0], logistic.predict_proba(numbers)[:, 1])


def test_a_missing_column_is_named(logistic, numbers):
    error = failed(logistic, numbers.drop(columns=["b"]), kind=DataRefused)
    assert (error.code, error.params) == ("E430", {"columns": "b"})


def test_the_event_is_named_not_placed(logistic, numbers):
    predictor = predictor_of(logistic)
    assert predictor.identity.classes == ("bad", "good")
    bad = predictor.outputs(numbers, output="probability", event="bad")
    assert np.array_equal(bad[:, 0], logistic.predict_proba(numbers)[:, 0])
    odds = predictor.outputs(numbers, output="log_odds", event="bad")
    assert np.array_equal(odds, -predictor.outputs(numbers, output="log_odds", event="good"))
    error = failed(logistic, numbers, kind=UsageError, event="ugly")
    assert (error.code, error.params["classes"]) == ("E256", "bad, good")


@pytest.mark.parametrize(
    "model",
    [
        LogisticRegression(),
        GradientBoostingClassifier(n_estimators=4),
        HistGradientBoostingClassifier(max_iter=4),
    ],
    ids=lambda model: type(model).__name__,
)
def test_a_margin_that_is_the_log_odds_is_used(model, numbers, binary):
    model.fit(numbers, binary)
    odds = predictor_of(model).outputs(numbers, output="log_odds")
    assert np.array_equal(odds[:, 0], model.decision_function(numbers))
    assert expit(odds[:, 0]) == pytest.approx(model.predict_proba(numbers)[:, 1], abs=1e-12)


@pytest.mark.parametrize(
    "model",
    [
        GradientBoostingClassifier(n_estimators=4, loss="exponential"),
        BaggingClassifier(LogisticRegression(), n_estimators=3, random_state=0),
        RandomForestClassifier(5, random_state=0),
    ],
    ids=lambda model: type(model).__name__,
)
def test_another_margin_is_not(model, numbers, binary):
    model.fit(numbers, binary)
    odds = predictor_of(model).outputs(numbers, output="log_odds")[:, 0]
    probability = model.predict_proba(numbers)[:, 1]
    assert np.isfinite(odds).all()
    assert odds == pytest.approx(logit(np.clip(probability, 1e-12, 1 - 1e-12)))


def test_several_classes(numbers, three):
    model = LogisticRegression().fit(numbers, three)
    predictor = predictor_of(model)
    assert predictor.task == "multiclass"
    probability = predictor.outputs(numbers, output="probability")
    assert np.array_equal(probability, model.predict_proba(numbers))
    assert expit(predictor.outputs(numbers, output="log_odds")) == pytest.approx(probability)


def test_a_regression(numbers):
    model = LinearRegression().fit(numbers, numbers["a"] * 3)
    predictor = predictor_of(model)
    assert (predictor.task, predictor.identity.classes) == ("regression", ())
    assert np.array_equal(predictor.outputs(numbers, output="target")[:, 0], model.predict(numbers))


def test_mixed_columns_reach_the_model_as_it_knows_them(pipeline, people):
    plain = people.astype({"count": float, "city": object})
    expected = pipeline.predict_proba(plain)[:, [1]]
    assert np.array_equal(predictor_of(pipeline).outputs(people, output="probability"), expected)


def test_categories_of_a_histogram_model(people, binary):
    trained = people[["a", "city"]].astype({"city": "category"})
    model = HistGradientBoostingClassifier(max_iter=3, categorical_features="from_dtype").fit(trained, binary)
    found = predictor_of(model).outputs(people, output="probability")[:, 0]
    assert np.array_equal(found, model.predict_proba(trained)[:, 1])


def test_a_model_without_names_takes_the_order_given(numbers, binary):
    model = LogisticRegression().fit(numbers[["c", "a"]].to_numpy(), binary)
    predictor = predictor_of(model)
    for names, seen in [(None, 0), (("a",), 1)]:
        with pytest.raises(DataRefused) as refused:
            predictor.with_inputs(names).outputs(numbers, output="probability")
        assert (refused.value.code, refused.value.params) == ("E431", {"expected": 2, "seen": seen})
    named = predictor.with_inputs(("c", "a"))
    assert named.identity.inputs == ("c", "a")
    expected = model.predict_proba(numbers[["c", "a"]].to_numpy())[:, [1]]
    assert np.array_equal(named.outputs(numbers, output="probability"), expected)


def test_own_names_stand_above_given_ones(logistic):
    predictor = predictor_of(logistic)
    assert predictor.with_inputs(("x", "y", "z")) is predictor


def test_a_model_that_writes_into_its_rows_changes_nothing(numbers):
    def writing(rows):
        rows.iloc[:, 0] = 99.0
        rows["b"].to_numpy(copy=False)
        rows.drop(columns="c", inplace=True)
        return np.full((len(rows), 2), 0.5)

    class Nameless(Model):
        feature_names_in_ = None
        n_features_in_ = 3

        def predict_proba(self, rows):
            rows[:] = -1.0
            return np.full((len(rows), 2), 0.5)

    before = numbers.copy(deep=True)
    predictor_of(Model(writing)).outputs(numbers, output="probability")
    predictor_of(Nameless(None)).with_inputs(("a", "b", "c")).outputs(numbers, output="probability")
    pd.testing.assert_frame_equal(numbers, before)


def test_batches_have_a_fixed_size_and_do_not_move_rows(monkeypatch, numbers):
    sizes = []

    def answer(rows):
        sizes.append(len(rows))
        return np.column_stack([1 - expit(rows["a"]), expit(rows["a"])])

    monkeypatch.setattr(answers, "BATCH_ROWS", 50)
    found = predictor_of(Model(answer)).outputs(numbers, output="probability")
    assert sizes == [50, 50, 20]
    assert np.array_equal(found[:, 0], expit(numbers["a"]))


def test_no_rows_have_no_answers(logistic, numbers):
    for output in ("probability", "log_odds"):
        assert predictor_of(logistic).outputs(numbers.iloc[:0], output=output).shape == (0, 1)


def test_estimators_run_in_one_thread(numbers, binary, monkeypatch):
    seen = set()
    plain = DecisionTreeClassifier.predict_proba

    def spying(self, *rows, **more):
        seen.add(threading.get_ident())
        return plain(self, *rows, **more)

    monkeypatch.setattr(DecisionTreeClassifier, "predict_proba", spying)
    model = RandomForestClassifier(8, n_jobs=4, random_state=0).fit(numbers, binary)
    predictor_of(model).outputs(numbers, output="probability")
    assert seen == {threading.get_ident()}


def scattered(value):
    def answer(rows):
        found = np.full((len(rows), 2), 0.5)
        found[[4, 7], 1] = value
        return found

    return answer


@pytest.mark.parametrize(
    ("answer", "code", "params"),
    [
        (scattered(np.nan), "E612", {"count": 2, "row": 5}),
        (scattered(np.inf), "E612", {"count": 2, "row": 5}),
        (scattered(-1e101), "E612", {"count": 2, "row": 5}),
        (scattered(1.5), "E613", {"count": 2, "row": 5}),
        (scattered(0.6), "E614", {"count": 2, "row": 5}),
        (constant(0.2, 0.3, 0.5), "E611", {"seen": "(120, 3)", "expected": "(120, 2)"}),
        (lambda rows: np.full((3, 2), 0.5), "E611", {"seen": "(3, 2)"}),
        (lambda rows: [["x", "y"]] * len(rows), "E611", {"seen": "list"}),
        (lambda rows: None, "E611", {}),
        (lambda rows: [np.ones((2, 2)), np.ones((2, 2))], "E611", {}),
    ],
)
def test_wrong_answers_are_named(answer, code, params, numbers):
    error = failed(Model(answer), numbers)
    assert error.code == code
    assert error.params | params == error.params


@pytest.mark.parametrize("kind", [ValueError, MemoryError, SystemExit, KeyError, RecursionError])
def test_whatever_the_model_raises_has_a_code_and_no_value(kind, numbers):
    def raising(rows):
        raise kind("SECRET 1234")

    error = failed(Model(raising), numbers)
    assert (error.code, error.params) == ("E610", {"rows": 120, "problem": kind.__name__})
    assert "SECRET" not in "".join(explain_error(error))


def test_warnings_of_a_model_stay_inside(numbers):
    import warnings

    def noisy(rows):
        warnings.warn("careful", FutureWarning, stacklevel=1)
        return np.full((len(rows), 2), np.log(1.0 / np.zeros(1))[0] * 0 + 0.5)

    error = failed(Model(noisy), numbers)  # warnings are errors in these tests: only NaN may be reported
    assert error.code == "E612"


def test_a_regression_of_a_wrong_shape(numbers):
    assert failed(Regressor(constant(1, 2)), numbers, "target").code == "E611"
    column = predictor_of(Regressor(constant(7))).outputs(numbers, output="target")
    assert np.array_equal(column, np.full((120, 1), 7.0))


def test_a_classifier_without_probabilities(numbers, binary):
    error = failed(LinearSVC().fit(numbers, binary), numbers, "log_odds")
    assert (error.code, error.params) == ("E607", {"found": "LinearSVC"})


def test_several_targets_are_refused(numbers, binary):
    for model in (DecisionTreeClassifier(), RandomForestClassifier(2), RandomForestRegressor(2)):
        with pytest.raises(ModelFailed) as found:
            predictor_of(model.fit(numbers, np.column_stack([binary, 1 - binary])))
        assert found.value.code == "E606"


def test_a_model_from_memory_has_no_digest(logistic):
    identity = predictor_of(logistic).identity
    assert (identity.digest, identity.format, identity.saved_with) == (None, "memory", None)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1, "1"),
        (np.int8(1), "1"),
        (1.0, "1"),
        (np.float32(1), "1"),
        (-0.0, "0"),
        (1.5, "1.5"),
        (True, "true"),
        (np.False_, "false"),
        ("1.0", "1.0"),
        (np.str_("yes"), "yes"),
    ],
)
def test_labels_as_text(value, text):
    assert label_text(value) == text


@settings(derandomize=True, deadline=None)
@given(st.integers(-(2**53), 2**53))
def test_a_whole_number_has_one_name_in_every_dtype(number):
    assert label_text(number) == label_text(float(number)) == label_text(np.int64(number)) == str(number)
