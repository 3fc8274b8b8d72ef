"""Which rows the instrument is fitted on and evaluated on, and which groups it tells apart."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explainaudit.records.group_columns import GroupColumn
from explainaudit.records.measure import Measure
from explainaudit.records.responses import Responses
from explainaudit.stats.bands import in_order
from explainaudit.stats.design import Design
from explainaudit.stats.keyed import draws
from explainaudit.stats.rates import count

ROWS = 20_000
FEWEST, MOST = 50, 12
Places = NDArray[np.intp]


@dataclass(frozen=True)
class Halves:
    """Places of scored rows that stand for somebody: those fitted on, and those evaluated on."""

    fitted: Places
    evaluated: Places

    @property
    def both(self) -> Places:
        """All rows drawn, in key order."""
        return np.sort(np.concatenate([self.fitted, self.evaluated]))


@dataclass(frozen=True)
class Groups:
    """The groups of one feature that are told apart, in their order, and counts of those that are not."""

    feature: str
    names: tuple[str, ...]
    codes: Places
    left_out: tuple[Measure, ...]

    def among(self, places: Places) -> Places:
        """Return those of the rows at some places that are in one of the groups."""
        return places[self.codes[places] >= 0]


def halves_of(responses: Responses) -> Halves:
    """Return at most 20,000 rows drawn by key, every other cluster of them on one side."""
    design = Design.of(responses.scored)
    somebody = np.flatnonzero(design.counts)
    keys = responses.scored["key"].to_numpy(dtype=np.str_)
    drawn = draws(keys, seed=responses.seed, purpose="proxies")[somebody]
    kept = np.sort(np.argsort(drawn, kind="stable")[:ROWS])
    _, first, cluster = np.unique(design.cluster[somebody[kept]], return_index=True, return_inverse=True)
    second = np.zeros(len(first), dtype=bool)
    second[np.argsort(drawn[kept][first], kind="stable")[1::2]] = True
    return Halves(somebody[kept[~second[cluster]]], somebody[kept[second[cluster]]])


def groups_of(responses: Responses, feature: GroupColumn, halves: Halves) -> Groups:
    """Return the twelve largest groups of at least 50 rows drawn; codes are −1 for all other rows."""
    column = responses.scored[f"group:{feature.column}"]
    ordered = in_order(map(str, column.dropna().unique()), feature, responses.columns)
    codes = np.full(len(column), -1, dtype=np.intp)
    for code, name in enumerate(ordered):
        codes[(column == name).to_numpy(dtype=bool, na_value=False)] = code
    sizes = np.bincount(codes[halves.both] + 1, minlength=len(ordered) + 1)
    enough = [code for code in range(len(ordered)) if sizes[code + 1] >= FEWEST]
    kept = sorted(sorted(enough, key=lambda code: -sizes[code + 1])[:MOST])
    place = np.full(len(ordered) + 1, -1, dtype=np.intp)
    place[kept] = np.arange(len(kept))
    left_out = [
        _rows(feature.column, {"group": name}, sizes[code + 1])
        for code, name in enumerate(ordered)
        if code not in kept
    ]
    if sizes[0]:
        left_out.append(_rows(feature.column, {"group_missing": "true"}, sizes[0]))
    return Groups(feature.column, tuple(ordered[code] for code in kept), place[codes], tuple(left_out))


def _rows(feature: str, group: dict[str, str], number: int) -> Measure:
    return count("proxies", "rows_drawn", int(number), {"sensitive": feature, **group})
