"""``audit.yaml`` and flags to a `Request`: the plan, and the files it speaks of."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError, create_model

from explainaudit.analysis import Analysis
from explainaudit.errors import UsageError
from explainaudit.records.measure import MeasureSpec
from explainaudit.records.plan import (
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
from explainaudit.records.plan_file import PlanFile
from explainaudit.records.record import Record
from explainaudit.records.statements import STATEMENT_KEYS

TABLES = ("sample", "training", "background")


@dataclass(frozen=True)
class Request:
    """A plan with the absolute paths of its files, which never enter a record."""

    plan: Plan
    files: dict[str, Path] = field(default_factory=dict)


def read_plan(path: Path, analyses: Sequence[Analysis]) -> Request:
    """Return the request written in a YAML 1.2 plan.

    Raises `UsageError` when the file is missing, is not YAML, repeats or misspells a key, or asks
    for something that no analysis can give.
    """
    content = _yaml(path)
    return request_of(content, folder=path.parent, analyses=analyses, where=path.name)


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
        raise _refusal(error, where, _keys()) from None
    settings = {name: _settings(name, block, analyses, where) for name, block in entries.analyses.items()}
    files = {"model": folder / entries.model.path}
    files |= {name: folder / given for name in TABLES if (given := getattr(entries.data, name)) is not None}
    plan = Plan(
        measuring=Measuring(
            model=entries.model.model_copy(update={"path": files["model"].name}),
            data=entries.data.model_copy(update={name: files[name].name for name in TABLES if name in files}),
            task=Task(**entries.task.model_dump()),
            decision=entries.decision,
            sensitive=entries.sensitive,
            explain=entries.explain,
            analyses=settings,
            seed=entries.seed,
            partition_rows=entries.partition_rows,
            assumed=assumed,
        ),
        criteria=entries.criteria,
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
        "version": 0,
        "model": {"path": model},
        "data": {"sample": data},
        "task": {"target": target},
        "sensitive": list(sensitive),
    }
    if favourable is not None:
        content["decision"] = {"favourable": favourable}
    return content, ("task.event", "decision.threshold")


def check_plan(plan: Plan, analyses: Sequence[Analysis], where: str) -> None:
    """Refuse a plan whose parts do not fit together.

    Raises `UsageError`: sensitive features without a favourable decision, the same sensitive
    feature twice, or a criterion on a measure that no analysis makes.
    """
    measuring = plan.measuring
    if measuring.sensitive and measuring.task.type == "binary" and measuring.decision.favourable is None:
        raise UsageError("E206", where=f"{where}: decision.favourable")
    columns = [feature.column for feature in measuring.sensitive]
    if len(set(columns)) < len(columns):
        raise UsageError("E207", where=f"{where}: sensitive")
    if measuring.task.target in columns:
        raise UsageError("E227", where=f"{where}: sensitive.{measuring.task.target}")
    for feature in measuring.sensitive:
        if feature.edges is not None and list(feature.edges) != (sorted(set(feature.edges)) or None):
            raise UsageError("E208", where=f"{where}: sensitive.{feature.column}.edges")
    for name in plan.human.statements:
        if name not in STATEMENT_KEYS:
            place = f"{where}: statements.{name}"
            raise UsageError("E205", where=place, nearest=_nearest(name, STATEMENT_KEYS))
    known = {f"{analysis.name}.{spec.metric}": spec for analysis in analyses for spec in analysis.measures}
    for number, criterion in enumerate(plan.criteria, start=1):
        place = f"{where}: criteria, entry {number}"
        _check_criterion(criterion, known, columns, place)


def _check_criterion(
    criterion: Criterion, known: Mapping[str, MeasureSpec], columns: Sequence[str], place: str
) -> None:
    """Refuse a criterion that no measure of the run can answer, or that has not one limit."""
    if criterion.measure not in known:
        nearest = _nearest(criterion.measure, list(known))
        raise UsageError("E209", where=place, name=criterion.measure, nearest=nearest)
    if (criterion.at_least is None) == (criterion.at_most is None):
        raise UsageError("E210", where=place)
    if criterion.measure == "fairness.impact_ratio" and criterion.at_least is None:
        raise UsageError("E220", where=place)
    limit = criterion.at_least if criterion.at_least is not None else criterion.at_most
    if known[criterion.measure].unit in {"share", "ratio"} and not 0 <= (limit or 0) <= 1:
        raise UsageError("E226", where=place)
    unknown = set(criterion.dimensions) - set(known[criterion.measure].dimensions)
    if unknown:
        raise UsageError("E211", where=place, names=", ".join(sorted(unknown)))
    feature = criterion.dimensions.get("sensitive")
    if feature is not None and feature not in columns:
        raise UsageError("E205", where=f"{place}: {feature}", nearest=_nearest(feature, columns))


def plan_schema(analyses: Sequence[Analysis]) -> dict[str, Any]:
    """Return the JSON Schema of ``audit.yaml``, with a block for the settings of every analysis."""
    blocks: dict[str, Any] = {
        analysis.name: (analysis.settings | Literal[False], analysis.settings()) for analysis in analyses
    }
    block = create_model("Analyses", __base__=Record, **blocks)
    whole = create_model("AuditPlan", __base__=PlanFile, analyses=(block, block()))
    return whole.model_json_schema()


def _settings(
    name: str, block: dict[str, object] | Literal[False], analyses: Sequence[Analysis], where: str
) -> dict[str, object] | None:
    by_name = {analysis.name: analysis for analysis in analyses}
    if name not in by_name:
        raise UsageError("E205", where=f"{where}: analyses.{name}", nearest=_nearest(name, by_name))
    if block is False:
        return None
    kind = by_name[name].settings
    try:
        return kind.model_validate(block).model_dump(mode="json")
    except ValidationError as error:
        raise _refusal(error, f"{where}: analyses.{name}", list(kind.model_fields)) from None


def _yaml(path: Path) -> Mapping[str, Any]:
    from ruamel.yaml import YAML
    from ruamel.yaml.constructor import DuplicateKeyError
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    yaml = YAML(typ="safe", pure=True)
    # Merge keys are no part of YAML 1.2, and a few lines of them unfold into millions of entries.
    yaml.constructor.flatten_mapping = lambda _node: None
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError("E201", where=str(path), kind=type(error).__name__) from None
    try:
        content = yaml.load(text)
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


def _refusal(error: ValidationError, where: str, keys: Sequence[str]) -> UsageError:
    """Return what is wrong first; a misspelt key stands before the one that is missing for it."""
    found = error.errors(include_url=False, include_input=False)
    first = next((each for each in found if each["type"] == "extra_forbidden"), found[0])
    key = ".".join(str(part) for part in first["loc"] if not _is_variant(part))
    place = f"{where}: {key}" if key else where
    if first["type"] == "extra_forbidden":
        return UsageError("E205", where=place, nearest=_nearest(str(first["loc"][-1]), keys))
    if first["type"] == "missing":
        return UsageError("E212", where=place)
    return UsageError("E204", where=place, expected=first["msg"])


def _is_variant(part: object) -> bool:
    """Tell the names pydantic gives to the branches of a union from keys of the plan."""
    return isinstance(part, str) and (part.startswith("literal[") or part.startswith("dict["))


def _keys() -> list[str]:
    parts: tuple[type[Record], ...] = (PlanFile, ModelSource, DataSource, Task, Decision, SensitiveFeature)
    parts += (Criterion, Explain, Words, Privacy, Limits, Documents, Statement)
    return [name for part in parts for name in part.model_fields]


def _nearest(name: str, known: Sequence[str] | Mapping[str, Any]) -> str:
    found = difflib.get_close_matches(name, list(known), n=1, cutoff=0.0)
    return found[0] if found else ""
