"""What can be guessed for a plan from a sketch of the model and the table, each with its reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from explainaudit.proposing import hints
from explainaudit.proposing.scalars import scalar
from explainaudit.records.message import Message, Name, Param, Series
from explainaudit.records.plan import TaskType
from explainaudit.records.sketch import ColumnSketch, Sketch

MOST_GROUPS = 20
MOST_NAMES = 5
_HAPPENED = {"true", "yes", "y", "t", "positive", "pos", "default", "defaulted", "event", "fraud", "bad"}
_HAPPENED |= {"churn", "churned", "died", "readmitted"}


@dataclass(frozen=True)
class Guess:
    """A value with the reason for it. Without a value, people have to fill it in."""

    value: Any
    why: Message

    @property
    def known(self) -> bool:
        """Whether there is a value at all."""
        return self.value is not None


def guess(key: str, value: Any = None, **params: Param) -> Guess:
    """Return a guess with its reason, a key of the catalogue below ``init.why``."""
    return Guess(value, Message(key=f"init.why.{key}", params=params))


def names(found: Sequence[str]) -> Series:
    """Return a few names as a parameter, as they have to be written in the plan."""
    return Series(items=tuple(Name(text=scalar(name)) for name in found[:MOST_NAMES]))


def task_of(sketch: Sketch) -> TaskType:
    """Return the task, which the model's classes tell."""
    number = len(sketch.model.classes)
    return "regression" if number == 0 else "binary" if number == 2 else "multiclass"


def others(sketch: Sketch) -> list[ColumnSketch]:
    """Return the columns that are no inputs, in the order of the table."""
    return [column for column in sketch.columns if column.name not in sketch.model.inputs]


def target(sketch: Sketch) -> Guess:
    """Guess the column of known outcomes, among the columns that are no inputs."""
    left = [each for each in others(sketch) if each.type != "date" and not hints.hints_at_group(each.name)]
    if task_of(sketch) == "regression":
        candidates = [each.name for each in left if each.quantiles and not _is_bookkeeping(each, sketch)]
        reason = "target_number"
    else:
        classes = set(sketch.model.classes)
        reason = "target_classes"
        holding = [each for each in left if set(each.values) == classes]
        holding = holding or [each for each in left if each.values and set(each.values) < classes]
        if not holding and sketch.numbered_classes:
            holding = [each for each in left if len(each.values) == len(classes)]
            reason = "target_numbered"
        candidates = [each.name for each in holding]
    if len(candidates) == 1:
        return guess(reason, candidates[0])
    hinted = [name for name in candidates if hints.hints_at(name, hints.TARGET)]
    if len(hinted) == 1:
        return guess("target_name", hinted[0])
    if found := hinted or candidates:
        return guess("target_several" if len(found) <= MOST_NAMES else "target_many", names=names(found))
    return guess("target_none")


def _is_bookkeeping(column: ColumnSketch, sketch: Sketch) -> bool:
    unique = column.whole and column.distinct == sketch.rows
    return hints.hints_at(column.name, hints.WEIGHT) or (unique and hints.hints_at(column.name, hints.ROW_ID))


def labels_of(sketch: Sketch, column: str | None) -> tuple[str, ...]:
    """Return the labels: the model's, or the table's where the model's file only numbers them."""
    found = next((tuple(each.values) for each in sketch.columns if each.name == column), ())
    classes = sketch.model.classes
    return found if sketch.numbered_classes and found and not set(found) <= set(classes) else classes


def event(sketch: Sketch, column: str | None) -> Guess:
    """Guess the label that a binary score is for."""
    labels = labels_of(sketch, column)
    is_indicator = set(labels) in ({"0", "1"}, {"-1", "1"})
    happened = ["1"] if is_indicator else [label for label in labels if label.casefold() in _HAPPENED]
    if len(happened) == 1:
        return guess("event_label", happened[0])
    found = next((each.values for each in sketch.columns if each.name == column), {})
    counts = [(found.get(label, 0), label) for label in labels]
    if column is None or len({count for count, _ in counts}) < len(counts):
        return guess("event_unknown", labels=names(labels))
    return guess("event_rarer", labels=names(labels), rarer=names([min(counts)[1]]))


def row_id(sketch: Sketch, taken: Sequence[str]) -> Guess | None:
    """Guess the column that names rows: different in every row, and no input."""
    unique = [
        each
        for each in others(sketch)
        if each.name not in taken
        and each.type in {"text", "integer"}
        and each.missing == 0
        and each.distinct == sketch.rows
    ]
    named = [each.name for each in unique if hints.hints_at(each.name, hints.ROW_ID)]
    if named:
        return guess("row_id_name", named[0])
    texts = [each.name for each in unique if each.type == "text"]
    return guess("row_id", texts[0]) if texts else None


def looks_like_codes(column: ColumnSketch) -> bool:
    """Return whether few whole numbers are named like codes."""
    return 2 < column.distinct <= MOST_GROUPS and hints.hints_at(column.name, hints.CODE)


@dataclass(frozen=True)
class Group:
    """A column whose groups could be compared; ``edges`` has a value for a number cut into bands."""

    column: Guess
    edges: Guess | None = None


def sensitive(sketch: Sketch, taken: Sequence[str]) -> tuple[list[Group], list[str]]:
    """Guess the columns whose groups are compared; also return those that groups must be made for."""
    found, left = [], []
    for column in sketch.columns:
        if column.name in taken or not hints.hints_at_group(column.name) or column.distinct < 2:
            continue
        is_input = column.name in sketch.model.inputs
        reason = guess("sensitive_input" if is_input else "sensitive", column.name)
        if hints.hints_at(column.name, hints.AGE) and _is_age(column) and column.distinct > 5:
            found.append(Group(reason, guess("edges", edges_of(column.quantiles))))
        elif (
            column.distinct <= MOST_GROUPS
            and column.type != "date"
            and (column.whole or not column.quantiles)
        ):
            found.append(Group(reason))
        else:
            left.append(column.name)
    return found, left


def _is_age(column: ColumnSketch) -> bool:
    return column.whole and column.quantiles[0] >= 0 and column.quantiles[-1] <= 130


def edges_of(quantiles: Sequence[float]) -> list[int]:
    """Return lower ends of age bands: the quartiles, each moved to the nearest multiple of five."""
    lowest, *quartiles, highest = quantiles
    near = sorted({5 * int((quartile + 2.5) // 5) for quartile in quartiles})
    inside = [edge for edge in near if lowest < edge <= highest]
    return inside or [int(quartiles[1]) if quartiles[1] > lowest else int(highest)]
