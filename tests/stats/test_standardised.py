"""Standardised differences by hand and by the Hedges-Olkin variance; the distance of two distributions."""

import math

import numpy as np
import pytest
from scipy.stats import norm
from scored_rows import simple, weighted

from explainaudit.stats.curves import kolmogorov_smirnov
from explainaudit.stats.standardised import standardised_difference


def cohen(one, other):
    spread = ((len(one) - 1) * one.var(ddof=1) + (len(other) - 1) * other.var(ddof=1)) / (
        len(one) + len(other) - 2
    )
    return (one.mean() - other.mean()) / math.sqrt(spread)


def drawn(rng, n, inside, shift):
    belongs = rng.random(n) < inside
    return rng.normal(size=n) + shift * belongs, belongs


def test_without_weights_it_is_the_d_of_cohen():
    values, inside = drawn(np.random.default_rng(1), 200, 0.3, 0.7)
    value, interval = standardised_difference(values, inside, simple(200))
    assert value == pytest.approx(cohen(values[inside], values[~inside]))
    assert standardised_difference(values, ~inside, simple(200))[0] == pytest.approx(-value)
    moved = standardised_difference(1e6 - 3 * values, inside, simple(200))
    assert moved[0] == pytest.approx(-value)
    assert (-moved[1].high, -moved[1].low) == pytest.approx((interval.low, interval.high))


def test_a_weight_counts_a_row_as_often():
    rng = np.random.default_rng(2)
    values, inside = drawn(rng, 300, 0.4, -0.5)
    times = rng.integers(0, 4, 300)
    value, _ = standardised_difference(values, inside, weighted(times))
    many = np.repeat(values, times), np.repeat(inside, times)
    n = (times > 0).sum()
    # Only the correction for two means looks at rows, not at weights.
    factor = math.sqrt(times.sum() / (times.sum() - 2) * (n - 2) / n)
    assert value == pytest.approx(standardised_difference(*many, simple(times.sum()))[0] * factor)


@pytest.mark.parametrize(("share", "shift"), [(0.5, 0.0), (0.2, 0.5), (0.4, 1.5)])
def test_in_large_normal_samples_the_variance_is_that_of_hedges_and_olkin(share, shift):
    n = 200_000
    values, inside = drawn(np.random.default_rng(3), n, share, shift)
    value, interval = standardised_difference(values, inside, simple(n))
    one, other = inside.sum(), (~inside).sum()
    error = math.sqrt((one + other) / (one * other) + value**2 / (2 * (one + other)))
    assert (interval.high - interval.low) / 2 / 1.96 == pytest.approx(error, rel=0.01)


def test_what_has_no_difference_or_no_interval():
    values = np.arange(8.0)
    half = np.arange(8) < 4
    assert standardised_difference(values, np.zeros(8, dtype=bool), simple(8)) is None
    assert standardised_difference(values, half, weighted(np.where(half, 0, 1))) is None
    assert standardised_difference(np.where(half, 0.1, 0.3), half, simple(8)) is None
    assert standardised_difference(np.full(8, 1e9), half, simple(8)) is None
    assert standardised_difference(np.array([1.0, 2.0]), np.array([True, False]), simple(2)) is None
    one_row = standardised_difference(values, np.arange(8) < 1, simple(8))
    assert one_row[0] < 0
    assert one_row[1] is None
    one_cluster = standardised_difference(values, half, weighted(np.ones(8), np.where(half, 0, np.arange(8))))
    assert one_cluster[0] < 0
    assert one_cluster[1] is None
    with pytest.raises(ValueError, match="finite"):
        standardised_difference(np.array([1.0, math.nan, 2.0]), np.arange(3) < 2, simple(3))


@pytest.mark.parametrize(("n", "share", "shift"), [(150, 0.5, 0.0), (400, 0.1, 0.5), (300, 0.3, 1.5)])
def test_the_interval_covers(n, share, shift):
    rng, draws = np.random.default_rng(4), 1500
    covered = []
    for _ in range(draws):
        interval = standardised_difference(*drawn(rng, n, share, shift), simple(n))[1]
        covered.append(interval.low <= shift <= interval.high)
    assert np.mean(covered) == pytest.approx(0.95, abs=0.017)


def test_the_interval_covers_with_weights_and_clusters():
    """Clusters of 2 to 8 alike rows: covered where they are known, not where they are ignored."""
    rng, covered = np.random.default_rng(5), {"clustered": [], "ignored": []}
    for _ in range(800):
        cluster = np.repeat(np.arange(120), rng.integers(2, 9, 120))
        n = len(cluster)
        inside = (rng.random(120) < 0.4)[cluster]
        values = math.sqrt(0.6) * rng.normal(size=120)[cluster] + math.sqrt(0.4) * rng.normal(size=n)
        weight = rng.uniform(0.5, 2, n)
        for name, rows_of in (("clustered", cluster), ("ignored", None)):
            interval = standardised_difference(values + 0.5 * inside, inside, weighted(weight, rows_of))[1]
            covered[name].append(interval.low <= 0.5 <= interval.high)
    assert np.mean(covered["clustered"]) == pytest.approx(0.95, abs=0.03)
    assert np.mean(covered["ignored"]) < 0.8


@pytest.mark.parametrize("shift", [0.0, 1.0])
def test_the_distance_of_two_distributions_is_that_of_a_group_and_the_others(shift):
    """`kolmogorov_smirnov` takes any two sets of rows, not only events and others."""
    rng, covered = np.random.default_rng(6), []
    for _ in range(400):
        values, inside = drawn(rng, 400, 0.3, shift)
        interval = kolmogorov_smirnov(inside, values, simple(400))[1]
        covered.append(interval.low <= 2 * norm.cdf(shift / 2) - 1 <= interval.high)
    assert np.mean(covered) > 0.9
