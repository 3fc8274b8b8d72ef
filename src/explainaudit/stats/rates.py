"""Counts and rates as measures, with their interval, tier and the smallest cell they rest on."""

import numpy as np
from numpy.typing import NDArray

from explainaudit.records.measure import Measure, Tier
from explainaudit.stats.design import Design, share_of
from explainaudit.stats.intervals import wilson
from explainaudit.stats.tiers import smallest_cell

Dimensions = dict[str, str]


def count(analysis: str, metric: str, k: int, dimensions: Dimensions | None = None) -> Measure:
    """Return a count of persons as a measure."""
    return Measure(
        analysis=analysis,
        metric=metric,
        dimensions=dimensions or {},
        value=float(k),
        n=k,
        unit="count",
        kind="count",
        smallest_cell=k,
    )


def fact(analysis: str, metric: str, value: float, dimensions: Dimensions | None = None) -> Measure:
    """Return a number that rests on no person: of columns, of model evaluations, a setting."""
    return Measure(
        analysis=analysis, metric=metric, dimensions=dimensions or {}, value=value, unit="count", kind="fact"
    )


def rate(
    analysis: str,
    metric: str,
    counts: tuple[int, int],
    dimensions: Dimensions | None = None,
    *,
    tier: Tier = "reportable",
) -> Measure:
    """Return k of n as a share with its Wilson interval; n = 0 is not estimable, never 0.

    Parameters
    ----------
    counts : tuple of int
        (k, n): persons counted, and the persons they are a share of.
    """
    k, n = counts
    return Measure(
        analysis=analysis,
        metric=metric,
        dimensions=dimensions or {},
        value=k / n if n else None,
        reason=None if n else "zero_denominator",
        interval=wilson(k, n) if n else None,
        n=n,
        unit="share",
        tier=tier if n else "not_estimable",
        estimand="people_like_these",
        kind="rate",
        smallest_cell=smallest_cell(k, n - k),
    )


def rated(  # noqa: PLR0913 - the parts of a measure
    analysis: str,
    metric: str,
    hit: NDArray[np.bool_],
    design: Design,
    dimensions: Dimensions | None = None,
    *,
    tier: Tier = "reportable",
) -> Measure:
    """Return the weighted share of rows that are hit; ``n`` and the smallest cell count rows with weight.

    Parameters
    ----------
    hit : ndarray of bool, shape (n,)
        The rows counted, among the rows of the design.
    design : Design
        Weights and clusters of those rows; a simple one gives what `rate` gives.
    """
    found = share_of(hit, design)
    counts = (0, 0) if found is None else (found.k, found.n)
    plain = rate(analysis, metric, counts, dimensions, tier=tier)
    if found is None or design.simple:
        return plain
    return plain.model_copy(update={"value": found.value, "interval": found.interval})
