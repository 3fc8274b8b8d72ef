"""What the tables are: their size and digest, the columns with their roles, the outcomes."""

import numpy as np
import pandas as pd

from explainaudit.records.measure import Interval, Measure
from explainaudit.records.message import Message, Name
from explainaudit.records.responses import Responses
from explainaudit.records.table import Cell, Table, column
from explainaudit.stats.design import Design, mean_of, people
from explainaudit.stats.quantiles import quantile
from explainaudit.stats.rates import count, fact, rate, rated
from explainaudit.stats.tiers import smallest_cell

SHOWN = 20
QUANTILES = {"5": 0.05, "25": 0.25, "50": 0.5, "75": 0.75, "95": 0.95}


def identity(responses: Responses) -> tuple[Table, list[Measure]]:
    """Return the named tables with their size and digest."""
    measures: list[Measure] = []
    rows: list[tuple[Cell, ...]] = []
    for each in responses.tables:
        size = count("data", "table_rows", each.rows, {"table": each.name})
        width = fact("data", "table_columns", each.columns, {"table": each.name})
        measures += [size, width]
        label = Message(key=f"table_name.{each.name}")
        rows.append((label, size.ref(), width.ref(), Name(text=each.digest[:16])))
    table = Table(
        name="identity",
        caption=Message(key="table.data.identity"),
        columns=(
            column("table", "value"),
            column("rows", "small_cell", numeric=True),
            column("columns", "value", numeric=True),
            column("digest", "value"),
        ),
        rows=tuple(rows),
    )
    return table, measures


def columns(responses: Responses, rows: pd.DataFrame) -> tuple[Table, list[Measure]]:
    """Return every column with role, type, missing share and number of different values."""
    n = len(rows)
    measures: list[Measure] = []
    lines: list[tuple[Cell, ...]] = []
    for each in responses.columns:
        about = {"column": each.name}
        missing = rate("data", "missing", (int(rows[each.name].isna().sum()), n), about)
        different = fact("data", "distinct", int(rows[each.name].nunique()), about)
        measures += [missing, different]
        if each.role not in {"input", "sensitive"} and not each.sensitive:
            measures.append(fact("data", "not_asked_of", 1, about))
        role = "input_and_sensitive" if each.role == "input" and each.sensitive else each.role
        words = (Message(key=f"role.{role}"), Message(key=f"type.{each.type}"))
        lines.append((Name(text=each.name), *words, missing.ref(), different.ref()))
    more = len(lines) > SHOWN
    table = Table(
        name="columns",
        caption=Message(key="table.data.columns"),
        columns=(
            column("column", "value"),
            column("role", "value"),
            column("type", "value"),
            column("missing", "small_cell", numeric=True),
            column("distinct", "value", numeric=True),
        ),
        rows=tuple(lines[:SHOWN]),
        notes=(Message(key="note.more_columns"),) if more else (),
    )
    return table, measures


def outcomes(responses: Responses) -> tuple[Table, list[Measure]]:
    """Return how often each outcome occurs, or where the outcomes of a regression lie."""
    labelled = people(responses.scored[responses.scored["label"].notna()].reset_index(drop=True))
    design = Design.of(labelled)
    if responses.task.type == "regression":
        measures = _target(labelled["label"].to_numpy(dtype=np.float64), design)
    else:
        label = labelled["label"].to_numpy(dtype=object)
        measures = [
            rated("data", "class_share", label == name, design, {"class": name})
            for name in responses.model.classes
        ]
    rows: list[tuple[Cell, ...]] = [
        (_label(each), each.ref("n"), each.ref(), each.ref("interval")) for each in measures
    ]
    table = Table(
        name="outcomes",
        caption=Message(key="table.data.outcomes", params={"target": Name(text=responses.task.target)}),
        columns=(
            column("outcome", "value"),
            *(column(name, "small_cell", numeric=True) for name in ("n", "value", "interval")),
        ),
        rows=tuple(rows),
        of_labels=True,
    )
    return table, measures


def _label(measure: Measure) -> Cell:
    if "class" in measure.dimensions:
        return Name(text=measure.dimensions["class"])
    if "quantile" in measure.dimensions:
        return Message(key="outcome.quantile", params={"share": Name(text=measure.dimensions["quantile"])})
    return Message(key=f"outcome.{measure.metric}")


def _target(label: np.ndarray, design: Design) -> list[Measure]:
    n = len(label)
    if n == 0:
        return []
    found: list[tuple[str, dict[str, str], tuple[float, Interval | None]]] = [
        ("target_mean", {}, mean_of(label, design))
    ]
    found += [
        ("target_quantile", {"quantile": name}, quantile(label, share, design))
        for name, share in QUANTILES.items()
    ]
    return [
        Measure.model_validate(
            {
                "analysis": "data",
                "metric": metric,
                "dimensions": about,
                "value": value,
                "interval": interval,
                "n": n,
                "unit": "target",
                "estimand": "people_like_these",
                "kind": "score",
                "smallest_cell": n,
            }
        )
        for metric, about, (value, interval) in found
    ]


def flow(responses: Responses) -> tuple[Table, list[Measure]]:
    """Return how many rows were read, carry weight, and have a known outcome."""
    scored = responses.scored
    labelled = int(scored["label"].notna().sum())
    unlabelled = len(scored) - labelled
    # Beside the number of rows, either count gives the other away.
    cell = {"smallest_cell": smallest_cell(labelled, unlabelled)}
    measures = [
        count("data", "rows", len(scored)),
        count("data", "labelled", labelled).model_copy(update=cell),
        count("data", "unlabelled", unlabelled).model_copy(update=cell),
    ]
    if "weight" in scored:
        idle = int((scored["weight"] == 0).sum())
        measures.append(count("data", "weightless", idle))
    rows: list[tuple[Cell, ...]] = [
        (Message(key=f"measure.data.{each.metric}"), each.ref()) for each in measures
    ]
    table = Table(
        name="flow",
        caption=Message(key="table.data.flow"),
        columns=(column("rows_that", "value"), column("n", "small_cell", numeric=True)),
        rows=tuple(rows),
    )
    return table, measures


def design_measures(responses: Responses) -> tuple[Table, list[Measure]] | None:
    """Return what weights and clusters do to the number of rows; ``None`` where the plan names neither."""
    design = Design.of(responses.scored)
    if design.simple:
        return None
    n = design.number()
    sums = np.bincount(design.cluster, weights=design.weight)
    kish = float(design.weight.sum() ** 2 / (design.weight**2).sum())
    found = [
        ("weight_sum", design.total),
        ("weight_largest", float(design.weight.max())),
        ("effective_n", kish),
    ]
    if "cluster" in responses.scored:
        sizes = np.bincount(design.cluster)
        found += [("clusters", float((sums > 0).sum())), ("cluster_largest", float(sizes.max()))]
    measures = [
        Measure(
            analysis="data", metric=metric, value=value, n=n, unit="number", kind="score", smallest_cell=n,
        )
        for metric, value in found
    ]  # fmt: skip
    rows: list[tuple[Cell, ...]] = [
        (Message(key=f"measure.data.{each.metric}"), each.ref()) for each in measures
    ]
    table = Table(
        name="design",
        caption=Message(key="table.data.design"),
        columns=(column("measure", "value"), column("value", "small_cell", numeric=True)),
        rows=tuple(rows),
        notes=(Message(key="note.design"),),
    )
    return table, measures
