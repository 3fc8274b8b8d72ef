"""The tables of slices: one for each criterion, so that one small count withholds no other."""

from collections.abc import Sequence

from explainaudit.analyses.slices.found import Slice
from explainaudit.analyses.slices.yardsticks import worded
from explainaudit.records.measure import Measure, Unit
from explainaudit.records.message import Message, Name, Series
from explainaudit.records.table import Cell, Column, Table, column

_FIGURES = ("slice_value", "slice_rest", "slice_gap", "interval", "slice_p", "slice_holm")
_HEADINGS = ("n", *_FIGURES, "slice_merged")


def slice_table(criterion: str, found: Sequence[Slice], whole: Measure | None) -> Table:
    """Return the slices of one criterion, after the figure of the whole estimate half where there is one."""
    grouped = criterion == "disparity"
    of_value, of_gap = found[0].yardstick.units
    units = {"slice_value": of_value, "slice_rest": of_value, "slice_gap": of_gap}
    rows: list[tuple[Cell, ...]] = []
    if whole is not None:
        rows.append((Message(key="slice.whole"), whole.ref("n"), whole.ref(), *[None] * (len(_HEADINGS) - 2)))
    for each in found:
        n, value, rest, gap, p, adjusted, merged = (
            each.measures[name].ref() for name in ("n", "value", "rest", "gap", "p", "holm", "merged")
        )
        interval = each.measures["gap"].ref("interval")
        group = (_group(each.measures["gap"].dimensions),) if grouped else ()
        rows.append((described(each.levels), *group, n, value, rest, gap, interval, p, adjusted, merged))
    return Table(
        name=f"slices:{criterion}",
        caption=Message(key=f"table.slices.{worded(criterion, of_gap)}"),
        columns=(
            column("slice", "value"),
            *((column("slice_group", "value"),) if grouped else ()),
            *(_column(name, units.get(name)) for name in _HEADINGS),
        ),
        rows=tuple(rows),
        notes=(Message(key="note.slices"), Message(key="note.sampling_only")),
        of_labels=not grouped,
    )


def _column(name: str, unit: Unit | None) -> Column:
    made = column(name, "small_cell", numeric=True)
    if unit != "points":
        return made
    return made.model_copy(update={"heading": Message(key=f"column.{name}_points")})


def described(levels: Sequence[tuple[str, str | None]]) -> Message:
    """Return a slice in words: the level of each of its columns."""
    items = tuple(_level(Name(text=name), level) for name, level in levels)
    return Message(key="list.of", params={"items": Series(items=items)})


def _level(name: Name, level: str | None) -> Message:
    if level is None:
        return Message(key="slice.missing", params={"column": name})
    return Message(key="slice.level", params={"column": name, "level": Name(text=level)})


def _group(about: dict[str, str]) -> Message:
    params = {"group": Name(text=about["group"]), "feature": Name(text=about["sensitive"])}
    return Message.model_validate({"key": "slice.group", "params": params})
