"""How well LIME fits and holds still within each group, as measures and a table."""

import numpy as np

from explainaudit.analyses.parity.fidelity import Fit, Gap, adjusted, gap_of
from explainaudit.analyses.parity.groups import ENOUGH, SHOWN, Group, groups_of, largest, left_out
from explainaudit.records.group_columns import GroupColumn
from explainaudit.records.measure import Interval, Measure, Unit
from explainaudit.records.message import Message, Name
from explainaudit.records.responses import Responses
from explainaudit.records.table import Cell, Table, column
from explainaudit.stats.design import mean_of
from explainaudit.stats.tiers import smallest_cell


def fitted(
    responses: Responses, features: tuple[GroupColumn, ...], fit: Fit
) -> tuple[dict[str, Table], list[Measure]]:
    """Return a table for each feature, and the measures of all; p-values are adjusted together."""
    groups = [groups_of(responses, each, fit.keys, fit.design) for each in features]
    gaps = [
        [None if group.why_not_compared else gap_of(fit.fidelity, group) for group in each] for each in groups
    ]
    tables: dict[str, Table] = {}
    measures: list[Measure] = []
    for of_feature, of_gaps, p in zip(groups, gaps, adjusted(groups, gaps), strict=True):
        lines = [_line(*each, fit) for each in zip(of_feature, of_gaps, p, strict=True)]
        tables[of_feature[0].feature], facts = _table(of_feature, lines)
        measures += [*(each for line in lines for each in line.values()), *facts]
    return tables, measures


def _line(group: Group, gap: Gap | None, p: float | None, fit: Fit) -> dict[str, Measure]:
    told = group.tier in ENOUGH
    own = mean_of(fit.fidelity[group.rows], group.design.among(group.rows)) if told else None
    still = group.rows & ~np.isnan(fit.stability)
    stable = None
    if told and still.any():
        stable = mean_of(fit.stability[still], group.design.among(still))
    apart = None if gap is None else (gap.value, gap.interval)
    sure = None if p is None else (p, None)
    found = [
        group.size("rows_compared"),
        _measure("lime_fidelity", group, own, "score"),
        _measure("lime_stability", group, stable, "share"),
        _measure("fidelity_difference", group, apart, "score"),
        _measure("fidelity_p", group, sure, "p_value"),
    ]
    return {each.metric: each for each in found}


def _measure(metric: str, group: Group, found: tuple[float, Interval | None] | None, unit: Unit) -> Measure:
    compares = metric in {"fidelity_difference", "fidelity_p"}
    why = group.why_not_compared if compares else None if group.tier in ENOUGH else "insufficient"
    rest = (int(group.others.sum()),) if compares else ()
    return Measure(
        analysis="parity",
        metric=metric,
        dimensions=group.dimensions,
        value=None if found is None else found[0],
        reason=None if found is not None else why or "not_estimable",
        interval=None if found is None else found[1],
        n=group.number,
        unit=unit,
        tier=group.tier_compared if compares else group.tier,
        estimand="people_like_these",
        kind="difference" if compares else "quality",
        smallest_cell=smallest_cell(group.cell, *rest),
    )


def _table(groups: list[Group], lines: list[dict[str, Measure]]) -> tuple[Table, list[Measure]]:
    feature = groups[0].feature
    shown = {id(group) for group in largest(groups, SHOWN)}
    rows: list[tuple[Cell, ...]] = []
    for group, line in zip(groups, lines, strict=True):
        if id(group) in shown:
            own, gap = line["lime_fidelity"], line["fidelity_difference"]
            fits = (own.ref(), own.ref("interval"), gap.ref(), gap.ref("interval"))
            rest = (line["fidelity_p"].ref(), line["lime_stability"].ref())
            rows.append((group.label, line["rows_compared"].ref(), *fits, *rest))
    notes, facts = left_out(f"fidelity:{feature}", len(groups) - len(rows))
    headings = ("n", "mean_fidelity", "interval", "fidelity_difference", "interval_difference")
    table = Table(
        name=f"fidelity:{feature}",
        caption=Message(key="table.parity.fidelity", params={"feature": Name(text=feature)}),
        columns=(
            column("group", "value"),
            *(
                column(each, "small_cell", numeric=True)
                for each in (*headings, "fidelity_p", "mean_stability")
            ),
        ),
        rows=tuple(rows),
        notes=(Message(key="note.parity_fidelity"), *notes),
    )
    return table, facts
