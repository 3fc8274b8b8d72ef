"""How a table has to be read, found by trying: delimiter, encoding, decimal mark, missing values."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from explainaudit.errors import AuditError, DataRefused
from explainaudit.loading.csv_text import read_csv_text
from explainaudit.loading.files import read_bytes
from explainaudit.loading.schema import TextColumn
from explainaudit.loading.tables import LoadedTable, read_table, without
from explainaudit.records.plan import DataSource
from explainaudit.records.sketch import Reading

_TRIES = 8
_MISSING_WORDS = {"na", "n/a", "#n/a", "nan", "null", "none", "nil", "-", "?", ".", "missing", "unknown"}
_PARQUET = b"PAR1"


def read_as_found(paths: Sequence[Path]) -> tuple[list[LoadedTable], Reading]:
    """Return tables that one plan speaks of, and how they had to be read.

    Raises the refusal of `read_table` for what cannot be settled by reading the table in another way.
    """
    source = DataSource(sample="")
    for path in paths:
        data = read_bytes(path)
        if data.strip() and not data.startswith(_PARQUET):
            source = _fitting(data, source, path.name)
    standard = DataSource(sample="")
    reading = Reading(
        delimiter=source.delimiter if source.delimiter != standard.delimiter else None,
        decimal=source.decimal if source.decimal != standard.decimal else None,
        encoding=source.encoding if source.encoding != standard.encoding else None,
        na_values=source.na_values if source.na_values != standard.na_values else (),
        text_columns=tuple(source.types),
    )
    return [read_table(path, source) for path in paths], reading


def _fitting(data: bytes, source: DataSource, name: str) -> DataSource:
    """Return a way to read a CSV file that is not refused, as far as one is found.

    Raises `DataRefused` E427 where it is no text in any encoding that is tried.
    """
    columns: dict[str, Any] = {}
    for _ in range(_TRIES):
        try:
            columns, _notes = read_csv_text(data, source, name)
            break
        except DataRefused as refused:
            changed = _other_form(refused, source)
            if changed is None and refused.code == "E403":
                raise DataRefused("E427", where=name) from refused
            if changed is None:
                return source
            source = changed
    for column, texts in columns.items():
        known = without(texts, source.na_values)
        text = TextColumn(known, name, column, decimal=source.decimal)
        try:
            text.guess()
        except DataRefused as refused:
            source = _other_values(refused, text, source)
    return source


def _other_form(refused: AuditError, source: DataSource) -> DataSource | None:
    """Return another delimiter or encoding to try, or None when there is none."""
    update: dict[str, str] = {}
    if refused.code == "E409":
        update = {"delimiter": {"';'": ";", "'|'": "|", r"'\t'": "\t"}.get(str(refused.params["found"]), "")}
    elif refused.code == "E402":
        update = {"encoding": str(refused.params["encoding"])}
    elif refused.code == "E403" and source.encoding != "cp1252":
        update = {"encoding": "cp1252"}
    return source.model_copy(update=update) if update and all(update.values()) else None


def _other_values(refused: AuditError, text: TextColumn, source: DataSource) -> DataSource:
    """Return a way to read a column of numbers that other texts or marks stand in."""
    if refused.code == "E414" and source.delimiter != "," and source.decimal == ".":
        return source.model_copy(update={"decimal": ","})
    if refused.code != "E413":
        return source
    words = [value for value in text.texts.unique().to_pylist() if value is not None]
    missing = sorted(word for word in words if word.strip().casefold() in _MISSING_WORDS)
    left = TextColumn(without(text.texts, missing), text.where, text.name, decimal=source.decimal)
    try:
        left.guess()
    except DataRefused:
        return source.model_copy(update={"types": {**source.types, text.name: "text"}})
    known = tuple(dict.fromkeys((*source.na_values, *missing)))
    return source.model_copy(update={"na_values": known})
