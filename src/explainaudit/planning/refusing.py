"""Plans that cannot be read: what is wrong, where, and which key was probably meant."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from explainaudit.errors import UsageError, most_like


def yaml_reader() -> Any:
    """Return a reader of YAML 1.2."""
    from ruamel.yaml import YAML

    yaml = YAML(typ="safe", pure=True)
    # Merge keys are no part of YAML 1.2, and a few lines of them unfold into millions of entries.
    yaml.constructor.flatten_mapping = lambda _node: None
    return yaml


def read_yaml(path: Path) -> Mapping[str, Any]:
    """Return the top level of a YAML 1.2 file. Raises `UsageError` with the line that is wrong."""
    from ruamel.yaml.constructor import DuplicateKeyError
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError("E201", where=str(path), kind=type(error).__name__) from None
    try:
        content = yaml_reader().load(text)
    except DuplicateKeyError as error:
        raise UsageError("E203", where=_line(path, error)) from None
    except MarkedYAMLError as error:
        raise UsageError("E202", where=_line(path, error)) from None
    except (YAMLError, ValueError, KeyError, RecursionError):  # a day 30 February, !!bool maybe, depth
        raise UsageError("E202", where=path.name) from None
    if not isinstance(content, Mapping):
        raise UsageError("E202", where=path.name)
    return content


def _line(path: Path, error: Any) -> str:
    mark = error.problem_mark or error.context_mark
    return f"{path.name}:{mark.line + 1}" if mark is not None else path.name


def refusal(error: ValidationError, where: str, keys: Sequence[str]) -> UsageError:
    """Return what is wrong first; a misspelt key stands before the one that is missing for it."""
    found = error.errors(include_url=False, include_input=False)
    first = next((each for each in found if each["type"] == "extra_forbidden"), found[0])
    key = _key(first)
    place = f"{where}: {key}" if key else where
    if first["type"] == "extra_forbidden":
        return UsageError("E205", where=place, nearest=most_like(str(first["loc"][-1]), keys))
    if first["type"] == "missing":
        return UsageError("E212", where=place)
    if re.fullmatch(r"E\d{3}", first["type"]):
        return UsageError(first["type"], where=place)
    # A key that takes several forms fails as each of them: all are named, not the first alone.
    forms = [each["msg"] for each in found if _key(each) == key]
    return UsageError("E204", where=place, expected=" / ".join(dict.fromkeys(forms)))


def _key(error: ErrorDetails) -> str:
    return ".".join(str(part) for part in error["loc"] if not _is_variant(part) and part != "entries")


def _is_variant(part: object) -> bool:
    """Tell the names pydantic gives to the branches of a union from keys of the plan."""
    return isinstance(part, str) and part.startswith(("literal[", "dict[", "tuple["))
