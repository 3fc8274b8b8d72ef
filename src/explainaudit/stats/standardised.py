"""The difference of two means in standard deviations."""

import numpy as np
from numpy.typing import NDArray

from explainaudit.records.measure import Interval
from explainaudit.stats.design import Design, influence_interval

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

NO_SPREAD = 1e-12  # relative to the largest value: what rounding alone leaves


def standardised_difference(
    values: Floats, inside: Bools, design: Design, level: float = 0.95
) -> tuple[float, Interval | None] | None:
    """Return the mean of the rows inside less that of the others, in pooled standard deviations.

    The pooled variance is s² = (SS₁ + SS₀)/W · n/(n − 2), with SS the weighted squares around each side's
    mean, W the sum of weights and n the rows with weight: without weights, the d of Cohen (1988).

    A row moves d in two ways. Its side's mean moves by (W/W_side)·(x − m_side), the squares' mean by
    (x − m_side)² − s², and so the influence is, with + inside and − outside,

        ± (W/W_side)·(x − m_side)/s − d/2 · ((x − m_side)²/((SS₁ + SS₀)/W) − 1).

    Parameters
    ----------
    values : ndarray of shape (n,)
        Finite values.
    inside : ndarray of bool, shape (n,)
        Rows of the group; all others are those it is compared with.
    design : Design
        Weights and clusters of the rows.

    Returns
    -------
    tuple of float and Interval or None, or None
        ``None`` where a side has nobody or the values no spread within the sides; without an interval where a
        side is a single cluster (or row), whose own spread is unknown.

    Raises
    ------
    ValueError
        A value is not finite.
    """
    if not np.all(np.isfinite(values)):
        raise ValueError("values must be finite")
    sides = (inside, ~inside)
    n, least = design.number(), min(design.number(side) for side in sides)
    if least == 0 or n < 3:
        return None
    means = [float(design.among(side).mean(values[side])) for side in sides]
    apart = values - np.where(inside, *means)
    variance = float(design.mean(apart**2))
    if variance <= (NO_SPREAD * float(np.abs(values[design.counts]).max())) ** 2:
        return None
    spread = np.sqrt(variance * n / (n - 2))
    value = float((means[0] - means[1]) / spread)
    if any(np.ptp(design.cluster[side & design.counts]) == 0 for side in sides):
        return value, None
    shares = [design.total / design.among(side).total for side in sides]
    moved = np.where(inside, shares[0], -shares[1]) * apart / spread
    influence = moved - value / 2 * (apart**2 / variance - 1)
    return value, influence_interval(value, influence, design, level=level)
