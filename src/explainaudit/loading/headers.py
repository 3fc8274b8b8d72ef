"""Column names: what makes them unusable, and what deserves a note."""

import unicodedata
from collections.abc import Sequence

from explainaudit.errors import DataRefused
from explainaudit.records.message import Message, Name, Series


def check_names(names: Sequence[str], where: str) -> tuple[Message, ...]:
    """Refuse names that cannot be told apart, and note those that differ only a little.

    Raises
    ------
    DataRefused
        A blank name (E408), the same name twice (E406), or two names that look the same because they
        differ only in how their letters are composed (E407).
    """
    seen: dict[str, int] = {}
    for position, name in enumerate(names, start=1):
        if not name.strip():
            raise DataRefused("E408", where=where, position=position)
        if name in seen:
            raise DataRefused("E406", where=where, column=name, first=seen[name], second=position)
        seen[name] = position
    composed: dict[str, str] = {}
    for name in names:
        other = composed.setdefault(unicodedata.normalize("NFC", name), name)
        if other != name:
            points = {"first": _code_points(other), "second": _code_points(name)}
            raise DataRefused("E407", where=where, column=name, **points)
    return _similar(names)


def _similar(names: Sequence[str]) -> tuple[Message, ...]:
    groups: dict[str, list[str]] = {}
    for name in names:
        groups.setdefault(" ".join(name.casefold().split()), []).append(name)
    return tuple(
        Message(
            key="loading.note.similar_names",
            params={"names": Series(items=tuple(Name(text=t) for t in group))},
        )
        for group in groups.values()
        if len(group) > 1
    )


def _code_points(name: str) -> str:
    return " ".join(f"U+{ord(character):04X}" for character in name)
