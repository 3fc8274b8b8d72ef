"""Intervals of proportions, against published figures, statsmodels and the likelihood itself."""

import math
import warnings
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar
from scipy.stats import binom, binomtest
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from explainaudit.records.measure import Interval
from explainaudit.stats.intervals import katz, koopman, newcombe, ratio_limits, wilson

LAWS = settings(derandomize=True, deadline=None, max_examples=150)
PROPORTIONS = st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
POSITIVE = st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(1, n), st.just(n)))
EDGES = [(0, 20, 5, 20), (20, 20, 5, 20), (5, 20, 20, 20), (0, 20, 20, 20), (20, 20, 20, 20), (3, 7, 11, 900)]


def ends(interval: Interval | None) -> tuple[float, float]:
    assert interval is not None
    return interval.low, interval.high


@pytest.mark.parametrize(
    ("n", "points"), [(11, 23), (30, 16), (50, 12), (100, 9), (200, 6), (500, 4), (1000, 3)]
)
def test_wilson_half_widths_as_published(n: int, points: int) -> None:
    low, high = ends(wilson(round(0.3 * n), n))
    assert round(100 * (high - low) / 2) == points


@LAWS
@given(PROPORTIONS, st.sampled_from([0.8, 0.95, 0.999]))
def test_wilson_is_that_of_statsmodels_and_scipy(kn: tuple[int, int], level: float) -> None:
    k, n = kn
    found = ends(wilson(k, n, level))
    assert found == pytest.approx(proportion_confint(k, n, 1 - level, method="wilson"), abs=1e-12)
    assert found == pytest.approx(tuple(binomtest(k, n).proportion_ci(level, method="wilson")), abs=1e-12)
    assert 0 <= found[0] <= k / n <= found[1] <= 1


def test_wilson_at_the_edges() -> None:
    assert wilson(0, 50).low == 0
    assert wilson(50, 50).high == 1
    assert wilson(0, 50).high == pytest.approx(1 - wilson(50, 50).low)
    assert wilson(3, 50) == Interval(
        low=wilson(3, 50).low, high=wilson(3, 50).high, method="wilson", level=0.95
    )


@LAWS
@given(PROPORTIONS, PROPORTIONS)
def test_newcombe_is_that_of_statsmodels(one: tuple[int, int], two: tuple[int, int]) -> None:
    found = newcombe(*one, *two)
    expected = confint_proportions_2indep(*one, *two, compare="diff", method="newcomb")
    # statsmodels' own Wilson limits stray from 0 and 1 by rounding, which a square root magnifies.
    assert ends(found) == pytest.approx(expected, abs=1e-7)
    assert -1 <= found.low <= one[0] / one[1] - two[0] / two[1] <= found.high <= 1
    back = newcombe(*two, *one)
    assert (back.low, back.high) == pytest.approx((-found.high, -found.low), abs=1e-12)


def test_newcombe_as_published() -> None:
    # Newcombe 1998, table II, method 10: 56/70 − 48/80 and 9/10 − 3/10.
    assert ends(newcombe(56, 70, 48, 80)) == pytest.approx((0.0524, 0.3339), abs=5e-5)
    assert ends(newcombe(9, 10, 3, 10)) == pytest.approx((0.1705, 0.8090), abs=5e-5)


def likelihood_statistic(ratio: float, one: tuple[int, int], two: tuple[int, int]) -> float:
    """Pearson's chi-square where the likelihood under p1 = ratio · p0, searched numerically, is largest."""
    (k1, n1), (k0, n0) = one, two

    def unlikely(p0: float) -> float:
        return -float(binom.logpmf(k1, n1, ratio * p0) + binom.logpmf(k0, n0, p0))

    best = minimize_scalar(
        unlikely, bounds=(0, min(1, 1 / ratio)), method="bounded", options={"xatol": 1e-12}
    ).x
    parts = [(k1, n1, ratio * best), (k0, n0, best)]
    return float(sum((k - n * p) ** 2 / (n * p * (1 - p)) for k, n, p in parts))


