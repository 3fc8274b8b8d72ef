"""The tables of the performance section."""

from collections.abc import Iterable

from explainaudit.records.measure import Measure
from explainaudit.records.message import Message
from explainaudit.records.table import Table, column


def distinct(measures: Iterable[Measure]) -> tuple[Measure, ...]:
    """Return each measure once; of two with one name the first stands."""
    found: dict[str, Measure] = {}
    for each in measures:
        found.setdefault(each.id, each)
    return tuple(found.values())


def confusion_table(cells: list[Measure]) -> Table:
    """Return the counts of right and wrong predictions."""
    by_cell = {cell.dimensions["cell"]: cell.ref() for cell in cells}
    return Table(
        name="confusion",
        caption=Message(key="table.performance.confusion"),
        columns=(
            column("actual", "value"),
            column("predicted_event", "small_cell", numeric=True),
            column("predicted_no_event", "small_cell", numeric=True),
        ),
        rows=(
            (Message(key="cell.event"), by_cell["tp"], by_cell["fn"]),
            (Message(key="cell.no_event"), by_cell["fp"], by_cell["tn"]),
        ),
    )


def figure_table(name: str, kind: str, of: str, measures: list[Measure]) -> Table:
    """Return figures with what each means and what it is about, a line each.

    ``kind`` and ``of`` name the headings of the first column and of the counts.
    """
    return Table(
        name=name,
        caption=Message(key=f"table.performance.{name}"),
        columns=(
            column(kind, "value"),
            column("meaning", "value"),
            *(column(heading, "small_cell", numeric=True) for heading in (of, "value", "interval")),
        ),
        rows=tuple(
            (
                Message(key=f"measure.performance.{each.metric}"),
                Message(key=f"meaning.{each.metric}"),
                each.ref("n"),
                each.ref(),
                each.ref("interval"),
            )
            for each in measures
        ),
        notes=(Message(key="note.sampling_only"),),
    )
