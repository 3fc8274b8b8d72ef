"""Predicted against observed within each group, in a few bins: what the small plots are drawn from."""

from dataclasses import dataclass

import pandas as pd

from explainaudit.analyses.calibration.groups import FEWEST, groups_in, label_of
from explainaudit.analyses.calibration.one import Predicted, binned
from explainaudit.analyses.calibration.tables import left_out
from explainaudit.records.group_columns import SensitiveFeature
from explainaudit.records.measure import Measure
from explainaudit.records.message import Message, Name
from explainaudit.records.responses import Responses
from explainaudit.records.table import Cell, Table, column

BINS, BIN_ROWS = 5, 20
SHOWN_GROUPS = 6


@dataclass(frozen=True)
class Binned:
    """One group's bins (of one output): its dimensions, rows, mean gap, and the measures of its bins."""

    dimensions: dict[str, str]
    rows: int
    gap: float
    bins: list[Measure]


def group_bins(
    parts: dict[str, Predicted], labelled: pd.DataFrame, feature: SensitiveFeature, responses: Responses
) -> tuple[list[Table], list[Measure]]:
    """Return bins of the groups that have enough outcomes, and their table if there is such a group.

    A group has them with 50 rows of either outcome, for a regression with 100 rows. The parameters are
    those of `explainaudit.analyses.calibration.groups.by_group`.
    """
    several = len(parts) > 1
    found = []
    for name, of in parts.items():
        for about, rows in groups_in(labelled, feature, responses):
            held = of.among(rows)
            if held.fewest < (FEWEST if held.probability else BINS * BIN_ROWS):
                continue
            dimensions = {"sensitive": feature.column, **about, **({"class": name} if several else {})}
            bins = [each for each in binned(held, BINS, BIN_ROWS, dimensions) if each.metric != "ece"]
            gap = abs(float(held.design.mean(held.predicted - held.outcome)))
            found.append(Binned(dimensions, held.known, gap, bins))
    if not found:
        return [], []
    table, facts = _table(feature.column, found, several=several)
    return [table], [*(each for group in found for each in group.bins), *facts]


def _table(feature: str, found: list[Binned], *, several: bool) -> tuple[Table, list[Measure]]:
    """Return the bins of the largest groups, or where there are several classes of those furthest off."""
    ordered = sorted(found, key=lambda group: -group.gap if several else -group.rows)
    kept = {id(group) for group in ordered[:SHOWN_GROUPS]}
    rows = [row for group in found if id(group) in kept for row in _rows(group)]
    name = f"group_bins:{feature}"
    notes, facts = left_out(name, sum(len(_rows(group)) for group in found) - len(rows))
    if notes and not several:
        notes = (Message(key="note.group_bins_left_out", params=notes[0].params),)
    kind = "group_bins" if found[0].bins[0].unit == "share" else "group_means"
    table = Table(
        name=name,
        caption=Message(key=f"table.calibration.{kind}", params={"feature": Name(text=feature)}),
        columns=(
            *((column("class", "value"),) if several else ()),
            column("group", "value"),
            column("bin", "value"),
            *(
                column(each, "small_cell", numeric=True)
                for each in ("n", "mean_predicted", "observed", "interval")
            ),
        ),
        rows=tuple(rows),
        notes=(Message(key=f"note.{kind}"), *notes),
    )
    return table, facts


def _rows(group: Binned) -> list[tuple[Cell, ...]]:
    of_class = (Name(text=group.dimensions["class"]),) if "class" in group.dimensions else ()
    means = {each.dimensions["bin"]: each for each in group.bins if each.metric == "bin_predicted"}
    rows: list[tuple[Cell, ...]] = []
    for seen in group.bins:
        if seen.metric == "bin_observed":
            number = seen.dimensions["bin"]
            numbers = (seen.ref("n"), means[number].ref(), seen.ref(), seen.ref("interval"))
            rows.append((*of_class, label_of(group.dimensions), Name(text=number), *numbers))
    return rows
