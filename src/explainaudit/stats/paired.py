"""Differences within pairs: of two shares, and of two means."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explainaudit.records.measure import Interval
from explainaudit.stats.design import Bools, Design, Floats, mean_of
from explainaudit.stats.intervals import normal_quantile


@dataclass(frozen=True)
class PairedDifference:
    """A mean difference within pairs, its interval, and the p-value of none; ``None`` with one cluster."""

    value: float
    interval: Interval | None
    p: float | None


def tied(first: NDArray[np.intp], second: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return which pairs belong together: those that share a member, a partner, or are linked by others.

    Parameters
    ----------
    first, second : ndarray of int, shape (n,)
        The number of what the first and the second row of each pair belong to.

    Returns
    -------
    ndarray of shape (n,)
        The number of the connected component. Pairs of different components share nothing, so that their
        sums are independent.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    if len(first) == 0:
        return np.empty(0, dtype=np.intp)
    _, nodes = np.unique(np.concatenate([first, second]), return_inverse=True)
    ends = nodes.reshape(2, -1)
    size = int(nodes.max()) + 1
    links = coo_array((np.ones(len(first)), (ends[0], ends[1])), shape=(size, size))
    component = connected_components(links, directed=False)[1]
    return np.asarray(component[ends[0]], dtype=np.intp)


def paired_shares(first: Bools, second: Bools, design: Design, level: float = 0.95) -> PairedDifference:
    """Return the share of pairs whose first row is hit less the share of those whose second is.

    The adjusted Wald interval of Bonett and Price (2012): one pair is added to either kind of pairs that
    differ, so that it has a width where no pair differs. With weights or clusters the pairs are counted as
    the number at which a simple sample has this linearised variance, scaled for the degrees of freedom and
    never above their own; where no pair differs, Kish's number of clusters.

    Parameters
    ----------
    first, second : ndarray of bool, shape (n,)
        The two rows of each pair.
    design : Design
        Weights of the pairs; the clusters are pairs that belong together (`tied`).
    """
    difference = first.astype(np.float64) - second.astype(np.float64)
    value = float(design.mean(difference))
    if design.freedom < 1:
        return PairedDifference(value, None, None)
    up, down = (float(design.mean((difference == sign).astype(np.float64))) for sign in (1, -1))
    n = _effective(difference - value, up + down - value**2, design, level)
    up, down = (n * up + 1) / (n + 2), (n * down + 1) / (n + 2)
    centre, error = up - down, math.sqrt((up + down - (up - down) ** 2) / (n + 2))
    half = normal_quantile(level) * error
    low, high = max(-1.0, min(value, centre - half)), min(1.0, max(value, centre + half))
    interval = Interval(low=low, high=high, method="bonett_price", level=level)
    return PairedDifference(value, interval, math.erfc(abs(centre) / error / math.sqrt(2)))


def paired_means(difference: Floats, design: Design, level: float = 0.95) -> PairedDifference:
    """Return the mean of differences of shape (n,), with Student's t over the clusters.

    Differences that are all 0 have no spread to judge them by: no interval, and a p-value of 1.
    """
    from scipy.special import stdtr

    value, interval = mean_of(difference, design, level)
    if design.freedom < 1:
        return PairedDifference(value, None, None)
    if not difference[design.counts].any():
        return PairedDifference(value, None, 1.0)
    error = design.error(difference - value)
    statistic = abs(value) / error if error > 0 else math.inf
    return PairedDifference(value, interval, 2 * float(stdtr(design.freedom, -statistic)))


def _effective(influence: Floats, simple: float, design: Design, level: float) -> float:
    """Return how many simple pairs have this variance; ``simple`` is the variance of one such pair."""
    from scipy.stats import t

    if design.simple:
        return float(design.number())
    sums = np.bincount(design.cluster, weights=design.weight)
    variance = design.error(influence) ** 2
    found = simple / variance if min(simple, variance) > 1e-12 else float(sums.sum() ** 2 / (sums**2).sum())
    quantile = normal_quantile(level) / float(t.ppf((1 + level) / 2, design.freedom))
    return float(min(design.number(), found * quantile**2))
