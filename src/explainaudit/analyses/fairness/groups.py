"""The groups that are compared: of one sensitive feature, or of several at once; their rows and names."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from explainaudit.records.evidence import Limitation
from explainaudit.records.measure import Measure
from explainaudit.records.message import Message, Name, Param, Series
from explainaudit.records.plan import SensitiveFeature, joined_name
from explainaudit.records.responses import Responses
from explainaudit.stats.bands import in_order
from explainaudit.stats.design import Design
from explainaudit.stats.rates import count, fact

SHOWN = 20
MOST_CELLS = 144
Codes = NDArray[np.intp]


@dataclass(frozen=True)
class Group:
    """Rows of one group that stand for somebody, by position.

    ``name`` is ``None`` where the feature is missing, and for all groups together that tables leave out
    (``pooled``).
    """

    feature: str
    name: str | None
    rows: NDArray[np.intp]
    design: Design
    pooled: bool = False

    @property
    def dimensions(self) -> dict[str, str]:
        """Dimensions of a measure about the group."""
        if self.pooled:
            return {"sensitive": self.feature, "groups_left_out": "true"}
        if self.name is None:
            return {"sensitive": self.feature, "group_missing": "true"}
        return {"sensitive": self.feature, "group": self.name}

    @property
    def size(self) -> Measure:
        """The number of its rows."""
        return count("fairness", "group_size", len(self.rows), self.dimensions)


@dataclass(frozen=True)
class Grouping:
    """All rows that stand for somebody, parted into groups.

    Attributes
    ----------
    feature : str
        The sensitive feature, or the features of an intersection, joined.
    groups : tuple of Group
        Those that have rows, in order; the rows without a group last.
    empty : tuple of str
        Names of the intersections that nobody belongs to.
    levels : tuple of tuple of str
        The groups of each feature of the grouping: one, or those of an intersection.
    """

    feature: str
    groups: tuple[Group, ...]
    empty: tuple[str, ...] = ()
    levels: tuple[tuple[str, ...], ...] = ()

    @property
    def crossed(self) -> bool:
        """Whether it is an intersection of several features."""
        return len(self.levels) > 1

    @property
    def named(self) -> tuple[Group, ...]:
        """The groups that have a name."""
        return tuple(group for group in self.groups if group.name is not None)

    def without_rows(self) -> list[Measure]:
        """Return the sizes, all 0, of the groups that nobody belongs to."""
        return [
            count("fairness", "group_size", 0, {"sensitive": self.feature, "group": name})
            for name in self.empty
        ]


@dataclass(frozen=True)
class Coded:
    """One sensitive feature: the names of its groups in order, and each row's place among them, or −1."""

    feature: str
    names: tuple[str, ...]
    places: Codes


def coded(responses: Responses, feature: SensitiveFeature) -> Coded:
    """Return the groups of a feature, and the group of every scored row."""
    found, distinct = pd.factorize(responses.scored[f"group:{feature.column}"])
    texts = [str(text) for text in distinct]
    names = tuple(in_order(texts, feature, responses.columns))
    place = {name: number for number, name in enumerate(names)}
    lookup = np.array([*(place[text] for text in texts), -1], dtype=np.intp)
    return Coded(feature.column, names, lookup[found])


def grouping_of(features: Sequence[Coded], whole: Design) -> Grouping:
    """Return the groups of one feature, or the intersections of several.

    A row for which one of several features is missing has no group.
    """
    names = tuple(each.names for each in features)
    size = math.prod(len(each) for each in names)
    codes = np.zeros(len(whole.weight), dtype=np.intp)
    missing = np.zeros(len(codes), dtype=bool)
    for each in features:
        codes = codes * len(each.names) + each.places
        missing |= each.places < 0
    codes[missing] = -1
    feature = features[0].feature if len(features) == 1 else joined_name([each.feature for each in features])
    labels = [cell[0] if len(cell) == 1 else joined_name(cell) for cell in product(*names)]
    parts = _parted(codes, size, whole.counts)
    groups, empty = [], []
    for name, rows in zip([*labels, None], [*parts[1:], parts[0]], strict=True):
        crossed_by_nobody = name is not None and len(features) > 1 and len(rows) == 0
        if crossed_by_nobody:
            empty.append(str(name))
        elif name is not None or missing.any():
            groups.append(Group(feature, name, rows, whole.among(rows)))
    return Grouping(feature, tuple(groups), tuple(empty), names)


