"""What a model file is and what loading it would make, told without loading it."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from explainaudit.errors import AuditError, ModelFailed
from explainaudit.loading.files import read_bytes
from explainaudit.loading.formats import Format, identify
from explainaudit.loading.formats.native_headers import native_header
from explainaudit.loading.formats.pickle_walk import walk_pickle
from explainaudit.loading.formats.skops import schema_of
from explainaudit.loading.formats.standings import standing_of
from explainaudit.loading.formats.trusted import TRUSTED_TYPES
from explainaudit.loading.formats.unpacking import unpacked
from explainaudit.loading.model import DATA_FORMATS
from explainaudit.records.inspection import Inspection, NamedPart, Standing

_GRAVEST_FIRST: tuple[Standing, ...] = ("dangerous", "untrusted", "unusual", "reviewed", "usual")


def inspect_model(path: Path) -> Inspection:
    """Return what a model file is. Nothing that it names is imported, called or made.

    Raises
    ------
    UsageError
        The file cannot be read (E251 to E253).
    ModelFailed
        The file is empty (E601), damaged (E602), or unpacks into too much (E618).
    """
    data = read_bytes(path)
    if not data:
        raise ModelFailed("E601", where=path.name)
    found = identify(data)
    plain = Inspection(
        name=path.name,
        format=found,
        size=len(data),
        digest=hashlib.sha256(data).hexdigest(),
        runs_code=found not in DATA_FORMATS and found != "unknown",
    )
    try:
        told = _told(data, found, path.name)
    except (AuditError, MemoryError):
        raise
    except Exception as problem:  # a damaged file raises whatever it likes
        raise ModelFailed("E602", where=path.name, format=found, problem=type(problem).__name__) from problem
    return plain.model_copy(update=told)


def _told(data: bytes, found: Format, where: str) -> dict[str, Any]:
    if found == "unknown":
        return {}
    if found == "skops":
        return _skops(data, where)
    if found in DATA_FORMATS:
        return native_header(data, found)
    content, whole = unpacked(data, found)
    walk = walk_pickle(content)
    read_to = walk.read_to
    if not whole and read_to is None:
        read_to = len(content)
    parts = [
        NamedPart(name=name, standing=standing_of(name), called=called) for name, called in walk.names.items()
    ]
    return {"protocol": walk.protocol, "read_to": read_to, "parts": _sorted(parts)}


def _skops(data: bytes, where: str) -> dict[str, Any]:
    import skops.io

    schema = json.loads(schema_of(data, where))
    if not isinstance(schema, dict):
        raise TypeError
    untrusted = set(skops.io.get_untrusted_types(data=data))
    saved_with = {"skops": str(schema["_skops_version"])[:40]} if "_skops_version" in schema else {}
    names = set(untrusted)
    for node in _nodes(schema):
        if "__class__" in node and "__module__" in node:
            names.add(f"{node['__module__']}.{node['__class__']}")
        version = node.get("_sklearn_version")
        if isinstance(version, dict) and isinstance(version.get("content"), str):
            saved_with["scikit-learn"] = version["content"].strip('"')[:40]
    reviewed = set(TRUSTED_TYPES)

    def standing(name: str) -> Standing:
        if name not in untrusted:
            return "usual"
        return "reviewed" if name in reviewed else "untrusted"

    parts = [NamedPart(name=name, standing=standing(name), called=True) for name in names]
    return {"saved_with": saved_with, "parts": _sorted(parts)}


def _nodes(schema: Any) -> Iterator[dict[str, Any]]:
    """Yield every mapping inside of a JSON value."""
    waiting = [schema]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            yield value
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value


def _sorted(parts: list[NamedPart]) -> tuple[NamedPart, ...]:
    return tuple(sorted(parts, key=lambda part: (_GRAVEST_FIRST.index(part.standing), part.name)))
