"""Weighted performance of every task is scikit-learn's with ``sample_weight``; counts stay those of rows."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from performances import NINE, inside, measured, numbers, several, two
from sklearn import metrics

from explainaudit.errors import NotApplicable
from handmade import EVENT, OTHER

SEEDS = st.integers(0, 2**32)


def weights(rng, rows):
    found = np.where(rng.uniform(size=rows) < 0.15, 0.0, rng.uniform(0.2, 4, size=rows))
    found[:2] = 1.0
    return found


@settings(derandomize=True, deadline=None, max_examples=40)
@given(SEEDS, st.integers(4, 150))
def test_binary(seed, rows):
    rng = np.random.default_rng(seed)
    score = rng.uniform(size=rows).round(1)
    label = np.where(rng.uniform(size=rows) < score, EVENT, OTHER)
    label[:2] = EVENT, OTHER
    weight = weights(rng, rows)
    found = measured(two(label, score, weight=weight))
    y, p, given_ = label == EVENT, score >= 0.5, {"sample_weight": weight}
    expected = {
        "accuracy": metrics.accuracy_score(y, p, **given_),
        "tpr": metrics.recall_score(y, p, **given_),
        "tnr": metrics.recall_score(y, p, pos_label=False, **given_),
        "auc": metrics.roc_auc_score(y, score, **given_),
        "gini": 2 * metrics.roc_auc_score(y, score, **given_) - 1,
        "pr_auc": metrics.average_precision_score(y, score, **given_),
        "log_loss": metrics.log_loss(y, score, **given_),
        "brier": metrics.brier_score_loss(y, score, **given_),
    }
    for metric, value in expected.items():
        assert found.measure(metric).value == pytest.approx(value, abs=1e-9)
        assert inside(found.measure(metric))
    assert found.measure("auc").n == found.measure("prevalence").n == (weight > 0).sum()
    y, p = y[weight > 0], p[weight > 0]
    counts = {cell: found.measure("confusion", cell=cell).value for cell in ("tn", "fp", "fn", "tp")}
    assert list(counts.values()) == list(metrics.confusion_matrix(y, p, labels=[False, True]).ravel())


@settings(derandomize=True, deadline=None, max_examples=25)
@given(SEEDS, st.integers(9, 200))
def test_nine_classes(seed, rows):
    rng = np.random.default_rng(seed)
    score = rng.dirichlet(np.ones(9), size=rows)
    label = np.array([rng.choice(NINE, p=0.5 * row + 0.5 / 9) for row in score], dtype="<U300")
    label[:9] = NINE
    weight = weights(rng, rows)
    weight[:9] = 1.0
    found = measured(several(label, score, weight=weight))
    predicted = np.asarray(NINE)[score.argmax(axis=1)]
    given_ = {"labels": NINE, "sample_weight": weight, "zero_division": np.nan}
    ours = zip(*metrics.precision_recall_fscore_support(label, predicted, **given_)[:3], strict=True)
    for name, row in zip(NINE, ours, strict=True):
        for metric, value in zip(("precision", "recall", "f1"), row, strict=True):
            each = found.measure(metric, **{"class": name})
            assert each.value is None if np.isnan(value) else each.value == pytest.approx(value)
            assert each.value is None or inside(each)
        area = metrics.roc_auc_score(label == name, score[:, NINE.index(name)], sample_weight=weight)
        assert found.measure("auc", **{"class": name}).value == pytest.approx(area)
    outcome = (label[:, None] == np.asarray(NINE)).astype(float)
    expected = {
        "accuracy": metrics.accuracy_score(label, predicted, sample_weight=weight),
        "macro_recall": metrics.recall_score(label, predicted, average="macro", **given_),
        "macro_f1": metrics.f1_score(label, predicted, average="macro", **given_),
        "weighted_f1": metrics.f1_score(label, predicted, average="weighted", **given_),
        "log_loss": -(weight @ np.log(np.sum(outcome * score, axis=1))) / weight.sum(),
        "brier": weight @ ((score - outcome) ** 2).sum(axis=1) / weight.sum(),
    }
    for metric, value in expected.items():
        assert found.measure(metric).value == pytest.approx(value)
        assert inside(found.measure(metric))
    averaged = {
        name: metrics.precision_score(label, predicted, average=name, **given_)
        for name in ("macro", "weighted")
    }
    for name, value in averaged.items():
        each = found.measure(f"{name}_precision")
        # scikit-learn leaves out classes that nobody was predicted to be of; here the mean has no value.
        assert (each.value is None) or each.value == pytest.approx(value)
        assert (each.value is None) == (len(set(predicted[weight > 0])) < 9)


@settings(derandomize=True, deadline=None, max_examples=40)
@given(SEEDS, st.integers(4, 120), st.sampled_from([1e-6, 1.0, 1e9]))
def test_regression(seed, rows, scale):
    rng = np.random.default_rng(seed)
    label = rng.normal(size=rows) * scale
    score = label + rng.normal(size=rows) * scale
    weight = weights(rng, rows)
    found = measured(numbers(label, score, weight=weight))
    expected = {
        "mae": metrics.mean_absolute_error(label, score, sample_weight=weight),
        "mse": metrics.mean_squared_error(label, score, sample_weight=weight),
        "rmse": metrics.root_mean_squared_error(label, score, sample_weight=weight),
        "r2": metrics.r2_score(label, score, sample_weight=weight),
        "bias": np.average(score - label, weights=weight),
        "median_error": np.quantile(np.abs(score - label), 0.5, method="inverted_cdf", weights=weight),
    }
    for metric, value in expected.items():
        assert found.measure(metric).value == pytest.approx(value, rel=1e-9, abs=1e-9 * scale)
        assert inside(found.measure(metric))
    for quantile in (5, 25, 50, 75, 95):
        value = np.quantile(score - label, quantile / 100, method="inverted_cdf", weights=weight)
        assert found.measure("residual_quantile", quantile=str(quantile)).value == pytest.approx(value)


def test_equal_weights_change_no_value_and_clusters_only_intervals():
    rng = np.random.default_rng(3)
    score = np.repeat(rng.uniform(size=100), 3)
    label = np.where(np.repeat(rng.uniform(size=100), 3) < score, EVENT, OTHER)
    plain = measured(two(label, score))
    heavy = measured(two(label, score, weight=np.full(300, 7.0)))
    clustered = measured(two(label, score).assign(cluster=np.repeat([f"c{i}" for i in range(100)], 3)))
    for metric in ("accuracy", "tpr", "auc", "ks", "pr_auc", "log_loss", "brier", "naive_log_loss"):
        one, two_, three = (found.measure(metric) for found in (plain, heavy, clustered))
        assert one.value == pytest.approx(two_.value) == pytest.approx(three.value)
        wide = three.interval.high - three.interval.low
        assert wide > 1.4 * (one.interval.high - one.interval.low)


def test_without_any_weight_there_is_nothing_to_say():
    with pytest.raises(NotApplicable) as error:
        measured(two([EVENT, OTHER] * 5, [0.9, 0.1] * 5, weight=np.zeros(10)))
    assert error.value.reason == "input_missing"


@pytest.mark.parametrize("rows", [1, 2])
def test_one_row_and_two(rows):
    assert measured(two([EVENT, OTHER][:rows], [0.9, 0.2][:rows], weight=np.full(rows, 2.0))).measures
    assert measured(several(["a", "b"][:rows], np.eye(9)[:rows], weight=np.full(rows, 2.0))).measures
    assert measured(numbers([1.0, 2.0][:rows], [1.0, 2.0][:rows], weight=np.full(rows, 2.0))).measures
