"""The calibration of one prediction against one outcome, over all rows or within a group."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explainaudit.records.measure import Interval, Measure, Tier, Unit
from explainaudit.stats.calibration import (
    calibration_error,
    linear_recalibration,
    logistic_recalibration,
    observed_over_expected,
    quantile_bins,
)
from explainaudit.stats.design import Design, mean_of
from explainaudit.stats.rates import count, rated
from explainaudit.stats.tiers import outcomes_tier, size_tier, smallest_cell

Floats = NDArray[np.float64]
Found = tuple[float, Interval | None]


@dataclass(frozen=True)
class Predicted:
    """Outcomes and predictions of some rows; ``probability`` says that the outcome is 0 or 1."""

    outcome: Floats
    predicted: Floats
    design: Design
    probability: bool

    def among(self, rows: NDArray[np.bool_]) -> "Predicted":
        """Return the same for some of the rows."""
        return Predicted(self.outcome[rows], self.predicted[rows], self.design.among(rows), self.probability)

    @property
    def known(self) -> int:
        """Number of rows, unweighted."""
        return len(self.outcome)

    @property
    def events(self) -> int:
        """Number of rows with the outcome, unweighted; 0 for a regression."""
        return int(self.outcome.sum()) if self.probability else 0

    @property
    def fewest(self) -> int:
        """Rows of the rarer outcome, or all rows of a regression."""
        return min(self.events, self.known - self.events) if self.probability else self.known

    @property
    def tier(self) -> Tier:
        """How much a figure of these rows can carry."""
        worth = self.design.worth
        if self.probability:
            return outcomes_tier(worth(self.outcome == 1), worth(self.outcome == 0))
        return size_tier(worth())


def figures(of: Predicted, dimensions: dict[str, str]) -> list[Measure]:
    """Return calibration in the large, observed over expected (of probabilities), slope and intercept."""
    fit = logistic_recalibration if of.probability else linear_recalibration
    large: Found | None = None
    found, ratio = None, None
    if of.known and of.design.total > 0:
        large = mean_of(of.predicted - of.outcome, of.design)
        found = fit(of.outcome, of.predicted, of.design)
        ratio = observed_over_expected(of.outcome, of.predicted, of.design) if of.probability else None
    slope = None if found is None else (found.slope, found.slope_interval)
    intercept = None if found is None else (found.intercept, found.intercept_interval)
    measures = [_measure(of, "in_the_large", large, dimensions, "points" if of.probability else "target")]
    if of.probability:
        measures.append(_measure(of, "oe_ratio", ratio, dimensions, "number"))
    measures.append(_measure(of, "slope", slope, dimensions, "score"))
    unit: Unit = "score" if of.probability else "target"
    return [*measures, _measure(of, "intercept", intercept, dimensions, unit)]


def unassessed(of: Predicted, dimensions: dict[str, str]) -> list[Measure]:
    """Return what is not said of a group with too few outcomes of either kind."""
    return [
        _measure(of, metric, None, dimensions, "score", reason="insufficient", tier="insufficient")
        for metric in ("in_the_large", "slope")
    ]


def events_of(of: Predicted, dimensions: dict[str, str]) -> Measure:
    """Return how many rows have the outcome."""
    return count("calibration", "events", of.events, dimensions)


def _measure(
    of: Predicted, metric: str, found: Found | None, dimensions: dict[str, str], unit: Unit, **given: Any
) -> Measure:
    n, events = of.known, of.events
    return Measure.model_validate(
        {
            "analysis": "calibration",
            "metric": metric,
            "dimensions": dimensions,
            "value": None if found is None else found[0],
            "reason": "not_estimable" if found is None else None,
            "interval": None if found is None else found[1],
            "n": n,
            "unit": unit,
            "tier": of.tier,
            "estimand": "people_like_these",
            "kind": "score",
            # Mean prediction, gap and ratio together give the events away.
            "smallest_cell": smallest_cell(events, n - events),
        }
        | given
    )


def binned(of: Predicted, bins: int, fewest: int, dimensions: dict[str, str]) -> list[Measure]:
    """Return mean prediction and what was observed in each bin, and the gap over all bins (ECE).

    Parameters
    ----------
    bins, fewest : int
        Number of bins, and the fewest rows of one.
    """
    place = quantile_bins(of.predicted, bins, fewest)
    measures: list[Measure] = []
    cells = []
    for number in range(int(place.max()) + 1):
        held = of.among(place == number)
        if held.design.total <= 0:
            continue
        about = {**dimensions, "bin": str(number + 1)}
        measures += _bin(held, about)
        cells += [held.events, held.known - held.events]
    if of.probability:
        error = calibration_error(of.outcome, of.predicted, place, of.design)
        given = {"smallest_cell": smallest_cell(*cells)}
        measures.append(_measure(of, "ece", (error, None), dimensions, "share", **given))
    return measures


def _bin(held: Predicted, about: dict[str, str]) -> list[Measure]:
    n = held.known
    mean = Measure(
        analysis="calibration",
        metric="bin_predicted",
        dimensions=about,
        value=float(held.design.mean(held.predicted)),
        n=n,
        unit="share" if held.probability else "target",
        estimand="people_like_these",
        kind="score",
        smallest_cell=n,
    )
    if held.probability:
        return [mean, rated("calibration", "bin_observed", held.outcome == 1, held.design, about)]
    value, interval = mean_of(held.outcome, held.design)
    return [mean, mean.model_copy(update={"metric": "bin_observed", "value": value, "interval": interval})]
