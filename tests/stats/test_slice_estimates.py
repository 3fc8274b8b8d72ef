"""The figures of a slice against other intervals and tests: Newcombe, Welch, copies and clusters."""

import numpy as np
import pytest
from scipy.stats import norm, ttest_ind
from scored_rows import simple, weighted

from explainaudit.stats.design import Design
from explainaudit.stats.intervals import newcombe
from explainaudit.stats.slice_estimates import estimate
from explainaudit.stats.slice_sums import Tally


def of_shares(hits, inside):
    tally = Tally(np.ones(len(hits), dtype=np.intp), np.asarray(hits, dtype=float), 1, "mean", 5)
    return estimate(tally, 1, inside, simple(len(hits)))


def test_a_gap_of_shares_is_newcombes():
    inside = np.arange(400) < 100
    hits = np.concatenate([np.arange(100) < 31, np.arange(300) < 60])
    found = of_shares(hits, inside)
    expected = newcombe(31, 100, 60, 300)
    assert (found.n, found.rest, found.smallest_cell) == (100, 300, 31)
    assert (found.inside, found.outside, found.gap) == pytest.approx((0.31, 0.2, 0.11))
    assert (found.interval.low, found.interval.high) == pytest.approx((expected.low, expected.high))
    # p is the level at which the interval ends at 0.
    assert newcombe(31, 100, 60, 300, 1 - found.p).low == pytest.approx(0, abs=1e-9)
    assert of_shares(~hits, inside).p == pytest.approx(found.p)


def test_a_gap_of_means_is_welchs_and_worse_by_distance_needs_both():
    rng = np.random.default_rng(1)
    values = np.concatenate([rng.normal(-0.5, 1, 200), rng.normal(0.45, 1, 600)])
    inside = np.arange(800) < 200
    part = np.ones(800, dtype=np.intp)
    mean = estimate(Tally(part, values, 1, "mean", 5), 1, inside, simple(800))
    assert mean.p == pytest.approx(ttest_ind(values[:200], values[200:], equal_var=False).pvalue, rel=0.1)
    distance = estimate(Tally(part, values, 1, "distance", 5), 1, inside, simple(800))
    assert (distance.gap, distance.interval) == (mean.gap, mean.interval)
    both = ttest_ind(values[:200], -values[200:], equal_var=False).pvalue
    assert mean.p < 1e-10
    assert distance.p == pytest.approx(both, rel=0.05)


def test_a_shortfall_needs_the_slice_itself():
    part = np.tile([1, 2], 400).astype(np.intp)
    inside = np.arange(800) < 300
    rng = np.random.default_rng(2)
    values = (rng.uniform(size=800) < np.where(inside, 0.5, np.where(part == 1, 0.8, 0.3))).astype(float)
    found = estimate(Tally(part, values, 2, "shortfall", 5), 1, inside, simple(800))
    rates = [values[(part == of) & (inside == here)].mean() for here in (True, False) for of in (1, 2)]
    assert found.inside == pytest.approx(rates[0] - rates[1])
    assert found.gap == pytest.approx(rates[0] - rates[1] - rates[2] + rates[3])
    assert found.interval.high < 0
    error = np.sqrt(rates[0] * (1 - rates[0]) / 150 + rates[1] * (1 - rates[1]) / 150)
    assert found.p == pytest.approx(2 * norm.sf(abs(found.inside) / error), rel=0.1)
    mirrored = estimate(Tally(part, values, 2, "shortfall", 5), 2, inside, simple(800))
    assert (mirrored.gap, mirrored.p) == pytest.approx((-found.gap, found.p))


def test_fewer_than_thirty_rows_are_not_compared():
    found = of_shares(np.arange(100) < 40, np.arange(100) < 29)
    assert (found.n, found.gap, found.p, found.tier) == (29, None, None, "insufficient")
    nobody = of_shares(np.arange(100) < 40, np.zeros(100, dtype=bool))
    assert (nobody.n, nobody.tier) == (0, "not_estimable")


@pytest.mark.parametrize("shares", [True, False])
def test_clusters_and_weights_count(shares):
    rng = np.random.default_rng(3)
    inside = np.repeat(rng.uniform(size=60) < 0.5, 10)
    values = rng.uniform(size=600)
    values = (values < 0.4).astype(float) if shares else values
    tally = Tally(np.ones(600, dtype=np.intp), values, 1, "mean", 5)
    alone = estimate(tally, 1, inside, simple(600))
    # Ten copies of 600 rows, each a cluster, tell as much as the 600 rows.
    copied = Tally(np.ones(6000, dtype=np.intp), np.repeat(values, 10), 1, "mean", 5)
    clustered = estimate(
        copied, 1, np.repeat(inside, 10), weighted(np.ones(6000), np.repeat(np.arange(600), 10))
    )
    assert clustered.gap == pytest.approx(alone.gap)
    assert clustered.p == pytest.approx(alone.p, rel=0.02)
    assert clustered.interval.low == pytest.approx(alone.interval.low, abs=2e-3)
    # A row of weight 0 is nobody; one scale for all weights is none.
    weight = np.where(np.arange(600) < 300, 2.0, 0.0)
    heavy = estimate(tally, 1, inside, weighted(weight))
    half = estimate(tally.among(weight > 0), 1, inside[:300], Design(np.ones(300), np.arange(300), False))
    assert (heavy.n, heavy.gap, heavy.p) == pytest.approx((half.n, half.gap, half.p))
