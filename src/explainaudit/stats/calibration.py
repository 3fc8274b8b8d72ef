"""Whether predictions mean what they say."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explainaudit.records.measure import Interval
from explainaudit.stats.design import Design, influence_interval

Floats = NDArray[np.float64]
Bins = NDArray[np.intp]
CLIP = 1e-6
STEPS = 100
NO_SPREAD = 1e-12  # relative: predictions that differ by less differ by rounding


@dataclass(frozen=True)
class Recalibration:
    """Intercept and slope of a recalibration with their intervals."""

    intercept: float
    intercept_interval: Interval | None
    slope: float
    slope_interval: Interval | None


def clipped(probability: Floats) -> NDArray[np.bool_]:
    """Return which probabilities are so near 0 or 1 that `logistic_recalibration` clips them."""
    return np.asarray((probability < CLIP) | (probability > 1 - CLIP), dtype=bool)


def logistic_recalibration(outcome: Floats, probability: Floats, design: Design) -> Recalibration | None:
    """Return the fit of logit P(outcome) = a + b·logit(probability), maximum weighted likelihood.

    Cox (1958). Probabilities are clipped to [1e-6, 1 − 1e-6]. The covariance is the sandwich from the
    rows' influences, summed within clusters (Binder 1983). ``None`` with one outcome, without variation
    of the probabilities, or where some limit separates the outcomes: there is no finite fit.
    """
    from scipy.special import expit, logit

    x = logit(np.clip(probability, CLIP, 1 - CLIP))
    scaled = _scaled(x, design)
    if scaled is None or _separated(outcome, x, design.weight):
        return None
    z, centre, spread = scaled
    held = design.weight / design.total
    beta = np.array([logit(float(held @ outcome)), 0.0])
    reached = _log_likelihood(beta, z, outcome, held)
    for _ in range(STEPS):
        mean = expit(z @ beta)
        score = z * (outcome - mean)[:, None]
        hessian = z.T @ (z * (held * mean * (1 - mean))[:, None])
        if np.linalg.det(hessian) <= 0:
            return None
        step = np.linalg.solve(hessian, held @ score)
        if np.abs(step).max() < 1e-10 * (1 + np.abs(beta).max()):
            influence = score @ np.linalg.inv(hessian)
            return _fitted(beta, np.asarray(influence, dtype=np.float64), design, (centre, spread))
        # The likelihood is concave: half a step, or half of that, climbs.
        while _log_likelihood(beta + step, z, outcome, held) < reached - 1e-12:
            step = step / 2
        beta = beta + step
        reached = _log_likelihood(beta, z, outcome, held)
    return None


def linear_recalibration(outcome: Floats, predicted: Floats, design: Design) -> Recalibration | None:
    """Return the fit of outcome = a + b·prediction, weighted least squares; ``None`` without variation."""
    scaled = _scaled(predicted, design)
    if scaled is None:
        return None
    z, centre, spread = scaled
    held = design.weight / design.total
    beta = np.asarray(held @ (z * outcome[:, None]), dtype=np.float64)  # z is orthonormal under the weights
    influence = z * (outcome - z @ beta)[:, None]
    return _fitted(beta, influence, design, (centre, spread))


def _scaled(x: Floats, design: Design) -> tuple[Floats, float, float] | None:
    """Return (1, x centred and scaled), with centre and scale; ``None`` without variation."""
    seen = x[design.weight > 0]
    if len(seen) == 0 or float(np.ptp(seen)) <= NO_SPREAD * float(np.abs(seen).max()):
        return None
    centre = float(design.mean(x))
    spread = float(np.sqrt(design.mean((x - centre) ** 2)))
    return np.column_stack([np.ones(len(x)), (x - centre) / spread]), centre, spread


def _separated(outcome: Floats, x: Floats, weight: Floats) -> bool:
    """Return whether some limit of x has all of one outcome on either side (it may hold both itself)."""
    with_it, without = x[(outcome == 1) & (weight > 0)], x[(outcome == 0) & (weight > 0)]
    if len(with_it) == 0 or len(without) == 0:
        return True
    return bool(without.max() <= with_it.min() or with_it.max() <= without.min())


def _log_likelihood(beta: Floats, z: Floats, outcome: Floats, held: Floats) -> float:
    line = z @ beta
    return float(held @ (outcome * line - np.logaddexp(0, line)))


def _fitted(beta: Floats, influence: Floats, design: Design, scale: tuple[float, float]) -> Recalibration:
    """Return intercept and slope on the scale of the prediction, from those on the scaled one."""
    centre, spread = scale
    slope, of_slope = float(beta[1]) / spread, influence[:, 1] / spread
    intercept, of_intercept = float(beta[0]) - slope * centre, influence[:, 0] - of_slope * centre
    return Recalibration(
        intercept,
        influence_interval(intercept, of_intercept, design),
        slope,
        influence_interval(slope, of_slope, design),
    )


def observed_over_expected(
    outcome: Floats, predicted: Floats, design: Design
) -> tuple[float, Interval | None] | None:
    """Return the sum of outcomes over that of predictions with its interval; ``None`` if the latter is 0."""
    expected = float(design.mean(predicted))
    if expected <= 1e-12:
        return None
    ratio = float(design.mean(outcome)) / expected
    influence = (outcome - ratio * predicted) / expected
    return ratio, influence_interval(ratio, influence, design, scale="log")


def quantile_bins(predicted: Floats, bins: int, fewest: int) -> Bins:
    """Return the bin of each row: quantiles of the prediction, ties together, no bin below ``fewest`` rows.

    With fewer rows than that there is one bin.
    """
    n = len(predicted)
    count = max(1, min(bins, n // max(1, fewest)))
    ordered = np.sort(predicted)
    wanted = np.unique(ordered[[-(-n * step // count) - 1 for step in range(1, count)]])
    below = np.searchsorted(ordered, wanted, side="right")
    limits, done = [], 0
    for limit, rows in zip(wanted, below, strict=True):
        # Where many predictions are equal a quantile may leave too few on either side.
        if rows - done >= fewest and n - rows >= fewest:
            limits.append(limit)
            done = int(rows)
    return np.searchsorted(limits, predicted, side="left").astype(np.intp)


def calibration_error(outcome: Floats, predicted: Floats, bins: Bins, design: Design) -> float:
    """Return the mean over the bins of |mean prediction − observed share|, weighted by their weight (ECE)."""
    gaps = np.bincount(bins, weights=design.weight * (predicted - outcome))
    return float(np.abs(gaps).sum() / design.total)
