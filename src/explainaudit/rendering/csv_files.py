"""Every table of a dossier as CSV: exact values, and text that no spreadsheet takes for a formula."""

import csv
import io
import re
from collections.abc import Mapping

from explainaudit.records.dossier import Dossier
from explainaudit.records.measure import Measure
from explainaudit.records.message import Message, Ref
from explainaudit.records.table import Cell, Table
from explainaudit.rendering.counts import all_measures
from explainaudit.wording.writer import Writer

# OWASP ASVS 5.0, 1.2.10, and the full-width forms that spreadsheets fold to the same characters.
_FORMULA = re.compile("^[=+\\-@\t\r\n\0＝＋－＠]")


def csv_files(dossier: Dossier) -> dict[str, bytes]:
    """Return ``tables/<section>-<number>.csv`` for every table of every section."""
    measures = all_measures(dossier)
    writer = Writer(measures, dossier.human.words, name_limit=None)
    return {
        f"tables/{section.analysis}-{number:02d}.csv": _csv(table, writer, measures)
        for section in dossier.sections
        for number, table in enumerate(section.evidence.tables, start=1)
    }


def _csv(table: Table, writer: Writer, measures: Mapping[str, Measure]) -> bytes:
    ranges = [any(_is_range(row[place]) for row in table.rows) for place in range(len(table.columns))]
    lines: list[list[str]] = [[]]
    for column, is_range in zip(table.columns, ranges, strict=True):
        ends = ("csv.low", "csv.high") if is_range else ("csv.value",)
        params = {"heading": column.heading}
        lines[0] += [_text(writer.text(Message(key=end, params=params))) for end in ends]
    for row in table.rows:
        line: list[str] = []
        for cell, is_range in zip(row, ranges, strict=True):
            line += _range(cell, measures) if is_range else [_value(cell, writer, measures)]
        lines.append(line)
    text = io.StringIO()
    csv.writer(text).writerows(lines)
    return text.getvalue().encode()


def _is_range(cell: Cell) -> bool:
    return isinstance(cell, Ref) and cell.part == "interval"


def _range(cell: Cell, measures: Mapping[str, Measure]) -> list[str]:
    interval = measures[cell.measure].interval if isinstance(cell, Ref) else None
    return ["", ""] if interval is None else [repr(interval.low), repr(interval.high)]


def _value(cell: Cell, writer: Writer, measures: Mapping[str, Measure]) -> str:
    if not isinstance(cell, Ref):
        return _text(writer.cell_text(cell))
    measure = measures[cell.measure]
    number = measure.n if cell.part == "n" else measure.value
    if number is None:
        return _text(writer.cell_text(cell))
    return repr(int(number)) if measure.unit == "count" and float(number).is_integer() else repr(number)


def _text(text: str) -> str:
    return f"'{text}" if _FORMULA.match(text) else text
