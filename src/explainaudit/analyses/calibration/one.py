"""The calibration of one prediction against one outcome, over all rows or within a group."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explainaudit.records.measure import Measure
from explainaudit.records.message import Message, Name
from explainaudit.records.table import Cell, Table, column
from explainaudit.stats.calibration import (
    linear_recalibration,
    logistic_recalibration,
    observed_over_expected,
    quantile_bins,
)
from explainaudit.stats.design import Design, mean_of
from explainaudit.stats.rates import rated
from explainaudit.stats.tiers import error_rate_tier, size_tier, smallest_cell

Floats = NDArray[np.float64]


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


def figures(of: Predicted, dimensions: dict[str, str]) -> list[Measure]:
    """Return calibration in the large, observed over expected, slope and intercept."""
    n = len(of.outcome)
    events = int(of.outcome.sum()) if of.probability else n
    common: dict[str, Any] = {
        "n": n,
        "tier": error_rate_tier(n, events) if of.probability else size_tier(n),
        "smallest_cell": smallest_cell(events, n - events) if of.probability else n,
    }
    large = mean_of(of.predicted - of.outcome, of.design)
    fit = logistic_recalibration if of.probability else linear_recalibration
    found = fit(of.outcome, of.predicted, of.design)
    ratio = observed_over_expected(of.outcome, of.predicted, of.design) if of.probability else None
    values: dict[str, Any] = {
        "in_the_large": large,
        "oe_ratio": ratio,
        "slope": None if found is None else (found.slope, found.slope_interval),
        "intercept": None if found is None else (found.intercept, found.intercept_interval),
    }
    units = {
        "in_the_large": "points" if of.probability else "target",
        "oe_ratio": "ratio",
        "slope": "score",
        "intercept": "score" if of.probability else "target",
    }
    return [
        Measure.model_validate(
            {
                "analysis": "calibration",
                "metric": metric,
                "dimensions": dimensions,
                "value": None if value is None else value[0],
                "reason": "not_estimable" if value is None else None,
                "interval": None if value is None else value[1],
                "unit": units[metric],
                "estimand": "people_like_these",
                "kind": "score",
                **common,
            }
        )
        for metric, value in values.items()
        if metric != "oe_ratio" or of.probability
    ]


def reliability(
    of: Predicted, settings: tuple[int, int], name: str, dimensions: dict[str, str]
) -> tuple[Table, list[Measure]]:
    """Return the mean prediction and what was observed in bins of equal size.

    ``settings`` are the number of bins and the fewest rows of one.
    """
    place = quantile_bins(of.predicted, *settings)
    measures: list[Measure] = []
    rows: list[tuple[Cell, ...]] = []
    for number in range(int(place.max()) + 1):
        held = of.among(place == number)
        if held.design.total <= 0:
            continue
        about = {**dimensions, "bin": str(number + 1)}
        n = len(held.outcome)
        mean = Measure(
            analysis="calibration",
            metric="bin_predicted",
            dimensions=about,
            value=float(held.design.mean(held.predicted)),
            n=n,
            unit="share" if of.probability else "target",
            kind="score",
            smallest_cell=n,
        )
        if of.probability:
            seen = rated("calibration", "bin_observed", held.outcome == 1, held.design, about)
        else:
            value, interval = mean_of(held.outcome, held.design)
            seen = mean.model_copy(update={"metric": "bin_observed", "value": value, "interval": interval})
        measures += [mean, seen]
        rows.append((Name(text=about["bin"]), seen.ref("n"), mean.ref(), seen.ref(), seen.ref("interval")))
    headings = ("n", "mean_predicted", "observed", "interval")
    kind = "reliability" if of.probability else "means"
    table = Table(
        name=name,
        caption=Message(
            key=f"table.calibration.{kind}{'_class' if dimensions else ''}",
            params={"class": Name(text=dimensions["class"])} if dimensions else {},
        ),
        columns=(column("bin", "value"), *(column(name, "small_cell", numeric=True) for name in headings)),
        rows=tuple(rows),
    )
    return table, measures


def expected_error(measures: list[Measure], dimensions: dict[str, str]) -> Measure | None:
    """Return the mean gap between prediction and observation over the bins, weighted by rows."""
    found = {(each.metric, each.dimensions["bin"]): each for each in measures if "bin" in each.dimensions}
    bins = sorted({place for _, place in found})
    total = sum(found["bin_observed", place].n or 0 for place in bins)
    if not total:
        return None
    gaps = (
        (found["bin_observed", place].n or 0)
        * abs((found["bin_predicted", place].value or 0.0) - (found["bin_observed", place].value or 0.0))
        for place in bins
    )
    return Measure(
        analysis="calibration",
        metric="ece",
        dimensions=dimensions,
        value=sum(gaps) / total,
        n=total,
        unit="points",
        kind="score",
        smallest_cell=min(found["bin_observed", place].smallest_cell or 0 for place in bins) or total,
    )
