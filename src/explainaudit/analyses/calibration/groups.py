"""Calibration within the groups of each sensitive feature, where enough outcomes of either kind are known."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from explainaudit.analyses.calibration.one import Predicted, events_of, figures, unassessed
from explainaudit.analyses.calibration.tables import SHOWN, furthest, left_out
from explainaudit.records.evidence import Limitation
from explainaudit.records.group_columns import SensitiveFeature
from explainaudit.records.measure import Measure
from explainaudit.records.message import Message, Name, Param, Series
from explainaudit.records.responses import Responses
from explainaudit.records.table import Cell, Table, column
from explainaudit.stats.bands import in_order
from explainaudit.stats.rates import count

FEWEST = 50
Rows = NDArray[np.bool_]
Line = dict[str, Measure]


def by_group(
    parts: dict[str, Predicted], labelled: pd.DataFrame, feature: SensitiveFeature, responses: Responses
) -> tuple[Table, list[Measure], list[Limitation]]:
    """Return one table for a sensitive feature; groups with too few outcomes have their counts alone.

    Parameters
    ----------
    parts : dict of str to Predicted
        What is predicted, by output; several are classes.
    labelled : DataFrame
        The rows that ``parts`` are about.
    """
    several = len(parts) > 1
    lines: list[Line] = []
    for name, of in parts.items():
        for about, rows in groups_in(labelled, feature, responses):
            dimensions = {"sensitive": feature.column, **about, **({"class": name} if several else {})}
            lines.append(_line(of.among(rows), dimensions))
    few = [line for line in lines if line["slope"].reason == "insufficient"]
    measures = [each for line in lines for each in line.values()]
    table, facts = _table(feature.column, lines, several=several)
    notes = (Message(key=f"note.few_{'outcomes' if 'events' in lines[0] else 'rows'}"),) if few else ()
    table = table.model_copy(update={"notes": (*notes, *table.notes)})
    return table, [*measures, *facts], _limitations(feature.column, few)


def groups_in(
    labelled: pd.DataFrame, feature: SensitiveFeature, responses: Responses
) -> list[tuple[dict[str, str], Rows]]:
    """Return the dimensions and the rows of each group; rows without one are the last."""
    groups = labelled[f"group:{feature.column}"]
    names = in_order(map(str, groups.dropna().unique()), feature, responses.columns)
    found: list[tuple[dict[str, str], Rows]] = [
        ({"group": name}, (groups == name).to_numpy(dtype=bool, na_value=False)) for name in names
    ]
    if groups.isna().any():
        found.append(({"group_missing": "true"}, groups.isna().to_numpy(dtype=bool)))
    return found


def _line(held: Predicted, dimensions: dict[str, str]) -> Line:
    enough = held.fewest >= FEWEST
    made = [count("calibration", "group_size", held.known, dimensions)]
    if held.probability:
        made.append(events_of(held, dimensions))
    made += figures(held, dimensions) if enough else unassessed(held, dimensions)
    return {each.metric: each for each in made}


def _table(feature: str, lines: list[Line], *, several: bool) -> tuple[Table, list[Measure]]:
    kept = furthest({str(place): line["in_the_large"] for place, line in enumerate(lines)}, SHOWN)
    shown = [line for place, line in enumerate(lines) if str(place) in kept]
    notes, facts = left_out(f"groups:{feature}", len(lines) - len(shown))
    with_events = "events" in lines[0]
    headings = ("n", *(("events",) if with_events else ()))
    headings = (*headings, "in_the_large", "interval", "slope", "interval_slope")
    table = Table(
        name=f"groups:{feature}",
        caption=Message(
            key=f"table.calibration.groups{'_class' if several else ''}",
            params={"feature": Name(text=feature)},
        ),
        columns=(
            *((column("class", "value"),) if several else ()),
            column("group", "value"),
            *(column(each, "small_cell", numeric=True) for each in headings),
        ),
        rows=tuple(_cells(line) for line in shown),
        notes=notes,
    )
    return table, facts


def _cells(line: Line) -> tuple[Cell, ...]:
    dimensions = line["slope"].dimensions
    of_class = (Name(text=dimensions["class"]),) if "class" in dimensions else ()
    sizes = (line[metric].ref() for metric in ("group_size", "events") if metric in line)
    parts = (line[metric] for metric in ("in_the_large", "slope"))
    return (
        *of_class,
        label_of(dimensions),
        *sizes,
        *(c for p in parts for c in (p.ref(), p.ref("interval"))),
    )


def label_of(dimensions: dict[str, str]) -> Name | Message:
    """Return what a reader sees of the group."""
    return Name(text=dimensions["group"]) if "group" in dimensions else Message(key="group.missing")


def _limitations(feature: str, few: list[Line]) -> list[Limitation]:
    """Return the limitation that names the groups with too few outcomes, each once."""
    if not few:
        return []
    labels = {str(label_of(line["slope"].dimensions)): label_of(line["slope"].dimensions) for line in few}
    shown = list(labels.values())[:SHOWN]
    params: dict[str, Param] = {"feature": Name(text=feature), "groups": Series(items=tuple(shown))}
    many = "_many" if len(labels) > len(shown) else ""
    message = Message(key=f"limitation.few_outcomes{many}", params=params)
    rests = tuple(line[name].id for line in few for name in ("group_size", "events") if name in line)
    return [Limitation(code="few_outcomes", message=message, touches=("calibration",), measures=rests)]
