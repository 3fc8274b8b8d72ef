"""Who is in the data: group shares, against a declared population, and missing values by group."""

import pandas as pd

from explainaudit.records.group_columns import SensitiveFeature
from explainaudit.records.measure import Interval, Measure
from explainaudit.records.message import Message, Name
from explainaudit.records.responses import Responses
from explainaudit.records.table import Cell, Table, column
from explainaudit.stats.bands import in_order
from explainaudit.stats.design import Design
from explainaudit.stats.rates import rate, rated

SHOWN = 20


def group_shares(responses: Responses, feature: SensitiveFeature) -> tuple[Table, list[Measure]]:
    """Return the share of each group, beside the declared population where there is one."""
    groups = responses.scored[f"group:{feature.column}"]
    design = Design.of(responses.scored)
    about = {"sensitive": feature.column}
    measures: list[Measure] = []
    rows: list[tuple[Cell, ...]] = []
    known = {str(group) for group in groups.dropna().unique()} | set(feature.population or {})
    for group in in_order(known, feature, responses.columns):
        inside = (groups == group).to_numpy(dtype=bool, na_value=False)
        share = rated("data", "group_share", inside, design, {**about, "group": group})
        measures.append(share)
        line: tuple[Cell, ...] = (Name(text=group), share.ref(), share.ref("interval"))
        if feature.population is not None:
            declared, gap = _against(share, feature.population.get(group))
            measures += [declared, gap]
            line = (*line, declared.ref(), gap.ref(), gap.ref("interval"))
        rows.append(line)
    missing = groups.isna().to_numpy()
    if missing.any():
        unknown = rated("data", "group_missing", missing, design, about)
        measures.append(unknown)
        empty = (None, None, None) if feature.population is not None else ()
        rows.append((Message(key="group.missing"), unknown.ref(), unknown.ref("interval"), *empty))
    headings: tuple[str, ...] = ("share", "interval")
    if feature.population is not None:
        headings = (*headings, "declared_share", "difference", "interval_difference")
    table = Table(
        name=f"groups:{feature.column}",
        caption=Message(key="table.data.groups", params={"feature": Name(text=feature.column)}),
        columns=(column("group", "value"), *(column(name, "small_cell", numeric=True) for name in headings)),
        rows=tuple(rows),
    )
    return table, measures


def _against(share: Measure, population: float | None) -> tuple[Measure, Measure]:
    """Return the declared share, and how far the sample's is from it, the declaration taken as exact."""
    given = {"analysis": "data", "dimensions": share.dimensions}
    declared = Measure.model_validate(
        {
            **given,
            "metric": "population_share",
            "value": population,
            "reason": None if population is not None else "not_applicable",
            "unit": "share",
            "kind": "fact",
        }
    )
    interval = None
    if population is not None and share.interval is not None:
        ends = share.interval
        interval = Interval(low=ends.low - population, high=ends.high - population, method=ends.method)
    known = population is not None and share.value is not None
    gap = share.model_copy(
        update={
            "metric": "population_gap",
            "value": (share.value or 0.0) - (population or 0.0) if known else None,
            "reason": None if known else "not_applicable",
            "interval": interval if known else None,
            "unit": "points",
            "kind": "difference",
        }
    )
    return declared, gap


def missing_by_group(
    responses: Responses, rows: pd.DataFrame, feature: SensitiveFeature
) -> tuple[Table, list[Measure]] | None:
    """Return the missing share of each incomplete input within each group; ``None`` if nothing is missing."""
    inputs = [each.name for each in responses.columns if each.role == "input"]
    incomplete = [name for name in inputs if rows[name].isna().any() and name != feature.column]
    if not incomplete:
        return None
    groups, counts = responses.scored[f"group:{feature.column}"], Design.of(responses.scored).counts
    measures: list[Measure] = []
    lines: list[tuple[Cell, ...]] = []
    for group in in_order(map(str, groups.dropna().unique()), feature, responses.columns):
        inside = (groups == group).to_numpy(dtype=bool, na_value=False) & counts
        for name in incomplete:
            k = int(rows[name][inside].isna().sum())
            about = {"column": name, "sensitive": feature.column, "group": group}
            found = rate("data", "missing_in_group", (k, int(inside.sum())), about)
            measures.append(found)
            lines.append(
                (Name(text=group), Name(text=name), found.ref("n"), found.ref(), found.ref("interval"))
            )
    table = Table(
        name=f"missing:{feature.column}",
        caption=Message(key="table.data.missing", params={"feature": Name(text=feature.column)}),
        columns=(
            column("group", "value"),
            column("column", "value"),
            *(column(name, "small_cell", numeric=True) for name in ("n", "missing", "interval")),
        ),
        rows=tuple(lines[:SHOWN]),
        notes=(Message(key="note.more_rows"),) if len(lines) > SHOWN else (),
    )
    return table, measures
