"""How many rows would settle a criterion, and how large a gap the rows at hand would show."""

import math
from collections.abc import Sequence
from statistics import NormalDist

from explainaudit.stats.intervals import normal_quantile


def rows_needed(
    rate: float, reference_rate: float, criterion: float, *, level: float = 0.95, power: float = 0.8
) -> float | None:
    """Return how many rows per group settle a criterion on a ratio of rates, with a chance of ``power``.

    Settled means: the interval of the ratio lies on one side of the criterion. With n rows in each of two
    groups and true ratio r the log of the observed ratio has variance ((1−p₁)/p₁ + (1−p₀)/p₀)/n, and its
    distance from the criterion is ln(r/c) (Katz et al. 1978); so
    n = (z₁₋α/₂ + z_power)² · ((1−p₁)/p₁ + (1−p₀)/p₀) / ln(r/c)². Below a hundred rows, as where
    both rates are near 1, it is too few; no group is reportable there anyway.

    Returns
    -------
    float or None
        Rows per group; ``None`` where a rate is 0, where both are 1, or where the ratio is the criterion
        itself, which no number of rows settles.
    """
    if rate <= 0 or reference_rate <= 0 or rate == reference_rate == 1:
        return None
    distance = math.log(rate / reference_rate / criterion)
    if abs(distance) < 1e-12:
        return None
    quantile = normal_quantile(level) + NormalDist().inv_cdf(power)
    return quantile**2 * ((1 - rate) / rate + (1 - reference_rate) / reference_rate) / distance**2


def rows_needed_by_all(
    rates: Sequence[float],
    reference_rate: float,
    criterion: float,
    *,
    level: float = 0.95,
    power: float = 0.8,
) -> float | None:
    """Return how many rows per group settle a criterion for several ratios, all with a chance of ``power``.

    The chances that one of them is not settled (`rows_needed`) add up to at most 1 − power: the groups share
    their reference, so that the sum errs on the safe side.

    Returns
    -------
    float or None
        ``None`` where it is for one of the rates.
    """
    from scipy.optimize import brentq

    alone = [rows_needed(each, reference_rate, criterion, level=level, power=power) for each in rates]
    known = [each for each in alone if each is not None]
    if len(known) < len(alone) or len(known) < 2:
        return known[0] if alone == known != [] else None
    z, some = normal_quantile(level), NormalDist()

    def spare(rows: float) -> float:
        # At the rows one needs alone its distance is z + z_power standard errors; it grows with the root.
        scale = z + some.inv_cdf(power)
        missed = (some.cdf(z - scale * math.sqrt(rows / each)) for each in known if each > 0)
        return 1 - power - sum(missed)

    fewest = max(known)
    most = fewest * ((z + some.inv_cdf(1 - (1 - power) / len(known))) / (z + some.inv_cdf(power))) ** 2
    return fewest if spare(fewest) >= 0 else float(brentq(spare, fewest, most))


def detectable_gap(
    rate: float, sizes: tuple[float, float], *, level: float = 0.95, power: float = 0.8
) -> float | None:
    """Return the smallest difference of two rates that a two-sided test sees with a chance of ``power``.

    The test is that of `explainaudit.stats.significance.two_proportions`: it sees a difference beyond the
    quantile times the standard error at the pooled rate; the chance follows from the standard error at the
    two rates themselves (Fleiss, Levin and Paik 2003, 4.2). The two rates differ by the gap and pool to
    ``rate``; of the two groups that could be the higher one, the one that asks for more decides.

    Parameters
    ----------
    rate : float
        Pooled rate of the two groups.
    sizes : tuple of float
        Their (effective) numbers of rows.

    Returns
    -------
    float or None
        ``None`` where a size is 0, or where no two rates that pool to ``rate`` are far enough apart.
    """
    first, second = sizes
    if min(sizes) <= 0 or not 0 < rate < 1:
        return None
    gaps = [_gap(rate, sizes, level, power), _gap(rate, (second, first), level, power)]
    return max((gap for gap in gaps if gap is not None), default=None)


def _gap(rate: float, sizes: tuple[float, float], level: float, power: float) -> float | None:
    """Return the gap, the first of the groups having the higher rate."""
    from scipy.optimize import brentq

    first, second = sizes
    share = first / (first + second)
    seen = normal_quantile(level) * math.sqrt(rate * (1 - rate) * (1 / first + 1 / second))
    quantile = NormalDist().inv_cdf(power)

    def spare(gap: float) -> float:
        high, low = rate + gap * (1 - share), rate - gap * share
        spread = max(0.0, high * (1 - high) / first + low * (1 - low) / second)
        return gap - seen - quantile * math.sqrt(spread)

    largest = min((1 - rate) / (1 - share), rate / share)
    return float(brentq(spare, 0.0, largest)) if spare(largest) >= 0 else None
