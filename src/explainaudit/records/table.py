"""Tables: columns marked for privacy, cells that are names, messages or references to measures."""

from collections.abc import Iterable
from typing import Literal

from explainaudit.records.message import Message, Name, Ref
from explainaudit.records.record import Record

Cell = Name | Ref | Message | None
Mark = Literal["identifies", "small_cell", "value"]


class Column(Record):
    """A column of a table.

    ``mark`` says what it may disclose: ``identifies`` one person, a count that may be a
    ``small_cell``, or a ``value``. An unmarked column never leaves the restricted edition.
    """

    name: str
    heading: Message
    mark: Mark | None = None
    numeric: bool = False


def column(name: str, mark: Mark, *, numeric: bool = False) -> Column:
    """Return a column whose heading is the catalogue's ``column.<name>``."""
    return Column(name=name, heading=Message(key=f"column.{name}"), mark=mark, numeric=numeric)


class Table(Record):
    """A small table for readers. Every computed number in it is a reference to a measure.

    ``of_labels`` says that numbers of it rest on known outcomes, whoever they are known for.
    """

    name: str
    caption: Message
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[Message, ...] = ()
    of_labels: bool = False


def resting_on_labels(tables: Iterable[Table]) -> tuple[Table, ...]:
    """Return tables that say that their numbers rest on known outcomes."""
    return tuple(table.model_copy(update={"of_labels": True}) for table in tables)


class RowTable(Record):
    """A table with a row per audited row, kept as a Parquet file of the restricted edition."""

    name: str
    columns: tuple[Column, ...]
    rows: int
    file: str
    digest: str
