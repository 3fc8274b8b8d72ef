"""Intervals of proportions, of their differences and of their ratios.

All are two-sided and speak of sampling uncertainty only. Counts may be effective ones (see
`explainaudit.stats.design.share_of`), and need not be whole.
"""

import math
from statistics import NormalDist

from explainaudit.records.measure import Interval

LARGEST_EXPONENT = 700.0


def wilson(k: float, n: float, level: float = 0.95) -> Interval:
    """Return Wilson's score interval of the proportion k / n (Wilson 1927).

    Raises
    ------
    ValueError
        ``n`` is 0, or ``k`` is not between 0 and ``n``.
    """
    _check(k, n)
    low, high = wilson_limits(k / n, n, level)
    return Interval(low=low, high=high, method="wilson", level=level)


def wilson_limits(share: float, n: float, level: float) -> tuple[float, float]:
    """Return Wilson's limits for an observed share of ``n`` (effective) observations."""
    z = normal_quantile(level)
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    # At share 0 or 1 a limit equals the share; only rounding could say otherwise.
    low = 0.0 if share == 0 else max(0.0, min(share, centre - half))
    high = 1.0 if share == 1 else min(1.0, max(share, centre + half))
    return low, high


def newcombe(k1: float, n1: float, k0: float, n0: float, level: float = 0.95) -> Interval:
    """Return Newcombe's interval of the difference k1/n1 − k0/n0 (Newcombe 1998, method 10).

    Raises
    ------
    ValueError
        A size is 0, or a count is not between 0 and its size.
    """
    first, second = wilson(k1, n1, level), wilson(k0, n0, level)
    p1, p0 = k1 / n1, k0 / n0
    low = p1 - p0 - math.hypot(p1 - first.low, second.high - p0)
    high = p1 - p0 + math.hypot(first.high - p1, p0 - second.low)
    return Interval(low=max(-1.0, low), high=min(1.0, high), method="newcombe", level=level)


def koopman(k1: float, n1: float, k0: float, n0: float, level: float = 0.95) -> Interval | None:
    """Return Koopman's score interval of the ratio (k1/n1) / (k0/n0), or ``None`` if k0 is 0.

    The limits solve "score statistic = squared normal quantile", the statistic being Pearson's
    chi-square at the constrained maximum-likelihood estimate: Koopman (1984), which is Miettinen
    and Nurminen (1985) without their factor N/(N−1). With k0 = 0 the upper limit is infinite and
    there is no interval to print. The lower limit is 0 at k1 = 0; at k1 = n1 and k0 = n0 the
    interval has the width it should.

    Raises
    ------
    ValueError
        A size is 0, or a count is not between 0 and its size.
    """
    low, high = ratio_limits((k1, n1), (k0, n0), level)
    return Interval(low=low, high=high, method="koopman", level=level) if math.isfinite(high) else None


def ratio_limits(
    first: tuple[float, float], second: tuple[float, float], level: float
) -> tuple[float, float]:
    """Return Koopman's limits for two (count, size); the upper one is infinite if the second count is 0."""
    _check(*first)
    _check(*second)
    low = 0.0 if first[0] == 0 else _score_limit(first, second, level, side=-1)
    high = math.inf if second[0] == 0 else _score_limit(first, second, level, side=1)
    return low, high


def katz(k1: float, n1: float, k0: float, n0: float, level: float = 0.95) -> Interval | None:
    """Return Katz' log interval of the ratio (k1/n1) / (k0/n0); ``None`` if a count is 0.

    For reproducing published figures only (Katz et al. 1978): at k = n in both groups its width
    is zero, whatever n. Also ``None`` if an end is beyond what a number holds.

    Raises
    ------
    ValueError
        A size is 0, or a count is not between 0 and its size.
    """
    _check(k1, n1)
    _check(k0, n0)
    if k1 == 0 or k0 == 0:
        return None
    centre = math.log(k1 / n1) - math.log(k0 / n0)
    half = normal_quantile(level) * math.sqrt((1 - k1 / n1) / k1 + (1 - k0 / n0) / k0)
    if abs(centre) + half > LARGEST_EXPONENT:
        return None
    return Interval(low=math.exp(centre - half), high=math.exp(centre + half), method="katz", level=level)


def normal_quantile(level: float) -> float:
    """Return the normal quantile of a two-sided level: 1.96 for 0.95."""
    return NormalDist().inv_cdf((1 + level) / 2)


def _check(k: float, n: float) -> None:
    if n <= 0 or not 0 <= k <= n:
        raise ValueError(f"{k} of {n} is not a proportion")


def _score_limit(
    first: tuple[float, float], second: tuple[float, float], level: float, *, side: int
) -> float:
    """Return the ratio below (side −1) or above (side 1) which the score test rejects."""
    from scipy.optimize import brentq

    bound = normal_quantile(level) ** 2
    (k1, n1), (k0, n0) = first, second

    def excess(log_ratio: float) -> float:
        return _score_statistic(math.exp(log_ratio), first, second) - bound

    if k1 and k0:
        inside = math.log(k1 / n1) - math.log(k0 / n0)
    else:  # The estimate is 0 or infinite: start near it, where the statistic is a thousandth of the bound.
        inside = side * math.log(bound / 1000 / (n1 if k0 else n0))
        while excess(inside) >= 0:  # fewer than one effective row
            inside -= side
    step = 0.5
    while excess(inside + side * step) < 0:
        step *= 2
    ends = sorted((inside, inside + side * step))
    return math.exp(float(brentq(excess, *ends, xtol=1e-14)))


def _score_statistic(ratio: float, first: tuple[float, float], second: tuple[float, float]) -> float:
    """Return Koopman's statistic of the hypothesis p1 = ratio × p0."""
    (k1, n1), (k0, n0) = first, second
    # Smaller root of ratio·N·p² − b·p + (k1 + k0) = 0, written without cancellation.
    b = ratio * (n1 + k0) + k1 + n0
    root = math.sqrt((ratio * (n1 + k0) - k1 - n0) ** 2 + 4 * ratio * (n1 - k1) * (n0 - k0))
    p0 = 2 * (k1 + k0) / (b + root)
    return _pearson(k1, n1, ratio * p0) + _pearson(k0, n0, p0)


def _pearson(k: float, n: float, p: float) -> float:
    """Return (k − np)² / (np(1 − p)); at p = 1 the estimate fits exactly, and the term is 0."""
    return (k - n * p) ** 2 / (n * p * (1 - p)) if p < 1 else 0.0
