"""The groups of a sensitive feature: their rows, how they are named, and which of many a table shows."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explainaudit.records.evidence import Limitation
from explainaudit.records.measure import Measure
from explainaudit.records.message import Message, Name, Param, Series
from explainaudit.records.plan import SensitiveFeature
from explainaudit.records.responses import Responses
from explainaudit.stats.bands import in_order
from explainaudit.stats.design import Design
from explainaudit.stats.rates import count, fact

SHOWN = 20


@dataclass(frozen=True)
class Group:
    """Rows of one group that stand for somebody; ``name`` is ``None`` where the feature is missing."""

    feature: str
    name: str | None
    rows: NDArray[np.bool_]
    design: Design

    @property
    def dimensions(self) -> dict[str, str]:
        """Dimensions of a measure about the group."""
        if self.name is None:
            return {"sensitive": self.feature, "group_missing": "true"}
        return {"sensitive": self.feature, "group": self.name}

    @property
    def size(self) -> Measure:
        """The number of its rows."""
        return count("fairness", "group_size", int(self.rows.sum()), self.dimensions)


def groups_of(responses: Responses, feature: SensitiveFeature) -> list[Group]:
    """Return the groups of a feature in their order, the rows without one last."""
    column = responses.scored[f"group:{feature.column}"]
    whole = Design.of(responses.scored)
    names: list[str | None] = list(in_order(map(str, column.dropna().unique()), feature, responses.columns))
    found = []
    for name in [*names, *([None] if column.isna().any() else [])]:
        named = column.isna() if name is None else column == name
        rows = named.to_numpy(dtype=bool, na_value=False) & whole.counts
        found.append(Group(feature.column, name, rows, whole.among(rows)))
    return found


def label_of(dimensions: dict[str, str]) -> Name | Message:
    """Return what a reader sees of the group."""
    return Name(text=dimensions["group"]) if "group" in dimensions else Message(key="group.missing")


def most_telling(groups: list[Group], rank: Mapping[str | None, float]) -> list[Group]:
    """Return at most `SHOWN` groups in their order: those of the lowest rank, then the largest.

    The rows without a group always stay.
    """
    ordered = sorted(
        groups,
        key=lambda group: (group.name is not None, rank.get(group.name, np.inf), -len(group.design.weight)),
    )
    kept = {group.name for group in ordered[:SHOWN]}
    return [group for group in groups if group.name in kept]


def left_out(table: str, number: int) -> tuple[tuple[Message, ...], list[Measure]]:
    """Return the note that says how many lines of a table only the bundle has, and the number it prints."""
    if number == 0:
        return (), []
    lines = fact("fairness", "lines_left_out", number, {"table": table})
    return (Message(key="note.lines_left_out", params={"n": lines.ref()}),), [lines]


def too_small(feature: str, judged: list[Measure], kind: str) -> list[Limitation]:
    """Return the limitation that names the groups too small to compare, if there are any.

    Parameters
    ----------
    judged : list of Measure
        One measure of each group, by whose tier it is told.
    kind : str
        The sentence: ``small_groups`` where decisions of either kind count, else ``small_sizes``.
    """
    small = [each for each in judged if each.tier in {"insufficient", "not_estimable"}]
    if not small:
        return []
    params: dict[str, Param] = {
        "feature": Name(text=feature),
        "groups": Series(items=tuple(label_of(each.dimensions) for each in small[:SHOWN])),
    }
    more: tuple[Measure, ...] = tuple(small[SHOWN:])
    key = f"limitation.{kind}_many" if more else f"limitation.{kind}"
    message = Message.model_validate({"key": key, "params": params})
    rests_on = tuple(each.id for each in small)
    return [Limitation(code="small_groups", message=message, touches=("fairness",), measures=rests_on)]
