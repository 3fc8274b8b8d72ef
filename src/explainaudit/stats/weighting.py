"""Means of rows that were chosen with known probabilities, and how uncertain those means are."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explainaudit.records.measure import Interval
from explainaudit.stats.design import Design


@dataclass(frozen=True)
class WeightedMeans:
    """Hájek means of d columns, for people like these.

    Attributes
    ----------
    mean : ndarray of shape (d,)
        Means, in the unit of the values.
    covariance : ndarray of shape (d, d)
        Estimated covariance of the means.
    freedom : int
        Degrees of freedom of the covariance: rows minus strata.
    """

    mean: NDArray[np.float64]
    covariance: NDArray[np.float64]
    freedom: int


def weighted_means(
    values: NDArray[np.float64],
    inclusion: NDArray[np.float64] | None = None,
    design: Design | None = None,
) -> WeightedMeans:
    """Return the means of the columns, each row weighted by 1 / its inclusion probability.

    The covariance is that of the linearised mean (Särndal, Swensson and Wretman 1992, 5.7). Rows
    with equal inclusion probability form a stratum; strata of one row are put together. Within
    strata the covariance is that of drawing with replacement: without a finite-population
    correction, because the estimand is people like these and not the rows of the file. For the
    same reason the shares of the strata in the file are themselves a draw, which adds the spread
    between strata over the size of the file (the sum of the weights).

    Parameters
    ----------
    values : ndarray of shape (n, d)
        At least two rows.
    inclusion : ndarray of shape (n,), optional
        Probability with which each row was chosen, in (0, 1]. ``None``: the rows are all there are.
    design : Design, optional
        Sampling weights over inclusion probabilities, and clusters, of the rows, where the plan names
        such: it takes the place of the strata, and the covariance is that of its clusters.

    Raises
    ------
    ValueError
        Fewer than two rows, or a probability outside (0, 1].
    """
    n = len(values)
    if n < 2:
        raise ValueError("a mean with an interval needs two rows")
    if design is not None:
        mean = design.mean(values)
        return WeightedMeans(mean, design.covariance(values - mean), design.freedom)
    chosen = np.ones(n) if inclusion is None else np.asarray(inclusion, dtype=np.float64)
    if chosen.shape != (n,) or not np.all((chosen > 0) & (chosen <= 1)):
        raise ValueError("inclusion probabilities are one per row, in (0, 1]")
    file_size = float(np.sum(1 / chosen))
    share = 1 / chosen / file_size
    mean = share @ values
    influence = share[:, None] * (values - mean)
    strata = _strata(chosen)
    covariance = np.zeros((values.shape[1], values.shape[1]))
    for rows in strata:
        # A stratum of one row has no spread of its own: its distance from the mean stands in.
        centred = influence[rows] - (influence[rows].mean(axis=0) if len(rows) > 1 else 0.0)
        covariance += centred.T @ centred * (len(rows) / max(len(rows) - 1, 1))
        if len(strata) > 1:
            gap = influence[rows].sum(axis=0)
            covariance += np.outer(gap, gap) / share[rows].sum() / file_size
    return WeightedMeans(mean=mean, covariance=covariance, freedom=n - len(strata))


def mean_interval(
    values: NDArray[np.float64],
    inclusion: NDArray[np.float64] | None = None,
    design: Design | None = None,
    level: float = 0.95,
) -> tuple[float, Interval]:
    """Return the Hájek mean of rows chosen with known probabilities, and its interval.

    Linearised variance as in `weighted_means`; Student's t with rows
    minus strata degrees of freedom.

    Parameters
    ----------
    values : ndarray of shape (n,)
        At least two finite values.
    inclusion : ndarray of shape (n,), optional
        Probability with which each row was chosen, in (0, 1].
    design : Design, optional
        As in `weighted_means`.
    level : float
        Two-sided confidence level.

    Raises
    ------
    ValueError
        Fewer than two values, a value that is not finite, or a probability outside (0, 1].
    """
    from scipy.stats import t

    found = weighted_means(np.asarray(values, dtype=np.float64)[:, None], inclusion, design)
    mean = float(found.mean[0])
    half = float(t.ppf((1 + level) / 2, found.freedom)) * math.sqrt(float(found.covariance[0, 0]))
    return mean, Interval(low=mean - half, high=mean + half, method="linearised", level=level)


def _strata(chosen: NDArray[np.float64]) -> list[NDArray[np.intp]]:
    """Return the row numbers of each stratum, in the order of the probabilities."""
    _, member, counts = np.unique(chosen, return_inverse=True, return_counts=True)
    member = np.where(counts[member] == 1, -1, member)
    return [np.flatnonzero(member == label) for label in np.unique(member)]
