"""Which columns can be told apart in rank, given the rows that were looked at?"""

import numpy as np
from numpy.typing import NDArray

from explainaudit.stats.design import Design
from explainaudit.stats.weighting import WeightedMeans, weighted_means

DRAWS = 10_000
LEVEL = 0.95
# Below this share of the larger column's variance a difference is constant, up to rounding.
ROUNDING = 1e-12


def rank_intervals(
    values: NDArray[np.float64],
    inclusion: NDArray[np.float64] | None,
    *,
    seed: int,
    design: Design | None = None,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return lower and upper ranks of the columns' means, 1 being the largest mean.

    All pairwise differences are tested at once at simultaneous level 95 %: a column is surely above
    another if the difference of their means exceeds the max-t quantile times its standard error
    (Mogstad, Romano, Shaikh and Wilhelm 2024). The lower rank is 1 + the number of columns surely
    above, the upper one d − the number surely below. With probability 95 % all true ranks lie inside
    together. The quantile is simulated from the normal distribution with the estimated covariance, and each
    difference is then judged at the t quantile of the same tail, its error being estimated.

    Parameters
    ----------
    values : ndarray of shape (n, d)
        For instance absolute attributions; at least two rows.
    inclusion : ndarray of shape (n,) or None
        Probability with which each row was chosen, in (0, 1].
    seed : int
        Seed of the simulated quantile.
    design : Design, optional
        As in `explainaudit.stats.weighting.weighted_means`.

    Raises
    ------
    ValueError
        Fewer than two rows, or a probability outside (0, 1].
    """
    found = weighted_means(values, inclusion, design)
    difference = found.mean[:, None] - found.mean[None, :]
    error = _standard_errors(found.covariance)
    surely = difference > np.maximum(_quantile(found, error, seed) * error, _noise(found.mean))
    low = 1 + surely.sum(axis=0)
    high = len(found.mean) - surely.sum(axis=1)
    return low.astype(np.int64), high.astype(np.int64)


def _standard_errors(covariance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the (d, d) standard errors of pairwise differences; exactly 0 where they are constant."""
    own = np.diag(covariance)
    variance = own[:, None] + own[None, :] - 2 * covariance
    constant = variance <= ROUNDING * np.maximum(own[:, None], own[None, :])
    return np.sqrt(np.where(constant, 0.0, variance))


def _noise(mean: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the (d, d) differences that summation in another order could make."""
    return np.asarray(ROUNDING * np.maximum(np.abs(mean)[:, None], np.abs(mean)[None, :]))


def _quantile(found: WeightedMeans, error: NDArray[np.float64], seed: int) -> float:
    """Return the 95 % point of the largest studentised difference over all pairs."""
    from scipy.stats import norm, t

    rng = np.random.default_rng(seed)
    # The symmetric root does not depend on the signs and order of the eigenvectors.
    values, vectors = np.linalg.eigh(found.covariance)
    root = (vectors * np.sqrt(np.clip(values, 0.0, None))) @ vectors.T
    draws = rng.standard_normal((DRAWS, len(root))) @ root
    largest = np.zeros(DRAWS)
    for j in range(len(root) - 1):
        spread = error[j, j + 1 :]
        pairs = np.flatnonzero(spread) + j + 1
        if len(pairs):
            gaps = np.abs(draws[:, [j]] - draws[:, pairs]) / error[j, pairs]
            largest = np.maximum(largest, gaps.max(axis=1))
    normal = float(np.quantile(largest, LEVEL))
    return float(t.isf(norm.sf(normal), found.freedom))
