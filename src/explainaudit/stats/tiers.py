"""How much a figure can carry, by the numbers of people it rests on."""

from explainaudit.records.measure import Tier

FEW_ROWS, SOME_ROWS = 30, 100
FEW_EXPECTED = 5
SOME_LABELS = 50


def tier(n: int, k: int, *, pooled: float | None = None) -> Tier:
    """Return the tier of an outcome rate k / n.

    Parameters
    ----------
    n, k : int
        Unweighted size of the group, and how many of it had the outcome.
    pooled : float, optional
        Rate over all groups. With it the expected counts are n × pooled and n × (1 − pooled), so
        that a group in which nobody was selected is not hidden by that very fact; without it the
        group's own counts are taken.
    """
    if n == 0:
        return "not_estimable"
    fewest = min(k, n - k) if pooled is None else n * min(pooled, 1 - pooled)
    if n < FEW_ROWS or fewest < FEW_EXPECTED:
        return "insufficient"
    return "indicative" if n < SOME_ROWS else "reportable"


def size_tier(n: int) -> Tier:
    """Return the tier of a figure of which only the number of rows is known to matter."""
    return tier(n, n, pooled=0.5)


def error_rate_tier(n: int, k: int, *, of: int | None = None) -> Tier:
    """Return the tier of a group's error rate.

    Parameters
    ----------
    n, k : int
        Labelled rows of the group, and how many of them are positive.
    of : int, optional
        The rate's own denominator, where it is a part of the group.
    """
    own = n if of is None else of
    if own == 0:
        return "not_estimable"
    fewest = min(k, n - k)
    if own < FEW_ROWS or fewest < FEW_EXPECTED:
        return "insufficient"
    return "indicative" if min(fewest, own) < SOME_LABELS or n < SOME_ROWS else "reportable"


def smallest_cell(*counts: int) -> int:
    """Return the smallest count of people that is not zero; 0 if all are."""
    return min((count for count in counts if count), default=0)
