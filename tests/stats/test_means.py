"""Means of rows chosen with unequal probabilities speak of everyone, not of the chosen rows."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import ttest_1samp

from explainaudit.stats.weighting import mean_interval, weighted_means

FINITE = st.floats(-1e6, 1e6)
EVENTS = 0.05


def people(rng: np.random.Generator, n: int) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Sizes of attributions: about 1 for most, about 4 for the 5 % with the event."""
    event = rng.random(n) < EVENTS
    return np.where(event, rng.gamma(8, 0.5, n), rng.gamma(2, 0.5, n)), event


def equal_allocation(
    rng: np.random.Generator, event: NDArray[np.bool_], per_stratum: int
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    rows, inclusion = [], []
    for stratum in (np.flatnonzero(~event), np.flatnonzero(event)):
        taken = min(per_stratum, len(stratum))
        rows.append(rng.choice(stratum, taken, replace=False))
        inclusion.append(np.full(taken, taken / len(stratum)))
    return np.concatenate(rows), np.concatenate(inclusion)


def test_without_a_design_it_is_the_t_interval() -> None:
    values = np.random.default_rng(1).lognormal(size=40)
    mean, interval = mean_interval(values, level=0.9)
    expected = ttest_1samp(values, 0).confidence_interval(0.9)
    assert mean == pytest.approx(values.mean())
    assert (interval.low, interval.high) == pytest.approx((expected.low, expected.high))
    assert (interval.method, interval.level) == ("linearised", 0.9)


def test_weighting_undoes_the_allocation() -> None:
    rng = np.random.default_rng(2)
    truth = (1 - EVENTS) * 1 + EVENTS * 4
    weighted, unweighted = [], []
    for _ in range(300):
        values, event = people(rng, 2000)
        rows, inclusion = equal_allocation(rng, event, 60)
        weighted.append(mean_interval(values[rows], inclusion)[0])
        unweighted.append(mean_interval(values[rows])[0])
    assert np.mean(weighted) == pytest.approx(truth, abs=4 * np.std(weighted) / 300**0.5)
    assert np.mean(unweighted) == pytest.approx(2.5, abs=0.05)


@pytest.mark.parametrize(("size", "per_stratum"), [(2000, 60), (400, 300)])
def test_the_interval_covers_people_like_these(size: int, per_stratum: int) -> None:
    # With 300 of 400 taken, a finite-population correction or a forgotten spread between strata shows.
    rng = np.random.default_rng(3)
    covered = []
    for _ in range(1500):
        values, event = people(rng, size)
        rows, inclusion = equal_allocation(rng, event, per_stratum)
        _, interval = mean_interval(values[rows], inclusion)
        covered.append(interval.low <= 1 + 3 * EVENTS <= interval.high)
    assert np.mean(covered) == pytest.approx(0.95, abs=0.017)


def test_two_strata_by_hand() -> None:
    values = np.array([1.0, 3.0, 10.0, 14.0, 12.0])
    inclusion = np.array([0.1, 0.1, 0.5, 0.5, 0.5])
    shares = np.array([20, 6]) / 26
    found = weighted_means(values[:, None], inclusion)
    mean = shares @ [2, 12]
    within = shares**2 @ [2 / 2, 4 / 3]
    between = shares @ (np.array([2, 12]) - mean) ** 2 / 26
    assert found.mean[0] == pytest.approx(mean)
    assert found.covariance[0, 0] == pytest.approx(within + between)
    assert found.freedom == 3


@settings(derandomize=True, deadline=None, max_examples=100)
@given(st.lists(st.tuples(FINITE, st.sampled_from([0.05, 0.2, 0.3, 1.0])), min_size=2, max_size=30))
def test_laws_of_a_mean(rows: list[tuple[float, float]]) -> None:
    values, inclusion = np.array(rows).T
    mean, interval = mean_interval(values, inclusion)
    assert interval.low <= mean <= interval.high
    assert values.min() - 1e-6 <= mean <= values.max() + 1e-6
    wider = mean_interval(values, inclusion, level=0.99)[1]
    assert wider.low <= interval.low
    assert interval.high <= wider.high
    order = np.argsort(values)
    assert mean_interval(values[order], inclusion[order])[0] == pytest.approx(mean, rel=1e-9, abs=1e-6)


def test_covariances_are_those_of_the_columns() -> None:
    values = np.random.default_rng(4).normal(size=(50, 3)) @ np.array([[1, 0.5, 0], [0, 1, 0], [0, 1, 2]])
    found = weighted_means(values)
    assert found.covariance == pytest.approx(np.cov(values.T) / 50)
    assert found.freedom == 49


def test_lone_rows_share_a_stratum() -> None:
    values, inclusion = np.array([1.0, 2.0, 4.0]), np.array([0.1, 0.2, 0.3])
    assert weighted_means(values[:, None], inclusion).freedom == 2
    one_alone = weighted_means(np.array([[1.0], [1.0], [5.0]]), np.array([0.5, 0.5, 0.25]))
    assert one_alone.freedom == 1
    assert one_alone.covariance[0, 0] >= (0.5 * (5 - 3)) ** 2  # its distance from the mean stands in


@pytest.mark.parametrize(
    ("values", "inclusion"),
    [([1.0], None), ([], None), ([1.0, 2.0], [0.0, 1.0]), ([1.0, 2.0], [0.5, 1.5]), ([1.0, np.nan], None)],
)
def test_what_has_no_mean_is_refused(values: list[float], inclusion: list[float] | None) -> None:
    with pytest.raises(ValueError, match=r"two rows|in \(0, 1\]|finite"):
        mean_interval(np.array(values), None if inclusion is None else np.array(inclusion))
