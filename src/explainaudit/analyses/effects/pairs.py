"""Pairs of inputs that act together, from exact interaction values."""

from itertools import combinations

import numpy as np

from explainaudit.records.attribution import Interactions
from explainaudit.records.measure import Measure
from explainaudit.records.message import Message, Name
from explainaudit.records.table import Cell, Table, column
from explainaudit.stats.design import Design
from explainaudit.stats.weighting import mean_interval

SHOWN = 10


def pair_measures(interactions: Interactions | None, design: Design | None) -> list[Measure]:
    """Return the mean size of what each pair adds beyond its two columns, largest first.

    With several outputs the mean over the outputs is taken. Empty where interactions are not exact.
    """
    if interactions is None or not interactions.values.shape[2]:
        return []
    sizes = 2 * np.abs(interactions.values).mean(axis=0)
    n = len(interactions.keys)
    found = []
    for place, (one, other) in enumerate(combinations(interactions.columns, 2)):
        mean, interval = mean_interval(sizes[:, place], interactions.inclusion, design)
        found.append(
            Measure(
                analysis="effects",
                metric="interaction",
                dimensions={"column": one, "other": other},
                value=mean,
                interval=interval,
                n=n,
                unit="score",
                estimand="people_like_these",
                kind="attribution",
                smallest_cell=n,
            )
        )
    return sorted(found, key=lambda each: (-(each.value or 0.0), each.id))


def pair_table(pairs: list[Measure], unit: str) -> Table:
    """Return the ten strongest pairs."""
    rows: list[tuple[Cell, ...]] = [
        (
            Name(text=each.dimensions["column"]),
            Name(text=each.dimensions["other"]),
            each.ref(),
            each.ref("interval"),
        )
        for each in pairs[:SHOWN]
    ]
    return Table(
        name="interactions",
        caption=Message(key="table.effects.interactions", params={"unit": Message(key=f"unit.{unit}")}),
        columns=(
            column("column", "value"),
            column("other_column", "value"),
            column("interaction", "small_cell", numeric=True),
            column("interval", "small_cell", numeric=True),
        ),
        rows=tuple(rows),
        notes=(Message(key="note.interactions"),),
    )
