"""The commands for somebody who has no plan yet: init, inspect, analyses, schema."""

import json
import os
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from explainaudit.analyses import ANALYSES
from explainaudit.console import consent_of, reported
from explainaudit.engine.alone import answer_of
from explainaudit.errors import OutputFailed, UsageError, most_like
from explainaudit.planning import plan_schema
from explainaudit.proposing import Draft, Start, propose
from explainaudit.records.bundle import Bundle
from explainaudit.records.inspection import Inspection
from explainaudit.records.sketch import Sketch
from explainaudit.report.starting import analyses_report, init_report, inspect_report

SCHEMA_NAME = "audit.schema.json"
Given = Mapping[str, Any]
Told = tuple[int, dict[str, Any], str]


def init_command(given: Given) -> int:
    """Write a commented plan for a model and a table."""
    return reported(given, lambda: _init(given))


def inspect_command(given: Given) -> int:
    """Say what a model file is, without loading it."""

    def inspect() -> Told:
        answer = answer_of("inspect", {"model": Path(given["file"])})
        found = Inspection.model_validate_json(answer)
        return 0, json.loads(found.canonical()), inspect_report(found)

    return reported(given, inspect)


def analyses_command(given: Given) -> int:
    """List the questions, their settings and their measures."""
    return reported(given, lambda: (0, *analyses_report(ANALYSES)))


def schema_command(given: Given) -> int:
    """Print or write the JSON Schema of plans, or of bundles."""

    def schema() -> Told:
        found = Bundle.model_json_schema() if given["bundle"] else plan_schema(ANALYSES)
        if given["output"] is None:
            return 0, found, _schema_text(found).rstrip("\n")
        path = Path(given["output"])
        _write(path, _schema_text(found), overwrite=given["overwrite"])
        return 0, {"schema": str(path)}, str(path)

    return reported(given, schema)


def _init(given: Given) -> Told:
    output = Path(given["output"])
    if output.exists() and not given["overwrite"]:
        raise UsageError("E243", where=str(output))
    if not output.parent.is_dir():
        raise OutputFailed("E901", where=str(output), kind=FileNotFoundError.__name__)
    files = {"model": Path(given["model"]), "sample": Path(given["table"])}
    if given["training"] is not None:
        files["training"] = Path(given["training"])
    sketch = Sketch.model_validate_json(answer_of("sketch", files, consent_of(given)))
    columns = [column.name for column in sketch.columns]
    if (target := given["target"]) is not None and target not in columns:
        raise UsageError("E245", where=target, nearest=most_like(target, columns))
    start = Start(
        paths={name: _from(output, path) for name, path in files.items()},
        schema=SCHEMA_NAME,
        target=target,
        field=given["for"],
    )
    draft = propose(sketch, start)
    schema = output.parent / SCHEMA_NAME
    _write(schema, _schema_text(plan_schema(ANALYSES)), overwrite=given["overwrite"] or _is_ours(schema))
    _write(output, draft.text, overwrite=given["overwrite"])
    return 0, _result(output, schema, draft), init_report(draft, str(output), _next(output, given))


def _result(output: Path, schema: Path, draft: Draft) -> dict[str, Any]:
    return {
        "plan": str(output),
        "schema": str(schema),
        "guessed": [{"key": key, "value": value} for key, value in draft.guessed],
        "confirm": list(draft.confirm),
    }


def _next(output: Path, given: Given) -> str:
    """Return the command that comes next, with the consent that was given for this one."""
    words = ["explainaudit", "check", str(output)]
    if given["allow_pickle"]:
        words.append("--allow-pickle")
    if given["model_sha256"] is not None:
        words += ["--model-sha256", given["model_sha256"]]
    for name in given["trust_type"]:
        words += ["--trust-type", name]
    return shlex.join(words)


def _from(output: Path, path: Path) -> str:
    """Return a path relative to the folder of the plan; links on the way are followed first."""
    place = path.absolute()
    return os.path.relpath(place.parent.resolve() / place.name, output.absolute().parent.resolve())


def _schema_text(schema: Mapping[str, Any]) -> str:
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _is_ours(path: Path) -> bool:
    """Return whether a file is a schema that an earlier call wrote."""
    try:
        return bool(json.loads(path.read_text(encoding="utf-8"))["title"] == plan_schema(())["title"])
    except (OSError, ValueError, LookupError, TypeError):
        return False


def _write(path: Path, text: str, *, overwrite: bool) -> None:
    try:
        with path.open("w" if overwrite else "x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise UsageError("E243", where=str(path)) from None
    except OSError as error:
        raise OutputFailed("E901", where=str(path), kind=type(error).__name__) from None
