"""How much a figure can carry, by the numbers of people it rests on.

The numbers are those of `explainaudit.stats.design.Design.worth`: counts of rows, or with unequal weights
the fewer rows of equal weight that they are worth.
"""

from explainaudit.records.measure import Tier

FEW_ROWS, SOME_ROWS = 30, 100
FEW_EXPECTED = 5
SOME_LABELS = 50


def tier(n: float, k: float, *, pooled: float | None = None) -> Tier:
    """Return the tier of an outcome rate k / n.

    Parameters
    ----------
    n, k : float
        Size of the group, and how many of it had the outcome.
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


def size_tier(n: float) -> Tier:
    """Return the tier of a figure of which only the number of rows is known to matter."""
    return tier(n, n, pooled=0.5)


def error_rate_tier(n: float, of: float) -> Tier:
    """Return the tier of a group's error rate.

    Parameters
    ----------
    n, of : float
        Labelled rows of the group, and those of them that the rate is a share of.
    """
    if of == 0:
        return "not_estimable"
    if of < FEW_ROWS:
        return "insufficient"
    return "indicative" if of < SOME_LABELS or n < SOME_ROWS else "reportable"


def outcomes_tier(events: float, others: float) -> Tier:
    """Return the tier of a figure that rests on the rows of either outcome, as a ranking does."""
    n, fewest = events + others, min(events, others)
    if n == 0:
        return "not_estimable"
    if n < FEW_ROWS or fewest < FEW_EXPECTED:
        return "insufficient"
    return "indicative" if fewest < SOME_LABELS or n < SOME_ROWS else "reportable"


def smallest_cell(*counts: int) -> int:
    """Return the smallest count of people that is not zero; 0 if all are."""
    return min((count for count in counts if count), default=0)
