"""The method chapter: how every figure of the dossier is defined, and how its interval is made."""

from collections.abc import Sequence

from explainaudit.analysis import Analysis
from explainaudit.records.bundle import Bundle
from explainaudit.records.evidence import Evidence
from explainaudit.records.message import Message, Series
from explainaudit.records.plan import Explain
from explainaudit.records.table import Cell, Table, column

# Figures whose definition is that of a kind of SHAP values.
OF_KIND = {"cases.shap", "importance.mean_abs_shap"}


def methods(bundle: Bundle, analyses: Sequence[Analysis]) -> tuple[Table, ...]:
    """Return one table for each analysis that was assessed, with a row for each registered figure it made."""
    explain = bundle.provenance.plan.explain
    # Bundles of the first schema have another record, and interventional values alone.
    kind = explain.values if isinstance(explain, Explain) else "interventional"
    found = []
    for analysis in analyses:
        evidence = bundle.of(analysis.name)
        if evidence is None or evidence.not_assessed is not None:
            continue
        if rows := tuple(_rows(analysis, evidence, kind)):
            found.append(_table(analysis.name, rows))
    return tuple(found)


def _rows(analysis: Analysis, evidence: Evidence, kind: str) -> list[tuple[Cell, ...]]:
    rows: list[tuple[Cell, ...]] = []
    for spec in analysis.measures:
        made = [measure for measure in evidence.measures if measure.metric == spec.metric]
        if not made:
            continue
        names = sorted({measure.interval.method for measure in made if measure.interval is not None})
        intervals = Series(items=tuple(Message(key=f"method.{name}") for name in names))
        key = f"{analysis.name}.{spec.metric}"
        formula = f"{key}_{kind}" if kind != "interventional" and key in OF_KIND else key
        rows.append(
            (
                Message(key=f"measure.{key}"),
                Message(key=f"formula.{formula}"),
                Message(key="list.of", params={"items": intervals}) if names else None,
            )
        )
    return rows


def _table(analysis: str, rows: tuple[tuple[Cell, ...], ...]) -> Table:
    return Table(
        name=f"methods:{analysis}",
        caption=Message(key="table.methods", params={"question": Message(key=f"question.{analysis}")}),
        columns=tuple(column(name, "value") for name in ("measure", "formula", "interval_method")),
        rows=rows,
    )
