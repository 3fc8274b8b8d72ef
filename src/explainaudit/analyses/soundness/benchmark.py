"""An interpretable benchmark: a linear model on the same inputs, and how far the audited model is from it."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from explainaudit.instruments.linear import Linear, logistic, ridge
from explainaudit.records.measure import Interval, Measure
from explainaudit.records.message import Message
from explainaudit.records.responses import Responses
from explainaudit.records.table import Cell, Table, column
from explainaudit.stats.design import Design, influence_interval
from explainaudit.stats.discrimination import placements
from explainaudit.stats.keyed import draws
from explainaudit.stats.tiers import size_tier

Floats = NDArray[np.float64]
ROWS = 20_000
CLIP = 1e-15
Part = tuple[float, Floats]  # a value, and each row's influence on it


def benchmark(responses: Responses) -> tuple[Table, list[Measure]] | None:
    """Return the figures of model and benchmark on the labelled sample, and their paired difference.

    The benchmark is an instrument, named as such: logistic regression (ridge for a regression), fitted on
    the training table's same inputs, never on the sample. ``None`` without labelled training rows of two
    outcomes, or without a sample of known outcome.
    """
    known = responses.scored["label"].notna().to_numpy() & Design.of(responses.scored).counts
    if responses.training is None or responses.training_rows is None or responses.rows is None:
        return None
    learned = responses.training["label"].notna().to_numpy()
    if not known.any() or responses.training["label"][learned].nunique() < 2:
        return None
    names = [each.name for each in responses.columns if each.role == "input"]
    order = np.argsort(
        draws(
            responses.training["key"].to_numpy(dtype=np.str_)[learned],
            seed=responses.seed,
            purpose="benchmark",
        ),
        kind="stable",
    )[:ROWS]
    rows = responses.training_rows[names][learned].iloc[order]
    label = responses.training["label"][learned].iloc[order]
    labelled = responses.scored[known].reset_index(drop=True)
    fitted = _fitted(rows, label, responses)
    other = _answers(fitted, responses.rows[names][known], responses, labelled)
    design = Design.of(labelled)
    own_parts, other_parts = _parts(labelled, responses, design), _parts(other, responses, design)
    return _table(own_parts, other_parts, design)


def _fitted(rows: pd.DataFrame, label: pd.Series, responses: Responses) -> Linear:
    """Return a linear model on imputed, scaled and one-hot columns."""
    types = {each.name: each.type for each in responses.columns}
    if responses.task.type == "regression":
        return ridge(rows, label.to_numpy(dtype=np.float64), types)
    return logistic(rows, label.astype(str).to_numpy(), types)


def _answers(
    fitted: Linear, rows: pd.DataFrame, responses: Responses, labelled: pd.DataFrame
) -> pd.DataFrame:
    """Return what the benchmark answers for the sample, in the columns of scored rows."""
    if responses.task.type == "regression":
        return labelled.assign(score=fitted.predicted(rows))
    probability = fitted.probabilities(rows)
    if responses.task.type == "binary":
        return labelled.assign(score=probability[str(responses.task.event)].to_numpy())
    scores = {
        f"score:{name}": probability[name].to_numpy() if name in probability else np.zeros(len(labelled))
        for name in responses.model.classes
    }
    return labelled.assign(**scores)


def _parts(scored: pd.DataFrame, responses: Responses, design: Design) -> dict[str, Part]:
    """Return figures, each with the rows' influences: AUC, log loss, or errors."""
    task = responses.task
    if task.type == "regression":
        error = scored["score"].to_numpy(dtype=np.float64) - scored["label"].to_numpy(dtype=np.float64)
        squared = float(design.mean(error**2))
        root = float(np.sqrt(squared))
        moved = (error**2 - squared) / (2 * root) if root > 0 else np.zeros(len(error))
        absolute = np.abs(error)
        mean = float(design.mean(absolute))
        return {"rmse": (root, moved), "mae": (mean, absolute - mean)}
    found: dict[str, Part] = {}
    label = scored["label"].to_numpy(dtype=object)
    if task.type == "binary":
        actual = label == task.event
        score = scored["score"].to_numpy(dtype=np.float64)
        if (placed := placements(actual, score, design)) is not None:
            found["auc"] = placed
        of_actual = np.where(actual, score, 1 - score)
    else:
        classes = responses.model.classes
        scores = scored[[f"score:{name}" for name in classes]].to_numpy(dtype=np.float64)
        of_actual = scores[np.arange(len(label)), [classes.index(name) for name in label]]
    loss = -np.log(np.clip(of_actual, CLIP, 1.0))
    mean = float(design.mean(loss))
    found["log_loss"] = (mean, loss - mean)
    return found


def _table(own: dict[str, Part], other: dict[str, Part], design: Design) -> tuple[Table, list[Measure]]:
    measures: list[Measure] = []
    rows: list[tuple[Cell, ...]] = []
    for name, (value, moved) in own.items():
        beside, pushed = other[name]
        here = _measure("model", name, (value, influence_interval(value, moved, design)), design)
        there = _measure("benchmark", name, (beside, influence_interval(beside, pushed, design)), design)
        gap = value - beside
        between = _measure(
            "benchmark_gap", name, (gap, influence_interval(gap, moved - pushed, design)), design
        )
        measures += [here, there, between]
        label = Message(key=f"measure.performance.{name}")
        rows.append((label, here.ref("n"), here.ref(), there.ref(), between.ref(), between.ref("interval")))
    headings = ("n", "audited", "benchmark", "gap", "interval")
    table = Table(
        name="benchmark",
        caption=Message(key="table.soundness.benchmark"),
        columns=(
            column("measure", "value"),
            *(column(name, "small_cell", numeric=True) for name in headings),
        ),
        rows=tuple(rows),
        notes=(Message(key="note.benchmark"),),
        of_labels=True,
    )
    return table, measures


def _measure(metric: str, of: str, found: tuple[float, Interval | None], design: Design) -> Measure:
    n = design.number()
    return Measure(
        analysis="soundness",
        metric=metric,
        dimensions={"of": of},
        value=found[0],
        interval=found[1],
        n=n,
        unit="score" if of in {"auc", "log_loss"} else "target",
        tier=size_tier(design.worth()),
        estimand="people_like_these",
        kind="score",
        smallest_cell=n,
    )
