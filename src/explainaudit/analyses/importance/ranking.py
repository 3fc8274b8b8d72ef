"""The global ranking: mean |SHAP| of each column, with intervals for the mean and for the rank."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from explainaudit.records.attribution import Attribution
from explainaudit.records.measure import Interval, Measure, Unit
from explainaudit.records.message import Message, Name, Series
from explainaudit.records.table import Cell, Table, column
from explainaudit.stats.design import Design
from explainaudit.stats.direction import direction, way
from explainaudit.stats.keyed import random_state
from explainaudit.stats.ranking import rank_intervals
from explainaudit.stats.weighting import mean_interval

SHOWN = 20
Floats = NDArray[np.float64]


def ranking_measures(
    attributions: Sequence[Attribution], *, seed: int, design: Design | None
) -> list[Measure]:
    """Return mean |SHAP|, rank, and the rank's interval of every column, the largest mean first.

    With several outputs the ranking is by the mean over the outputs, and the mean of each output alone
    follows with its class.
    """
    first = attributions[0]
    sizes = np.mean([np.abs(each.values) for each in attributions], axis=0)
    lows, highs = rank_intervals(sizes, first.inclusion, seed=random_state(seed, "rank"), design=design)
    means = [mean_interval(sizes[:, j], first.inclusion, design) for j in range(len(first.columns))]
    n = len(first.keys) if design is None else design.number()
    order = sorted(range(len(means)), key=lambda j: (-means[j][0], first.columns[j]))
    found = []
    for rank, j in enumerate(order, start=1):
        about = {"column": first.columns[j]}
        ends = Interval(low=float(lows[j]), high=float(highs[j]), method="ranks")
        found.append(_measure("mean_abs_shap", about, means[j], (n, "score")))
        found.append(_measure("rank", about, (float(rank), ends), (n, "count")))
    if len(attributions) > 1:
        for each in attributions:
            for j in order:
                mean = mean_interval(np.abs(each.values[:, j]), first.inclusion, design)
                about = {"column": first.columns[j], "class": each.output}
                found.append(_measure("mean_abs_shap", about, mean, (n, "score")))
    return found


def directions(
    attributions: Sequence[Attribution], rows: pd.DataFrame, numbers: Sequence[str], design: Design
) -> list[Measure]:
    """Return Spearman's correlation of recorded values and SHAP values, for every column of numbers.

    ``rows`` are the rows explained, in the order of the attributions.
    """
    found = []
    for each in attributions:
        within = {"class": each.output} if len(attributions) > 1 else {}
        for j, name in enumerate(each.columns):
            if name in numbers:
                correlation = direction(rows[name], each.values[:, j], design)
                found.append(
                    _measure(
                        "direction",
                        {"column": name, **within},
                        correlation or (None, None),
                        (design.number(), "score"),
                    )
                )
    return found


def _measure(
    metric: str,
    dimensions: dict[str, str],
    found: tuple[float | None, Interval | None],
    of: tuple[int, Unit],
) -> Measure:
    return Measure(
        analysis="importance",
        metric=metric,
        dimensions=dimensions,
        value=found[0],
        reason=None if found[0] is not None else "not_estimable",
        interval=found[1],
        n=of[0],
        unit=of[1],
        estimand="people_like_these",
        kind="attribution",
        smallest_cell=of[0],
    )


def ranking_table(measures: list[Measure], unit: str) -> Table:
    """Return the ranking's table, at most the twenty leading columns, with the direction of numbers."""
    found = {
        (each.metric, each.dimensions["column"]): each for each in measures if "class" not in each.dimensions
    }
    names = _leading(measures)
    directed = any(each.metric == "direction" and "class" not in each.dimensions for each in measures)
    rows: list[tuple[Cell, ...]] = []
    for name in names:
        rank, mean, leaning = (
            found["rank", name],
            found["mean_abs_shap", name],
            found.get(("direction", name)),
        )
        cells: tuple[Cell, ...] = (
            rank.ref(), Name(text=name), mean.ref(), mean.ref("interval"), rank.ref("interval"),
        )  # fmt: skip
        rows.append((*cells, *((_way(leaning),) if directed else ())))
    return Table(
        name="ranking",
        caption=Message(key="table.importance.ranking", params={"unit": Message(key=f"unit.{unit}")}),
        columns=(
            column("rank", "value", numeric=True),
            column("column", "value"),
            column("mean_abs_shap", "small_cell", numeric=True),
            column("interval", "small_cell", numeric=True),
            column("rank_interval", "value", numeric=True),
            *((column("direction", "value"),) if directed else ()),
        ),
        rows=tuple(rows),
        notes=(Message(key="note.ranking"), *((Message(key="note.direction"),) if directed else ())),
    )


def _way(leaning: Measure | None) -> Cell:
    if leaning is None or leaning.value is None:
        return Message(key="symbol.not_applicable")
    params = {"value": leaning.ref()}
    return Message(key=f"way.{way(leaning.value, leaning.interval)}", params=params)


def class_table(measures: list[Measure], classes: Sequence[str], unit: str) -> Table:
    """Return mean |SHAP| of the leading columns for each class, the five leading columns of each."""
    found = {
        (each.dimensions["column"], each.dimensions["class"]): each
        for each in measures
        if each.metric == "mean_abs_shap" and "class" in each.dimensions
    }
    names = _leading(measures)
    rows: list[tuple[Cell, ...]] = []
    for name in classes:
        for place in names[:5]:
            mean = found[place, name]
            rows.append((Name(text=name), Name(text=place), mean.ref(), mean.ref("interval")))
    return Table(
        name="classes",
        caption=Message(key="table.importance.classes", params={"unit": Message(key=f"unit.{unit}")}),
        columns=(
            column("class", "value"),
            column("column", "value"),
            column("mean_abs_shap", "small_cell", numeric=True),
            column("interval", "small_cell", numeric=True),
        ),
        rows=tuple(rows),
    )


def _leading(measures: list[Measure]) -> list[str]:
    return [each.dimensions["column"] for each in measures if each.metric == "rank"][:SHOWN]


def leading(ranking: list[Measure]) -> Message:
    """Return the sentence that names the three leading columns."""
    if not any(each.value for each in ranking if each.metric == "mean_abs_shap"):
        return Message(key="answer.importance_none", params={"n": ranking[0].ref("n")})
    names = Series(items=tuple(Name(text=name) for name in _leading(ranking)[:3]))
    return Message(key="answer.importance", params={"n": ranking[0].ref("n"), "columns": names})
