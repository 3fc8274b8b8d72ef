"""Accumulated effects, directions and clusters of columns against closed forms, SciPy and hand work."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from explainaudit.explainers.effects import bins_of, edges_of
from explainaudit.records.measure import Interval
from explainaudit.stats.ale import accumulated
from explainaudit.stats.clusters import associations, column_clusters
from explainaudit.stats.design import Design
from explainaudit.stats.direction import direction, way


def alike(n, weight=None):
    weights = np.ones(n) if weight is None else np.asarray(weight, dtype=float)
    return Design(weights, np.arange(n, dtype=np.intp), simple=weight is None)


@settings(max_examples=15, derandomize=True, deadline=None)
@given(st.integers(0, 10_000))
def test_a_linear_model_has_a_straight_line_without_any_doubt(seed):
    x = np.random.default_rng(seed).normal(size=300)
    grid = edges_of(x)
    bins = bins_of(x, grid)
    found = accumulated(bins, 3.0 * np.diff(grid)[bins], len(grid), alike(300))
    np.testing.assert_allclose(np.diff(found.value), 3.0 * np.diff(grid), atol=1e-9)
    assert found.span == pytest.approx(3.0 * (grid[-1] - grid[0]))
    middle = (found.value[:-1] + found.value[1:]) / 2
    assert np.bincount(bins) @ middle == pytest.approx(0, abs=1e-9)  # centred over the rows
    assert found.span_interval.high - found.span_interval.low == pytest.approx(0, abs=1e-9)


def test_bin_means_are_added_up_by_hand():
    """Two bins; the mean changes are 2 and −1; three rows lie in the first bin and one in the second."""
    bins, change = np.array([0, 0, 0, 1, -1]), np.array([1.0, 2.0, 3.0, -1.0, 99.0])
    found = accumulated(bins, change, 3, alike(5))
    raw = np.array([0.0, 2.0, 1.0])
    centre = (3 * 1.0 + 1 * 1.5) / 4
    np.testing.assert_allclose(found.value, raw - centre)
    weighted = accumulated(bins, change, 3, alike(5, [1, 1, 2, 1, 5]))
    assert weighted.value[1] - weighted.value[0] == pytest.approx((1 + 2 + 2 * 3) / 4)


def test_intervals_hold_the_true_effect_about_as_often_as_they_say():
    held = np.zeros(6)
    grid = np.linspace(0, 1, 6)
    for seed in range(300):
        draw = np.random.default_rng(seed)
        x, noise = draw.uniform(size=300), draw.normal(size=300)
        bins = bins_of(x, grid)
        found = accumulated(bins, np.diff(grid)[bins] * (1 + noise), 6, alike(300))
        held += (found.low <= grid - 0.5) & (grid - 0.5 <= found.high)
    assert (held / 300 > 0.91).all()
    assert (held / 300 < 0.985).all()


@pytest.mark.parametrize("bins", [[-1, -1], [0, -1]])
def test_nothing_to_accumulate(bins):
    assert accumulated(np.array(bins), np.zeros(2), 1, alike(2)) is None
    assert accumulated(np.array([-1, -1]), np.zeros(2), 3, alike(2)) is None


@settings(max_examples=20, derandomize=True, deadline=None)
@given(st.integers(0, 10_000), st.booleans())
def test_direction_is_spearmans_correlation(seed, ties):
    draw = np.random.default_rng(seed)
    x, y = draw.normal(size=60), draw.normal(size=60)
    x = x.round(0) if ties else x
    found, interval = direction(pd.Series(x), x + y, alike(60))
    assert found == pytest.approx(stats.spearmanr(x, x + y).statistic)
    assert interval.low < found < interval.high
    gaps = pd.Series(x).mask(np.arange(60) < 10)
    assert direction(gaps, x + y, alike(60))[0] == pytest.approx(
        stats.spearmanr(x[10:], (x + y)[10:]).statistic
    )


def test_direction_without_variation_is_not_estimable():
    assert direction(pd.Series([1.0] * 9), np.arange(9.0), alike(9)) is None
    assert direction(pd.Series(np.arange(9.0)), np.zeros(9), alike(9)) is None
    assert direction(pd.Series([1.0, 2.0]), np.array([1.0, 2.0]), alike(2)) is None


def interval(low, high):
    return Interval(low=low, high=high, method="linearised")


@pytest.mark.parametrize(
    ("value", "ends", "word"),
    [
        (0.3, (0.1, 0.5), "increasing"),
        (np.nextafter(0.3, 0), (0.1, 0.5), "mixed"),
        (-0.8, (-0.9, -0.7), "decreasing"),
        (0.5, (0.0, 0.9), "mixed"),
        (1.0, None, "increasing"),
        (-1.0, None, "decreasing"),
        (0.9, None, "mixed"),
    ],
)
def test_a_direction_is_named_when_it_is_clear_and_sure(value, ends, word):
    assert way(value, None if ends is None else interval(*ends)) == word


TYPES = {"a": "number", "b": "number", "c": "text", "d": "text"}


def test_associations_are_those_of_scipy_and_of_the_formulas():
    draw = np.random.default_rng(1)
    a = draw.normal(size=400)
    c = np.where(a + draw.normal(size=400) > 0, "x", "y")
    frame = pd.DataFrame(
        {"a": a, "b": -a + draw.normal(size=400), "c": c, "d": draw.choice(["u", "v", "w"], 400)}
    )
    found = associations(frame, TYPES)
    assert found[0, 1] == pytest.approx(abs(stats.spearmanr(frame["a"], frame["b"]).statistic))
    ranks = frame["a"].rank()
    within = ranks.groupby(frame["c"]).agg(["mean", "size"])
    between = (within["size"] * (within["mean"] - ranks.mean()) ** 2).sum()
    assert found[0, 2] == pytest.approx(np.sqrt(between / ((ranks - ranks.mean()) ** 2).sum()))
    counts = pd.crosstab(frame["c"], frame["d"])
    phi = stats.chi2_contingency(counts, correction=False).statistic / 400
    corrected = max(0.0, phi - 1 * 2 / 399)
    rows, columns = 2 - 1 / 399, 3 - 4 / 399
    assert found[2, 3] == pytest.approx(np.sqrt(corrected / (min(rows, columns) - 1)))
    np.testing.assert_array_equal(found, found.T)


def test_clusters_are_chains_and_what_does_not_vary_stands_alone():
    draw = np.random.default_rng(2)
    a = draw.normal(size=300)
    b = a + 0.4 * draw.normal(size=300)
    c = b + 0.4 * draw.normal(size=300)
    frame = pd.DataFrame({"a": a, "same": 1.0, "c": c, "b": b, "void": np.nan, "far": draw.normal(size=300)})
    found = column_clusters(frame, dict.fromkeys(frame, "number"))
    assert found == (("a", "c", "b"),)
    assert column_clusters(frame, dict.fromkeys(frame, "number"), limit=0.999) == ()
    assert column_clusters(frame[["a"]], {"a": "number"}) == ()
    assert column_clusters(frame.head(2), dict.fromkeys(frame, "number")) == ()
