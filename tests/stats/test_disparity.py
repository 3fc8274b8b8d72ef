"""Conditional demographic disparity: the Berkeley admissions, Clarify's formula, and how often it covers."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scored_rows import simple, weighted

from explainaudit.stats.disparity import conditional_disparity

# Graduate admissions, Berkeley 1973, six largest departments (Bickel, Hammel and O'Connell 1975):
# men admitted, men rejected, women admitted, women rejected.
BERKELEY = {
    "A": (512, 313, 89, 19),
    "B": (353, 207, 17, 8),
    "C": (120, 205, 202, 391),
    "D": (138, 279, 131, 244),
    "E": (53, 138, 94, 299),
    "F": (22, 351, 24, 317),
}


def table(counts):
    """Return (inside, favourable, stratum) of rows: others accepted and rejected, the group's alike."""
    four = np.array(counts)
    inside, favourable = np.array([False, False, True, True]), np.array([True, False, True, False])
    cells = [np.repeat(np.tile(side, len(four)), four.ravel()) for side in (inside, favourable)]
    return *cells, np.repeat(np.repeat(np.arange(len(four)), 4), four.ravel())


def clarify(inside, favourable, stratum):
    """SageMaker Clarify's formula: counts · (D − A) over all counts, 0 where a stratum lacks an outcome."""
    differences, counts = [], []
    for each in np.unique(stratum):
        rows = stratum == each
        accepted, rejected = rows & favourable, rows & ~favourable
        both = accepted.any() and rejected.any()
        differences.append(inside[rejected].mean() - inside[accepted].mean() if both else 0.0)
        counts.append(rows.sum())
    return float(np.dot(differences, counts) / np.sum(counts))


def test_berkeley():
    """Women are over-represented among the rejected, but not within departments."""
    inside, favourable, department = table(list(BERKELEY.values()))
    n = len(inside)
    within = conditional_disparity(inside, favourable, department, simple(n))
    overall = conditional_disparity(inside, favourable, np.zeros(n, dtype=np.intp), simple(n))
    assert n == 4526
    assert overall.value == pytest.approx(1278 / 2771 - 557 / 1755)
    assert overall.interval.low > 0.1
    assert within.value == pytest.approx(clarify(inside, favourable, department))
    assert within.value == pytest.approx(-0.0193, abs=5e-5)
    assert within.interval.low < 0 < within.interval.high < 0.02
    first = within.strata[0]
    assert (first.rejected, first.accepted, first.n) == ((19, 332), (89, 601), 933)
    assert first.value == pytest.approx(19 / 332 - 89 / 601)
    assert sum(each.n for each in within.strata) == n
    assert (within.dropped, within.dropped_rows) == ((), 0)


def test_with_one_stratum_it_is_a_difference_of_two_shares():
    inside, favourable, stratum = table([(300, 200, 60, 90)])
    found = conditional_disparity(inside, favourable, stratum, simple(650))
    rejected, accepted = 90 / 290, 60 / 360
    error = (rejected * (1 - rejected) / 289 + accepted * (1 - accepted) / 359) ** 0.5
    assert found.value == pytest.approx(rejected - accepted)
    assert (found.interval.high - found.interval.low) / 2 == pytest.approx(1.9636 * error, rel=2e-3)


@settings(derandomize=True, deadline=None, max_examples=60)
@given(st.integers(0, 2**32), st.integers(1, 6), st.integers(4, 150))
def test_it_is_clarifys_formula_over_strata_with_both_outcomes(seed, strata, n):
    rng = np.random.default_rng(seed)
    inside, favourable, stratum = rng.random(n) < 0.4, rng.random(n) < 0.6, rng.integers(-1, strata, n)
    found = conditional_disparity(inside, favourable, stratum, simple(n))
    complete = [s for s in np.unique(stratum) if len(np.unique(favourable[stratum == s])) == 2]
    if found is None:
        assert not complete or len(np.unique(inside)) == 1
        return
    rows = np.isin(stratum, complete)
    assert found.value == pytest.approx(clarify(inside[rows], favourable[rows], stratum[rows]))
    assert found.dropped_rows == (~rows).sum()
    assert [each.stratum for each in found.strata if each.value is not None] == complete
    assert [each.n for each in found.strata] == np.unique(stratum, return_counts=True)[1].tolist()
    # Turned round, the others are as much under-represented as the group is over-represented.
    assert conditional_disparity(~inside, favourable, stratum, simple(n)).value == pytest.approx(-found.value)


