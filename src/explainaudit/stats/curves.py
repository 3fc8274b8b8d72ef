"""Curves over the threshold of a score: ROC, precision and recall, and the figures read off them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explainaudit.records.measure import Interval
from explainaudit.stats.design import Design
from explainaudit.stats.keyed import uniforms

Floats = NDArray[np.float64]
MOST, FEWEST, EFFORT = 2000, 200, 2e7


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
        """Share of events among the rows at or above each distinct score."""
        above = self.tp + self.fp
        return np.divide(self.tp, above, out=np.zeros(len(above)), where=above > 0)


def curve(labels: NDArray[np.bool_], scores: Floats, weight: Floats) -> Curve | None:
    """Return the curve of a score, or ``None`` where one class has no weight."""
    return _Sorted(labels, scores).curve(weight)


class _Sorted:
    """A score sorted once, for many weightings."""

    def __init__(self, labels: NDArray[np.bool_], scores: Floats) -> None:
        self._order = np.argsort(-scores, kind="stable")
        self._labels = labels[self._order]
        ordered = scores[self._order]
        ends = np.append(ordered[1:] != ordered[:-1], True) if len(ordered) else np.empty(0, dtype=bool)
        self._last: NDArray[np.intp] = np.flatnonzero(ends)
        self._score = ordered[self._last]

    def curve(self, weight: Floats) -> Curve | None:
        ordered = weight[self._order]
        tp = np.cumsum(np.where(self._labels, ordered, 0.0))[self._last]
        fp = np.cumsum(np.where(self._labels, 0.0, ordered))[self._last]
        if not len(tp) or tp[-1] <= 0 or fp[-1] <= 0:
            return None
        return Curve(self._score, tp, fp)


def average_precision(found: Curve) -> float:
    """Return the mean precision over the steps of recall (scikit-learn's ``average_precision_score``)."""
    return float(np.sum(np.diff(found.tpr, prepend=0.0) * found.precision))


def ks(found: Curve) -> float:
    """Return the largest difference of true and false positive rate: the Kolmogorov-Smirnov statistic."""
    return float(np.abs(found.tpr - found.fpr).max())


def bootstrapped(
    labels: NDArray[np.bool_], scores: Floats, design: Design, units: NDArray[np.str_], *, seed: int
) -> tuple[dict[str, Interval], int]:
    """Return percentile intervals of average precision and KS, and the number of replicates.

    Each person (or cluster) is drawn a Poisson number of times that is a function of the seed, the
    replicate and its key, so that neither order nor partition changes a limit (Chamandy et al. 2012).

    Parameters
    ----------
    labels, scores : ndarray of shape (n,)
        Events and scores.
    design : Design
        Weights of the rows.
    units : ndarray of str, shape (n,)
        Key (hex) of the person or cluster of each row.
    seed : int
        Seed of the plan.
    """
    count = int(np.clip(EFFORT / max(1, len(labels)), FEWEST, MOST))
    ranked = _Sorted(labels, scores)
    distinct, member = np.unique(units, return_inverse=True)
    found: dict[str, list[float]] = {"pr_auc": [], "ks": []}
    for replicate in range(count):
        drawn = _poisson(uniforms(distinct, seed=seed, purpose=f"bootstrap {replicate}"))
        made = ranked.curve(design.weight * drawn[member])
        if made is not None:
            found["pr_auc"].append(average_precision(made))
            found["ks"].append(ks(made))
    intervals = {}
    for name, values in found.items():
        if len(values) >= FEWEST // 2:
            low, high = np.quantile(values, [0.025, 0.975])
            intervals[name] = Interval(low=float(low), high=float(high), method="bootstrap")
    return intervals, count


def _poisson(uniform: Floats) -> Floats:
    """Return Poisson(1) numbers by inversion."""
    steps = np.cumsum(np.exp(-1.0) / np.cumprod(np.concatenate([[1.0], np.arange(1.0, 16.0)])))
    return np.searchsorted(steps, uniform, side="right").astype(np.float64)