@pytest.mark.parametrize("counts", [*EDGES, (45, 250, 120, 400), (157, 2435, 235, 2435), (1, 34, 7, 34)])
@pytest.mark.parametrize("level", [0.9, 0.95, 0.9995])
def test_koopman_limits_solve_the_score_equation(counts: tuple[int, int, int, int], level: float) -> None:
    one, two = counts[:2], counts[2:]
    bound = binom_quantile(level) ** 2
    low, high = ends(koopman(*counts, level))
    assert likelihood_statistic(high, one, two) == pytest.approx(bound, rel=2e-3)
    if counts[0]:
        assert likelihood_statistic(low, one, two) == pytest.approx(bound, rel=2e-3)
    else:
        assert low == 0


def binom_quantile(level: float) -> float:
    return {0.9: 1.6448536, 0.95: 1.9599640, 0.9995: 3.4807564}[level]


def test_koopman_with_everyone_selected_has_its_width() -> None:
    z2 = 1.959963984540054**2
    assert ends(koopman(20, 20, 30, 30)) == pytest.approx((20 / (20 + z2), 1 + z2 / 30), rel=1e-9)
    assert ends(katz(20, 20, 30, 30)) == (1, 1)  # which is why it decides nothing


def inner(low: int, n: int) -> st.SearchStrategy[tuple[int, int]]:
    return st.tuples(st.integers(low, n - low), st.just(n))


