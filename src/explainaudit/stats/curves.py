"""Curves over the threshold of a score: ROC, precision and recall, and the figures read off them."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explainaudit.records.measure import Interval
from explainaudit.stats.design import Design, influence_interval, share_of
from explainaudit.stats.discrimination import smaller_class
from explainaudit.stats.intervals import wilson_limits

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Curve:
    """Weighted counts above each distinct score, the highest score first.

    Attributes
    ----------
    score : ndarray of shape (m,)
        Distinct scores; a row is above a threshold when its score is at least that.
    tp, fp : ndarray of shape (m,)
        Weighted events and non-events with at least that score.
    """

    score: Floats
    tp: Floats
    fp: Floats

    @property
    def tpr(self) -> Floats:
        """Recall at each distinct score."""
        return np.asarray(self.tp / self.tp[-1])

    @property
    def fpr(self) -> Floats:
        """False positive rate at each distinct score."""
        return np.asarray(self.fp / self.fp[-1])

    @property
    def precision(self) -> Floats:
        """Share of events among the rows at or above each distinct score; 0 where none has weight."""
        above = self.tp + self.fp
        return np.divide(self.tp, above, out=np.zeros(len(above)), where=above > 0)


def curve(labels: Bools, scores: Floats, weight: Floats) -> Curve | None:
    """Return the curve of a score, or ``None`` where one class has no weight."""
    order = np.argsort(-scores, kind="stable")
    ordered = scores[order]
    last = np.flatnonzero(np.append(ordered[1:] != ordered[:-1], len(ordered) > 0))
    tp = np.cumsum(np.where(labels, weight, 0.0)[order])[last]
    fp = np.cumsum(np.where(labels, 0.0, weight)[order])[last]
    if not len(last) or tp[-1] <= 0 or fp[-1] <= 0:
        return None
    return Curve(ordered[last], tp, fp)


def average_precision(
    labels: Bools, scores: Floats, design: Design, level: float = 0.95
) -> tuple[float, Interval | None] | None:
    """Return the mean precision over the steps of recall, or ``None`` where one class has no weight.

    The value is scikit-learn's ``average_precision_score``. The interval follows on the logit scale from how
    much each row moves it: an event by its own precision, and every row by the precision of the events
    at or below its score. That covers better than a percentile bootstrap, which the tests try as well.
    Where there is nothing to estimate a spread from (one row in a class, or no wrong pair) it is
    Wilson's for the smaller class, as for the area under the ROC curve.
    """
    found = curve(labels, scores, design.weight)
    if found is None:
        return None
    events = np.diff(found.tp, prepend=0.0)
    precision, above = found.precision, np.maximum(found.tp + found.fp, np.finfo(float).tiny)
    value = min(1.0, float(np.sum(events * precision) / found.tp[-1]))
    place = np.searchsorted(-found.score, -scores)
    gained = _from_here_on(events * (1 - precision) / above)[place]
    lost = _from_here_on(events * precision / above)[place]
    moved = np.where(labels, precision[place] - value + gained, -lost)
    smaller = smaller_class(labels, design)
    if smaller < 2 or value == 1:
        low, high = wilson_limits(value, smaller, level)
        return value, Interval(low=low, high=high, method="wilson", level=level)
    influence = moved * design.total / found.tp[-1]
    return value, influence_interval(value, influence, design, scale="logit", level=level)


def _from_here_on(values: Floats) -> Floats:
    """Return the sum of each value and all after it."""
    return np.asarray(np.cumsum(values[::-1])[::-1])


def kolmogorov_smirnov(
    labels: Bools, scores: Floats, design: Design, level: float = 0.95
) -> tuple[float, Interval | None] | None:
    """Return the largest gap of true and false positive rate, or ``None`` where one class has no weight.

    The interval is that of the difference of two rates at the threshold where it is largest (Wilson limits
    put together as in Newcombe 1998, method 10; effective numbers of rows under a design). That
    threshold is taken as given, so where the two-sample test at the same level would not tell the
    distributions apart (Smirnov 1948), the lower limit is 0.
    """
    found = curve(labels, scores, design.weight)
    if found is None:
        return None
    apart = found.tpr - found.fpr
    place = int(np.argmax(np.abs(apart)))
    chosen = scores >= found.score[place]
    first, second = (labels, ~labels) if apart[place] >= 0 else (~labels, labels)
    more = share_of(chosen[first], design.among(first), level)
    less = share_of(chosen[second], design.among(second), level)
    if more is None or less is None:
        return None
    value = float(np.abs(apart[place]))
    low = value - math.hypot(more.value - more.interval.low, less.interval.high - less.value)
    high = value + math.hypot(more.interval.high - more.value, less.value - less.interval.low)
    if value <= _chance(level) * math.sqrt(1 / more.effective_n + 1 / less.effective_n):
        low = 0.0
    return value, Interval(low=max(0.0, low), high=min(1.0, high), method="newcombe", level=level)


def _chance(level: float) -> float:
    from scipy.stats import kstwobign

    return float(kstwobign.ppf(level))


def coarse_steps(labels: Bools, scores: Floats, fewest: int) -> NDArray[np.intp]:
    """Return places on the curve between which lie no events or ``fewest`` at least, and non-events alike.

    None at all where a class has fewer rows. Weights are not looked at: it is about persons.
    """
    counted = curve(labels, scores, np.ones(len(scores)))
    if counted is None:
        return np.empty(0, dtype=np.intp)
    places, tp, fp = [], 0.0, 0.0
    for place, (events, others) in enumerate(zip(counted.tp, counted.fp, strict=True)):
        steps = (events - tp, others - fp, counted.tp[-1] - events, counted.fp[-1] - others)
        if all(step == 0 or step >= fewest for step in steps):
            places.append(place)
            tp, fp = events, others
    return np.array(places, dtype=np.intp)
