"""The catalogue of every generated sentence, heading and label, by key."""

import tomllib
from functools import cache
from importlib import resources


@cache
def catalogue(locale: str) -> dict[str, str]:
    """Return all texts of a locale by dotted key.

    Each file of ``wording/<locale>`` is TOML; nested tables join their names with dots. Raises
    ``ValueError`` if two files define the same key.
    """
    texts: dict[str, str] = {}
    folder = resources.files("explainaudit.wording") / locale
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if not file.name.endswith(".toml"):
            continue
        for key, text in _flat("", tomllib.loads(file.read_text(encoding="utf-8"))):
            if key in texts:
                raise ValueError(f"{file.name} defines {key!r} a second time")
            texts[key] = text
    return texts


def _flat(prefix: str, table: dict[str, object]) -> list[tuple[str, str]]:
    entries: list[tuple[str, str]] = []
    for name, value in table.items():
        key = f"{prefix}.{name}" if prefix else name
        if isinstance(value, dict):
            entries += _flat(key, value)
        else:
            entries.append((key, str(value)))
    return entries
