"""How strongly each single input goes with the groups."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from explainaudit.analyses.proxies.halves import Groups
from explainaudit.analyses.proxies.prediction import other_inputs
from explainaudit.instruments.linear import FEWEST_OF_LEVEL
from explainaudit.records.measure import Measure
from explainaudit.records.message import Message, Name
from explainaudit.records.responses import Responses
from explainaudit.records.table import Cell, Table, column
from explainaudit.stats.design import Design
from explainaudit.stats.tiers import size_tier, smallest_cell

SHOWN = 5
Floats = NDArray[np.float64]
Found = tuple[float | None, int]  # the strength, and the fewest persons that it can be traced to


def associated(responses: Responses, rows: pd.DataFrame, groups: Groups) -> tuple[Table, list[Measure]]:
    """Return the strength of every input but the feature itself, and the table of the five strongest."""
    everybody = np.flatnonzero(Design.of(responses.scored).counts)
    places = groups.among(everybody)
    types = {each.name: each.type for each in responses.columns}
    numbers = {name for name, kind in types.items() if kind in {"integer", "number"}}
    measures = []
    for name in other_inputs(responses, groups.feature):
        known = places[rows[name].iloc[places].notna().to_numpy()] if name in numbers else places
        design = Design.of(responses.scored).among(known)
        values = rows[name].iloc[known]
        of_group = groups.codes[known]
        if name in numbers:
            found = _ratio(values.to_numpy(dtype=np.float64, na_value=np.nan), of_group, design)
        else:
            found = _cramer(_levels(values), of_group, design)
        measures.append(_measure(groups.feature, name, found, design))
    strongest = sorted(measures, key=lambda each: (-(-1.0 if each.value is None else each.value), each.id))
    lines: list[tuple[Cell, ...]] = []
    for each in strongest[:SHOWN]:
        name = each.dimensions["column"]
        kind = "cramer" if name not in numbers else "r" if len(groups.names) == 2 else "eta"
        lines.append((Name(text=name), Message(key=f"association.{kind}"), each.ref("n"), each.ref()))
    return _table(groups.feature, lines), measures


def _ratio(values: Floats, of_group: NDArray[np.intp], design: Design) -> Found:
    """Return the correlation ratio η of a number by group; of two groups it is |r|."""
    sizes = np.bincount(of_group)
    fewest = smallest_cell(*(int(size) for size in sizes))
    if np.count_nonzero(sizes) < 2 or np.ptp(values) == 0:
        return None, fewest
    # Squares of the largest numbers are beyond float64.
    values = values / np.abs(values).max()
    centred = values - design.mean(values)
    weight = np.bincount(of_group, weights=design.weight)
    sums = np.bincount(of_group, weights=design.weight * centred)
    total = float(design.weight @ centred**2)
    if total <= 0:
        return None, fewest
    between = float((sums[weight > 0] ** 2 / weight[weight > 0]).sum())
    return min(1.0, float(np.sqrt(between / total))), fewest


def _levels(values: pd.Series) -> NDArray[np.intp]:
    """Return the level of each row, missing being one; those of fewer than ten rows are one level."""
    codes = pd.factorize(values, use_na_sentinel=False)[0]
    rare = np.bincount(codes)[codes] < FEWEST_OF_LEVEL
    return np.unique(np.where(rare, -1, codes), return_inverse=True)[1].astype(np.intp)


def _cramer(levels: NDArray[np.intp], of_group: NDArray[np.intp], design: Design) -> Found:
    """Return Cramér's V of weighted counts, without correction for the number of levels."""
    shape = (int(levels.max(initial=0)) + 1, int(of_group.max(initial=0)) + 1)
    cell = levels * shape[1] + of_group
    counts = np.bincount(cell, minlength=shape[0] * shape[1]).reshape(shape)
    # From one strength of two by two, with its margins, every cell follows; of more cells none does.
    traced = counts if shape == (2, 2) else counts.sum(axis=0)
    fewest = smallest_cell(*(int(number) for number in traced.ravel()))
    if min(shape) < 2:
        return None, fewest
    weights = np.bincount(cell, weights=design.weight, minlength=counts.size).reshape(shape) / design.total
    expected = np.outer(weights.sum(axis=1), weights.sum(axis=0))
    square = float(((weights - expected) ** 2 / expected).sum()) / (min(shape) - 1)
    return min(1.0, float(np.sqrt(square))), fewest


def _measure(feature: str, name: str, found: Found, design: Design) -> Measure:
    return Measure(
        analysis="proxies",
        metric="association",
        dimensions={"sensitive": feature, "column": name},
        value=found[0],
        reason="not_estimable" if found[0] is None else None,
        n=design.number(),
        unit="score",
        tier=size_tier(design.worth()),
        kind="score",
        smallest_cell=found[1],
    )


def _table(feature: str, lines: list[tuple[Cell, ...]]) -> Table:
    return Table(
        name=f"associations:{feature}",
        caption=Message(key="table.proxies.associations", params={"feature": Name(text=feature)}),
        columns=(
            column("column", "value"),
            column("association_kind", "value"),
            *(column(each, "small_cell", numeric=True) for each in ("n", "association")),
        ),
        rows=tuple(lines),
        notes=(Message(key="note.proxies_associations"),),
    )
