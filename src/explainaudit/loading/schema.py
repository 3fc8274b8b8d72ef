"""Types of text columns: guessed on the whole column, or as declared; never silently lossy."""

import re
from typing import Any

from explainaudit.errors import DataRefused
from explainaudit.records.message import Message, Name
from explainaudit.records.plan import ColumnType

_INTEGER = r"^[+-]?(0|[1-9][0-9]*)$"
_DIGITS = r"^[+-]?[0-9]+$"
_INFINITE = r"^(?i:[+-]?inf(inity)?)$"
_DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?)?$"
_ZONED = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:.]+(Z|[+-][0-9]{2}:?[0-9]{2})$"
_LOOKS_MISSING = ("na", "n/a", "#n/a", "nan", "null", "none", "nil", "-", "?")
_TRUTH = {"true": True, "1": True, "false": False, "0": False}


class TextColumn:
    """A column of text with its place, for typing.

    Parameters
    ----------
    texts : Arrow chunked array of strings
        Null where the value is missing.
    where : str
        File or table, for errors.
    name : str
        Column name, for errors.
    decimal : str
        Decimal mark.
    """

    def __init__(self, texts: Any, where: str, name: str, *, decimal: str = ".") -> None:
        import pyarrow.compute as pc

        self.texts, self.where, self.name, self.decimal = texts, where, name, decimal
        self.trimmed = pc.utf8_trim_whitespace(texts)

    def guess(self) -> tuple[ColumnType, tuple[Message, ...]]:
        """Return the type that every present value has, and notes about the choice.

        Digits with a leading zero are codes, and integers beyond 64 bits are names: both stay text.

        Raises
        ------
        DataRefused
            Numbers in another notation (E414), or numbers mixed with something else (E413).
        """
        if self.texts.null_count == len(self.texts):
            return "number", (self._note("empty_column"),)
        if self._all(r"^(?i:true|false)$"):
            return "boolean", ()
        if self._all(_DIGITS):
            return self._guess_digits()
        if self._all(f"{self._number()}|{_INFINITE}"):
            return "number", ()
        if self._all(_DATE) or self._all(_ZONED):
            return "date", ()
        self._refuse_other_notation()
        self._refuse_mixture()
        return "text", self._textual_missing()

    def typed(self, kind: ColumnType) -> Any:
        """Return the column as an Arrow array of int64, float64, bool, timestamp[us] or string.

        Raises
        ------
        DataRefused
            A value is not of the type (E417), is infinite (E412), or a date is not readable (E415, E416).
        """
        if kind == "text":
            return self.texts
        return getattr(self, f"_as_{kind}")()

    def _guess_digits(self) -> tuple[ColumnType, tuple[Message, ...]]:
        import pyarrow as pa

        if not self._all(_INTEGER):
            return "text", (self._note("leading_zeros"),)
        try:
            self._as_integer()
        except (DataRefused, pa.ArrowInvalid):
            return "text", (self._note("long_integers"),)
        return "integer", ()

    def _as_integer(self) -> Any:
        import pyarrow as pa
        import pyarrow.compute as pc

        self._require(_DIGITS, "integer")
        plain = pc.replace_substring_regex(self.trimmed, pattern=r"^\+", replacement="")
        try:
            return plain.cast(pa.int64())
        except pa.ArrowInvalid as problem:  # beyond 64 bits
            long = pc.match_substring_regex(plain, r"^-?0*[1-9][0-9]{18,}$")
            raise self._refused("E417", long, type="integer") from problem

    def _as_number(self) -> Any:
        import pyarrow as pa
        import pyarrow.compute as pc

        infinite = self._matches(_INFINITE)
        if pc.any(infinite, min_count=0).as_py():
            raise self._refused("E412", infinite)
        self._require(self._number(leading_zeros=True), "number")
        plain = pc.replace_substring_regex(self.trimmed, pattern=r"^\+", replacement="")
        plain = pc.replace_substring(plain, pattern=self.decimal, replacement=".")
        numbers = plain.cast(pa.float64())
        overflow = pc.is_inf(numbers)
        if pc.any(overflow, min_count=0).as_py():
            raise self._refused("E412", overflow)
        return numbers

    def _as_boolean(self) -> Any:
        import pyarrow.compute as pc

        self._require(r"^(?i:true|false|1|0)$", "boolean")
        lowered = pc.utf8_lower(self.trimmed)
        return pc.if_else(pc.is_null(lowered), None, pc.is_in(lowered, value_set=_strings("true", "1")))

    def _as_date(self) -> Any:
        import pyarrow as pa
        import pyarrow.compute as pc

        zoned = self._matches(_ZONED)
        known = pc.or_(zoned, self._matches(_DATE))
        if not pc.all(known, min_count=0).as_py():
            raise self._refused("E415", pc.invert(known))
        if pc.any(zoned, min_count=0).as_py() and not pc.all(zoned, min_count=0).as_py():
            raise self._refused("E416", pc.invert(zoned))
        return pa.chunked_array([self._instants(bool(pc.any(zoned, min_count=0).as_py()))])

    def _instants(self, zoned: bool) -> Any:
        import pandas as pd
        import pyarrow as pa

        texts = self.trimmed.to_pandas().astype("object")
        times = pd.to_datetime(texts, format="ISO8601", errors="coerce", utc=zoned)
        unreadable = (times.isna() & texts.notna()).to_numpy()
        if unreadable.any():
            raise self._refused("E415", pa.chunked_array([pa.array(unreadable)]))
        if zoned:
            times = times.dt.tz_localize(None)
        return pa.array(times.to_numpy(dtype="datetime64[us]"), from_pandas=True)

    def _refuse_other_notation(self) -> None:
        point, comma = re.escape(self.decimal), "," if self.decimal == "." else r"\."
        grouped = rf"^[+-]?[0-9]{{1,3}}({comma}[0-9]{{3}})+({point}[0-9]+)?$"
        swapped = rf"^[+-]?[0-9]+{comma}[0-9]+$"
        if self._all(f"{self._number()}|{grouped}|{swapped}"):
            raise self._refused("E414", self._matches(f"{grouped}|{swapped}"))

    def _refuse_mixture(self) -> None:
        """Refuse a column at least half of which are numbers: the rest would turn all of them to text."""
        import pyarrow.compute as pc

        numbers = self._matches(self._number())
        known = len(self.texts) - self.texts.null_count
        if 2 * pc.sum(numbers).as_py() >= known:
            raise self._refused("E413", pc.invert(numbers), count=known - pc.sum(numbers).as_py())

    def _textual_missing(self) -> tuple[Message, ...]:
        import pyarrow.compute as pc

        present = pc.is_in(pc.utf8_lower(self.trimmed), value_set=_strings(*_LOOKS_MISSING))
        return (self._note("looks_missing"),) if pc.any(present, min_count=0).as_py() else ()

    def _number(self, *, leading_zeros: bool = False) -> str:
        whole, point = r"[0-9]+" if leading_zeros else r"(0|[1-9][0-9]*)", re.escape(self.decimal)
        return rf"^[+-]?({whole}({point}[0-9]*)?|{point}[0-9]+)([eE][+-]?[0-9]+)?$"

    def _matches(self, pattern: str) -> Any:
        import pyarrow.compute as pc

        return pc.match_substring_regex(self.trimmed, pattern)

    def _all(self, pattern: str) -> bool:
        import pyarrow.compute as pc

        return bool(pc.all(self._matches(pattern), min_count=0).as_py())

    def _require(self, pattern: str, kind: ColumnType) -> None:
        import pyarrow.compute as pc

        matches = self._matches(pattern)
        if not pc.all(matches, min_count=0).as_py():
            raise self._refused("E417", pc.invert(matches), type=kind)

    def _refused(self, code: str, bad: Any, **params: str | int) -> DataRefused:
        import pyarrow.compute as pc

        row = pc.index(bad, True).as_py() + 1
        return DataRefused(code, where=self.where, column=self.name, row=row, **params)

    def _note(self, key: str) -> Message:
        return Message(key=f"loading.note.{key}", params={"column": Name(text=self.name)})


def _strings(*texts: str) -> Any:
    import pyarrow as pa

    return pa.array(texts, type=pa.large_string())
