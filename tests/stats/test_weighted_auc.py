"""The weighted area is scikit-learn's; its interval is DeLong's without weights, and covers with them."""

import numpy as np
import pytest
from hypothesis import given, settings
from scipy.stats import norm
from scored_rows import rows, simple, weighted
from sklearn.metrics import roc_auc_score

from explainaudit.stats.design import Design
from explainaudit.stats.discrimination import auc, placements, smaller_class, weighted_auc
from explainaudit.stats.intervals import wilson


@settings(derandomize=True, deadline=None, max_examples=80)
@given(rows())
def test_the_area_is_that_of_scikit_learn(made):
    labels, scores, weight = made
    area, interval = weighted_auc(labels, scores, weighted(weight))
    assert area == pytest.approx(roc_auc_score(labels, scores, sample_weight=weight), abs=1e-12)
    assert interval.low <= area <= interval.high
    assert weighted_auc(labels, scores, simple(len(labels))) == auc(labels, scores)


@settings(derandomize=True, deadline=None, max_examples=30)
@given(rows())
def test_influence_is_what_a_little_weight_moves(made):
    labels, scores, weight = made
    area, influence = placements(labels, scores, weighted(weight))
    assert weight @ influence == pytest.approx(0, abs=1e-9)
    for row in range(0, len(labels), 17):
        more = weight + 1e-6 * (np.arange(len(labels)) == row)
        moved = (placements(labels, scores, weighted(more))[0] - area) * weight.sum() / 1e-6
        assert moved == pytest.approx(influence[row], abs=1e-3)


def test_with_equal_weights_the_interval_is_delongs():
    rng = np.random.default_rng(3)
    labels = rng.random(800) < 0.3
    scores = rng.normal(size=800) + labels
    made, delong = weighted_auc(labels, scores, weighted(np.full(800, 2.5))), auc(labels, scores)
    assert made[0] == pytest.approx(delong[0])
    limits = [(each[1].low, each[1].high) for each in (made, delong)]
    assert limits[0] == pytest.approx(limits[1], abs=5e-4)


def test_a_cluster_counted_twice_tells_nothing_new():
    rng = np.random.default_rng(5)
    labels = rng.random(150) < 0.4
    scores = rng.normal(size=150) + labels
    once = weighted_auc(labels, scores, weighted(np.ones(150)))
    twice = weighted_auc(
        np.tile(labels, 2), np.tile(scores, 2), weighted(np.ones(300), np.tile(np.arange(150), 2))
    )
    assert (twice[0], twice[1].low, twice[1].high) == pytest.approx((once[0], once[1].low, once[1].high))


def test_separation_and_lone_rows():
    labels, scores = np.arange(40) >= 30, np.arange(40.0)
    area, interval = weighted_auc(labels, scores, weighted(np.full(40, 3.0)))
    assert (area, interval.method) == (1, "wilson")
    # The variance of weighted rows is itself estimated, with nine degrees of freedom.
    assert interval.low == pytest.approx(wilson(*[smaller_class(labels, weighted(np.full(40, 3.0)))] * 2).low)
    assert 0.6 < interval.low < auc(labels, scores)[1].low
    assert weighted_auc(labels, scores, weighted(labels * 1.0)) is None
    assert smaller_class(labels, weighted(labels * 1.0)) == 0
    assert smaller_class(labels, simple(40)) == 10


def test_intervals_cover_with_weights_and_clusters():
    rng, covered = np.random.default_rng(2), []
    for _ in range(400):
        cluster = np.repeat(np.arange(60), rng.integers(2, 9, size=60))
        n = len(cluster)
        labels = np.where(rng.random(n) < 0.8, (rng.random(60) < 0.3)[cluster], rng.random(n) < 0.3)
        scores = 0.9 * rng.normal(size=60)[cluster] + np.sqrt(0.19) * rng.normal(size=n) + labels
        design = Design(rng.uniform(0.5, 2, size=n), cluster, simple=False)
        interval = weighted_auc(labels, scores, design)[1]
        covered.append(interval.low <= norm.cdf(1 / 2**0.5) <= interval.high)
    assert np.mean(covered) == pytest.approx(0.95, abs=0.03)
