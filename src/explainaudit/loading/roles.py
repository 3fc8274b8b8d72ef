"""What each column is for: inputs, target, sensitive features, and the labels and groups in them."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from explainaudit.errors import DataRefused, UsageError, most_like
from explainaudit.loading.label_text import label_text
from explainaudit.loading.tables import LoadedTable
from explainaudit.records.group_columns import GroupColumn
from explainaudit.records.plan import ColumnType, Measuring, Task
from explainaudit.records.responses import ColumnFacts
from explainaudit.stats.bands import band_names

_MOST_GROUPS = 50
_NUMBERS = {"integer", "number", "boolean"}


def roles(
    types: Mapping[str, ColumnType], inputs: tuple[str, ...], plan: Measuring
) -> tuple[ColumnFacts, ...]:
    """Return every column of the sample with its role.

    Inputs in the model's order, then the others by name: the order of a file's columns changes nothing.
    """
    sensitive = {feature.column for feature in plan.sensitive}
    row_id = plan.data.row_id if plan.data is not None else None
    facts = []
    for name in (*inputs, *sorted(types.keys() - set(inputs))):
        if name == plan.task.target:
            role = "target"
        elif name in inputs:
            role = "input"
        elif name == row_id:
            role = "row_id"
        elif plan.data is not None and name in {plan.data.weight, plan.data.cluster}:
            role = "weight" if name == plan.data.weight else "cluster"
        else:
            role = "sensitive" if name in sensitive else "other"
        facts.append(ColumnFacts(name=name, type=types[name], role=role, sensitive=name in sensitive))
    return tuple(facts)


def require_columns(
    types: Mapping[str, ColumnType], plan: Measuring, inputs: tuple[str, ...], where: str
) -> None:
    """Refuse a table that lacks a column the plan or the model names, or has one it cannot use.

    Raises `DataRefused` for a missing column, and for a model input that is a date or the target.
    """
    design = (plan.data.weight, plan.data.cluster) if plan.data is not None else ()
    grouped = (each.column for each in (*plan.sensitive, *plan.strata))
    named = (plan.task.target, *filter(None, design), *grouped)
    require_names(types, (*named, *inputs), where)
    for name in inputs:
        if types[name] == "date":
            raise DataRefused("E451", where=where, column=name)
    if plan.task.target in inputs:
        raise DataRefused("E458", where=where, column=plan.task.target)


def require_names(types: Mapping[str, ColumnType], names: Sequence[str], where: str) -> None:
    """Refuse a table that lacks one of the columns named (E450)."""
    for name in names:
        if name not in types:
            raise DataRefused("E450", where=where, column=name, nearest=most_like(name, types))


def require_alike(sample: LoadedTable, other: LoadedTable, inputs: Sequence[str], where: str) -> None:
    """Refuse a table in which an input is of another kind than in the sample (E464).

    Numbers of every type and truth values are of one kind; a column without a value is of any.
    """
    for name in inputs:
        kinds = [table.types[name] for table in (sample, other)]
        known = all(bool(table.frame[name].notna().any()) for table in (sample, other))
        if known and len({"number" if kind in _NUMBERS else kind for kind in kinds}) > 1:
            raise DataRefused("E464", where=where, column=name, seen=kinds[1], expected=kinds[0])


def known_event(task: Task, classes: tuple[str, ...]) -> tuple[str, bool]:
    """Return the event of a binary task, and whether it was assumed.

    Raises `UsageError` when the plan names none and the labels are not 0/1 or false/true, or when
    the plan names a label that is not one of the model's classes.
    """
    if task.event is not None:
        if task.event not in classes:
            raise UsageError("E214", where=task.target, classes=", ".join(classes))
        return task.event, False
    for positive, negative in (("1", "0"), ("true", "false")):
        if set(classes) == {positive, negative}:
            return positive, True
    raise UsageError("E213", where=task.target)


def labels(target: pd.Series, classes: tuple[str, ...], where: str) -> pd.Series:
    """Return the labels as text, missing where they are missing.

    Raises `DataRefused` when a label is none of the model's classes, or no number where there are no
    classes (regression).
    """
    if not classes:
        if not pd.api.types.is_numeric_dtype(target.dtype):
            raise DataRefused("E457", where=where)
        return target.astype("float64")
    text = target.map(label_text, na_action="ignore").astype("str")
    unseen = sorted(set(text.dropna()) - set(classes))
    if unseen:
        raise DataRefused("E452", where=where, count=len(unseen), classes=", ".join(classes))
    return text


def groups(column: pd.Series, feature: GroupColumn, kind: ColumnType, where: str) -> pd.Series:
    """Return the group of each row as text, missing where the feature is missing.

    Edges are the lower ends of groups; values below the first edge form a group of their own.
    Raises `DataRefused` for a numeric feature with many values and no edges, or a text with edges.
    """
    if feature.edges is not None:
        if kind not in {"integer", "number"}:
            raise DataRefused("E453", where=f"{where}: {feature.column}")
        return _banded(column, feature.edges, whole=kind == "integer")
    text = column.map(label_text, na_action="ignore").astype("str")
    measured = kind == "number" and not (column.dropna().astype("float64") % 1 == 0).all()
    if text.nunique() > _MOST_GROUPS or (measured and text.nunique() > 2):
        raise DataRefused("E454", where=f"{where}: {feature.column}", groups=int(text.nunique()))
    return text


def _banded(column: pd.Series, edges: tuple[float, ...], *, whole: bool) -> pd.Series:
    values = column.astype("float64").to_numpy(na_value=np.nan)
    names = band_names(edges, whole=whole)
    band = np.searchsorted(np.asarray(edges), values, side="right")
    text = pd.Series(np.asarray(names, dtype=object)[band], index=column.index, dtype="str")
    return text.mask(np.isnan(values))
