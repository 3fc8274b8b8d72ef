"""What a figure of this analysis is made of, and means of changes."""

import numpy as np
from numpy.typing import NDArray

from explainaudit.records.measure import Interval, Kind, Measure, Tier, Unit
from explainaudit.stats.design import Design, mean_of

ANALYSIS = "individual"
Floats = NDArray[np.float64]


def figure(  # noqa: PLR0913 - the parts of a measure
    metric: str,
    dimensions: dict[str, str],
    value: float | None,
    interval: Interval | None = None,
    *,
    n: int,
    cell: int,
    unit: Unit,
    kind: Kind = "difference",
    tier: Tier = "reportable",
    reason: str = "insufficient",
) -> Measure:
    """Return one figure that rests on ``n`` rows, and on ``cell`` persons at least."""
    return Measure(
        analysis=ANALYSIS,
        metric=metric,
        dimensions=dimensions,
        value=value,
        reason=reason if value is None else None,
        interval=interval,
        n=n,
        unit=unit,
        tier=tier,
        estimand="people_like_these",
        kind=kind,
        smallest_cell=cell,
    )


def mean_change(change: Floats, design: Design) -> tuple[float | None, Interval | None]:
    """Return the mean of changes of shape (n,) and its interval.

    ``None`` without a row; no interval where all changes are 0, for they have no spread to judge by.
    """
    if not design.number():
        return None, None
    value, interval = mean_of(change, design)
    return value, interval if change.any() else None
