"""Weighted quantiles are NumPy's, and their intervals cover."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scored_rows import simple, weighted

from explainaudit.stats.quantiles import quantile


@settings(derandomize=True, deadline=None, max_examples=60)
@given(
    st.integers(0, 2**32), st.integers(1, 80), st.sampled_from([0.05, 0.25, 0.5, 0.75, 0.95]), st.booleans()
)
def test_values_are_those_of_numpy(seed, n, share, tied):
    rng = np.random.default_rng(seed)
    values = rng.normal(size=n).round(0 if tied else 9)
    weight = np.where(rng.uniform(size=n) < 0.2, 0.0, rng.uniform(0.5, 3, size=n))
    weight[0] = 1.0
    value, interval = quantile(values, share, simple(n))
    assert value == np.quantile(values, share, method="inverted_cdf")
    assert interval is None or interval.low <= value <= interval.high
    heavy, _ = quantile(values, share, weighted(weight))
    assert heavy == np.quantile(values, share, method="inverted_cdf", weights=weight)


@pytest.mark.parametrize("share", [0.05, 0.5, 0.95])
def test_intervals_cover(share):
    rng, covered = np.random.default_rng(1), []
    expected = -np.log(1 - share)
    for _ in range(600):
        interval = quantile(rng.exponential(size=300), share, simple(300))[1]
        covered.append(interval.low <= expected <= interval.high)
    assert np.mean(covered) == pytest.approx(0.95, abs=0.03)
