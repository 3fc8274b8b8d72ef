"""Counts, facts and rates as measures."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from explainaudit.stats.rates import count, fact, rate
from explainaudit.stats.tiers import size_tier


@settings(derandomize=True, deadline=None)
@given(st.integers(1, 10**6).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_a_rate_is_k_of_n_with_wilsons_interval(counts):
    k, n = counts
    found = rate("x", "share", counts, {"group": "a"})
    assert (found.value, found.n, found.unit, found.estimand) == (k / n, n, "share", "people_like_these")
    expected = proportion_confint(k, n, method="wilson")
    assert (found.interval.low, found.interval.high) == pytest.approx(expected, abs=1e-12)
    assert found.smallest_cell == (min(k, n - k) or n)


def test_a_rate_over_nobody_is_not_estimable():
    found = rate("x", "share", (0, 0), tier="reportable")
    assert (found.value, found.reason, found.interval) == (None, "zero_denominator", None)
    assert (found.n, found.tier, found.smallest_cell) == (0, "not_estimable", 0)


def test_a_count_rests_on_those_it_counts_and_a_fact_on_nobody():
    assert (count("x", "rows", 7).value, count("x", "rows", 7).smallest_cell) == (7.0, 7)
    assert (fact("x", "seed", 7).kind, fact("x", "seed", 7).smallest_cell) == ("fact", None)


@pytest.mark.parametrize(
    ("n", "tier"),
    [
        (0, "not_estimable"),
        (1, "insufficient"),
        (29, "insufficient"),
        (30, "indicative"),
        (99, "indicative"),
        (100, "reportable"),
    ],
)
def test_tier_by_size_alone(n, tier):
    assert size_tier(n) == tier
