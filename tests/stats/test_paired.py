"""Differences within pairs, against closed forms and by simulation."""

import math

import numpy as np
import pytest
from scipy.stats import ttest_rel

from explainaudit.stats.design import Design
from explainaudit.stats.paired import paired_means, paired_shares, tied


def plain(n):
    return Design(np.ones(n), np.arange(n), simple=True)


def pairs(both, up, down, neither):
    first = np.repeat([True, True, False, False], [both, up, down, neither])
    second = np.repeat([True, False, True, False], [both, up, down, neither])
    return first, second


def test_shares_are_the_adjusted_wald_interval():
    """f12 = 25, f21 = 8, n = 100: (26 − 9) / 102 ± 1.96 √((35 / 102 − (17 / 102)²) / 102)."""
    found = paired_shares(*pairs(40, 25, 8, 27), plain(100))
    half = 1.959964 * math.sqrt((35 / 102 - (17 / 102) ** 2) / 102)
    assert found.value == pytest.approx(0.17)
    assert (found.interval.low, found.interval.high) == pytest.approx(
        (17 / 102 - half, 17 / 102 + half), abs=1e-6
    )
    assert (found.p < 0.05) == (found.interval.low > 0)


@pytest.mark.parametrize("counts", [(50, 0, 0, 50), (0, 100, 0, 0), (0, 0, 100, 0)])
def test_an_interval_has_a_width_where_all_pairs_are_alike(counts):
    found = paired_shares(*pairs(*counts), plain(100))
    assert -1 <= found.interval.low <= found.value <= found.interval.high <= 1
    assert found.interval.high - found.interval.low > 0.01
    assert found.p == pytest.approx(1.0) if counts[0] else found.p < 1e-6


def test_weights_and_clusters_of_one_row_are_no_other_pairs():
    first, second = pairs(40, 25, 8, 27)
    simple = paired_shares(first, second, plain(100))
    weighted = paired_shares(first, second, Design(np.full(100, 2.0), np.arange(100), simple=False))
    assert weighted.value == pytest.approx(simple.value)
    assert weighted.interval.low == pytest.approx(simple.interval.low, abs=0.005)
    twice = Design(np.ones(200), np.repeat(np.arange(100), 2), simple=False)
    doubled = paired_shares(np.repeat(first, 2), np.repeat(second, 2), twice)
    assert doubled.interval.low == pytest.approx(weighted.interval.low, abs=1e-9)
    assert doubled.p == pytest.approx(weighted.p)


def test_means_are_students():
    draw = np.random.default_rng(2)
    one, other = draw.normal(0.3, 1, 40), draw.normal(0, 1, 40)
    found, expected = paired_means(one - other, plain(40)), ttest_rel(one, other)
    assert found.p == pytest.approx(expected.pvalue)
    assert (found.interval.low, found.interval.high) == pytest.approx(tuple(expected.confidence_interval()))


def test_what_has_no_spread():
    assert paired_means(np.zeros(40), plain(40)).p == 1.0
    assert paired_means(np.zeros(40), plain(40)).interval is None
    assert paired_means(np.full(40, 2.0), plain(40)).p == 0.0
    one = Design(np.ones(40), np.zeros(40, dtype=np.intp), simple=False)
    assert (paired_means(np.arange(40.0), one).p, paired_shares(*pairs(10, 10, 10, 10), one).p) == (
        None,
        None,
    )


def test_pairs_are_tied_by_members_partners_and_clusters():
    assert tied(np.array([], dtype=int), np.array([], dtype=int)).tolist() == []
    found = tied(np.array([0, 1, 2, 3, 4]), np.array([10, 10, 11, 12, 3]))
    assert len(np.unique(found)) == 3
    assert found[0] == found[1]
    assert found[3] == found[4]


def test_false_alarms_with_partners_that_are_used_again():
    """No difference, each partner in about three pairs: at most 5 % within chance."""
    rng = np.random.default_rng(4)
    false = 0
    for _ in range(300):
        partners = rng.random(40) < 0.5
        places = rng.integers(0, 40, 120)
        design = Design(np.ones(120), tied(1000 + np.arange(120), places), simple=False)
        false += paired_shares(rng.random(120) < 0.5, partners[places], design).p < 0.05
    assert false <= 300 * 0.05 + 2.6 * math.sqrt(300 * 0.05 * 0.95)