def _parted(codes: Codes, size: int, counted: NDArray[np.bool_]) -> list[NDArray[np.intp]]:
    """Return the rows with weight of code −1, 0, …, size − 1, each in their order."""
    kept = np.flatnonzero(counted)
    order = kept[np.argsort(codes[kept], kind="stable")]
    ends = np.searchsorted(codes[order], np.arange(-1, size), side="right")
    return np.split(order, ends[:-1])


def label_of(dimensions: dict[str, str]) -> Name | Message:
    """Return what a reader sees of the group."""
    if "groups_left_out" in dimensions:
        return Message(key="group.others")
    return Name(text=dimensions["group"]) if "group" in dimensions else Message(key="group.missing")


def quoted(label: Name | Message) -> Name | Message:
    """Return what a reader sees of a group in a list of several: names stand in quotation marks."""
    return Message(key="label.quoted", params={"name": label}) if isinstance(label, Name) else label


def compared_with_nobody(grouping: Grouping) -> tuple[Message, ...]:
    """Return the note on the rows without a group, where there are any."""
    unknown = any(len(each.rows) for each in grouping.groups if each.name is None and not each.pooled)
    return (Message(key="note.missing_group"),) if unknown else ()


def most_telling(groups: Sequence[Group], rank: Mapping[str | None, float]) -> list[Group]:
    """Return at most `SHOWN` groups in their order: those of the lowest rank, then the largest.

    The rows without a group always stay.
    """
    ordered = sorted(
        groups,
        key=lambda group: (group.name is not None, rank.get(group.name, np.inf), -len(group.rows)),
    )
    kept = {group.name for group in ordered[:SHOWN]}
    return [group for group in groups if group.name in kept]


def with_others(grouping: Grouping, shown: list[Group], whole: Design) -> tuple[Grouping, list[Group]]:
    """Return a grouping and the groups that tables show with all others as one, so that numbers add up."""
    kept = {group.name for group in shown}
    others = [group.rows for group in grouping.groups if group.name not in kept]
    if not others:
        return grouping, shown
    rows = np.sort(np.concatenate(others))
    together = Group(grouping.feature, None, rows, whole.among(rows), pooled=True)
    return replace(grouping, groups=(*grouping.groups, together)), [*shown, together]


def left_out(table: str, number: int) -> tuple[tuple[Message, ...], list[Measure]]:
    """Return the note that says how many lines of a table only the bundle has, and the number it prints."""
    if number == 0:
        return (), []
    lines = fact("fairness", "lines_left_out", number, {"table": table})
    return (Message(key="note.lines_left_out", params={"n": lines.ref()}),), [lines]


def nobody_in(grouping: Grouping) -> tuple[tuple[Message, ...], list[Measure]]:
    """Return the note that names the intersections without anybody, and the number it prints."""
    if not grouping.empty:
        return (), []
    number = fact("fairness", "empty_groups", len(grouping.empty), {"sensitive": grouping.feature})
    names = Series(items=tuple(quoted(Name(text=name)) for name in grouping.empty[:SHOWN]))
    key = "note.empty_groups_many" if len(grouping.empty) > SHOWN else "note.empty_groups"
    return (Message(key=key, params={"n": number.ref(), "groups": names}),), [number]


def too_small(feature: str, judged: Sequence[Measure], kind: str) -> list[Limitation]:
    """Return the limitation that names the groups too small to compare, if there are any.

    Parameters
    ----------
    judged : sequence of Measure
        One measure of each group, by whose tier it is told.
    kind : str
        The sentence: ``small_groups`` where decisions of either kind count, else ``small_sizes``.
    """
    small = [each for each in judged if each.tier in {"insufficient", "not_estimable"}]
    if not small:
        return []
    params: dict[str, Param] = {
        "feature": Name(text=feature),
        "groups": Series(items=tuple(quoted(label_of(each.dimensions)) for each in small[:SHOWN])),
    }
    more: tuple[Measure, ...] = tuple(small[SHOWN:])
    key = f"limitation.{kind}_many" if more else f"limitation.{kind}"
    message = Message.model_validate({"key": key, "params": params})
    rests_on = tuple(each.id for each in small)
    return [Limitation(code="small_groups", message=message, touches=("fairness",), measures=rests_on)]


def too_many(feature: str) -> Limitation:
    """Return the limitation for an intersection of more groups than anybody can compare."""
    message = Message(key="limitation.too_many_groups", params={"feature": Name(text=feature)})
    return Limitation(code="too_many_groups", message=message, touches=("fairness",))
