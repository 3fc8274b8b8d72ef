"""Rank intervals: they cover all true ranks together, and distinguish what can be distinguished."""

import numpy as np
import pytest
from numpy.typing import NDArray

from explainaudit.stats.ranking import rank_intervals

CLEAR = np.array([3.0, 2.0, 1.9, 1.9, 0.4, 0.0])


def true_ranks(mean: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """First and last rank each mean may claim, ties sharing theirs."""
    return 1 + (mean[None, :] > mean[:, None]).sum(axis=1), (mean[None, :] >= mean[:, None]).sum(axis=1)


def skewed(rng: np.random.Generator, mean: NDArray[np.float64], n: int) -> NDArray[np.float64]:
    """Correlated, skewed columns with the given means."""
    common = rng.exponential(size=(n, 1)) - 1
    return mean + 0.6 * common + rng.exponential(size=(n, len(mean))) - 1


@pytest.mark.parametrize("mean", [np.zeros(6), CLEAR, np.array([1.0, 1, 1, 0.9, 0.9, 0.9])])
def test_all_true_ranks_are_covered_together(mean: NDArray[np.float64]) -> None:
    rng = np.random.default_rng(1)
    first, last = true_ranks(mean)
    draws = 400
    covered = 0
    for seed in range(draws):
        low, high = rank_intervals(skewed(rng, mean, 80), None, seed=seed)
        covered += bool(np.all((low <= first) & (last <= high)))
    assert covered / draws >= 0.95 - 3 * (0.95 * 0.05 / draws) ** 0.5


def test_equal_columns_are_left_undistinguished_as_often_as_stated() -> None:
    rng = np.random.default_rng(2)
    draws = 500
    undistinguished = 0
    for seed in range(draws):
        low, high = rank_intervals(rng.normal(size=(30, 5)), None, seed=seed)
        undistinguished += bool(np.all(low == 1) and np.all(high == 5))
    assert undistinguished / draws == pytest.approx(0.95, abs=3 * (0.95 * 0.05 / draws) ** 0.5)


def test_what_differs_is_told_apart() -> None:
    rng = np.random.default_rng(3)
    low, high = rank_intervals(skewed(rng, CLEAR, 3000), None, seed=0)
    assert low.tolist() == [1, 2, 3, 3, 5, 6]
    assert high.tolist() == [1, 2, 4, 4, 5, 6]


def test_weights_decide_the_order() -> None:
    rng = np.random.default_rng(4)
    event = np.arange(400) < 200
    values = np.column_stack([np.where(event, 5.0, 1.0), np.full(400, 2.0)]) + rng.normal(size=(400, 2)) * 0.1
    unweighted = rank_intervals(values, None, seed=0)
    weighted = rank_intervals(values, np.where(event, 1.0, 0.05), seed=0)
    assert unweighted[0].tolist() == [1, 2]
    assert weighted[0].tolist() == [2, 1]


def test_constant_differences() -> None:
    shared = np.random.default_rng(5).normal(size=(50, 1))
    values = np.hstack([shared, shared, shared + 0.01, np.zeros((50, 1)) - 9, np.zeros((50, 1)) - 9])
    low, high = rank_intervals(values, None, seed=0)
    assert low.tolist() == [2, 2, 1, 4, 4]
    assert high.tolist() == [3, 3, 1, 5, 5]


def test_one_column_and_the_seed() -> None:
    values = np.random.default_rng(6).normal(size=(20, 4))
    low, high = rank_intervals(values[:, :1], None, seed=0)
    assert (low.tolist(), high.tolist()) == ([1], [1])
    assert np.array_equal(rank_intervals(values, None, seed=7), rank_intervals(values, None, seed=7))
    backwards = rank_intervals(values[:, ::-1], None, seed=7)
    assert np.array_equal(np.array(backwards)[:, ::-1], rank_intervals(values, None, seed=7))


def test_one_row_ranks_nothing() -> None:
    with pytest.raises(ValueError, match="two rows"):
        rank_intervals(np.ones((1, 3)), None, seed=0)
