"""``--set key=value``: one key of a plan at a time, reached by a dotted path."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from explainaudit.errors import UsageError
from explainaudit.planning.refusing import yaml_reader

_KEY = re.compile(r'"((?:[^"\\]|\\.)*)"|([^."=]+)')
_LISTS = {"sensitive", "strata", "intersections", "criteria", "bands"}


def changed(content: Mapping[str, Any], changes: Sequence[str]) -> Mapping[str, Any]:
    """Return plan keys with changes made, in their order; what is given is not touched.

    Parameters
    ----------
    content : mapping
        The top level of a plan.
    changes : sequence of str
        ``key=value``: the key a path with dots, list entries by their number from 0, names that hold dots
        in double quotes; the value YAML 1.2.

    Raises
    ------
    UsageError
        The text is no such assignment (E241), or the path leads nowhere (E242).
    """
    for change in changes:
        keys, value = _parsed(change)
        content = _with(content, keys, value, change)
    return content


def keys_of(changes: Sequence[str]) -> set[str]:
    """Return the keys that changes set, with dots."""
    return {".".join(_parsed(change)[0]) for change in changes}


def _parsed(change: str) -> tuple[list[str], Any]:
    from ruamel.yaml.error import YAMLError

    keys, at = [], 0
    while (found := _KEY.match(change, at)) is not None:
        keys.append(found[2] if found[1] is None else re.sub(r"\\(.)", r"\1", found[1]))
        at = found.end() + 1
        if change[found.end() : at] == "=":
            try:
                return [key.strip() for key in keys], yaml_reader().load(change[at:])
            except (YAMLError, ValueError, KeyError, RecursionError):
                break
        if change[found.end() : at] != ".":
            break
    raise UsageError("E241", where=change)


def _with(part: Any, keys: Sequence[str], value: Any, change: str, name: str = "") -> Any:
    """Return a part of a plan with the value put where the keys lead."""
    if not keys:
        return value
    key, *rest = keys
    if name == "criteria" and not isinstance(part, Mapping) and not key.isdecimal():
        part = {"entries": part or []}  # the short form without the adjustment
    if isinstance(part, str) and name in {"sensitive", "strata"}:
        part = {"column": part}  # the short form of a column of groups
    if part is None:
        part = [] if name in _LISTS else {}
    if isinstance(part, Mapping):
        return {**part, key: _with(part.get(key), rest, value, change, key)}
    if isinstance(part, Sequence) and not isinstance(part, str) and key.isdecimal() and int(key) <= len(part):
        entries = list(part)
        entry = entries[int(key)] if int(key) < len(entries) else {}
        entries[int(key) : int(key) + 1] = [_with(entry, rest, value, change, name)]
        return entries
    raise UsageError("E242", where=change)
