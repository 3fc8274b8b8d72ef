"""UBJSON, as XGBoost reads and writes it: a reader that is bounded by the file, and a plain writer.

Reference: Universal Binary JSON Specification, draft 12; numbers are big-endian.
"""

import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

DEEPEST = 64
_NUMBERS = {"i": "b", "U": "B", "I": "h", "l": "i", "L": "q", "d": "f", "D": "d"}
_ARRAYS = {"u1": "U", "i4": "l", "i8": "L", "f4": "d"}


def read_ubjson(data: bytes) -> Any:
    """Return what UBJSON bytes hold. Raises ``ValueError`` for anything that is not whole."""
    return _Reader(data).value(DEEPEST)


def write_ubjson(value: Any) -> bytes:
    """Return a dict, list, text, number or array (u1, i4, i8, f4) as UBJSON; a float takes 32 bits."""
    if isinstance(value, dict):
        pairs = (_sized(str(name)) + write_ubjson(each) for name, each in value.items())
        return b"{" + b"".join(pairs) + b"}"
    if isinstance(value, list | tuple):
        return b"[#" + _length(len(value)) + b"".join(write_ubjson(each) for each in value)
    if isinstance(value, np.ndarray):
        return _typed(value)
    if isinstance(value, float):
        return b"d" + struct.pack(">f", value)
    return b"S" + _sized(value) if isinstance(value, str) else _length(value)


def _typed(array: NDArray[Any]) -> bytes:
    kind = _ARRAYS[array.dtype.str[1:]]
    return (
        b"[$"
        + kind.encode()
        + b"#"
        + _length(array.size)
        + array.astype(array.dtype.newbyteorder(">")).tobytes()
    )


def _sized(text: str) -> bytes:
    data = text.encode()
    return _length(len(data)) + data


def _length(number: int) -> bytes:
    return b"L" + struct.pack(">q", number)


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
            if kind in "ZTF":  # elements without a byte: a small file would hold any number of them
                raise ValueError("values without a size")
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
            return np.frombuffer(self._take(count * numbers.itemsize), dtype=numbers)
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
        while len(found) != count:
            if count is None and self._data[self._at : self._at + 1] == b"}":
                self._take(1)
                break
            name = self._text()
            if name in found:
                raise ValueError("a name stands twice")
            found[name] = self.value(depth - 1, kind)
        return found
