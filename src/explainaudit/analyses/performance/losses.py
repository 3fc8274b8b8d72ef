"""Losses that add over rows: the model's, those of the naive rule, and on the rows it learned from."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from explainaudit.records.measure import Interval, Measure, Unit
from explainaudit.records.message import Message
from explainaudit.records.responses import Responses
from explainaudit.records.table import Cell, Table, column
from explainaudit.stats.design import Design, influence_interval, mean_of
from explainaudit.stats.tiers import size_tier, smallest_cell

Floats = NDArray[np.float64]
CLIP = float(np.finfo(np.float64).eps)  # as scikit-learn's log_loss
FEW_VALUES = 3
# What a loss is called once its mean is reported; the first decides whether the naive rule is beaten.
LOSSES = {
    "binary": ("log_loss", "brier", "error_rate"),
    "multiclass": ("log_loss", "brier", "error_rate"),
    "regression": ("mse", "mae"),
}


def unit_of(name: str) -> Unit:
    """Return the unit of a loss, for its number format: errors are as large as the target is."""
    return "target" if name in LOSSES["regression"] else "score"


def row_losses(labelled: pd.DataFrame, responses: Responses) -> dict[str, Floats]:
    """Return the losses of each labelled row, by name."""
    if responses.task.type == "regression":
        error = labelled["score"].to_numpy(dtype=np.float64) - labelled["label"].to_numpy(dtype=np.float64)
        return {"mse": error**2, "mae": np.asarray(np.abs(error), dtype=np.float64)}
    probability, outcome = probabilities(labelled, responses)
    if probability is None:
        return {}
    wrong = np.asarray(labelled["predicted"] != labelled["label"], dtype=np.float64)
    return {**_scored(probability, outcome), "error_rate": wrong}


def probabilities(labelled: pd.DataFrame, responses: Responses) -> tuple[Floats | None, Floats]:
    """Return probabilities (n, k) and outcomes (n, k) of the classes; ``None`` for scores that are none.

    A binary task has the event in its second column.
    """
    label = labelled["label"].to_numpy(dtype=object)
    if responses.task.type == "binary":
        score = labelled["score"].to_numpy(dtype=np.float64)
        event = (label == responses.task.event).astype(np.float64)
        outcome = np.column_stack([1 - event, event])
        if score.min() < 0 or score.max() > 1:
            return None, outcome
        return np.column_stack([1 - score, score]), outcome
    classes = responses.model.classes
    outcome = np.column_stack([(label == name).astype(np.float64) for name in classes])
    return labelled[[f"score:{name}" for name in classes]].to_numpy(dtype=np.float64), outcome


def _scored(probability: Floats, outcome: Floats) -> dict[str, Floats]:
    """Return log loss and Brier score of each row; a binary Brier score counts the event alone."""
    clipped = np.clip(probability, CLIP, 1 - CLIP)
    if clipped.shape[1] == 2:
        of_actual = np.where(outcome[:, 1] == 1, clipped[:, 1], 1 - clipped[:, 1])
    else:
        of_actual = (clipped * outcome).sum(axis=1)
    squared = (probability - outcome) ** 2
    return {
        "log_loss": -np.log(of_actual),
        "brier": squared[:, 1] if squared.shape[1] == 2 else squared.sum(axis=1),
    }


def naive_losses(labelled: pd.DataFrame, responses: Responses, design: Design) -> dict[str, Floats]:
    """Return the losses of the rule that knows the outcomes' shares (or mean) on these rows and no input."""
    if responses.task.type == "regression":
        label = labelled["label"].to_numpy(dtype=np.float64)
        return {"mse": (label - design.mean(label)) ** 2, "mae": np.abs(label - _median(label, design))}
    _, outcome = probabilities(labelled, responses)
    shares = design.mean(outcome)
    constant = np.broadcast_to(shares, outcome.shape)
    return {**_scored(constant, outcome), "error_rate": 1 - outcome[:, int(np.argmax(shares))]}


def _median(values: Floats, design: Design) -> float:
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(design.weight[order])
    return float(values[order][np.searchsorted(reached, reached[-1] / 2)])


def naive_table(
    losses: dict[str, Floats], naive: dict[str, Floats], design: Design
) -> tuple[Table, list[Measure]]:
    """Return the model's losses beside those of the naive rule, and how far the model is below.

    Where all outcomes are alike the rule is right by construction, and no model can be better.
    """
    measures, rows = [], []
    perfect = any(not each.any() for each in naive.values())
    absent = {"value": None, "interval": None, "reason": "not_estimable", "tier": "not_estimable"}
    none = absent if perfect else {}
    for name, of_model in losses.items():
        own = mean_measure(name, {}, of_model, design, unit=unit_of(name))
        other = mean_measure(f"naive_{name}", {}, naive[name], design, unit=unit_of(name), **none)
        beaten_by = naive[name] - of_model
        gain = mean_measure("naive_gain", {"of": name}, beaten_by, design, unit=unit_of(name), **none)
        measures += [own, other, gain]
        cells: tuple[Cell, ...] = (own.ref(), other.ref(), gain.ref(), gain.ref("interval"))
        rows.append((Message(key=f"measure.performance.{name}"), own.ref("n"), *cells))
    headings = ("n", "model", "naive", "gain", "interval")
    table = Table(
        name="naive",
        caption=Message(key="table.performance.naive"),
        columns=(
            column("measure", "value"),
            *(column(name, "small_cell", numeric=True) for name in headings),
        ),
        rows=tuple(rows),
        notes=(Message(key="note.naive"),),
    )
    return table, measures


Found = tuple[float, Interval | None]


def score_measure(
    metric: str, dimensions: dict[str, str], found: Found, design: Design, **other: Any
) -> Measure:
    """Return a mean or score over the rows of a design as a measure."""
    n = design.number()
    given = {
        "analysis": "performance",
        "metric": metric,
        "dimensions": dimensions,
        "value": found[0],
        "interval": found[1],
        "n": n,
        "unit": "score",
        "tier": size_tier(design.worth()),
        "estimand": "people_like_these",
        "kind": "score",
        "smallest_cell": n,
    }
    return Measure.model_validate(given | other)


def mean_measure(
    metric: str, dimensions: dict[str, str], values: Floats, design: Design, **other: Any
) -> Measure:
    """Return the mean of values of shape (n,) as a measure."""
    given = {"smallest_cell": fewest_alike(values)}
    return score_measure(metric, dimensions, mean_of(values, design), design, **(given | other))


def fewest_alike(values: Floats) -> int:
    """Return the fewest persons that a mean of values tells of, together with their number.

    From a mean of two or three distinct values the persons with each can be counted.
    """
    _, counts = np.unique(values, return_counts=True)
    return len(values) if len(counts) > FEW_VALUES else smallest_cell(*map(int, counts))


def difference(
    first: Found, second: Found, designs: tuple[Design, Design], influences: tuple[Floats, Floats]
) -> Found:
    """Return first − second of independent samples, with the interval of both errors together."""
    value = first[0] - second[0]
    errors = [design.error(influence) for design, influence in zip(designs, influences, strict=True)]
    if any(np.isnan(errors)):
        return value, None
    one = influence_interval(0.0, influences[0], designs[0])
    other = influence_interval(0.0, influences[1], designs[1])
    if one is None or other is None:
        return value, None
    half = float(np.hypot(one.high, other.high))
    return value, Interval(low=value - half, high=value + half, method="linearised")
