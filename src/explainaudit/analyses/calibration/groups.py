"""Calibration within the groups of each sensitive feature, where enough outcomes of either kind are known."""

import pandas as pd

from explainaudit.analyses.calibration.one import Predicted, figures
from explainaudit.records.evidence import Limitation
from explainaudit.records.measure import Measure
from explainaudit.records.message import Message, Name, Series
from explainaudit.records.plan import SensitiveFeature
from explainaudit.records.responses import Responses
from explainaudit.records.table import Cell, Table, column
from explainaudit.stats.bands import in_order
from explainaudit.stats.rates import count

FEWEST = 50


def by_group(
    of: Predicted, labelled: pd.DataFrame, responses: Responses, within: dict[str, str]
) -> tuple[list[Table], list[Measure], list[Limitation]]:
    """Return one table for each sensitive feature; groups with too few outcomes have their size alone."""
    tables, measures, limitations = [], [], []
    for feature in responses.sensitive:
        table, found, few = _feature(of, labelled, responses, (feature, within))
        tables.append(table)
        measures += found
        if few:
            params = {
                "feature": Name(text=feature.column),
                "groups": Series(items=tuple(Name(text=each.dimensions["group"]) for each in few)),
            }
            message = Message.model_validate({"key": "limitation.few_outcomes", "params": params})
            rests = tuple(each.id for each in few)
            limitations.append(
                Limitation(code="few_outcomes", message=message, touches=("calibration",), measures=rests)
            )
    return tables, measures, limitations


def _feature(
    of: Predicted,
    labelled: pd.DataFrame,
    responses: Responses,
    about: tuple[SensitiveFeature, dict[str, str]],
) -> tuple[Table, list[Measure], list[Measure]]:
    feature, within = about
    groups = labelled[f"group:{feature.column}"]
    measures: list[Measure] = []
    few: list[Measure] = []
    rows: list[tuple[Cell, ...]] = []
    for group in in_order(map(str, groups.dropna().unique()), feature, responses.columns):
        inside = (groups == group).to_numpy(dtype=bool, na_value=False)
        dimensions = {**within, "sensitive": feature.column, "group": group}
        held = of.among(inside)
        size = count("calibration", "group_size", int(inside.sum()), dimensions)
        measures.append(size)
        events = held.outcome.sum() if of.probability else len(held.outcome)
        if min(events, len(held.outcome) - events if of.probability else events) < FEWEST:
            few.append(size)
            rows.append((Name(text=group), size.ref(), *([None] * 4)))
            continue
        found = {each.metric: each for each in figures(held, dimensions)}
        measures += found.values()
        cells = (
            part
            for name in ("in_the_large", "slope")
            for part in (found[name].ref(), found[name].ref("interval"))
        )
        rows.append((Name(text=group), size.ref(), *cells))
    headings = ("n", "in_the_large", "interval", "slope", "interval_slope")
    name = ":".join(["groups", *within.values(), feature.column])
    params = {"feature": Name(text=feature.column), **{key: Name(text=text) for key, text in within.items()}}
    table = Table(
        name=name,
        caption=Message.model_validate(
            {"key": f"table.calibration.groups{'_class' if within else ''}", "params": params}
        ),
        columns=(column("group", "value"), *(column(each, "small_cell", numeric=True) for each in headings)),
        rows=tuple(rows),
        notes=(Message(key="note.few_outcomes"),) if few else (),
    )
    return table, measures, few
