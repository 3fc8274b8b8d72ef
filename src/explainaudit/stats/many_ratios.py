"""Koopman's limits of thousands of ratios at once."""

import numpy as np
from numpy.typing import NDArray

from explainaudit.stats.intervals import normal_quantile

Floats = NDArray[np.float64]
HALVINGS = 64


def ratio_limits_of_pairs(counts: Floats, others: Floats, level: float, *, side: int) -> Floats:
    """Return the lower (side −1) or upper (side 1) limit of the ratio of every group's rate to every other's.

    The limits are those of `explainaudit.stats.intervals.ratio_limits`, found for all pairs together by
    halving an interval on the scale of the logarithm.

    Parameters
    ----------
    counts, others : ndarray of shape (m, 2) and (h, 2)
        Those counted, and all (more than none), of the groups and of those they are compared with.
    level : float
        Two-sided level.

    Returns
    -------
    ndarray of shape (m, h)
        Ratios; 0 below a group without any counted, infinite above one compared with such a group.
    """
    (k1, n1), (k0, n0) = counts.T[:, :, None], others.T[:, None, :]
    pairs = tuple(np.ravel(each) for each in np.broadcast_arrays(k1, n1, k0, n0))
    bound = normal_quantile(level) ** 2
    limit = np.where(pairs[0] == 0, 0.0, np.inf) if side < 0 else np.full(len(pairs[0]), np.inf)
    open_ = pairs[0] > 0 if side < 0 else pairs[2] > 0
    if open_.any():
        limit[open_] = _solved(tuple(each[open_] for each in pairs), bound, side)
    return limit.reshape(len(counts), len(others))


def ratio_distances(counts: Floats, others: Floats, ratio: float) -> Floats:
    """Return the signed root of Koopman's statistic for every pair: how far its ratio lies above a given one.

    At most minus, or at least, the normal quantile of a level exactly where the limit of
    `ratio_limits_of_pairs` at that level leaves the ratio out.

    Parameters
    ----------
    counts, others : ndarray of shape (m, 2) and (h, 2)
        As in `ratio_limits_of_pairs`.
    ratio : float
        Above 0.

    Returns
    -------
    ndarray of shape (m, h)
        Standard errors; 0 for two groups without any counted.
    """
    (k1, n1), (k0, n0) = counts.T[:, :, None], others.T[:, None, :]
    pairs = tuple(np.asarray(each) for each in np.broadcast_arrays(k1, n1, k0, n0))
    with np.errstate(invalid="ignore"):
        statistic = np.nan_to_num(_statistic(np.log(np.asarray(ratio)), pairs))
    return np.asarray(np.sign(k1 / n1 - ratio * k0 / n0) * np.sqrt(statistic), dtype=np.float64)


def _solved(pairs: tuple[Floats, ...], bound: float, side: int) -> Floats:
    """Return where the score statistic reaches the bound, on one side of the observed ratio."""
    k1, n1, k0, n0 = pairs
    with np.errstate(divide="ignore", invalid="ignore"):
        observed = np.log(k1 / n1) - np.log(k0 / n0)
    near = side * np.log(
        bound / 1000 / np.where(k0 > 0, n1, n0)
    )  # where one rate is 0, as for a single ratio
    inside = np.where((k1 > 0) & (k0 > 0), observed, near)
    while (above := _statistic(inside, pairs) >= bound).any():  # fewer than one effective row
        inside = inside - side * above
    step = np.full(len(inside), 0.5)
    while (below := _statistic(inside + side * step, pairs) < bound).any():
        step = np.where(below, 2 * step, step)
    outside = inside + side * step
    for _ in range(HALVINGS):
        middle = (inside + outside) / 2
        is_out = _statistic(middle, pairs) >= bound
        inside, outside = np.where(is_out, inside, middle), np.where(is_out, middle, outside)
    return np.asarray(np.exp((inside + outside) / 2), dtype=np.float64)


def _statistic(log_ratio: Floats, pairs: tuple[Floats, ...]) -> Floats:
    """Return Koopman's statistic of p1 = ratio × p0, as `stats.intervals` has it for one pair."""
    k1, n1, k0, n0 = pairs
    ratio = np.exp(log_ratio)
    root = np.sqrt((ratio * (n1 + k0) - k1 - n0) ** 2 + 4 * ratio * (n1 - k1) * (n0 - k0))
    p0 = 2 * (k1 + k0) / (ratio * (n1 + k0) + k1 + n0 + root)
    return _pearson(k1, n1, ratio * p0) + _pearson(k0, n0, p0)


def _pearson(k: Floats, n: Floats, p: Floats) -> Floats:
    spread = n * p * (1 - p)
    fits = p >= 1  # the estimate fits exactly, and the term is 0
    return np.where(fits, 0.0, (k - n * p) ** 2 / np.where(fits, 1.0, spread))
