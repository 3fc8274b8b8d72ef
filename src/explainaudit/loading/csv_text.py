"""A CSV file as columns of text: decoded, every line counted, nothing guessed."""

import codecs
import csv
import io
from collections.abc import Iterator
from itertools import islice
from typing import Any

from explainaudit.errors import DataRefused, UsageError
from explainaudit.loading.headers import check_names
from explainaudit.records.message import Message
from explainaudit.records.plan import DataSource

CHUNK_ROWS = 20_000
_OTHER_DELIMITERS = ",;\t|"
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it starts with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def read_csv_text(data: bytes, source: DataSource, name: str) -> tuple[dict[str, Any], tuple[Message, ...]]:
    """Return the columns of a CSV file as Arrow text arrays, and notes.

    Every line must have as many fields as the header. Lines without any character are skipped.

    Parameters
    ----------
    data : bytes
        The file.
    source : DataSource
        Encoding and delimiter.
    name : str
        The file's name, for errors.

    Raises
    ------
    DataRefused
        The bytes or the lines are not what the plan says: E402 to E411.
    UsageError
        The plan names an unknown encoding (E254) or one character for two jobs (E255).
    """
    if source.delimiter == source.decimal:
        raise UsageError("E255", where="data.delimiter")
    text, notes = _decoded(data, source.encoding, name)
    if "\x00" in text:
        before = text[: text.index("\x00")]
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        raise DataRefused("E404", where=name, line=line, column=column)
    lines = _fields(text, source.delimiter, name)
    _, header = next(lines, (1, []))
    _check_delimiter(header, source, name)
    notes += check_names(header, name)
    return _columns(lines, header, name), notes


def _decoded(data: bytes, encoding: str, name: str) -> tuple[str, tuple[Message, ...]]:
    try:
        declared = codecs.lookup(encoding).name
    except LookupError as problem:
        raise UsageError("E254", where="data.encoding", encoding=encoding) from problem
    marked = next((found for mark, found in _MARKS if data.startswith(mark)), None)
    if marked and not declared.startswith(marked):
        raise DataRefused("E402", where=name, encoding=marked)
    notes: tuple[Message, ...] = ()
    if data.startswith(codecs.BOM_UTF8) and declared == "utf-8":
        declared, notes = "utf-8-sig", (Message(key="loading.note.byte_order_mark"),)
    try:
        return data.decode(declared), notes
    except UnicodeDecodeError as problem:
        line = data.count(b"\n", 0, problem.start) + 1
        raise DataRefused("E403", where=name, offset=problem.start, line=line, encoding=encoding) from problem
    except (UnicodeError, LookupError) as problem:  # LookupError: a codec that does not make text
        raise UsageError("E254", where="data.encoding", encoding=encoding) from problem


def _fields(text: str, delimiter: str, name: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the number of the line where a record starts, and its fields."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error as problem:
            raise DataRefused("E411", where=name, line=line) from problem
        if fields:
            yield line, fields


def _check_delimiter(header: list[str], source: DataSource, name: str) -> None:
    if not header:
        raise DataRefused("E405", where=name)
    if len(header) == 1:
        found = next((mark for mark in _OTHER_DELIMITERS if mark in header[0]), None)
        if found is not None:
            raise DataRefused("E409", where=name, delimiter=source.delimiter, found=repr(found))


def _columns(lines: Iterator[tuple[int, list[str]]], header: list[str], name: str) -> dict[str, Any]:
    import pyarrow as pa

    width = len(header)
    parts: list[list[Any]] = [[] for _ in header]
    while chunk := list(islice(lines, CHUNK_ROWS)):
        for line, fields in chunk:
            if len(fields) != width:
                raise DataRefused("E410", where=name, line=line, expected=width, seen=len(fields))
        for part, values in zip(parts, zip(*(fields for _, fields in chunk), strict=True), strict=True):
            part.append(pa.array(values, type=pa.large_string()))
    if not parts[0]:
        raise DataRefused("E405", where=name)
    return {column: pa.chunked_array(part) for column, part in zip(header, parts, strict=True)}
