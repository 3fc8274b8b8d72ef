"""Mean |SHAP| of the columns within each group, and how far the order agrees with that of all others."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explainaudit.analyses.parity.groups import SHOWN, Group, largest, left_out
from explainaudit.records.measure import Interval, Measure
from explainaudit.records.message import Message, Name
from explainaudit.records.responses import Responses
from explainaudit.records.table import Cell, Table, column
from explainaudit.stats.agreement import spearman
from explainaudit.stats.design import Design
from explainaudit.stats.tiers import smallest_cell
from explainaudit.stats.weighting import mean_interval

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Importances:
    """Sizes |φ| of all rows explained, shape (n, d), averaged over the outputs, and the design of the rows.

    ``simple`` says that the plan names neither weights nor clusters: rows of equal inclusion are strata then.
    """

    columns: tuple[str, ...]
    sizes: Floats
    inclusion: Floats
    keys: NDArray[np.str_]
    design: Design
    simple: bool

    def means(self, rows: NDArray[np.bool_]) -> Floats:
        """Return the mean size of every column over some rows, shape (d,)."""
        return self.design.among(rows).mean(self.sizes[rows])

    def mean(self, rows: NDArray[np.bool_], place: int) -> tuple[float, Interval | None]:
        """Return the mean size of one column over some rows, and its interval."""
        held, values = self.design.among(rows), self.sizes[rows, place]
        if held.freedom < 1:
            return float(held.mean(values)), None
        return mean_interval(values, self.inclusion[rows], None if self.simple else held)


def importances_of(responses: Responses) -> Importances:
    """Return the sizes of the SHAP values of the rows explained."""
    first = responses.attributions[0]
    sizes = np.mean([np.abs(each.values) for each in responses.attributions], axis=0)
    design = Design.chosen(responses.scored, first.keys, first.inclusion)
    simple = Design.of(responses.scored).simple
    return Importances(first.columns, sizes, first.inclusion, first.keys, design, simple)


def order_of(groups: list[Group], of: Importances) -> tuple[Table, list[Measure]]:
    """Return how many rows of each group are explained, and how far its order agrees with the others'."""
    measures: list[Measure] = []
    shown = {id(group) for group in largest(groups, SHOWN)}
    lines: list[tuple[Cell, ...]] = []
    for group in groups:
        size, found = group.size("rows_explained"), _agreement(group, of)
        measures += [size, found]
        if id(group) in shown:
            lines.append((group.label, size.ref(), found.ref()))
    notes, facts = left_out(f"order:{groups[0].feature}", len(groups) - len(lines))
    table = Table(
        name=f"order:{groups[0].feature}",
        caption=Message(key="table.parity.order", params={"feature": Name(text=groups[0].feature)}),
        columns=(
            column("group", "value"),
            *(column(each, "small_cell", numeric=True) for each in ("rows_explained", "rank_agreement")),
        ),
        rows=tuple(lines),
        notes=(Message(key="note.parity_order"), *notes),
    )
    return table, [*measures, *facts]


def _agreement(group: Group, of: Importances) -> Measure:
    """Return Spearman's correlation of the group's importances with those of all others."""
    why = group.why_not_compared
    value = None
    if why is None:
        value = spearman(of.means(group.rows), of.means(group.others))
        why = "not_estimable" if value is None else None
    return Measure(
        analysis="parity",
        metric="rank_agreement",
        dimensions=group.dimensions,
        value=value,
        reason=why,
        n=group.number,
        unit="score",
        tier=group.tier_compared,
        kind="quality",
        smallest_cell=smallest_cell(group.cell, int(group.others.sum())),
    )
