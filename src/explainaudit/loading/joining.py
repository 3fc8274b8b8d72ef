"""A table of groups: further columns about the rows of the sample, joined to it by row id."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from explainaudit.errors import DataRefused, UsageError, most_like
from explainaudit.loading.tables import TYPES_UNUSED, LoadedTable, unused_types
from explainaudit.records.bundle import TableIdentity
from explainaudit.records.plan import ColumnType, Measuring
from explainaudit.records.responses import JoinedGroups
from explainaudit.stats.keyed import check_ids, comparable_ids, data_digest, row_keys

TABLE = "groups"


@dataclass(frozen=True)
class Groups:
    """The table of groups as it was read, the names of its columns in the sample, and what was left over."""

    table: LoadedTable
    columns: tuple[str, ...]
    facts: JoinedGroups


def join_groups(
    tables: Mapping[str, LoadedTable], plan: Measuring
) -> tuple[dict[str, LoadedTable], Groups | None]:
    """Return the tables with the columns of the table of groups in the sample, and that table.

    A row of the sample without a line there has missing groups. The order of either table changes nothing.

    Raises
    ------
    UsageError
        No row id is named (E246).
    DataRefused
        The row id is no column (E424 for the sample, E469), is missing (E423), stands twice (E422) or is of
        another type (E470); no row has a line (E471); a column stands in both tables (E472).
    """
    if TABLE not in tables:
        return dict(tables), None
    row_id = plan.data.row_id if plan.data is not None else None
    if row_id is None:
        raise UsageError("E246", where=f"data.{TABLE}")
    sample, table = tables["sample"], tables[TABLE]
    places = _places(sample, table, row_id)
    columns = tuple(name for name in table.types if name != row_id)
    _refuse_shared(columns, sample.types)
    frame = sample.frame.assign(**{name: _at(table.frame[name], places) for name in columns})
    types = sample.types | {name: table.types[name] for name in columns}
    notes = tuple(note for note in (*sample.notes, *table.notes) if note.key != TYPES_UNUSED)
    declared = plan.data.types if plan.data is not None else {}
    joined = LoadedTable(frame, types, notes + unused_types(declared, types))
    facts = JoinedGroups(
        rows_without=int((places < 0).sum()), lines_without=len(table.frame) - int((places >= 0).sum())
    )
    others = {name: each for name, each in tables.items() if name != TABLE}
    return others | {"sample": joined}, Groups(table, columns, facts)


def identities(
    tables: Mapping[str, LoadedTable], keys: Mapping[str, NDArray[np.str_]], groups: Groups | None
) -> tuple[TableIdentity, ...]:
    """Return size and digest of every table as it was read, the sample without what was joined to it.

    Parameters
    ----------
    tables : mapping of str to LoadedTable
        The tables, with the joined columns in the sample.
    keys : mapping of str to ndarray of shape (n,)
        Keys of their rows.
    groups : Groups, optional
        The table of groups, whose digest covers all that it holds.
    """
    found = [_identity(name, _own_types(name, table, groups), keys[name]) for name, table in tables.items()]
    if groups is not None:
        table = groups.table
        found.append(_identity(TABLE, table.types, row_keys(table.frame, table.types)))
    return tuple(found)


def _own_types(name: str, table: LoadedTable, groups: Groups | None) -> dict[str, ColumnType]:
    joined = groups.columns if groups is not None and name == "sample" else ()
    return {column: kind for column, kind in table.types.items() if column not in joined}


def _identity(name: str, types: Mapping[str, ColumnType], keys: NDArray[np.str_]) -> TableIdentity:
    return TableIdentity(name=name, rows=len(keys), columns=len(types), digest=data_digest(keys, types))


def _places(sample: LoadedTable, table: LoadedTable, row_id: str) -> NDArray[np.intp]:
    """Return the line of the table of groups for every row of the sample, −1 where it has none."""
    check_ids(sample.frame, sample.types, row_id)
    if row_id not in table.types:
        nearest = most_like(row_id, table.types)
        raise DataRefused("E469", where=TABLE, column=row_id, nearest=nearest)
    kinds = sample.types[row_id], table.types[row_id]
    if kinds[0] != kinds[1]:
        raise DataRefused("E470", where=f"{TABLE}: {row_id}", expected=kinds[0], seen=kinds[1])
    check_ids(table.frame, table.types, row_id, f"{TABLE}: {row_id}")
    known = pd.Index(comparable_ids(table.frame[row_id], kinds[1]))
    places = known.get_indexer(pd.Index(comparable_ids(sample.frame[row_id], kinds[0])))
    if (places < 0).all():
        raise DataRefused("E471", where=f"{TABLE}: {row_id}")
    return np.asarray(places, dtype=np.intp)


def _refuse_shared(columns: tuple[str, ...], known: Mapping[str, ColumnType]) -> None:
    """Refuse a column that both tables have, however its letters are composed."""
    composed = {unicodedata.normalize("NFC", name) for name in known}
    for name in columns:
        if unicodedata.normalize("NFC", name) in composed:
            raise DataRefused("E472", where=TABLE, column=name)


def _at(column: pd.Series, places: NDArray[np.intp]) -> pd.Series:
    """Return the values at these places, missing at −1, in a type that can be missing where one is."""
    dtype: Any = {"int64": "Int64", "bool": "boolean"}.get(str(column.dtype), column.dtype)
    kept = column.astype(dtype) if (places < 0).any() else column
    return kept.reindex(places).reset_index(drop=True)
