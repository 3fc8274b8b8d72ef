"""A table of the plan: read from a file or taken from memory, typed, and named in errors without a value."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from explainaudit.errors import DataRefused
from explainaudit.loading.arrow_types import to_pandas, typed_column
from explainaudit.loading.csv_text import read_csv_text
from explainaudit.loading.files import read_bytes
from explainaudit.loading.headers import check_names
from explainaudit.loading.schema import TextColumn
from explainaudit.records.message import Message, Name, Series
from explainaudit.records.plan import ColumnType, DataSource

_PARQUET = b"PAR1"
_NOT_TABLES = (
    (b"PK\x03\x04", "zip"),  # .xlsx as well
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"ARROW1", "Arrow IPC"),
    (b"SQLite format 3\x00", "SQLite"),
    (b"\xd0\xcf\x11\xe0", "Excel 97"),
    (b"\x89HDF", "HDF5"),
)
_INDEX = "__index_level_"
TYPES_UNUSED = "loading.note.types_unused"


@dataclass(frozen=True)
class LoadedTable:
    """A typed table.

    Attributes
    ----------
    frame : DataFrame of shape (n, d)
        int64 or Int64, float64, bool or boolean, str, datetime64[us]; rows numbered from 0.
    types : dict of str to ColumnType
        In the order of the columns.
    notes : tuple of Message
        What was noticed and done while reading.
    """

    frame: pd.DataFrame
    types: dict[str, ColumnType]
    notes: tuple[Message, ...] = ()


def read_table(path: Path, source: DataSource) -> LoadedTable:
    """Return a CSV or Parquet file, told apart by content, as a typed table.

    Parameters
    ----------
    path : Path
        The file.
    source : DataSource
        How to read it. Types of columns that this table does not have are ignored.

    Raises
    ------
    UsageError
        The path or an option cannot be used (E251 to E255).
    DataRefused
        The content cannot be audited as it is (E401 to E420).
    """
    data = read_bytes(path)
    if not data.strip():
        raise DataRefused("E401", where=path.name)
    if data.startswith(_PARQUET):
        return _from_arrow(_parquet(data, path.name), source.types, path.name)
    found = next((format_ for mark, format_ in _NOT_TABLES if data.startswith(mark)), None)
    if found is not None:
        raise DataRefused("E420", where=path.name, format=found)
    texts, notes = read_csv_text(data, source, path.name)
    columns, types = {}, {}
    for name, column in texts.items():
        text = TextColumn(without(column, source.na_values), path.name, name, decimal=source.decimal)
        kind, found_notes = (source.types[name], ()) if name in source.types else text.guess()
        columns[name], types[name] = to_pandas(text.typed(kind), kind), kind
        notes += found_notes
    return LoadedTable(pd.DataFrame(columns, copy=False), types, notes + unused_types(source.types, types))


def table_of(frame: pd.DataFrame, types: Mapping[str, ColumnType], name: str) -> LoadedTable:
    """Return a data frame from memory as a typed table; the frame itself is not touched.

    Raises
    ------
    DataRefused
        As for `read_table`, or a column holds objects of several kinds (E425) or text with a lone
        surrogate (E426).
    """
    import pyarrow as pa

    labels = [str(label) for label in frame.columns]
    check_names(labels, name)
    arrays = []
    for position, label in enumerate(labels):
        try:
            label.encode()  # what is not Unicode can stand in no file of a dossier
            array = pa.array(frame.iloc[:, position], from_pandas=True)
        except UnicodeEncodeError as problem:
            raise DataRefused("E426", where=name, column=label) from problem
        except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError) as problem:
            raise DataRefused("E425", where=name, column=label) from problem
        arrays.append(array if isinstance(array, pa.ChunkedArray) else pa.chunked_array([array]))
    table = _from_arrow(pa.table(arrays, names=labels), types, name)
    if labels == list(frame.columns):
        return table
    renamed = (Message(key="loading.note.labels_as_text"),)
    return LoadedTable(table.frame, table.types, renamed + table.notes)


def _parquet(data: bytes, name: str) -> Any:
    import pyarrow as pa
    from pyarrow import parquet

    try:
        return parquet.read_table(pa.BufferReader(data))
    except (pa.ArrowException, OSError, ValueError) as problem:
        raise DataRefused("E419", where=name) from problem


def _from_arrow(table: Any, declared: Mapping[str, ColumnType], where: str) -> LoadedTable:
    names: list[str] = list(table.column_names)
    notes = check_names(names, where)
    unnamed = [name for name in names if name.startswith(_INDEX)]
    if unnamed:  # positions that pandas wrote: no property of the person
        names = [name for name in names if name not in unnamed]
        notes += (Message(key="loading.note.index_dropped"),)
    if table.num_rows == 0 or not names:
        raise DataRefused("E405", where=where)
    columns: dict[str, pd.Series] = {}
    types: dict[str, ColumnType] = {}
    for name in names:
        column, kind, found = typed_column(table.column(name), declared.get(name), where=where, name=name)
        columns[name], types[name] = to_pandas(column, kind), kind
        notes += found
    return LoadedTable(pd.DataFrame(columns, copy=False), types, notes + unused_types(declared, types))


def unused_types(declared: Mapping[str, ColumnType], types: Mapping[str, ColumnType]) -> tuple[Message, ...]:
    """Return the note that names the columns whose type is declared, but which the table does not have."""
    names = tuple(Name(text=name) for name in declared if name not in types)
    return (Message(key=TYPES_UNUSED, params={"names": Series(items=names)}),) if names else ()


def without(column: Any, missing: Sequence[str]) -> Any:
    """Return texts with those that mean a missing value turned to null."""
    import pyarrow as pa
    import pyarrow.compute as pc

    gone = pc.is_in(column, value_set=pa.array(missing, type=pa.large_string()))
    return pc.if_else(gone, pa.scalar(None, type=pa.large_string()), column)
