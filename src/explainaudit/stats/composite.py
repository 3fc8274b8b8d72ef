"""The largest gap between groups over several rates at once, such as the equalised-odds difference."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from explainaudit.records.measure import Interval
from explainaudit.stats.intervals import wilson

Counts = tuple[float, float]  # those counted, and all
Parts = Sequence[Sequence[Counts]]


def largest_gap(parts: Parts, level: float = 0.95) -> tuple[float, Interval] | None:
    """Return the largest difference of two groups in any of the rates, and its interval.

    With the true and the false positive rate of each group it is fairlearn's
    ``equalized_odds_difference`` between groups. Its components are all pairs of groups within each rate.
    Each has Newcombe's interval at level 1 − (1 − level)/m for m components (Bonferroni), so that all hold at
    once with the level asked for. The lower limit is the largest distance from 0 that a component is sure
    to have, the upper limit the largest that one may have. So 0 is inside wherever no component excludes
    it; resampling the maximum would never say so.

    Parameters
    ----------
    parts : sequence of sequence of tuple of float
        For each rate, (k, n) of each group; a group of size 0 has no such rate and is left out of it.
        Effective counts are those at `simultaneous_level`.
    level : float
        Two-sided level of the interval.

    Returns
    -------
    tuple of float and Interval, or None
        ``None`` where no rate has two groups.

    Raises
    ------
    ValueError
        A count is not between 0 and its size.
    """
    strict = simultaneous_level(parts, level)
    if strict is None:
        return None
    found = [_gaps(counts, strict) for counts in map(_present, parts) if len(counts) > 1]
    gap, sure, possible = (max(float(each[part].max()) for each in found) for part in range(3))
    return gap, Interval(low=sure, high=possible, method="simultaneous", level=level)


def simultaneous_level(parts: Parts, level: float = 0.95) -> float | None:
    """Return the level of each component at which all of them hold at ``level``; ``None`` without any."""
    sizes = [len(_present(counts)) for counts in parts]
    pairs = sum(size * (size - 1) // 2 for size in sizes)
    return 1 - (1 - level) / pairs if pairs else None


def _present(counts: Sequence[Counts]) -> list[Counts]:
    return [(k, n) for k, n in counts if n > 0]


def _gaps(
    counts: Sequence[Counts], level: float
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return, per pair of groups, the gap, and the least and the most it may be (`intervals.newcombe`)."""
    each = [wilson(k, n, level) for k, n in counts]
    share = np.array([k / n for k, n in counts])
    below = share - [interval.low for interval in each]
    above = np.array([interval.high for interval in each]) - share
    one, other = np.triu_indices(len(share), 1)
    apart = share[one] - share[other]
    low = np.maximum(-1.0, apart - np.hypot(below[one], above[other]))
    high = np.minimum(1.0, apart + np.hypot(above[one], below[other]))
    sure = np.maximum(0.0, np.maximum(low, -high))
    return np.abs(apart), sure, np.maximum(np.abs(low), np.abs(high))
