"""What the Python door opens: audits by plan, and audits of a model that is already in memory."""

import datetime
import os
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd

from explainaudit import pipeline
from explainaudit.analyses import ANALYSES
from explainaudit.engine.here import Here
from explainaudit.engine.local import Local
from explainaudit.engine.schedule import Schedule
from explainaudit.engine.watch import Engine
from explainaudit.errors import UsageError
from explainaudit.pipeline import Audit
from explainaudit.planning import Request, read_plan, request_of
from explainaudit.progress import silent
from explainaudit.records.stage import Consent
from explainaudit.surroundings import environment, file_digests, today


def audit_plan(plan: str | Path, date: datetime.date | None) -> Audit:
    """Return the audit that a plan asks for, run in local children."""
    request = read_plan(Path(plan), ANALYSES)
    engine = Local(min(os.cpu_count() or 1, 4), request.plan.limits.stage_seconds)
    try:
        return _measured(request, engine, date)
    finally:
        engine.close()


def audit_in_memory(
    model: Any,
    tables: Mapping[str, pd.DataFrame | None],
    keys: Mapping[str, Any],
    date: datetime.date | None,
) -> Audit:
    """Return the audit of a model in memory, run in this process.

    Raises `UsageError` when the model, the data or the target is missing.
    """
    given = {name: frame for name, frame in tables.items() if frame is not None}
    if model is None or "sample" not in given or not (keys.get("target") or keys.get("task")):
        raise UsageError("E219")
    request = request_of(
        _content(given, keys), folder=Path(), analyses=ANALYSES, where="audit()", assumed=_assumed(keys)
    )
    room = Here.room(model, given, request.plan.measuring)
    return _measured(Request(request.plan, {}), Here(room), date)


def render_into(audit: Audit, output: str | Path) -> list[Path]:
    """Write both editions; raises the problem if there was one."""
    written, problems = pipeline.present(audit, Path(output))
    if problems:
        raise problems[0]
    return written


def _measured(request: Request, engine: Engine, date: datetime.date | None) -> Audit:
    surroundings = environment(date or today(), engine.name, engine.isolation, file_digests(request.files))
    with TemporaryDirectory(prefix="explainaudit-") as scratch:
        return pipeline.measure(
            Schedule(request, Consent(), Path(scratch), engine, silent, ANALYSES), surroundings
        )


def _content(tables: Mapping[str, pd.DataFrame], keys: Mapping[str, Any]) -> dict[str, Any]:
    """Return plan keys: the shorthand ones put where the plan has them."""
    content = {
        name: value
        for name, value in keys.items()
        if name not in {"target", "favourable", "row_id", "task", "decision"}
    }
    task = {"target": keys["target"]} if keys.get("target") else {}
    decision = {"favourable": keys["favourable"]} if keys.get("favourable") else {}
    row_id = {"row_id": keys["row_id"]} if keys.get("row_id") else {}
    return {
        "version": 1,
        "model": {"path": "in memory"},
        "data": dict.fromkeys(tables, "in memory") | row_id,
        "task": task | dict(keys.get("task", {})),
        "decision": decision | dict(keys.get("decision", {})),
        **content,
    }


def _assumed(keys: Mapping[str, Any]) -> tuple[str, ...]:
    event = () if "event" in keys.get("task", {}) else ("task.event",)
    threshold = () if "threshold" in keys.get("decision", {}) else ("decision.threshold",)
    return event + threshold
