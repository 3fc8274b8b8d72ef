"""The tables of the performance section."""

from collections.abc import Iterable

from explainaudit.records.measure import Measure
from explainaudit.records.message import Message, Name
from explainaudit.records.table import Cell, Table, column
from explainaudit.stats.rates import fact

SHOWN, MOST = 12, 20


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


def figure_table(
    name: str, kind: str, of: str, measures: list[Measure], *, caption: str | None = None
) -> Table:
    """Return figures with what each means and what it is about, a line each.

    ``kind`` and ``of`` name the headings of the first column and of the counts; the caption is that of
    the table's name where none is given.
    """
    return Table(
        name=name,
        caption=Message(key=f"table.performance.{caption or name}"),
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


def class_table(classes: list[Measure], names: tuple[str, ...]) -> tuple[Table, list[Measure]]:
    """Return the figures of every class, a line each, and how many classes are left out of the table."""
    found = {(each.metric, each.dimensions["class"]): each for each in classes}
    rows: list[tuple[Cell, ...]] = []
    # The largest classes where there are many, and then in the order of the model.
    largest = sorted(names, key=lambda name: -(found["recall", name].n or 0))[:MOST]
    for name in (name for name in names if name in largest):
        recall, precision, f1, area = (found[metric, name] for metric in ("recall", "precision", "f1", "auc"))
        cells = (
            recall.ref("n"), recall.ref(), recall.ref("interval"), precision.ref(), precision.ref("interval"),
            f1.ref(), area.ref(),
        )  # fmt: skip
        rows.append((Name(text=name), *cells))
    headings = ("n", "recall", "interval", "precision", "interval_precision", "f1", "auc")
    left_out = fact("performance", "classes_left_out", len(names) - len(rows))
    more = (left_out,) if len(rows) < len(names) else ()
    table = Table(
        name="classes",
        caption=Message(key="table.performance.classes"),
        columns=(column("class", "value"), *(column(name, "small_cell", numeric=True) for name in headings)),
        rows=tuple(rows),
        notes=tuple(Message(key="note.classes_left_out", params={"n": each.ref()}) for each in more),
    )
    return table, [*classes, *more]


def matrix_table(pairs: list[Measure], names: tuple[str, ...]) -> Table:
    """Return known outcomes against predictions: all of them, or the commonest confusions of many classes."""
    rows: list[tuple[Cell, ...]]
    if len(names) <= SHOWN:
        by_pair = {(each.dimensions["class"], each.dimensions["predicted"]): each.ref() for each in pairs}
        rows = [(Name(text=actual), *(by_pair[actual, other] for other in names)) for actual in names]
        headings = [
            column("predicted_as", "small_cell", numeric=True).model_copy(
                update={
                    "name": f"predicted:{number}",
                    "heading": Message(key="column.predicted_as", params={"class": Name(text=name)}),
                }
            )
            for number, name in enumerate(names)
        ]
        columns = (column("actual", "value"), *headings)
    else:
        ordered = sorted(pairs, key=lambda each: -(each.value or 0))
        wrong = [each for each in ordered if each.dimensions["class"] != each.dimensions["predicted"]][:MOST]
        rows = [
            (Name(text=each.dimensions["class"]), Name(text=each.dimensions["predicted"]), each.ref())
            for each in wrong
        ]
        columns = (
            column("actual", "value"),
            column("predicted", "value"),
            column("n", "small_cell", numeric=True),
        )
    return Table(
        name="confusion",
        caption=Message(key=f"table.performance.confusion{'' if len(names) <= SHOWN else '_pairs'}"),
        columns=columns,
        rows=tuple(rows),
    )
