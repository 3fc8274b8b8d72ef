"""A reader of UBJSON, as XGBoost writes it: bounded by the file, and without recursion beyond a depth."""

import struct
from typing import Any

import numpy as np

DEEPEST = 64
_NUMBERS = {"i": "b", "U": "B", "I": "h", "l": "i", "L": "q", "d": "f", "D": "d"}


def read_ubjson(data: bytes) -> Any:
    """Return what UBJSON bytes hold. Raises ``ValueError`` for anything that is not whole.

    Reference: Universal Binary JSON Specification, draft 12; numbers are big-endian.
    """
    return _Reader(data).value(DEEPEST)


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def value(self, depth: int, kind: str | None = None) -> Any:
        kind = kind or self._mark()
        if depth == 0:
            raise ValueError("too deep")
        if kind in _NUMBERS:
            return self._number(kind)
        if kind == "{":
            return self._object(depth)
        if kind == "[":
            return self._array(depth)
        if kind in "SC":
            return self._text() if kind == "S" else self._take(1).decode()
        if kind in "ZTF":
            return {"Z": None, "T": True, "F": False}[kind]
        raise ValueError("unknown mark")

    def _take(self, size: int) -> bytes:
        end = self._at + size
        if size < 0 or end > len(self._data):
            raise ValueError("the file ends early")
        self._at, start = end, self._at
        return self._data[start:end]

    def _mark(self) -> str:
        return self._take(1).decode("ascii", errors="replace")

    def _number(self, kind: str) -> Any:
        form = ">" + _NUMBERS[kind]
        return struct.unpack(form, self._take(struct.calcsize(form)))[0]

    def _length(self) -> int:
        kind = self._mark()
        if kind not in _NUMBERS or kind in "dD":
            raise ValueError("no length")
        return int(self._number(kind))

    def _text(self) -> str:
        return self._take(self._length()).decode()

    def _head(self) -> tuple[str | None, int | None]:
        """Return the type and the number of what follows, where they are declared."""
        kind = count = None
        if self._data[self._at : self._at + 1] == b"$":
            self._take(1)
            kind = self._mark()
        if self._data[self._at : self._at + 1] == b"#":
            self._take(1)
            count = self._length()
            if not 0 <= count <= len(self._data):
                raise ValueError("more than the file holds")
        return kind, count

    def _array(self, depth: int) -> Any:
        kind, count = self._head()
        if kind in _NUMBERS and count is not None:
            numbers = np.dtype(f">{_NUMBERS[str(kind)]}")
            return np.frombuffer(self._take(count * numbers.itemsize), dtype=numbers).tolist()
        found: list[Any] = []
        while len(found) != count:
            if count is None and self._data[self._at : self._at + 1] == b"]":
                self._take(1)
                break
            found.append(self.value(depth - 1, kind))
        return found

    def _object(self, depth: int) -> dict[str, Any]:
        kind, count = self._head()
        found: dict[str, Any] = {}
        for _ in range(len(self._data)):
            if len(found) == count:
                break
            if count is None and self._data[self._at : self._at + 1] == b"}":
                self._take(1)
                break
            name = self._text()
            found[name] = self.value(depth - 1, kind)
        return found
