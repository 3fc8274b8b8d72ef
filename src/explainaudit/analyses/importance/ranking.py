"""The global ranking: mean |SHAP| of each column, with intervals for the mean and for the rank."""

import numpy as np

from explainaudit.records.attribution import Attribution
from explainaudit.records.measure import Measure
from explainaudit.records.message import Message, Name, Series
from explainaudit.records.table import Cell, Table, column
from explainaudit.stats.intervals import mean_interval
from explainaudit.stats.keyed import random_state
from explainaudit.stats.ranking import rank_intervals

SHOWN = 20


def ranking_measures(population: Attribution, *, seed: int) -> list[Measure]:
    """Return mean |SHAP|, rank, and the rank's interval of every column, the largest mean first."""
    sizes = np.abs(population.values)
    lows, highs = rank_intervals(sizes, population.inclusion, seed=random_state(seed, "rank"))
    found = []
    for index, name in enumerate(population.columns):
        mean, interval = mean_interval(sizes[:, index], population.inclusion)
        found.append((mean, name, interval, int(lows[index]), int(highs[index])))
    measures = []
    n = len(population.keys)
    for rank, (mean, name, interval, low, high) in enumerate(
        sorted(found, key=lambda e: (-e[0], e[1])), start=1
    ):
        for metric, value, unit in (("mean_abs_shap", mean, "score"), ("rank", float(rank), "count")):
            ends = interval
            if metric == "rank":
                ends = interval.model_copy(update={"low": float(low), "high": float(high), "method": "ranks"})
            measures.append(
                Measure.model_validate(
                    {
                        "analysis": "importance",
                        "metric": metric,
                        "dimensions": {"column": name},
                        "value": value,
                        "interval": ends,
                        "n": n,
                        "unit": unit,
                        "estimand": "people_like_these",
                        "kind": "attribution",
                        "smallest_cell": n,
                    }
                )
            )
    return measures


def ranking_table(ranking: list[Measure], unit: str) -> Table:
    """Return the ranking's table, at most the twenty leading columns."""
    found = {(each.metric, each.dimensions["column"]): each for each in ranking}
    names = [each.dimensions["column"] for each in ranking if each.metric == "rank"][:SHOWN]
    rows: list[tuple[Cell, ...]] = []
    for name in names:
        rank, mean = found["rank", name], found["mean_abs_shap", name]
        rows.append((rank.ref(), Name(text=name), mean.ref(), mean.ref("interval"), rank.ref("interval")))
    return Table(
        name="ranking",
        caption=Message(key="table.importance.ranking", params={"unit": Message(key=f"unit.{unit}")}),
        columns=(
            column("rank", "value", numeric=True),
            column("column", "value"),
            column("mean_abs_shap", "small_cell", numeric=True),
            column("interval", "small_cell", numeric=True),
            column("rank_interval", "value", numeric=True),
        ),
        rows=tuple(rows),
        notes=(Message(key="note.ranking"),),
    )


def leading(ranking: list[Measure]) -> Message:
    """Return the sentence that names the three leading columns."""
    if not any(each.value for each in ranking if each.metric == "mean_abs_shap"):
        return Message(key="answer.importance_none", params={"n": ranking[0].ref("n")})
    first = [each for each in ranking if each.metric == "rank"][:3]
    names = Series(items=tuple(Name(text=each.dimensions["column"]) for each in first))
    return Message(key="answer.importance", params={"n": ranking[0].ref("n"), "columns": names})
