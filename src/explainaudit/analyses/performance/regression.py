"""Performance of a regression: errors, what they leave unexplained, and where they lie."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from explainaudit.analyses.performance.gap import gap_table, no_training, training_of
from explainaudit.analyses.performance.losses import naive_losses, naive_table, row_losses, score_measure
from explainaudit.analyses.performance.tables import distinct, figure_table
from explainaudit.records.evidence import Evidence
from explainaudit.records.measure import Measure
from explainaudit.records.message import Message, Name
from explainaudit.records.responses import Responses
from explainaudit.records.table import Cell, Table, column
from explainaudit.stats.design import Design, influence_interval, mean_of
from explainaudit.stats.quantiles import quantile
from explainaudit.stats.tiers import smallest_cell

Floats = NDArray[np.float64]
QUANTILES = {"5": 0.05, "25": 0.25, "50": 0.5, "75": 0.75, "95": 0.95}
TENTHS = 10


def regression(labelled: pd.DataFrame, responses: Responses) -> Evidence:
    """Return everything about a prediction of numbers."""
    design = Design.of(labelled)
    predicted = labelled["score"].to_numpy(dtype=np.float64)
    label = labelled["label"].to_numpy(dtype=np.float64)
    error = predicted - label
    scores = [
        score_measure("mae", {}, mean_of(np.abs(error), design), design, unit="target"),
        _rmse(error, design),
        score_measure("bias", {}, mean_of(error, design), design, unit="target"),
        score_measure("median_error", {}, quantile(np.abs(error), 0.5, design), design, unit="target"),
        _r2(label, error, design),
    ]
    losses = row_losses(labelled, responses)
    more = [
        _quantiles(error, design),
        _tenths(predicted, error, design),
        naive_table(losses, naive_losses(labelled, responses, design), design),
    ]
    if (training := training_of(responses)) is not None:
        more.append(gap_table(labelled, training, responses))
    measures = [*scores, *(each for _, found in more for each in found)]
    mae = scores[0]
    params = {"mae": mae.ref(), "interval": mae.ref("interval"), "n": mae.ref("n")}
    return Evidence(
        analysis="performance",
        answer=Message(key="answer.performance.regression", params=params),
        measures=distinct(measures),
        tables=(figure_table("errors", "measure", "n", scores), *(table for table, _ in more)),
        limitations=no_training(responses),
    )


def _rmse(error: Floats, design: Design) -> Measure:
    squared = float(design.mean(error**2))
    root = float(np.sqrt(squared))
    influence = (error**2 - squared) / (2 * root) if root > 0 else np.zeros(len(error))
    interval = influence_interval(root, influence, design, scale="log")
    return score_measure("rmse", {}, (root, interval), design, unit="target")


def _r2(label: Floats, error: Floats, design: Design) -> Measure:
    """Return 1 − mean squared error over the variance of the outcome, with its linearised interval."""
    mean = design.mean(label)
    variance = float(design.mean((label - mean) ** 2))
    if variance <= 0:
        return score_measure("r2", {}, (0.0, None), design, value=None, reason="not_estimable")
    unexplained = float(design.mean(error**2)) / variance
    influence = (error**2 - unexplained * (label - mean) ** 2) / variance
    limits = influence_interval(unexplained, influence, design, scale="log")
    swapped = {"low": 1 - limits.high, "high": 1 - limits.low} if limits is not None else {}
    interval = limits.model_copy(update=swapped) if limits is not None else None
    return score_measure("r2", {}, (1 - unexplained, interval), design)


def _quantiles(error: Floats, design: Design) -> tuple[Table, list[Measure]]:
    measures = []
    for name, share in QUANTILES.items():
        about, found = {"quantile": name}, quantile(error, share, design)
        # It tells of the persons beyond it: of those at 5 % with 100 rows, five.
        beyond = smallest_cell(int((error <= found[0]).sum()), int((error > found[0]).sum()))
        measures.append(
            score_measure("residual_quantile", about, found, design, unit="target", smallest_cell=beyond)
        )
    rows: list[tuple[Cell, ...]] = [
        (
            Message(key="quantile.of", params={"share": Name(text=each.dimensions["quantile"])}),
            each.ref("n"),
            each.ref(),
            each.ref("interval"),
        )
        for each in measures
    ]
    return (
        Table(
            name="residuals",
            caption=Message(key="table.performance.residuals"),
            columns=(
                column("quantile", "value"),
                *(column(name, "small_cell", numeric=True) for name in ("n", "error", "interval")),
            ),
            rows=tuple(rows),
        ),
        measures,
    )


def _tenths(predicted: Floats, error: Floats, design: Design) -> tuple[Table, list[Measure]]:
    """Return the mean error by tenths of the prediction: where it is too high or too low."""
    limits = np.unique(np.quantile(predicted, np.linspace(0, 1, TENTHS + 1)[1:-1], method="inverted_cdf"))
    place = np.searchsorted(limits, predicted, side="left")
    measures: list[Measure] = []
    rows: list[tuple[Cell, ...]] = []
    for number in np.unique(place):
        inside, about = place == number, {"tenth": str(number + 1)}
        held = design.among(inside)
        if held.total <= 0:
            continue
        mean = score_measure(
            "tenth_prediction", about, (float(held.mean(predicted[inside])), None), held, unit="target"
        )
        bias = score_measure("tenth_bias", about, mean_of(error[inside], held), held, unit="target")
        measures += [mean, bias]
        rows.append((Name(text=about["tenth"]), bias.ref("n"), mean.ref(), bias.ref(), bias.ref("interval")))
    headings = ("n", "mean_prediction", "mean_error", "interval")
    table = Table(
        name="tenths",
        caption=Message(key="table.performance.tenths"),
        columns=(column("tenth", "value"), *(column(name, "small_cell", numeric=True) for name in headings)),
        rows=tuple(rows),
    )
    return table, measures
