"""Which measures a table or a sentence shows, by their ids."""

from collections.abc import Iterable, Iterator

from explainaudit.records.message import Message, Param, Ref, Series
from explainaudit.records.table import Cell, Table


def table_refs(table: Table) -> set[str]:
    """Return what any cell of a table, its caption, its headings and its notes refer to."""
    said = (table.caption, *table.notes, *(column.heading for column in table.columns))
    cells = (*said, *(cell for row in table.rows for cell in row))
    return {name for cell in cells for name in cell_refs(cell)}


def cell_refs(cell: Cell | Param) -> Iterator[str]:
    """Yield what one cell refers to."""
    match cell:
        case Ref(measure=name):
            yield name
        case Message():
            yield from message_refs(cell)
        case Series(items=items):
            yield from _many(items)


def message_refs(message: Message) -> Iterator[str]:
    """Yield what a sentence refers to."""
    yield from _many(message.params.values())


def _many(params: Iterable[Param]) -> Iterator[str]:
    for param in params:
        yield from cell_refs(param)
