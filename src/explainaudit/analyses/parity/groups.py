"""The groups of a sensitive feature among explained rows."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explainaudit.records.group_columns import GroupColumn
from explainaudit.records.measure import Measure, Tier
from explainaudit.records.message import Message, Name
from explainaudit.records.responses import Responses
from explainaudit.stats.bands import in_order
from explainaudit.stats.design import Design
from explainaudit.stats.rates import count, fact
from explainaudit.stats.tiers import size_tier, smallest_cell

SHOWN = 20
ENOUGH: tuple[Tier, ...] = ("reportable", "indicative")
Rows = NDArray[np.bool_]


@dataclass(frozen=True)
class Group:
    """Rows of one group among some explained ones, and all others of a known group.

    ``name`` is ``None`` where the feature is missing; rows that stand for nobody are in neither. ``persons``
    counts the group in the whole sample: where these are few, it is a small cell with no row explained too.
    """

    feature: str
    name: str | None
    rows: Rows
    others: Rows
    design: Design
    persons: int

    @property
    def dimensions(self) -> dict[str, str]:
        """Dimensions of a measure about the group."""
        if self.name is None:
            return {"sensitive": self.feature, "group_missing": "true"}
        return {"sensitive": self.feature, "group": self.name}

    @property
    def label(self) -> Name | Message:
        """What a reader sees of the group."""
        return Message(key="group.missing") if self.name is None else Name(text=self.name)

    @property
    def number(self) -> int:
        """How many rows it has."""
        return int(self.rows.sum())

    @property
    def cell(self) -> int:
        """The fewest persons that a figure of the group rests on."""
        return smallest_cell(self.number, self.persons)

    @property
    def tier(self) -> Tier:
        """How much a figure of the group can carry."""
        return size_tier(self.design.worth(self.rows))

    @property
    def tier_compared(self) -> Tier:
        """How much a comparison with the others can carry."""
        return size_tier(min(self.design.worth(self.rows), self.design.worth(self.others)))

    @property
    def why_not_compared(self) -> str | None:
        """The reason why the group is not compared, or ``None`` where it is."""
        if self.name is None:
            return "missing_group"
        return None if self.tier_compared in ENOUGH else "insufficient"

    def size(self, metric: str) -> Measure:
        """Return the number of its rows as a measure."""
        made = count("parity", metric, self.number, self.dimensions)
        return made.model_copy(update={"smallest_cell": self.cell})


def groups_of(
    responses: Responses, feature: GroupColumn, keys: NDArray[np.str_], design: Design
) -> list[Group]:
    """Return the groups that the sample has, in their order, with their rows among those of some keys.

    Parameters
    ----------
    keys : ndarray of shape (n,)
        Keys of explained rows.
    design : Design
        Of those rows (`explainaudit.stats.design.Design.chosen`).
    """
    whole = responses.scored[f"group:{feature.column}"]
    places = np.searchsorted(responses.scored["key"].to_numpy(dtype=np.str_), keys)
    column = whole.iloc[places]
    known = column.notna().to_numpy() & design.counts
    counted = Design.of(responses.scored).counts
    found = []
    for name in in_order(map(str, whole.dropna().unique()), feature, responses.columns):
        inside = (column == name).to_numpy(dtype=bool, na_value=False) & design.counts
        persons = int(((whole == name).to_numpy(dtype=bool, na_value=False) & counted).sum())
        found.append(Group(feature.column, name, inside, known & ~inside, design, persons))
    if whole.isna().any():
        missing = column.isna().to_numpy() & design.counts
        persons = int((whole.isna().to_numpy() & counted).sum())
        found.append(Group(feature.column, None, missing, known, design, persons))
    return found


def largest(groups: list[Group], number: int) -> list[Group]:
    """Return at most so many groups in their order: rows without a group, then those of most rows."""
    ordered = sorted(groups, key=lambda group: (group.name is not None, -group.number))
    kept = {group.name for group in ordered[:number]}
    return [group for group in groups if group.name in kept]


def left_out(table: str, number: int) -> tuple[tuple[Message, ...], list[Measure]]:
    """Return the note that says how many lines of a table only the bundle has, and the number it prints."""
    if number == 0:
        return (), []
    lines = fact("parity", "lines_left_out", number, {"table": table})
    return (Message(key="note.parity_left_out", params={"n": lines.ref()}),), [lines]
