"""How surprising a difference of two proportions would be if there were none, and Holm's correction."""

import math
from collections.abc import Sequence

from explainaudit.stats.intervals import normal_quantile
from explainaudit.stats.tiers import FEW_EXPECTED, FEW_ROWS

Counts = tuple[float, float]  # those counted, and all


def two_proportions(
    first: Counts, second: Counts, *, freedom: int | None = None, level: float = 0.95
) -> float | None:
    """Return the two-sided p-value of equal proportions; ``None`` where a size is 0.

    The difference over its standard error at the pooled rate, whose square is Pearson's chi-square. Where
    counts are whole, no ``freedom`` is given, and a size is below 30 or an expected count below 5: Fisher's
    exact test, two-sided by minimum likelihood (all tables that are at most as probable as this one).
    1 where all or none are counted in both.

    Parameters
    ----------
    first, second : tuple of float
        (k, n), possibly effective ones (`explainaudit.stats.selection.Selection.effective`).
    freedom : int, optional
        Degrees of freedom behind effective counts, the fewer of the two groups': Student's t in place of
        the normal curve.
    level : float
        The level at which the counts are effective. They are already smaller for Student's t at that level;
        this is taken back, so that p is below 1 − level exactly where the statistic of the counts is
        beyond the normal quantile.

    Raises
    ------
    ValueError
        A count is not between 0 and its size.
    """
    (k1, n1), (k0, n0) = first, second
    if not (0 <= k1 <= n1 and 0 <= k0 <= n0):
        raise ValueError(f"{k1} of {n1} and {k0} of {n0} are not proportions")
    if n1 == 0 or n0 == 0 or (freedom is not None and freedom < 1):
        return None
    counted, size = k1 + k0, n1 + n0
    if counted == 0 or (k1 == n1 and k0 == n0):
        return 1.0
    expected = min(n1, n0) * min(counted, size - counted) / size
    whole = all(float(each).is_integer() for each in (*first, *second))
    if freedom is None and whole and (min(n1, n0) < FEW_ROWS or expected < FEW_EXPECTED):
        return _fisher(first, second)
    spread = counted / size * (size - counted) / size * (1 / n1 + 1 / n0)
    statistic = abs(k1 / n1 - k0 / n0) / math.sqrt(spread)
    if freedom is None:
        return math.erfc(statistic / math.sqrt(2))
    return _student(statistic / normal_quantile(level), freedom, level)


def two_means(first: tuple[float, float], second: tuple[float, float], freedom: int) -> float | None:
    """Return the two-sided p-value of equal means, given each mean and its standard error.

    Student's t with the degrees of freedom given: the fewer of the two groups' errs on the safe side of
    Welch's. ``None`` where neither mean has an error.
    """
    from scipy.special import stdtr

    error = math.hypot(first[1], second[1])
    if not error > 0 or freedom < 1:
        return None
    return float(2 * stdtr(freedom, -abs(first[0] - second[0]) / error))


def holm(p: Sequence[float | None]) -> list[float | None]:
    """Return Holm's adjusted p-values (Holm 1979); ``None`` stays ``None`` and is no comparison.

    Raises
    ------
    ValueError
        A p-value is not between 0 and 1.
    """
    known = sorted((each, place) for place, each in enumerate(p) if each is not None)
    if not all(0 <= each <= 1 for each, _ in known):
        raise ValueError("a p-value lies between 0 and 1")
    adjusted: list[float | None] = [None] * len(p)
    so_far = 0.0
    for done, (each, place) in enumerate(known):
        so_far = max(so_far, min(1.0, (len(known) - done) * each))
        adjusted[place] = so_far
    return adjusted


def _fisher(first: Counts, second: Counts) -> float:
    from scipy.stats import fisher_exact

    table = [[int(k), int(n - k)] for k, n in (first, second)]
    return min(1.0, float(fisher_exact(table)[1]))


def _student(relative: float, freedom: int, level: float) -> float:
    """Return the p-value of a statistic given in units of the quantile at ``level``."""
    from scipy.special import stdtr, stdtrit

    return float(2 * stdtr(freedom, -relative * stdtrit(freedom, (1 + level) / 2)))
