"""What is odd about the rows and columns: duplicates, constants, ids among the inputs, leakage."""

import numpy as np
import pandas as pd

from explainaudit.records.measure import Measure
from explainaudit.records.message import Message, Name
from explainaudit.records.responses import Responses
from explainaudit.records.table import Cell, Table, column
from explainaudit.stats.design import Design
from explainaudit.stats.discrimination import weighted_auc
from explainaudit.stats.rates import fact, rate

FEWEST_DISTINCT = 50
SHOWN = 10


def oddities(responses: Responses, rows: pd.DataFrame, id_like: float) -> tuple[Table, list[Measure]]:
    """Return counts of duplicate rows, constant inputs and inputs that look like ids."""
    known = [each.name for each in responses.columns if each.role != "row_id"]
    measures = [rate("data", "duplicates", (int(rows.duplicated(subset=known).sum()), len(rows)))]
    if responses.training_rows is not None:
        measures.append(_seen(responses, rows, responses.training_rows))
    inputs = [each for each in responses.columns if each.role == "input"]
    constant = [each.name for each in inputs if rows[each.name].nunique(dropna=False) <= 1]
    ids = [
        each.name for each in inputs if each.type in {"text", "integer"} and is_id(rows[each.name], id_like)
    ]
    measures += [fact("data", "constant", len(constant)), fact("data", "id_like", len(ids))]
    rows_said: list[tuple[Cell, ...]] = []
    for each in measures:
        names = {"constant": constant, "id_like": ids}.get(each.metric, [])
        said = Message(key="symbol.not_applicable")
        if names:
            said = Message.model_validate(
                {
                    "key": "list.of",
                    "params": {"items": {"items": [Name(text=name) for name in names[:SHOWN]]}},
                }
            )
        label = Message(key=f"measure.data.{each.metric}")
        ends = each.ref("interval") if each.kind == "rate" else None
        rows_said.append((label, each.ref(), ends, said))
    table = Table(
        name="oddities",
        caption=Message(key="table.data.oddities"),
        columns=(
            column("test", "value"),
            *(column(name, "small_cell", numeric=True) for name in ("value", "interval")),
            column("named", "value"),
        ),
        rows=tuple(rows_said),
    )
    return table, measures


def _seen(responses: Responses, rows: pd.DataFrame, training: pd.DataFrame) -> Measure:
    """Return the share of sample rows whose inputs and outcome stand in the training table as well."""
    names = [each.name for each in responses.columns if each.role in {"input", "target"}]
    names = [name for name in names if name in training]
    known = set(pd.util.hash_pandas_object(training[names].astype(object), index=False))
    mine = pd.util.hash_pandas_object(rows[names].astype(object), index=False)
    return rate("data", "in_training", (int(mine.isin(known).sum()), len(rows)))


def is_id(values: pd.Series, share: float) -> bool:
    """Return whether nearly all values of a column differ, as those of an id do."""
    known = values.dropna()
    return len(known) >= FEWEST_DISTINCT and known.nunique() >= share * len(known)


def leakage(responses: Responses, rows: pd.DataFrame) -> tuple[Table, list[Measure]] | None:
    """Return how well each single input tells the outcome, strongest first; ``None`` with several classes.

    |2·AUC − 1| of the column against the event, or |Spearman| against a target, for columns of numbers.
    """
    known = responses.scored["label"].notna().to_numpy()
    numbers = [
        each.name for each in responses.columns if each.role == "input" and each.type in {"integer", "number"}
    ]
    if responses.task.type == "multiclass" or not numbers or not known.any():
        return None
    label = responses.scored["label"][known]
    measures = [_single(name, rows[name][known], label, responses) for name in numbers]
    ordered = sorted(measures, key=lambda each: -(each.value or 0.0))
    lines: list[tuple[Cell, ...]] = [
        (Name(text=each.dimensions["column"]), each.ref("n"), each.ref()) for each in ordered[:SHOWN]
    ]
    table = Table(
        name="single_inputs",
        caption=Message(key=f"table.data.single_inputs_{responses.task.type}"),
        columns=(
            column("column", "value"),
            *(column(name, "small_cell", numeric=True) for name in ("n", "association")),
        ),
        rows=tuple(lines),
        notes=(Message(key="note.single_inputs"),),
        of_labels=True,
    )
    return table, measures


def _single(name: str, column: pd.Series, label: pd.Series, responses: Responses) -> Measure:
    """Return how well one input tells the outcome, over the rows that have both."""
    values = column.to_numpy(dtype=np.float64, na_value=np.nan)
    there = ~np.isnan(values)
    found = _strength(values[there], label[there], responses)
    n = int(there.sum())
    return Measure(
        analysis="data",
        metric="single_input",
        dimensions={"column": name},
        value=found,
        reason=None if found is not None else "not_estimable",
        n=n,
        unit="score",
        kind="score",
        smallest_cell=n,
    )


def _strength(values: np.ndarray, label: pd.Series, responses: Responses) -> float | None:
    if len(values) < 3:
        return None
    if responses.task.type == "regression":
        from scipy.stats import spearmanr

        outcome = label.to_numpy(dtype=np.float64)
        varies = np.ptp(values) > 0 and np.ptp(outcome) > 0
        return abs(float(spearmanr(values, outcome).statistic)) if varies else None
    n = len(values)
    everyone = Design(np.ones(n), np.arange(n, dtype=np.intp), simple=False)
    ranked = weighted_auc((label == responses.task.event).to_numpy(), values, everyone)
    return None if ranked is None else abs(2 * ranked[0] - 1)
