"""The cases: what SHAP and LIME say of the same row, column by column, and how far to trust it."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explainaudit.records.attribution import Attribution
from explainaudit.records.evidence import Limitation
from explainaudit.records.measure import Measure, Unit
from explainaudit.records.message import Message, Name, Param, Series
from explainaudit.records.responses import CaseFacts
from explainaudit.records.table import Cell, Table, column
from explainaudit.stats.agreement import same_first, sign_agreement, top_overlap

TOP = 4
SHOWN = 20
Attributions = Sequence[Attribution]


def case_measures(
    cases: Sequence[CaseFacts], shaps: Attributions, limes: Attributions, score: Unit
) -> list[Measure]:
    """Return all figures about the cases; each rests on one person.

    A case speaks of its own output; ``score`` is the unit of its score.
    """
    measures = []
    for row, case in enumerate(cases):
        shap, lime = of_output(shaps, case.output), of_output(limes, case.output)
        dimensions = {"case": str(case.number)}
        first, second = shap.values[row], lime.contribution[row]
        overlap, sign, same = _agreement(first, second)
        figures: tuple[tuple[str, float | None, Unit], ...] = (
            ("case_score", case.score, score),
            ("case_output", shap.prediction[row], shap.unit),
            ("case_base", shap.base[row], shap.unit),
            ("case_residual", abs(shap.residual[row]), "number"),
            ("case_fidelity", _number(lime.fidelity, row), "score"),
            ("case_stability", _number(lime.stability, row), "share"),
            ("case_overlap", overlap, "share"),
            ("case_sign", sign, "share"),
            ("case_same_first", same, "count"),
        )
        measures += [_measure(metric, dimensions, value, unit) for metric, value, unit in figures]
        for index, name in enumerate(shap.columns):
            within = {"case": str(case.number), "column": name}
            recorded = case.values[name]
            if isinstance(recorded, float):
                measures.append(_measure("recorded", within, recorded, "recorded"))
            cells: tuple[tuple[str, float | None, Unit], ...] = (
                ("shap", first[index], shap.unit),
                ("shap_error", _cell(shap.spread, row, index), "score"),
                ("lime", lime.values[row, index], lime.unit),
                ("lime_spread", _cell(lime.spread, row, index), "score"),
                ("lime_contribution", second[index], lime.unit),
            )
            measures += [_measure(metric, within, value, unit) for metric, value, unit in cells]
    return measures


def _agreement(
    first: NDArray[np.float64], second: NDArray[np.float64]
) -> tuple[float | None, float | None, float | None]:
    """Return overlap and sign agreement of the leading columns, and whether the first is the same.

    Nothing can be said where a method names no column, and no overlap with no more columns than
    leading ones: it is complete whatever the methods say.
    """
    if not (np.isfinite(second).all() and first.any() and second.any()):
        return None, None, None
    overlap = top_overlap(first, second, TOP) if len(first) > TOP else None
    return overlap, sign_agreement(first, second, TOP), float(same_first(first, second))


def _measure(metric: str, dimensions: dict[str, str], value: float | None, unit: Unit) -> Measure:
    common: dict[str, Any] = {"analysis": "cases", "metric": metric, "dimensions": dimensions}
    known = value is not None and not math.isnan(value)
    return Measure(
        **common,
        value=float(value) if known and value is not None else None,
        reason=None if known else "not_estimable",
        n=1,
        unit=unit,
        kind="attribution",
        smallest_cell=1,
    )


def _number(array: np.ndarray | None, row: int) -> float | None:
    return None if array is None else float(array[row])


def _cell(array: np.ndarray | None, row: int, index: int) -> float | None:
    return None if array is None else float(array[row, index])


def of_output(attributions: Attributions, output: str) -> Attribution:
    """Return the attribution of one output."""
    return next(each for each in attributions if each.output == output)


def unexplained(
    cases: Sequence[CaseFacts], limes: Attributions, measures: list[Measure]
) -> tuple[Limitation, ...]:
    """Return the limitation that names the cases LIME could not explain, if there are any."""
    numbers = {str(case.number) for row, case in enumerate(cases) if math.isnan(limes[0].base[row])}
    if not numbers:
        return ()
    names = (Message(key="case.name", params={"number": Name(text=number)}) for number in sorted(numbers))
    return (
        Limitation(
            code="lime_missing",
            message=Message(key="limitation.lime_missing", params={"cases": Series(items=tuple(names))}),
            touches=("cases", "agreement"),
            measures=tuple(
                each.id
                for each in measures
                if each.metric == "case_fidelity" and each.dimensions["case"] in numbers
            ),
        ),
    )


def overview_table(cases: Sequence[CaseFacts], measures: list[Measure]) -> Table:
    """Return one row per case: its rule, the model's answer, and the quality of both methods."""
    found = {
        (each.metric, each.dimensions.get("case")): each
        for each in measures
        if "column" not in each.dimensions
    }
    several = len({case.output for case in cases}) > 1
    metrics = ("case_score", "case_residual", "case_fidelity", "case_stability", "case_overlap", "case_sign")
    rows: list[tuple[Cell, ...]] = []
    for case in cases:
        number = str(case.number)
        label: Cell = Message(key="label.missing") if case.label is None else Name(text=case.label)
        rows.append(
            (
                Message(key="case.name", params={"number": Name(text=number)}),
                Message(key=f"rule.{case.rule}"),
                *((Name(text=case.output),) if several else ()),
                label,
                *(found[metric, number].ref() for metric in metrics),
            )
        )
    return Table(
        name="cases",
        caption=Message(key="table.cases.cases"),
        columns=(
            column("case", "identifies"),
            column("rule", "value"),
            *((column("predicted", "value"),) if several else ()),
            column("label", "value"),
            *(column(metric, "value", numeric=True) for metric in metrics),
        ),
        rows=tuple(rows),
        notes=(Message(key="note.cases"),),
    )


