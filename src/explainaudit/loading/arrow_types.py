"""Columns that already have a type (Parquet, data frames), brought to the five types of an audit."""

from typing import Any

import numpy as np
import pandas as pd

from explainaudit.errors import DataRefused
from explainaudit.loading.schema import TextColumn
from explainaudit.records.message import Message, Name
from explainaudit.records.plan import ColumnType


def typed_column(
    column: Any, declared: ColumnType | None, *, where: str, name: str
) -> tuple[Any, ColumnType, tuple[Message, ...]]:
    """Return an Arrow column as int64, float64, bool, timestamp[us] or string, its type, and notes.

    Parameters
    ----------
    column : Arrow chunked array
        As the file has it.
    declared : ColumnType or None
        Type that the plan asks for.
    where, name : str
        Table and column, for errors.

    Raises
    ------
    DataRefused
        The type is not one of a table of persons (E418), a value is infinite (E412), or a value is not of
        the declared type (E417).
    """
    plain, kind, notes = _plain(column, where, name)
    if declared is None or declared == kind:
        _refuse_infinite(plain, kind, where, name)
        return plain, kind, notes
    if kind == "text":
        return TextColumn(plain, where, name).typed(declared), declared, notes
    converted = _converted(plain, declared, where, name)
    _refuse_infinite(converted, declared, where, name)
    return converted, declared, notes


def to_pandas(column: Any, kind: ColumnType) -> pd.Series:
    """Return a typed Arrow column as pandas holds it: exact, with missing values where there are any.

    int64 or Int64, float64, bool or boolean, str, datetime64[us].
    """
    if kind == "text":
        return pd.Series(column.to_pandas(), dtype="str")
    if kind == "date":
        return pd.Series(column.to_numpy().astype("datetime64[us]"))
    if kind == "number":
        return pd.Series(np.array(column.to_numpy(), dtype=np.float64))
    missing = np.asarray(column.is_null().to_numpy(), dtype=bool)
    values = np.array(column.fill_null(0 if kind == "integer" else False).to_numpy())
    if not missing.any():
        return pd.Series(values)
    if kind == "integer":
        return pd.Series(pd.arrays.IntegerArray(values, missing))
    return pd.Series(pd.arrays.BooleanArray(values, missing))


def _plain(column: Any, where: str, name: str) -> tuple[Any, ColumnType, tuple[Message, ...]]:  # noqa: PLR0911
    import pyarrow as pa
    from pyarrow import types

    found = column.type
    if types.is_dictionary(found):
        return _plain(column.cast(found.value_type), where, name)
    if types.is_integer(found):
        return _safely(column, pa.int64(), "integer", where, name), "integer", ()
    if types.is_floating(found):
        return column.cast(pa.float64()), "number", ()
    if types.is_boolean(found):
        return column, "boolean", ()
    if types.is_string(found) or types.is_large_string(found) or types.is_string_view(found):
        return column.cast(pa.large_string()), "text", ()
    if types.is_null(found):
        return column.cast(pa.float64()), "number", (_note("empty_column", name),)
    if types.is_decimal(found):
        return column.cast(pa.float64()), "number", (_note("decimal", name),)
    if types.is_date(found) or types.is_timestamp(found):
        notes = (_note("time_zone", name),) if getattr(found, "tz", None) else ()
        return column.cast(pa.timestamp("us", getattr(found, "tz", None)), safe=False), "date", notes
    raise DataRefused("E418", where=where, column=name, type=str(found))


def _converted(column: Any, declared: ColumnType, where: str, name: str) -> Any:
    import pyarrow as pa

    goal = {
        "integer": pa.int64(),
        "number": pa.float64(),
        "boolean": pa.bool_(),
        "text": pa.large_string(),
        "date": pa.timestamp("us"),
    }[declared]
    if declared == "date":  # a number is not a date until someone says since when
        raise DataRefused("E417", where=where, column=name, row=1, type=declared)
    return _safely(column, goal, declared, where, name)


def _safely(column: Any, goal: Any, kind: ColumnType, where: str, name: str) -> Any:
    """Return the column cast to a type, refusing the first row that would lose something."""
    import pyarrow as pa

    if pa.types.is_floating(goal) and pa.types.is_integer(column.type):
        return column.cast(goal, safe=False)  # asked for: nearest double
    try:
        return column.cast(goal)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as problem:
        row = next((at for at in range(len(column)) if not _fits(column.slice(at, 1), goal)), 0) + 1
        raise DataRefused("E417", where=where, column=name, row=row, type=kind) from problem


def _fits(cell: Any, goal: Any) -> bool:
    import pyarrow as pa

    try:
        cell.cast(goal)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return False
    return True


def _refuse_infinite(column: Any, kind: ColumnType, where: str, name: str) -> None:
    if kind != "number":
        return
    infinite = np.flatnonzero(np.isinf(column.to_numpy()))
    if infinite.size:
        raise DataRefused("E412", where=where, column=name, row=int(infinite[0]) + 1)


def _note(key: str, name: str) -> Message:
    return Message(key=f"loading.note.{key}", params={"column": Name(text=name)})
