"""Whether predicted probabilities mean what they say."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explainaudit.records.measure import Interval
from explainaudit.stats.design import Design, influence_interval

Floats = NDArray[np.float64]
CLIP = 1e-6
STEPS = 50


@dataclass(frozen=True)
class Recalibration:
    """Intercept and slope of a recalibration, with their intervals, and the number of clipped rows."""

    intercept: float
    intercept_interval: Interval | None
    slope: float
    slope_interval: Interval | None
    clipped: int


def logistic_recalibration(outcome: Floats, probability: Floats, design: Design) -> Recalibration | None:
    """Return the fit of logit P(outcome) = a + b·logit(probability), maximum weighted likelihood.

    Cox (1958). Probabilities are clipped to [1e-6, 1 − 1e-6]. The covariance is the sandwich from the
    rows' influences, summed within clusters. ``None`` with one outcome, without variation of the
    probabilities, or where outcomes are separated and there is no finite fit.
    """
    from scipy.special import expit, logit

    clipped = np.clip(probability, CLIP, 1 - CLIP)
    x = np.column_stack([np.ones(len(clipped)), logit(clipped)])
    held = design.weight / design.total
    if not 0 < float(held @ outcome) < 1 or float(np.ptp(x[design.weight > 0, 1])) == 0:
        return None
    beta = np.array([0.0, 1.0])
    for _ in range(STEPS):
        mean = expit(x @ beta)
        hessian = x.T @ (x * (held * mean * (1 - mean))[:, None])
        if np.linalg.cond(hessian) > 1e12:
            return None
        step = np.linalg.solve(hessian, x.T @ (held * (outcome - mean)))
        beta = beta + np.clip(step, -5, 5)
        if np.abs(step).max() < 1e-10:
            break
    else:
        return None
    score = x * (outcome - mean)[:, None]
    influence = np.asarray(score @ np.linalg.inv(hessian), dtype=np.float64)
    return _fitted(beta, influence, design, int((clipped != probability).sum()))


def linear_recalibration(outcome: Floats, predicted: Floats, design: Design) -> Recalibration | None:
    """Return the weighted least squares of outcome = a + b·prediction; ``None`` without variation."""
    x = np.column_stack([np.ones(len(predicted)), predicted])
    held = design.weight / design.total
    moments = x.T @ (x * held[:, None])
    if float(np.ptp(predicted[design.weight > 0])) == 0 or np.linalg.cond(moments) > 1e12:
        return None
    beta = np.asarray(np.linalg.solve(moments, x.T @ (held * outcome)), dtype=np.float64)
    score = x * (outcome - x @ beta)[:, None]
    return _fitted(beta, np.asarray(score @ np.linalg.inv(moments), dtype=np.float64), design, 0)


def _fitted(beta: Floats, influence: Floats, design: Design, clipped: int) -> Recalibration:
    ends = [influence_interval(float(beta[k]), influence[:, k], design) for k in range(2)]
    return Recalibration(float(beta[0]), ends[0], float(beta[1]), ends[1], clipped)


def observed_over_expected(
    outcome: Floats, predicted: Floats, design: Design
) -> tuple[float, Interval | None] | None:
    """Return the sum of outcomes over that of predictions, with its interval; ``None`` if that is 0."""
    expected = float(design.mean(predicted))
    if expected <= 0:
        return None
    ratio = float(design.mean(outcome)) / expected
    influence = (outcome - ratio * predicted) / expected
    return ratio, influence_interval(ratio, influence, design, scale="log")


def quantile_bins(predicted: Floats, bins: int, fewest: int) -> NDArray[np.intp]:
    """Return the bin of each row: quantiles of the prediction, ties together, ``fewest`` rows or more."""
    count = max(1, min(bins, len(predicted) // max(1, fewest)))
    limits = np.unique(np.quantile(predicted, np.linspace(0, 1, count + 1)[1:-1], method="inverted_cdf"))
    place = np.searchsorted(limits, predicted, side="left")
    _, numbered = np.unique(place, return_inverse=True)
    return numbered.astype(np.intp)
