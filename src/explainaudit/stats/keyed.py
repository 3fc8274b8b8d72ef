"""Rows named by what they hold, and randomness drawn from those names, never from positions.

A row's key is a SHA-256 digest, so nothing changes when a file is sorted, split or cut. Every draw is
a function of the seed, a purpose and the row key (decisions.md, section 1).
"""

import hashlib
import json
import unicodedata
from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from explainaudit.errors import DataRefused, most_like
from explainaudit.records.plan import ColumnType
from explainaudit.records.record import canonical_json

BLOCK_ROWS = 100_000
_TAG: dict[ColumnType, int] = {"integer": 1, "number": 2, "boolean": 3, "text": 4, "date": 5}
_MISSING = 0


def row_keys(
    frame: pd.DataFrame, types: Mapping[str, ColumnType], row_id: str | None = None
) -> NDArray[np.str_]:
    """Return the key of each row: SHA-256 in hex.

    The key is the digest of the row id where there is one, else of the canonical content of all columns
    in the order of their names, plus an occurrence number among equal rows. Neither the order of
    columns nor that of rows changes the set of keys.

    Parameters
    ----------
    frame : DataFrame of shape (n, d)
        Typed columns.
    types : mapping of str to ColumnType
        Type of each column.
    row_id : str, optional
        Column that names a row.

    Returns
    -------
    ndarray of shape (n,)
        64 hex digits a row, unique.

    Raises
    ------
    DataRefused
        A row id stands twice (E422) or is missing (E423), or there is no such column (E424).
    """
    if row_id is not None:
        check_ids(frame, types, row_id)
        header, columns = b"row id", [row_id]
    else:
        columns = sorted(types)
        header = b"row" + json.dumps(columns).encode()
    digests = [digest for block in _blocks(frame) for digest in _digests(block, types, columns, header)]
    occurrence = pd.Series(digests).groupby(digests).cumcount().to_numpy()
    keys = [
        hashlib.sha256(digest + int(number).to_bytes(8, "little")).hexdigest()
        for digest, number in zip(digests, occurrence, strict=True)
    ]
    return np.array(keys, dtype="<U64")


def data_digest(keys: NDArray[np.str_], types: Mapping[str, ColumnType]) -> str:
    """Return the SHA-256, in hex, of the sorted row keys and the schema."""
    schema = canonical_json(dict(types))
    rows = "\n".join(np.sort(keys).tolist()).encode()
    return hashlib.sha256(schema + rows).hexdigest()


def draws(keys: NDArray[np.str_], *, seed: int, purpose: str) -> NDArray[np.uint64]:
    """Return a uniform 64-bit number per row, a function of (seed, purpose, row key) alone.

    Parameters
    ----------
    keys : ndarray of shape (n,)
        Row keys (hex).
    seed : int
        The plan's seed.
    purpose : str
        What the draw is for; different purposes give independent draws.

    Returns
    -------
    ndarray of shape (n,)
        Two rounds of the splitmix64 finaliser (Steele, Lea and Flood 2014) over the key's first
        64 bits, each round keyed by 64 bits of the digest of (seed, purpose).
    """
    digest = _purpose_digest(seed, purpose)
    first, second = (np.uint64(int.from_bytes(digest[at : at + 8], "little")) for at in (0, 8))
    return _mixed(_mixed(_prefixes(keys) ^ first) + second)


def uniforms(keys: NDArray[np.str_], *, seed: int, purpose: str) -> NDArray[np.float64]:
    """Return a uniform number in [0, 1) per row: the upper 53 bits of `draws`."""
    upper = draws(keys, seed=seed, purpose=purpose) >> np.uint64(11)
    return upper.astype(np.float64) * 2.0**-53


def random_state(seed: int, purpose: str) -> int:
    """Return a 32-bit seed for an instrument that wants a ``random_state``."""
    return int.from_bytes(_purpose_digest(seed, purpose)[16:20], "little")


def _purpose_digest(seed: int, purpose: str) -> bytes:
    return hashlib.sha256(json.dumps([seed, purpose]).encode()).digest()


