"""Rows needed and gaps seen: the published table, statsmodels, and what happens when rows are drawn."""

import numpy as np
import pytest
from statsmodels.stats.proportion import power_proportions_2indep

from explainaudit.stats.intervals import ratio_limits
from explainaudit.stats.power import detectable_gap, rows_needed
from explainaudit.stats.significance import two_proportions

# Rows at which Katz' lower limit reaches 0.8: ratio, base rate, rows. Whole counts, so up to 2 % more.
TABLE = [
    (1, 0.5, 155),
    (1, 0.3, 366),
    (1, 0.1, 1392),
    (0.95, 0.5, 277),
    (0.95, 0.3, 630),
    (0.95, 0.1, 2442),
    (0.9, 0.5, 617),
    (0.9, 0.3, 1420),
    (0.9, 0.1, 5315),
]


@pytest.mark.parametrize(("ratio", "base", "rows"), TABLE)
def test_an_even_chance_gives_the_table(ratio, base, rows):
    found = rows_needed(ratio * base, base, 0.8, power=0.5)
    assert found <= rows <= 1.02 * found
    assert rows_needed(ratio * base, base, 0.8) == pytest.approx(found * (2.8016 / 1.9600) ** 2, rel=1e-4)


def test_what_no_number_of_rows_settles():
    assert rows_needed(0.0, 0.5, 0.8) is None
    assert rows_needed(0.5, 0.0, 0.8) is None
    assert rows_needed(0.4, 0.5, 0.8) is None
    assert rows_needed(0.24, 0.3, 0.8) is None
    assert rows_needed(1.0, 1.0, 0.8) is None
    assert rows_needed(1.0, 0.5, 0.8) > 0


@pytest.mark.parametrize(("first", "second"), [(0.5, 0.5), (0.3, 0.3), (0.12, 0.2), (0.55, 0.6), (0.7, 0.7)])
def test_four_in_five_settle(first, second):
    """Koopman's limits on the rows needed, drawn again and again."""
    rng, draws = np.random.default_rng(1), 1000
    n = int(np.ceil(rows_needed(first, second, 0.8)))
    settled = 0
    for k1, k0 in zip(rng.binomial(n, first, draws), rng.binomial(n, second, draws), strict=True):
        low, high = ratio_limits((int(k1), n), (int(k0), n), 0.95)
        settled += low >= 0.8 if first / second > 0.8 else high < 0.8
    assert settled / draws == pytest.approx(0.8, abs=0.05)


@pytest.mark.parametrize(
    ("rate", "sizes"), [(0.5, (100, 100)), (0.3, (60, 900)), (0.05, (2000, 500)), (0.9, (150, 450))]
)
def test_a_gap_is_seen_four_times_in_five(rate, sizes):
    gap = detectable_gap(rate, sizes)
    assert gap == pytest.approx(detectable_gap(rate, sizes[::-1]))
    chances = []
    for sign in (1, -1):
        share = sizes[0] / sum(sizes)
        first, second = rate + sign * gap * (1 - share), rate - sign * gap * share
        if not (0 <= first <= 1 and 0 <= second <= 1):
            continue
        rng, draws = np.random.default_rng(2), 2000
        drawn = zip(rng.binomial(sizes[0], first, draws), rng.binomial(sizes[1], second, draws), strict=True)
        seen = [two_proportions((int(k), sizes[0]), (int(j), sizes[1])) < 0.05 for k, j in drawn]
        chances.append(np.mean(seen))
    # The direction that asks for more decides; the other one is seen as often or more.
    assert min(chances) == pytest.approx(0.8, abs=0.05)


def test_equal_sizes_agree_with_statsmodels():
    gap = detectable_gap(0.3, (200, 200))
    low = 0.3 - gap / 2
    found = power_proportions_2indep(gap, low, 200, return_results=False)
    assert found == pytest.approx(0.8, abs=0.005)


def test_more_rows_see_smaller_gaps_and_few_rows_none():
    gaps = [detectable_gap(0.3, (n, 4 * n)) for n in (30, 100, 1000, 100_000)]
    assert gaps == sorted(gaps, reverse=True)
    assert gaps[-1] < 0.01
    assert detectable_gap(0.01, (30, 30)) is None
    assert detectable_gap(0.0, (300, 300)) is None
    assert detectable_gap(1.0, (300, 300)) is None
    assert detectable_gap(0.3, (0, 300)) is None
