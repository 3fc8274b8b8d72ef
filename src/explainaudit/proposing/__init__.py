"""A sketch of a model and a table to a commented plan, every guess marked."""

from collections.abc import Mapping
from dataclasses import dataclass

from explainaudit.proposing import guesses, hints
from explainaudit.proposing.fields import FIELDS, write_field
from explainaudit.proposing.guesses import Group, Guess, guess, names, task_of
from explainaudit.proposing.page import Page
from explainaudit.proposing.scalars import key_line, scalar
from explainaudit.records.message import Name
from explainaudit.records.sketch import Sketch

__all__ = ["FIELDS", "Draft", "Start", "propose"]

MOST_NOTES = 12
CRITERIA = {"binary": "performance.auc", "multiclass": "performance.accuracy", "regression": "performance.r2"}


@dataclass(frozen=True)
class Start:
    """What is known before: paths as the plan has them, and what the user named.

    Attributes
    ----------
    paths : mapping of str to str
        ``model``, ``sample``, perhaps ``training``, relative to the plan.
    schema : str
        The JSON Schema that editors are pointed to.
    target : str, optional
        Column with the known outcome.
    field : str, optional
        One of `FIELDS`.
    """

    paths: Mapping[str, str]
    schema: str
    target: str | None = None
    field: str | None = None


@dataclass(frozen=True)
class Draft:
    """A proposed plan: its text, what was guessed (key, value), and what is left to fill in."""

    text: str
    guessed: tuple[tuple[str, str], ...]
    confirm: tuple[str, ...]


def propose(sketch: Sketch, start: Start) -> Draft:
    """Return a commented plan for a model and a table."""
    page = Page()
    page.line(f"# yaml-language-server: $schema={start.schema}")
    page.comment("head")
    page.entry("version", 1)
    target = guess("given", start.target) if start.target is not None else guesses.target(sketch)
    groups, left = guesses.sensitive(sketch, [target.value] if target.known else [])
    _model(page, sketch, start, target.value)
    _data(page, sketch, start, [target.value, *(group.column.value for group in groups)])
    _task(page, sketch, target, given=start.target is not None)
    _decision(page, sketch, target.value, grouped=bool(groups))
    _sensitive(page, groups, left)
    page.line()
    page.comment("criteria", measure=Name(text=CRITERIA[task_of(sketch)]))
    write_field(page, start.field)
    return Draft(page.text(), tuple(page.guessed), tuple(page.confirm))


def _model(page: Page, sketch: Sketch, start: Start, target: str | None) -> None:
    page.part("model", "model")
    page.entry("model.path", start.paths["model"])
    if not sketch.model.inputs:
        page.guess("model.inputs", guess("inputs_unnamed"))
    elif sketch.renamed:
        page.guess("model.inputs", guess("inputs_renamed", list(sketch.model.inputs)))
    labels = guesses.labels_of(sketch, target)
    if sketch.numbered_classes and target is None:
        page.guess("model.classes", guess("classes_unknown"))
    elif labels != sketch.model.classes:
        page.guess("model.classes", guess("classes_numbered", labels=names(labels)))


def _data(page: Page, sketch: Sketch, start: Start, taken: list[str]) -> None:
    page.part("data", "data")
    page.entry("data.sample", start.paths["sample"])
    if "training" in start.paths:
        page.entry("data.training", start.paths["training"])
    else:
        page.comment("no_training", 2)
    row_id = guesses.row_id(sketch, taken)
    if row_id is not None:
        page.guess("data.row_id", row_id)
    for column in guesses.others(sketch):
        if column.quantiles and hints.hints_at(column.name, hints.WEIGHT):
            page.maybe("data.weight", guess("weight", column.name))
        elif hints.hints_at(column.name, hints.CLUSTER) and column.distinct < sketch.rows - column.missing:
            page.maybe("data.cluster", guess("cluster", column.name))
    _reading(page, sketch)
    _types(page, sketch)


def _reading(page: Page, sketch: Sketch) -> None:
    reading = sketch.reading
    for key in ("delimiter", "decimal", "encoding"):
        if (value := getattr(reading, key)) is not None:
            page.guess(f"data.{key}", guess("reading", value))
    if reading.na_values:
        page.guess("data.na_values", guess("na_values", list(reading.na_values)))


def _types(page: Page, sketch: Sketch) -> None:
    """Write types that the audit needs, and as comments those that a person may want to change."""
    needed = [(name, guess("mixed", "text")) for name in sketch.reading.text_columns]
    doubtful = []
    for column in sketch.columns:
        is_input = column.name in sketch.model.inputs
        if column.type == "date" and is_input:
            needed.append((column.name, guess("date_input", "text")))
        elif column.other_dates:
            doubtful.append((column.name, guess("other_dates", "date")))
        elif column.type == "integer" and guesses.looks_like_codes(column):
            doubtful.append((column.name, guess("codes", "text")))
    if not needed and not doubtful:
        return
    page.line("  types:" if needed else "  # types:")
    for name, reason in needed:
        page.guess(f"data.types.{name}", reason, lead=key_line(name, 4))
    for name, reason in doubtful[:MOST_NOTES]:
        page.line(f"  #   {scalar(name)}: {reason.value}  # {page.why(reason)}")


def _task(page: Page, sketch: Sketch, target: Guess, *, given: bool) -> None:
    page.part("task", "task")
    kind = task_of(sketch)
    page.entry("task.type", kind)
    if given:
        page.entry("task.target", target.value)
    else:
        page.guess("task.target", target)
    if kind == "binary":
        page.guess("task.event", guesses.event(sketch, target.value))


def _decision(page: Page, sketch: Sketch, target: str | None, *, grouped: bool) -> None:
    kind = task_of(sketch)
    if kind == "regression":
        return
    if kind == "multiclass" and not grouped:
        page.line()
        page.comment("decision_classes")
        return
    page.part("decision", "decision")
    if kind == "binary":
        page.guess("decision.threshold", guess("threshold", 0.5))
        if grouped:
            page.guess("decision.favourable", guess("favourable"))
        else:
            page.comment("favourable_unused", 2)
    elif sketch.numbered_classes and target is None:
        page.guess("decision.favourable", guess("favourable_unknown"))
    else:
        labels = names(guesses.labels_of(sketch, target))
        page.guess("decision.favourable", guess("favourable_classes", labels=labels))


def _sensitive(page: Page, groups: list[Group], left: list[str]) -> None:
    if groups:
        page.part("sensitive", "sensitive")
    else:
        page.line()
        page.comment("no_sensitive")
    for group in groups:
        page.guess("sensitive", group.column, lead="  - column:")
        if group.edges is not None:
            page.guess(f"sensitive.{group.column.value}.edges", group.edges, lead="    edges:")
    for name in left[:MOST_NOTES]:
        page.comment("sensitive_left", 2, column=Name(text=name))
