"""Weighted quantiles, with intervals that need no density."""

import numpy as np
from numpy.typing import NDArray

from explainaudit.records.measure import Interval
from explainaudit.stats.design import Design, share_of
from explainaudit.stats.intervals import wilson_limits


def quantile(values: NDArray[np.float64], share: float, design: Design) -> tuple[float, Interval | None]:
    """Return a quantile of values of shape (n,), and its interval (Woodruff 1952).

    The interval is that of the share of rows at or below the quantile, read off the distribution.
    """
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    reached = np.cumsum(design.weight[order]) / design.total

    def at(level: float) -> float:
        place = int(np.searchsorted(reached, level - 1e-12))
        return float(ordered[min(place, len(ordered) - 1)])

    value = at(share)
    below = share_of(values <= value, design)
    if below is None or below.n < 2:
        return value, None
    low, high = wilson_limits(share, below.effective_n, 0.95)
    return value, Interval(low=at(low), high=at(high), method="woodruff")
