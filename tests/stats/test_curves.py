"""Average precision and KS are scikit-learn's and SciPy's, with weights and ties; their intervals cover."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import ks_2samp, norm
from scored_rows import rows, simple, weighted
from sklearn import metrics

from explainaudit.stats.curves import average_precision, coarse_steps, curve, kolmogorov_smirnov
from explainaudit.stats.intervals import newcombe, wilson


@settings(derandomize=True, deadline=None, max_examples=80)
@given(rows())
def test_curves_are_those_of_scikit_learn(made):
    labels, scores, weight = made
    there = weight > 0
    found = curve(labels[there], scores[there], weight[there])
    fpr, tpr, _ = metrics.roc_curve(labels, scores, sample_weight=weight, drop_intermediate=False)
    np.testing.assert_allclose((found.fpr, found.tpr), (fpr[1:], tpr[1:]), atol=1e-12)
    expected = metrics.average_precision_score(labels, scores, sample_weight=weight)
    assert average_precision(labels, scores, weighted(weight))[0] == pytest.approx(expected, abs=1e-12)
    apart, _ = kolmogorov_smirnov(labels, scores, weighted(weight))
    assert apart == pytest.approx(np.abs(tpr - fpr).max(), abs=1e-12)
    alone, interval = kolmogorov_smirnov(labels, scores, simple(len(labels)))
    assert alone == pytest.approx(ks_2samp(scores[labels], scores[~labels]).statistic, abs=1e-12)
    assert interval.low <= alone <= interval.high


@settings(derandomize=True, deadline=None, max_examples=30)
@given(rows(), st.integers(0, 99))
def test_the_order_of_the_rows_changes_nothing(made, seed):
    labels, scores, weight = made
    order = np.random.default_rng(seed).permutation(len(labels))
    for statistic in (average_precision, kolmogorov_smirnov):
        value, interval = statistic(labels, scores, weighted(weight))
        again, moved = statistic(labels[order], scores[order], weighted(weight[order]))
        found = (value, interval.low, interval.high)
        assert (again, moved.low, moved.high) == pytest.approx(found, abs=1e-9)


@pytest.mark.parametrize("statistic", [average_precision, kolmogorov_smirnov])
def test_one_class_has_none(statistic):
    scores = np.array([0.1, 0.9])
    assert statistic(np.array([True, True]), scores, simple(2)) is None
    assert statistic(np.array([True, False]), scores, weighted([1, 0])) is None
    assert statistic(np.empty(0, dtype=bool), np.empty(0), simple(0)) is None


def test_separation_is_not_certainty():
    labels, scores = np.arange(40) >= 30, np.arange(40.0)
    value, interval = average_precision(labels, scores, simple(40))
    assert (value, interval.low, interval.high) == (1, wilson(10, 10).low, 1)
    value, interval = kolmogorov_smirnov(labels, scores, simple(40))
    assert (value, interval.high) == (1, 1)
    assert interval.low == pytest.approx(newcombe(10, 10, 0, 30).low)
    lone = average_precision(np.array([False, True, False]), np.array([1.0, 2, 3]), simple(3))[1]
    assert (lone.low, lone.high) < (0.1, 0.95)
    assert lone.method == "wilson"


def test_ks_is_the_difference_of_two_rates():
    rng = np.random.default_rng(4)
    labels = rng.random(300) < 0.4
    scores = (rng.normal(size=300) + labels).round(1)
    value, interval = kolmogorov_smirnov(labels, scores, simple(300))
    at = max(
        set(scores),
        key=lambda level: abs((scores[labels] >= level).mean() - (scores[~labels] >= level).mean()),
    )
    counts = [int(part.sum()) for part in (scores[labels] >= at, labels, scores[~labels] >= at, ~labels)]
    expected = newcombe(*counts)
    assert (interval.low, interval.high) == pytest.approx((expected.low, expected.high))
    # Turned round, the distributions are as far apart.
    assert kolmogorov_smirnov(labels, -scores, simple(300))[0] == pytest.approx(value)


def truth(shift, share):
    """Return the average precision of two normal scores, by integration."""
    at = np.linspace(-8, 8 + shift, 20_001)
    recall, false = norm.sf(at - shift), norm.sf(at)
    precision = share * recall / (share * recall + (1 - share) * false)
    return float(-np.sum(np.diff(recall) * (precision[1:] + precision[:-1]) / 2))


@pytest.mark.parametrize(("n", "share", "shift"), [(350, 0.3, 1.0), (1000, 0.1, 2.0), (350, 0.3, 0.0)])
def test_intervals_cover(n, share, shift):
    rng, covered = np.random.default_rng(1), []
    expected = truth(shift, share), 2 * norm.cdf(shift / 2) - 1
    for _ in range(500):
        labels = rng.random(n) < share
        scores = rng.normal(size=n) + shift * labels
        made = average_precision(labels, scores, simple(n)), kolmogorov_smirnov(labels, scores, simple(n))
        covered.append(
            [each[1].low <= value <= each[1].high for each, value in zip(made, expected, strict=True)]
        )
    assert np.mean(covered, axis=0) == pytest.approx([0.95, 0.95], abs=0.035)


def test_intervals_cover_with_weights_and_clusters():
    rng, covered = np.random.default_rng(2), {"clustered": [], "ignored": []}
    for _ in range(400):
        cluster = np.repeat(np.arange(60), rng.integers(2, 9, size=60))
        n = len(cluster)
        labels = np.where(rng.random(n) < 0.8, (rng.random(60) < 0.3)[cluster], rng.random(n) < 0.3)
        scores = 0.9 * rng.normal(size=60)[cluster] + np.sqrt(0.19) * rng.normal(size=n) + labels
        weight = rng.uniform(0.5, 2, size=n)
        for name, rows_of in (("clustered", cluster), ("ignored", None)):
            interval = average_precision(labels, scores, weighted(weight, rows_of))[1]
            covered[name].append(interval.low <= truth(1.0, 0.3) <= interval.high)
    assert np.mean(covered["clustered"]) > 0.9
    assert np.mean(covered["ignored"]) < 0.85


@settings(derandomize=True, deadline=None, max_examples=60)
@given(rows(), st.integers(2, 15))
def test_coarse_steps_hold_no_few(made, fewest):
    labels, scores, _ = made
    places = coarse_steps(labels, scores, fewest)
    counted = curve(labels, scores, np.ones(len(labels)))
    if min(labels.sum(), (~labels).sum()) < fewest:
        assert len(places) == 0
        return
    assert places[-1] == len(counted.score) - 1
    for cumulated in (counted.tp, counted.fp):
        steps = np.diff(cumulated[places], prepend=0)
        assert all(step == 0 or step >= fewest for step in steps)
