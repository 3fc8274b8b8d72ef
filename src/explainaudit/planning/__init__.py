"""``audit.yaml`` and flags to a `Request`: the plan, and the files it speaks of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError, create_model

from explainaudit.analysis import Analysis
from explainaudit.errors import UsageError, most_like
from explainaudit.planning.changing import changed
from explainaudit.planning.confirming import refuse_unconfirmed
from explainaudit.planning.refusing import read_yaml, refusal
from explainaudit.planning.rules import check_plan
from explainaudit.records.plan import (
    Band,
    Criterion,
    DataSource,
    Decision,
    Documents,
    Explain,
    Human,
    Limits,
    Measuring,
    ModelSource,
    Plan,
    Privacy,
    SensitiveFeature,
    Statement,
    Task,
    Words,
)
from explainaudit.records.plan_file import Criteria, PlanFile
from explainaudit.records.record import Record

TABLES = ("sample", "training", "background", "groups")


@dataclass(frozen=True)
class Request:
    """A plan with the absolute paths of its files, which never enter a record."""

    plan: Plan
    files: dict[str, Path] = field(default_factory=dict)


def read_plan(path: Path, analyses: Sequence[Analysis], changes: Sequence[str] = ()) -> Request:
    """Return the request written in a YAML 1.2 plan, with changes of single keys (``key=value``).

    Raises `UsageError` when the file is missing, is not YAML, repeats or misspells a key, still has to
    be confirmed, or asks for something that no analysis can give.
    """
    content = changed(read_yaml(path), changes)
    refuse_unconfirmed(content, path)
    where = f"{path.name}, --set" if changes else path.name
    return request_of(content, folder=path.parent, analyses=analyses, where=where)


def request_of(
    content: Mapping[str, Any],
    *,
    folder: Path,
    analyses: Sequence[Analysis],
    where: str,
    assumed: tuple[str, ...] = (),
) -> Request:
    """Return the request that plan keys describe; relative paths are taken from ``folder``."""
    try:
        entries = PlanFile.model_validate(content)
    except ValidationError as error:
        raise refusal(error, where, _keys()) from None
    settings = {name: _settings(name, block, analyses, where) for name, block in entries.analyses.items()}
    files = {"model": folder / entries.model.path}
    files |= {name: folder / given for name in TABLES if (given := getattr(entries.data, name)) is not None}
    plan = Plan(
        measuring=_measuring(entries, files, settings, assumed),
        criteria=entries.criteria.entries,
        familywise=entries.criteria.familywise,
        human=Human(
            words=entries.words,
            documents=entries.documents,
            privacy=entries.privacy,
            statements=entries.statements,
        ),
        limits=entries.limits,
    )
    check_plan(plan, analyses, where)
    return Request(plan, {name: file.absolute() for name, file in files.items()})


def shorthand(
    *,
    model: str,
    data: str,
    target: str,
    sensitive: Sequence[str] = (),
    favourable: str | None = None,
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return plan keys for the command line's shorthand, and the keys that were assumed."""
    content: dict[str, Any] = {
        "version": 1,
        "model": {"path": model},
        "data": {"sample": data},
        "task": {"target": target},
        "sensitive": list(sensitive),
    }
    if favourable is not None:
        content["decision"] = {"favourable": favourable}
    return content, ("task.event", "decision.threshold")


def plan_schema(analyses: Sequence[Analysis]) -> dict[str, Any]:
    """Return the JSON Schema of ``audit.yaml``, with a block for the settings of every analysis."""
    blocks: dict[str, Any] = {
        analysis.name: (analysis.settings | Literal[False], analysis.settings()) for analysis in analyses
    }
    block = create_model("Analyses", __base__=Record, **blocks)
    whole = create_model("AuditPlan", __base__=PlanFile, analyses=(block, block()))
    return whole.model_json_schema()


def _measuring(
    entries: PlanFile,
    files: Mapping[str, Path],
    settings: dict[str, dict[str, object] | None],
    assumed: tuple[str, ...],
) -> Measuring:
    """Return what numbers depend on; of a path the name of the file alone."""
    return Measuring(
        model=entries.model.model_copy(update={"path": files["model"].name}),
        data=entries.data.model_copy(update={name: files[name].name for name in TABLES if name in files}),
        task=Task(**entries.task.model_dump()),
        decision=entries.decision,
        costs=entries.costs,
        sensitive=entries.sensitive,
        strata=entries.strata,
        intersections=entries.intersections,
        explain=entries.explain,
        analyses=settings,
        seed=entries.seed,
        partition_rows=entries.partition_rows,
        assumed=assumed,
    )


def _settings(
    name: str, block: dict[str, object] | Literal[False], analyses: Sequence[Analysis], where: str
) -> dict[str, object] | None:
    by_name = {analysis.name: analysis for analysis in analyses}
    if name not in by_name:
        raise UsageError("E205", where=f"{where}: analyses.{name}", nearest=most_like(name, by_name))
    if block is False:
        return None
    kind = by_name[name].settings
    try:
        return kind.model_validate(block).model_dump(mode="json")
    except ValidationError as error:
        raise refusal(error, f"{where}: analyses.{name}", list(kind.model_fields)) from None


def _keys() -> list[str]:
    parts: tuple[type[Record], ...] = (PlanFile, ModelSource, DataSource, Task, Decision, Band)
    parts += (SensitiveFeature, Criteria, Criterion, Explain, Words, Privacy, Limits, Documents, Statement)
    return [name for part in parts for name in part.model_fields]
