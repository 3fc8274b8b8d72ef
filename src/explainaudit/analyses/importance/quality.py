"""The explanation of the explanations: additivity, a second algorithm, fidelity, stability, agreement."""

from typing import Any

import numpy as np

from explainaudit.records.attribution import Attribution
from explainaudit.records.measure import Measure, Unit
from explainaudit.records.message import Message
from explainaudit.records.responses import ExplainFacts
from explainaudit.records.table import Table, column
from explainaudit.stats.rates import fact

OVER_ROWS = ("additivity_max", "output_scale")
OVER_CASES = ("second_gap", "lime_fidelity", "lime_stability", "agreement_top", "agreement_first")


def quality_measures(explained: ExplainFacts, population: Attribution, cases: list[Measure]) -> list[Measure]:
    """Return the quality of the explanations, over the rows explained or over the cases."""
    rows = len(population.keys)
    residual = float(np.abs(population.residual).max())
    scale = float(population.prediction.std())
    found = [
        _quality("additivity_max", residual, rows, "number"),
        _quality("output_scale", scale, rows, "number"),
        _quality("second_gap", explained.second_gap, explained.second_rows, "number"),
        _quality("explained", float(rows), rows, "count"),
        _quality("population", float(explained.population), explained.population, "count"),
        fact("importance", "evaluations", explained.evaluations),
    ]
    if population.spread is not None:
        found.append(_quality("sampling_error", float(population.spread.mean()), rows, "number"))
    for metric, of_case, unit in (
        ("lime_fidelity", "case_fidelity", "score"),
        ("lime_stability", "case_stability", "share"),
        ("agreement_top", "case_overlap", "share"),
    ):
        values = [each.value for each in cases if each.metric == of_case and each.value is not None]
        found.append(_quality(metric, float(np.median(values)) if values else None, len(values), unit))
    same = [each.value for each in cases if each.metric == "case_same_first" and each.value is not None]
    found.append(_quality("agreement_first", float(np.mean(same)) if same else None, len(same), "share"))
    return found


def _quality(metric: str, value: float | None, n: int, unit: Any) -> Measure:
    checked: Unit = unit
    return Measure(
        analysis="importance",
        metric=metric,
        value=value,
        reason=None if value is not None else "not_estimable",
        n=n,
        unit=checked,
        kind="quality",
        smallest_cell=n,
    )


def quality_table(name: str, metrics: tuple[str, ...], quality: list[Measure]) -> Table:
    """Return tests of the explanations, one line per test."""
    found = {each.metric: each for each in quality}
    return Table(
        name=name,
        caption=Message(key=f"table.importance.{name}"),
        columns=(
            column("test", "value"),
            column("meaning", "value"),
            column("n", "small_cell", numeric=True),
            column("value", "small_cell", numeric=True),
        ),
        rows=tuple(
            (
                Message(key=f"measure.importance.{metric}"),
                Message(key=f"meaning.{metric}"),
                found[metric].ref("n"),
                found[metric].ref(),
            )
            for metric in metrics
        ),
    )
