"""Accumulated local effects: bin means of local differences, added up, with intervals."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explainaudit.records.measure import Interval
from explainaudit.stats.design import Design, influence_interval

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Accumulated:
    """An accumulated local effect at the edges of its bins.

    Attributes
    ----------
    value : ndarray of shape (g,)
        The effect at each edge; its mean over the rows is 0.
    low, high : ndarray of shape (g,)
        Pointwise 95 % limits, equal to the value where there is no standard error.
    span : float
        Largest minus smallest value.
    span_interval : Interval or None
        Interval of the span, at the edges where it was found.
    """

    value: Floats
    low: Floats
    high: Floats
    span: float
    span_interval: Interval | None


def accumulated(bins: NDArray[np.intp], change: Floats, edges: int, design: Design) -> Accumulated | None:
    """Return the accumulated local effect of one column on one output (Apley and Zhu 2020, equation 15).

    Centred so that the mean over the rows is 0, a row standing at the mean of its bin's two ends.
    The limits follow from how much each row moves the sums of bin means; edges are taken as given.

    Parameters
    ----------
    bins : ndarray of int, shape (n,)
        Bin of each row; −1 where the column is missing.
    change : ndarray of shape (n,)
        Answer at the upper end of the row's bin minus answer at its lower end.
    edges : int
        Number of edges, bins + 1.
    design : Design
        Of the rows.
    """
    inside = bins >= 0
    held = design.among(inside)
    if edges < 2 or not inside.any() or held.total <= 0:
        return None
    which, moved = bins[inside], change[inside]
    weights = np.bincount(which, weights=held.weight, minlength=edges - 1)
    sums = np.bincount(which, weights=held.weight * moved, minlength=edges - 1)
    means = np.divide(sums, weights, out=np.zeros(edges - 1), where=weights > 0)
    raw = np.concatenate([[0.0], np.cumsum(means)])
    share = weights / held.total
    middle = (raw[:-1] + raw[1:]) / 2
    value = raw - share @ middle
    # A row moves the mean of its own bin, and with it every edge above, less what centring takes back;
    # and it moves the share of its bin, and so the centre.
    steps = np.tril(np.ones((edges, edges - 1)), -1)
    centring = share @ ((steps[:-1] + steps[1:]) / 2)
    lift = steps - centring
    pull = np.divide(moved - means[which], share[which], out=np.zeros(len(moved)), where=share[which] > 0)
    influence = lift[:, which] * pull - (middle[which] - share @ middle)
    ends = [influence_interval(float(value[g]), influence[g], held) for g in range(edges)]
    low, high = (
        np.array([v if end is None else getattr(end, side) for v, end in zip(value, ends, strict=True)])
        for side in ("low", "high")
    )
    top, bottom = int(np.argmax(value)), int(np.argmin(value))
    span = float(value[top] - value[bottom])
    limits = influence_interval(span, influence[top] - influence[bottom], held)
    if limits is not None:
        limits = limits.model_copy(update={"low": max(0.0, limits.low)})
    return Accumulated(value, low, high, span, limits)