@LAWS
@given(
    st.integers(12, 4000).flatmap(lambda n: inner(4, n)), st.integers(12, 4000).flatmap(lambda n: inner(4, n))
)
def test_koopman_is_that_of_statsmodels_away_from_the_edges(
    one: tuple[int, int], two: tuple[int, int]
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = confint_proportions_2indep(*one, *two, compare="ratio", method="score", correction=False)
    if all(np.isreal(expected)):  # statsmodels' closed form turns complex near p = 1
        assert ends(koopman(*one, *two)) == pytest.approx(expected, rel=1e-5)


@LAWS
@given(PROPORTIONS, POSITIVE)
def test_laws_of_koopman(one: tuple[int, int], two: tuple[int, int]) -> None:
    low, high = ends(koopman(*one, *two))
    ratio = one[0] / one[1] / (two[0] / two[1])
    assert 0 <= low <= ratio * (1 + 1e-12)
    assert ratio * (1 - 1e-12) <= high
    back_low, back_high = ratio_limits(two, one, 0.95)  # the other way round: the reciprocals
    assert back_low * high == pytest.approx(1, rel=1e-9)
    assert back_high * low == pytest.approx(1, rel=1e-9) if low else back_high == math.inf
    wider = ends(koopman(*one, *two, 0.99))
    assert wider[0] <= low
    assert high < wider[1]
    fourfold = ends(koopman(4 * one[0], 4 * one[1], 4 * two[0], 4 * two[1]))
    assert low <= fourfold[0]
    assert fourfold[1] < high


def test_koopman_is_not_defined_over_a_rate_of_zero() -> None:
    assert koopman(5, 20, 0, 20) is None
    assert koopman(0, 20, 0, 20) is None
    low, high = ratio_limits((5, 20), (0, 20), 0.95)
    assert high == math.inf
    assert 0 < low < 5
    assert ratio_limits((0, 20), (0, 20), 0.95) == (0, math.inf)


def test_published_ratios() -> None:
    assert [round(end, 2) for end in ends(katz(45, 250, 120, 400))] == [0.44, 0.81]
    # 7/34 against 1/34 (Perondi et al. 2004) as in the R package contingencytables, which accompanies
    # Fagerland, Lydersen and Laake, Statistical Analysis of Contingency Tables.
    assert ends(katz(7, 34, 1, 34)) == pytest.approx((0.9096, 53.8695), abs=5e-5)
    assert ends(koopman(7, 34, 1, 34)) == pytest.approx((1.2209, 42.5757), abs=5e-5)


@LAWS
@given(POSITIVE, POSITIVE)
def test_katz_is_that_of_statsmodels(one: tuple[int, int], two: tuple[int, int]) -> None:
    expected = confint_proportions_2indep(*one, *two, compare="ratio", method="log")
    assert ends(katz(*one, *two)) == pytest.approx(expected, rel=1e-9)
    assert katz(0, one[1], *two) is None
    assert katz(*one, 0, two[1]) is None


@pytest.mark.parametrize("counts", [(0, 0, 1, 5), (1, 5, 0, 0), (6, 5, 1, 5), (1, 5, -1, 5)])
@pytest.mark.parametrize("method", [newcombe, koopman, katz])
def test_what_is_no_proportion_is_refused(
    method: Callable[..., Interval | None], counts: tuple[int, int, int, int]
) -> None:
    with pytest.raises(ValueError, match="is not a proportion"):
        method(*counts)
    with pytest.raises(ValueError, match="0 of 0"):
        wilson(0, 0)


def coverage(limits: np.ndarray, truth: float, weights: np.ndarray) -> float:
    covered = (limits[:, 0] <= truth) & (truth <= limits[:, 1])
    return float(weights[covered].sum())


def test_exact_coverage_of_wilson() -> None:
    n = 40
    limits = np.array([ends(wilson(k, n)) for k in range(n + 1)])
    shares = np.linspace(0.05, 0.95, 91)
    reached = [coverage(limits, p, binom.pmf(np.arange(n + 1), n, p)) for p in shares]
    assert np.mean(reached) == pytest.approx(0.95, abs=0.006)
    assert min(reached) > 0.91


def test_exact_coverage_of_newcombe_and_koopman() -> None:
    n1, n0 = 30, 40
    pairs = [(k1, k0) for k1 in range(n1 + 1) for k0 in range(n0 + 1)]
    differences = np.array([ends(newcombe(k1, n1, k0, n0)) for k1, k0 in pairs])
    ratios = np.array([ratio_limits((k1, n1), (k0, n0), 0.95) for k1, k0 in pairs])
    reached = []
    for p1, p0 in [(0.1, 0.2), (0.24, 0.3), (0.5, 0.5), (0.8, 0.9), (0.05, 0.5), (0.56, 0.7)]:
        k1, k0 = np.array(pairs).T
        weights = binom.pmf(k1, n1, p1) * binom.pmf(k0, n0, p0)
        reached.append((coverage(differences, p1 - p0, weights), coverage(ratios, p1 / p0, weights)))
    assert np.mean(reached, axis=0) == pytest.approx([0.95, 0.95], abs=0.012)
    assert np.min(reached) > 0.93


TINY = st.tuples(st.floats(-3, 6), st.one_of(st.sampled_from([0.0, 1.0]), st.floats(-14, 0)))


@LAWS
@given(TINY, TINY, st.sampled_from([0.95, 0.9995]))
def test_effective_counts_of_any_size_have_limits(
    one: tuple[float, float], two: tuple[float, float], level: float
) -> None:
    """Few clusters leave less than one effective row, and uneven weights shares near 0."""
    (k1, n1), (k0, n0) = (
        (10**size * (share if share >= 0 else 10**share), 10**size) for size, share in (one, two)
    )
    low, high = ratio_limits((k1, n1), (k0, n0), level)
    assert 0 <= low <= high
    if k0:
        ratio = (k1 / n1) / (k0 / n0)
        assert low <= ratio * (1 + 1e-9)
        assert ratio * (1 - 1e-9) <= high
    gap = newcombe(k1, n1, k0, n0, level)
    assert gap.low <= k1 / n1 - k0 / n0 <= gap.high
    published = katz(k1, n1, k0, n0, level)
    assert published is None or published.low <= published.high


@LAWS
@given(st.integers(1, 400), st.integers(1, 400), st.floats(0.3, 3))
def test_effective_counts_lie_between_whole_ones(k1: int, k0: int, share: float) -> None:
    """The interval narrows as the same shares rest on more."""
    some = koopman(k1, 400, k0, 400)
    scaled = koopman(k1 * share, 400 * share, k0 * share, 400 * share)
    assert (ends(scaled)[1] - ends(scaled)[0] < ends(some)[1] - ends(some)[0]) is (share > 1) or share == 1
