"""How far a figure lies from a limit, in the standard errors that its own interval was made of."""

import math

from explainaudit.records.measure import Interval, Unit
from explainaudit.stats.intervals import normal_quantile


def distance(value: float, interval: Interval, limit: float, unit: Unit) -> float:
    """Return by how many standard errors a figure lies above a limit (below it: less than 0).

    The test that the interval inverts, taken on the side of the limit: the end of the interval on that side
    lies one normal quantile of the interval's level away, at whatever level it was made. So the distance
    reaches that quantile exactly where the interval leaves the limit out.

    Shares are read as Wilson's interval has them, which gives the score statistic; ratios above 0 on the
    scale of the logarithm; all else as it stands.

    Parameters
    ----------
    value, limit : float
        The figure, and what it is compared with; shares and ratios are not below 0.
    interval : Interval
        Of the figure, around it.
    unit : str
        As of a `Measure`.

    Returns
    -------
    float
        Infinite for an interval without width on that side, and for the limits 0 and 1 of a share.
    """
    end = interval.low if value > limit else interval.high
    beyond = math.copysign(math.inf, value - limit)
    quantile = normal_quantile(interval.level)
    if end == value:
        return beyond
    if unit == "share" and 0 <= limit <= 1:
        spread = limit * (1 - limit)
        size = wilson_size(value, end, interval.level)
        return (value - limit) * math.sqrt(size / spread) if spread > 0 else beyond
    if unit == "ratio" and min(value, end, limit) > 0:
        value, end, limit = (math.log(each) for each in (value, end, limit))
    return quantile * (value - limit) / abs(value - end)


def wilson_size(share: float, end: float, level: float) -> float:
    """Return the number of (effective) observations whose Wilson interval of the share ends there.

    From (share − end)² = z²·end·(1 − end) / n.
    """
    return normal_quantile(level) ** 2 * end * (1 - end) / (share - end) ** 2