def _prefixes(keys: NDArray[np.str_]) -> NDArray[np.uint64]:
    """Return the first 16 hex digits of each key as a number."""
    letters = (
        np.ascontiguousarray(keys.astype("<U16")).view(np.uint32).reshape(len(keys), 16).astype(np.uint64)
    )
    digits = np.where(letters >= ord("a"), letters - np.uint64(ord("a") - 10), letters - np.uint64(ord("0")))
    shifts = np.arange(60, -1, -4, dtype=np.uint64)
    return np.asarray(np.bitwise_or.reduce(digits << shifts, axis=1), dtype=np.uint64)


def _mixed(bits: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return the splitmix64 finaliser of each number; array arithmetic wraps, as it must here."""
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return bits ^ (bits >> np.uint64(31))


def check_ids(
    frame: pd.DataFrame, types: Mapping[str, ColumnType], row_id: str, where: str | None = None
) -> None:
    """Refuse a column that does not name every row once.

    Raises `DataRefused`: an id stands twice (E422) or is missing (E423), or there is no such column (E424).
    """
    where = row_id if where is None else where
    if row_id not in types:
        raise DataRefused("E424", where=where, nearest=most_like(row_id, types))
    ids = comparable_ids(frame[row_id], types[row_id])
    missing = np.flatnonzero(ids.isna().to_numpy())
    if missing.size:
        raise DataRefused("E423", where=where, row=int(missing[0]) + 1, count=int(missing.size))
    again = np.flatnonzero(ids.duplicated().to_numpy())
    if again.size:
        first = np.flatnonzero((ids == ids.iloc[again[0]]).to_numpy())[0]
        raise DataRefused("E422", where=where, first=int(first) + 1, row=int(again[0]) + 1, count=again.size)


def comparable_ids(ids: pd.Series, kind: ColumnType) -> pd.Series:
    """Return row ids that are equal where they read alike: text in NFC, as keys take it."""
    return ids.str.normalize("NFC") if kind == "text" else ids


def _blocks(frame: pd.DataFrame) -> Iterator[pd.DataFrame]:
    for start in range(0, len(frame), BLOCK_ROWS):
        yield frame.iloc[start : start + BLOCK_ROWS]


def _digests(
    block: pd.DataFrame, types: Mapping[str, ColumnType], columns: list[str], header: bytes
) -> list[bytes]:
    """Return the SHA-256 of each row's cells, every cell a type tag and a fixed number of bytes."""
    matrix = np.hstack([_cells(block[name], types[name]) for name in columns])
    started = hashlib.sha256(header)
    digests = []
    for row in matrix:
        content = started.copy()
        content.update(row)
        digests.append(content.digest())
    return digests


def _cells(column: pd.Series, kind: ColumnType) -> NDArray[np.uint8]:
    """Return the canonical bytes of a column: shape (n, 1 + width); missing cells are all zero."""
    missing = column.isna().to_numpy(dtype=bool)
    payload = _text_bytes(column) if kind == "text" else _number_bytes(column, kind)
    tag = np.where(missing, _MISSING, _TAG[kind]).astype(np.uint8)
    payload[missing] = 0
    return np.column_stack([tag, payload])


def _number_bytes(column: pd.Series, kind: ColumnType) -> NDArray[np.uint8]:
    if kind == "number":
        values = column.to_numpy(dtype="<f8", na_value=np.nan) + 0.0  # −0.0 + 0.0 is +0.0
    elif kind == "date":
        values = column.to_numpy(dtype="datetime64[us]").astype("<i8")
    else:
        values = column.to_numpy(dtype="<i8", na_value=0)
    return np.ascontiguousarray(values).view(np.uint8).reshape(len(column), 8).copy()


def _text_bytes(column: pd.Series) -> NDArray[np.uint8]:
    """Return the SHA-256 of each text in NFC; each distinct text is digested once."""
    codes, texts = pd.factorize(column, use_na_sentinel=True)
    digests = [
        hashlib.sha256(unicodedata.normalize("NFC", str(text)).encode("utf-8", "surrogatepass")).digest()
        for text in texts
    ]
    table = np.frombuffer(b"".join([*digests, bytes(32)]), dtype=np.uint8).reshape(-1, 32)
    return table[codes]  # code −1, missing, is the last line: zeros
