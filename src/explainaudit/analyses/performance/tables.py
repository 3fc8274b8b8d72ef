"""The tables of the performance section."""

from explainaudit.records.measure import Measure
from explainaudit.records.message import Message
from explainaudit.records.table import Table, column


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


def rate_table(rates: list[Measure]) -> Table:
    """Return every rate with what it means and what it is a share of."""
    return Table(
        name="rates",
        caption=Message(key="table.performance.rates"),
        columns=(
            column("rate", "value"),
            column("meaning", "value"),
            column("of_n", "small_cell", numeric=True),
            column("value", "small_cell", numeric=True),
            column("interval", "small_cell", numeric=True),
        ),
        rows=tuple(
            (
                Message(key=f"measure.performance.{each.metric}"),
                Message(key=f"meaning.{each.metric}"),
                each.ref("n"),
                each.ref(),
                each.ref("interval"),
            )
            for each in rates
        ),
        notes=(Message(key="note.sampling_only"),),
    )


def score_table(scores: list[Measure]) -> Table:
    """Return the figures about the score itself."""
    return Table(
        name="scores",
        caption=Message(key="table.performance.scores"),
        columns=(
            column("measure", "value"),
            column("meaning", "value"),
            column("n", "small_cell", numeric=True),
            column("value", "small_cell", numeric=True),
            column("interval", "small_cell", numeric=True),
        ),
        rows=tuple(
            (
                Message(key=f"measure.performance.{each.metric}"),
                Message(key=f"meaning.{each.metric}"),
                each.ref("n"),
                each.ref(),
                each.ref("interval"),
            )
            for each in scores
        ),
    )
