"""Every table of a dossier as CSV: exact values, and text that no spreadsheet takes for a formula."""

import csv
import io
import re
from collections.abc import Mapping
from decimal import Decimal

from explainaudit.records.dossier import Dossier
from explainaudit.records.measure import Measure, Tier, Unit
from explainaudit.records.message import Message, Ref
from explainaudit.records.table import Cell, Table
from explainaudit.rendering.counts import all_measures
from explainaudit.wording.writer import Writer

# OWASP ASVS 5.0, 1.2.10, and the full-width forms that spreadsheets fold to the same characters.
_FORMULA = re.compile("^[=+\\-@\t\r\n\0＝＋－＠]")

MARKED: tuple[Tier, ...] = ("insufficient", "indicative")


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
    tiers = [_lowest_tier(row, measures) for row in table.rows]
    lines: list[list[str]] = [_headings(table, ranges, writer)]
    for row in table.rows:
        line: list[str] = []
        for cell, is_range in zip(row, ranges, strict=True):
            line += _range(cell, measures) if is_range else [_value(cell, writer, measures)]
        lines.append(line)
    if any(tiers):
        said = (Message(key=f"csv.{tier}") if tier else None for tier in tiers)
        marks = ["" if each is None else writer.text(each) for each in said]
        for line, mark in zip(lines, [writer.text(Message(key="csv.tier")), *marks], strict=True):
            line.append(mark)
    text = io.StringIO()
    csv.writer(text).writerows(lines)
    return text.getvalue().encode()


def _headings(table: Table, ranges: list[bool], writer: Writer) -> list[str]:
    """Return the headings; one that stands several times follows that of the figure it belongs to."""
    texts = [writer.text(column.heading) for column in table.columns]
    found: list[str] = []
    figure: Message | None = None
    for heading, text, is_range in zip((each.heading for each in table.columns), texts, ranges, strict=True):
        said, alone = heading, texts.count(text) == 1
        if not alone and figure is not None:
            said = Message(key="csv.of", params={"figure": figure, "heading": heading})
        ends = ("csv.low", "csv.high") if is_range else ("csv.value",)
        found += [_text(writer.text(Message(key=end, params={"heading": said}))) for end in ends]
        if alone:
            figure = heading
    return found


def _lowest_tier(row: tuple[Cell, ...], measures: Mapping[str, Measure]) -> Tier | None:
    """Return the lower tier that figures of a row are marked by on the page, if any is."""
    cells = (measures[cell.measure] for cell in row if isinstance(cell, Ref) and cell.part == "value")
    tiers = {measure.tier for measure in cells if measure.value is not None}
    return next((tier for tier in MARKED if tier in tiers), None)


def _is_range(cell: Cell) -> bool:
    return isinstance(cell, Ref) and cell.part == "interval"


def _range(cell: Cell, measures: Mapping[str, Measure]) -> list[str]:
    interval = measures[cell.measure].interval if isinstance(cell, Ref) else None
    if interval is None or not isinstance(cell, Ref):
        return ["", ""]
    return [_exact(end, measures[cell.measure].unit) for end in (interval.low, interval.high)]


def _value(cell: Cell, writer: Writer, measures: Mapping[str, Measure]) -> str:
    if not isinstance(cell, Ref):
        return _text(writer.cell_text(cell))
    measure = measures[cell.measure]
    number = measure.n if cell.part == "n" else measure.value
    if number is None:
        return _text(writer.cell_text(cell))
    if measure.unit == "count" and float(number).is_integer():
        return repr(int(number))
    return repr(number) if cell.part == "n" else _exact(number, measure.unit)


def _exact(number: float, unit: Unit) -> str:
    """Return all digits of a number; of a difference of shares as its heading has it, in points."""
    return repr(float(Decimal(repr(number)).scaleb(2)) if unit in {"points", "gap"} else number)


def _text(text: str) -> str:
    return f"'{text}" if _FORMULA.match(text) else text
