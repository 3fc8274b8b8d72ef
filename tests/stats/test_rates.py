"""Counts, facts and rates as measures."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from explainaudit.stats.design import Design
from explainaudit.stats.rates import count, fact, rate, rated
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


@settings(derandomize=True, deadline=None)
@given(st.integers(0, 2**32), st.integers(0, 60))
def test_a_share_of_rows_is_the_rate_of_its_counts(seed, n):
    hit = np.random.default_rng(seed).random(n) < 0.3
    alike = Design(np.ones(n), np.arange(n), simple=True)
    expected = rate("x", "share", (int(hit.sum()), n), {"group": "a"}, tier="indicative")
    assert rated("x", "share", hit, alike, {"group": "a"}, tier="indicative") == expected


def test_a_weighted_share_counts_persons():
    hit = np.array([True, True, False, False, False])
    found = rated("x", "share", hit, Design(np.array([3.0, 1, 1, 1, 0]), np.arange(5), simple=False))
    assert (found.value, found.n, found.smallest_cell) == (4 / 6, 4, 2)  # a row of weight zero is nobody
    assert found.interval.low < 4 / 6 < found.interval.high
    nobody = rated("x", "share", hit, Design(np.zeros(5), np.arange(5), simple=False))
    assert (nobody.value, nobody.reason, nobody.n) == (None, "zero_denominator", 0)
