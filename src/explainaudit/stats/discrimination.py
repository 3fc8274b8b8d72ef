"""How well a score separates two classes."""

import math

import numpy as np
from numpy.typing import NDArray

from explainaudit.records.measure import Interval
from explainaudit.stats.design import Design, influence_interval, share_of
from explainaudit.stats.intervals import normal_quantile, wilson_limits


def auc(
    labels: NDArray[np.bool_], scores: NDArray[np.float64], level: float = 0.95
) -> tuple[float, Interval] | None:
    """Return the area under the ROC curve with DeLong's interval, or ``None`` with one class.

    The area is the share of (positive, negative) pairs in the right order, ties at half. DeLong's
    variance comes from mid-ranks in O(n log n) (Sun and Xu 2014); the interval is symmetric on the
    logit scale, so it stays inside (0, 1).

    Where that variance is undefined (one row in a class) or zero for want of a wrong pair (area 0
    or 1), the interval is Wilson's for the smaller class' size as n: the variance of the area is at
    most A(1 − A) / min(m, n) (van Dantzig 1951). Its method is then ``wilson``.

    Parameters
    ----------
    labels : ndarray of bool, shape (n,)
        True for the positive class.
    scores : ndarray of shape (n,)
        Higher means more likely positive.
    level : float
        Two-sided confidence level.

    Raises
    ------
    ValueError
        A score is not finite.
    """
    positive, negative = scores[labels], scores[~labels]
    if not np.all(np.isfinite(scores)):
        raise ValueError("scores must be finite")
    if len(positive) == 0 or len(negative) == 0:
        return None
    above, below = _placements(positive, negative)
    area = float(np.clip(above.mean(), 0.0, 1.0))
    smaller = min(len(above), len(below))
    if smaller < 2 or area in (0.0, 1.0):
        low, high = wilson_limits(area, smaller, level)
        return area, Interval(low=low, high=high, method="wilson", level=level)
    variance = above.var(ddof=1) / len(above) + below.var(ddof=1) / len(below)
    half = normal_quantile(level) * math.sqrt(variance) / (area * (1 - area))
    logit = math.log(area / (1 - area))
    low, high = _expit(logit - half), _expit(logit + half)
    return area, Interval(low=min(low, area), high=max(high, area), method="delong", level=level)


def _placements(
    positive: NDArray[np.float64], negative: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return, per positive, the share of negatives below it, and per negative, that of positives above."""
    from scipy.stats import rankdata

    m, n = len(positive), len(negative)
    together = rankdata(np.concatenate([positive, negative]))
    above = (together[:m] - rankdata(positive)) / n
    below = 1 - (together[m:] - rankdata(negative)) / m
    return above, below


def _expit(logit: float) -> float:
    """Return the probability of a logit, without overflow."""
    odds = math.exp(-abs(logit))
    return (1.0 if logit >= 0 else odds) / (1 + odds)


def weighted_auc(
    labels: NDArray[np.bool_], scores: NDArray[np.float64], design: Design, level: float = 0.95
) -> tuple[float, Interval | None] | None:
    """Return the area under the ROC curve, or ``None`` where one class has no weight.

    A simple design gives `auc`. Otherwise the placements are weighted, and the interval follows from their
    influence on the logit scale; where there is no spread to estimate it from, as in `auc`.
    """
    if design.simple:
        return auc(labels, scores, level)
    placed = placements(labels, scores, design)
    if placed is None:
        return None
    area, influence = placed
    smaller = smaller_class(labels, design)
    if smaller < 2 or area in (0.0, 1.0):
        low, high = wilson_limits(area, smaller, level)
        return area, Interval(low=low, high=high, method="wilson", level=level)
    return area, influence_interval(area, influence, design, scale="logit", level=level)


def smaller_class(labels: NDArray[np.bool_], design: Design) -> float:
    """Return the rows of the smaller class, effective ones under a design (Kish); 0 without weight."""
    sides = (share_of(np.ones(int(side.sum()), dtype=bool), design.among(side)) for side in (labels, ~labels))
    return min(0.0 if side is None else side.effective_n for side in sides)


def placements(
    labels: NDArray[np.bool_], scores: NDArray[np.float64], design: Design
) -> tuple[float, NDArray[np.float64]] | None:
    """Return the weighted area and each row's influence on it (n,); ``None`` where one class has no weight.

    A positive row moves the area by its placement among the negatives less the area, over the share of
    positives; a negative row alike (DeLong, DeLong and Clarke-Pearson 1988, as influences).
    """
    positive = float(design.weight[labels].sum())
    negative = design.total - positive
    if positive <= 0 or negative <= 0:
        return None
    order = np.argsort(scores, kind="stable")
    distinct, place = np.unique(scores[order], return_inverse=True)
    of_event = np.where(labels, design.weight, 0.0)[order]
    events = np.bincount(place, weights=of_event, minlength=len(distinct))
    others = np.bincount(place, weights=design.weight[order] - of_event, minlength=len(distinct))
    below = (np.cumsum(others) - others / 2) / negative
    above = 1 - (np.cumsum(events) - events / 2) / positive
    level = np.empty(len(scores), dtype=np.intp)
    level[order] = place
    area = float(np.clip(np.sum(events * below) / positive, 0.0, 1.0))
    placed = np.where(labels, below[level] - area, above[level] - area)
    share = np.where(labels, positive, negative) / design.total
    return area, np.asarray(placed / share)
