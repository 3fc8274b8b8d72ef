"""What a model says of groups beside the favourable decision: score bands and predicted classes."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from explainaudit.analyses.fairness.groups import SHOWN, Group, label_of, left_out
from explainaudit.records.measure import Measure
from explainaudit.records.message import Message, Name, Ref
from explainaudit.records.table import Cell, Table, column
from explainaudit.stats.rates import rated
from explainaudit.stats.tiers import tier

Found = tuple[Table, list[Measure]]


def parted(
    groups: Sequence[Group], shown: Sequence[Group], labels: pd.Series, names: tuple[str, ...], *, kind: str
) -> Found:
    """Return the share of each name within each group: ``kind`` is ``band`` or ``class``.

    The table has the groups ``shown``; the measures are of all.
    """
    everyone = np.concatenate([np.zeros(0, dtype=np.intp), *(group.rows for group in groups)])
    measures = []
    for name in names:
        hit = (labels == name).to_numpy(dtype=bool, na_value=False)
        pooled = float(hit[everyone].mean()) if len(everyone) else 0.0
        for group in groups:
            inside = hit[group.rows]
            sure = tier(group.design.worth(), int(inside.sum()), pooled=pooled)
            about = {**group.dimensions, kind: name}
            measures.append(rated("fairness", f"{kind}_rate", inside, group.design, about, tier=sure))
    lines = [(each, (each.ref("n"), each.ref(), each.ref("interval"))) for each in measures]
    table, facts = by_name(shown, lines, kind=kind, headings=("of_n", "value", "interval"))
    return table, [*measures, *facts]


def by_name(
    groups: Sequence[Group],
    lines: Sequence[tuple[Measure, tuple[Ref, ...]]],
    *,
    kind: str,
    headings: tuple[str, ...],
) -> tuple[Table, list[Measure]]:
    """Return a table by name and group; where it is too long, of the names in which groups differ most.

    Parameters
    ----------
    groups : sequence of Group
        The groups that the table shows.
    lines : sequence of (Measure, cells)
        The rate of one group and name, and what its line shows.
    kind : str
        What the table is called; all but ``band`` are about classes.
    """
    feature, wanted = groups[0].feature, {group.name for group in groups}
    dimension = "band" if kind == "band" else "class"
    found: dict[str, list[tuple[Measure, tuple[Ref, ...]]]] = {}
    for line in lines:
        if line[0].dimensions.get("group") in wanted:
            found.setdefault(line[0].dimensions[dimension], []).append(line)
    apart = sorted(found, key=lambda name: -_spread([each for each, _ in found[name]]))
    kept = set(apart[: max(1, SHOWN // len(groups))])
    rows: list[tuple[Cell, ...]] = [
        (Name(text=name), label_of(each.dimensions), *cells)
        for name, of_name in found.items()
        if name in kept
        for each, cells in of_name
    ]
    notes, facts = left_out(f"{kind}:{feature}", len(lines) - len(rows))
    table = Table(
        name=f"{kind}:{feature}",
        caption=Message(key=f"table.fairness.{kind}", params={"feature": Name(text=feature)}),
        columns=(
            column(dimension, "value"),
            column("group", "value"),
            *(column(name, "small_cell", numeric=True) for name in headings),
        ),
        rows=tuple(rows),
        notes=notes,
    )
    return table, facts


def _spread(found: list[Measure]) -> float:
    """Return how far apart the groups are that rest on enough rows."""
    values = [
        each.value
        for each in found
        if each.value is not None and each.tier in {"reportable", "indicative"} and "group" in each.dimensions
    ]
    return max(values) - min(values) if values else -1.0