def test_a_weight_counts_a_row_as_often_and_nobody_not_at_all():
    rng = np.random.default_rng(1)
    inside, favourable, stratum = rng.random(300) < 0.4, rng.random(300) < 0.6, rng.integers(0, 4, 300)
    times = rng.integers(0, 4, 300) * (stratum != 2)
    found = conditional_disparity(inside, favourable, stratum, weighted(times))
    many = [np.repeat(each, times) for each in (inside, favourable, stratum)]
    assert found.value == pytest.approx(conditional_disparity(*many, simple(times.sum())).value)
    assert [each.stratum for each in found.strata] == [0, 1, 3]
    assert sum(each.n for each in found.strata) == (times > 0).sum()


def test_what_has_no_disparity_or_no_interval():
    inside, favourable = np.arange(8) < 4, np.arange(8) % 2 == 0
    stratum = np.zeros(8, dtype=np.intp)
    assert conditional_disparity(inside | True, favourable, stratum, simple(8)) is None
    assert conditional_disparity(inside & False, favourable, stratum, simple(8)) is None
    assert conditional_disparity(inside, favourable | True, stratum, simple(8)) is None
    assert conditional_disparity(inside, favourable, np.arange(8), simple(8)) is None
    apart = conditional_disparity(inside, ~inside, stratum, simple(8))
    assert (apart.value, apart.interval) == (1, None)


def drawn(rng, strata, n):
    """Group and chance differ by stratum; within strata the group is accepted less often."""
    stratum = rng.integers(0, strata, n)
    inside = rng.random(n) < 0.2 + 0.6 * stratum / strata
    return inside, rng.random(n) < 0.85 - 0.6 * stratum / strata - 0.08 * inside, stratum


def truth(strata):
    at = np.arange(strata) / strata
    inside, others = 0.2 + 0.6 * at, 0.8 - 0.6 * at
    accepted = inside * (0.77 - 0.6 * at), others * (0.85 - 0.6 * at)
    rejected = inside * (0.23 + 0.6 * at), others * (0.15 + 0.6 * at)
    return float(np.mean(rejected[0] / sum(rejected) - accepted[0] / sum(accepted)))


@pytest.mark.parametrize(("strata", "n"), [(1, 400), (4, 200), (10, 400)])
def test_the_interval_covers(strata, n):
    rng, draws = np.random.default_rng(2), 1500
    covered = []
    for _ in range(draws):
        interval = conditional_disparity(*drawn(rng, strata, n), simple(n)).interval
        covered.append(interval.low <= truth(strata) <= interval.high)
    assert np.mean(covered) == pytest.approx(0.95, abs=0.017)


def test_the_interval_covers_with_weights_and_clusters():
    rng, covered = np.random.default_rng(3), {"clustered": [], "ignored": []}
    for _ in range(600):
        rows = np.repeat(np.arange(150), rng.integers(1, 7, 150))  # the rows of a cluster are all alike
        made = [each[rows] for each in drawn(rng, 3, 150)]
        weight = rng.uniform(0.5, 2, 150)[rows]
        for name, cluster in (("clustered", rows), ("ignored", None)):
            interval = conditional_disparity(*made, weighted(weight, cluster)).interval
            covered[name].append(interval.low <= truth(3) <= interval.high)
    assert np.mean(covered["clustered"]) == pytest.approx(0.95, abs=0.03)
    assert np.mean(covered["ignored"]) < 0.8
