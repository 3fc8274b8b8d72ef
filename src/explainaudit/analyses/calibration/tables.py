"""The tables of the calibration section: at most twenty lines each, the furthest off where there are more."""

from explainaudit.records.measure import Measure
from explainaudit.records.message import Message, Name
from explainaudit.records.table import Cell, Table, column
from explainaudit.stats.rates import fact

SHOWN = 20
Lines = list[tuple[Cell, ...]]


def figures_table(whole: list[Measure], *, probability: bool) -> Table:
    """Return the figures over all rows, each with its meaning."""
    rows: Lines = [
        (
            Message(key=f"measure.calibration.{each.metric}"),
            Message(key=f"meaning.calibration_{each.metric}"),
            each.ref("n"),
            each.ref(),
            each.ref("interval"),
        )
        for each in whole
    ]
    return Table(
        name="figures",
        caption=Message(key=f"table.calibration.figures_{'probability' if probability else 'target'}"),
        columns=(
            column("measure", "value"),
            column("meaning", "value"),
            *(column(name, "small_cell", numeric=True) for name in ("n", "value", "interval")),
        ),
        rows=tuple(rows),
        notes=(Message(key="note.sampling_only"),),
    )


def classes_table(whole: dict[str, list[Measure]]) -> tuple[Table, list[Measure]]:
    """Return the figures of each class, one line a class."""
    kept = furthest({name: found["in_the_large"] for name, found in _named(whole).items()}, SHOWN)
    rows: Lines = []
    for name, found in _named(whole).items():
        if name in kept:
            parts = (found[metric] for metric in ("in_the_large", "oe_ratio", "slope"))
            ends = (cell for each in parts for cell in (each.ref(), each.ref("interval")))
            rows.append((Name(text=name), found["events"].ref(), *ends))
    notes, facts = left_out("figures", len(whole) - len(rows))
    headings = (
        "class_rows", "in_the_large", "interval", "oe_ratio", "interval_oe", "slope", "interval_slope"
    )  # fmt: skip
    table = Table(
        name="figures",
        caption=Message(key="table.calibration.figures_class"),
        columns=(column("class", "value"), *(column(name, "small_cell", numeric=True) for name in headings)),
        rows=tuple(rows),
        notes=(Message(key="note.slope"), *notes),
    )
    return table, facts


def bins_table(bins: dict[str, list[Measure]], *, probability: bool) -> tuple[Table, list[Measure]]:
    """Return predicted and observed in each bin, of the outputs ``bins`` names."""
    several = len(bins) > 1
    kept = _fitting(bins)
    rows: Lines = []
    for name, found in bins.items():
        means = {each.dimensions["bin"]: each for each in found if each.metric == "bin_predicted"}
        for seen in found:
            if seen.metric == "bin_observed" and name in kept:
                number = seen.dimensions["bin"]
                mean = means[number]
                cells = (Name(text=number), seen.ref("n"), mean.ref(), seen.ref(), seen.ref("interval"))
                rows.append((Name(text=name), *cells) if several else cells)
    total = sum(each.metric == "bin_observed" for found in bins.values() for each in found)
    notes, facts = left_out("reliability", total - len(rows))
    table = Table(
        name="reliability",
        caption=Message(key=f"table.calibration.{'reliability' if probability else 'means'}"),
        columns=(
            *((column("class", "value"),) if several else ()),
            column("bin", "value"),
            *(
                column(name, "small_cell", numeric=True)
                for name in ("n", "mean_predicted", "observed", "interval")
            ),
        ),
        rows=tuple(rows),
        notes=notes,
    )
    return table, facts


def _fitting(bins: dict[str, list[Measure]]) -> set[str]:
    """Return the outputs whose bins a table has room for: those that are furthest off in some bin."""
    sizes = {name: sum(each.metric == "bin_observed" for each in found) for name, found in bins.items()}
    gaps = {name: _largest_gap(found) for name, found in bins.items()}
    kept: set[str] = set()
    room = SHOWN
    for name in sorted(bins, key=lambda name: -gaps[name]):
        if not kept or sizes[name] <= room:
            kept.add(name)
            room -= sizes[name]
    return kept


def _largest_gap(found: list[Measure]) -> float:
    seen = {each.dimensions["bin"]: each.value or 0.0 for each in found if each.metric == "bin_observed"}
    means = [each for each in found if each.metric == "bin_predicted"]
    return max((abs((each.value or 0.0) - seen[each.dimensions["bin"]]) for each in means), default=0.0)


def furthest(large: dict[str, Measure], number: int) -> set[str]:
    """Return the keys of so many measures that are furthest from 0."""
    return set(sorted(large, key=lambda name: -abs(large[name].value or 0.0))[:number])


def left_out(table: str, number: int) -> tuple[tuple[Message, ...], list[Measure]]:
    """Return the note that says how many lines of a table only the bundle has, and the number it prints."""
    if number == 0:
        return (), []
    lines = fact("calibration", "lines_left_out", number, {"table": table})
    return (Message(key="note.calibration_left_out", params={"n": lines.ref()}),), [lines]


def _named(whole: dict[str, list[Measure]]) -> dict[str, dict[str, Measure]]:
    return {name: {each.metric: each for each in found} for name, found in whole.items()}
