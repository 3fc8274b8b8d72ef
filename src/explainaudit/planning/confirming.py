"""A proposed plan that nobody has finished: where ``CONFIRM`` still stands."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from explainaudit.errors import UsageError
from explainaudit.planning.refusing import yaml_reader
from explainaudit.records.plan_file import CONFIRM


def refuse_unconfirmed(content: Mapping[str, Any], path: Path) -> None:
    """Refuse a plan in which a person has not yet replaced a ``CONFIRM``.

    In quotes the word is a text like any other. Raises `UsageError` (E238) with line and key.
    """
    if CONFIRM not in set(_texts(content)):
        return
    root = yaml_reader().compose(path.read_text(encoding="utf-8"))
    open_marks = [(line, keys) for line, keys in _marks(root) if _value(content, keys) == CONFIRM]
    if open_marks:
        line, keys = open_marks[0]
        where = f"{path.name}:{line}: {'.'.join(keys)}"
        raise UsageError("E238", where=where, count=len(open_marks))


def _texts(value: Any) -> Iterator[str]:
    waiting, seen = [value], set()
    while waiting:
        part = waiting.pop()
        if isinstance(part, str):
            yield part
        elif id(part) not in seen and isinstance(part, Mapping | Sequence):
            seen.add(id(part))
            waiting += part.values() if isinstance(part, Mapping) else part


def _marks(root: Any) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield line and keys of every bare CONFIRM, in the order of the file; an alias is followed once."""
    waiting: list[tuple[Any, tuple[str, ...]]] = [(root, ())]
    seen: set[int] = set()
    while waiting:
        node, keys = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node.value, str):
            if node.value == CONFIRM and node.style is None:
                yield node.start_mark.line + 1, keys
            continue
        children = enumerate(node.value)
        for number, child in reversed(list(children)):
            if isinstance(child, tuple):
                waiting.append((child[1], (*keys, str(child[0].value))))
            else:
                waiting.append((child, (*keys, str(number))))


def _value(content: Any, keys: Sequence[str]) -> Any:
    for key in keys:
        if isinstance(content, Mapping):
            content = content.get(key)
        elif isinstance(content, Sequence) and not isinstance(content, str) and int(key) < len(content):
            content = content[int(key)]
        else:
            return None
    return content