def case_table(case: CaseFacts, shaps: Attributions, measures: list[Measure]) -> Table:
    """Return one case, a row per column, the largest |SHAP| first, at most twenty."""
    shap = of_output(shaps, case.output)
    number = str(case.number)
    found = {
        (each.metric, each.dimensions["column"]): each
        for each in measures
        if each.dimensions.get("case") == number and "column" in each.dimensions
    }
    sizes = np.abs(shap.values[case.number - 1])
    order = [shap.columns[index] for index in np.argsort(-sizes, kind="stable")][:SHOWN]
    metrics: tuple[str, ...] = ("shap", "lime_contribution", "lime", "lime_spread")
    if shap.spread is not None:
        metrics = ("shap", "shap_error", "lime_contribution", "lime", "lime_spread")
    rows: list[tuple[Cell, ...]] = []
    for name in order:
        value = case.values[name]
        shown: Cell = Message(key="value.missing")
        if value is not None:
            shown = Name(text=value) if isinstance(value, str) else found["recorded", name].ref()
        rows.append((Name(text=name), shown, *(found[metric, name].ref() for metric in metrics)))
    return Table(
        name=f"case:{number}",
        caption=Message(
            key="table.cases.case",
            params={
                "number": Name(text=number),
                "rule": Message(key=f"rule.{case.rule}"),
                "unit": Message(key=f"unit.{shap.unit}"),
                "output": Name(text=case.output),
            },
        ),
        columns=(
            column("column", "value"),
            column("recorded", "identifies"),
            *(column(metric, "value", numeric=True) for metric in metrics),
        ),
        rows=tuple(rows),
        notes=(_sum(number, measures),),
    )


def _sum(number: str, measures: list[Measure]) -> Message:
    """Return the sentence that adds a case's base value and contributions up to its output."""
    whole = {each.metric: each.ref() for each in measures if each.dimensions == {"case": number}}
    total: dict[str, Param] = {
        "base": whole["case_base"],
        "output": whole["case_output"],
        "gap": whole["case_residual"],
        "score": whole["case_score"],
    }
    return Message(key="note.sum", params=total)
