"""The auditee: the model behind predict(), and the named tables."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from explainaudit.errors import DataRefused, ModelRefused, UsageError
from explainaudit.loading.inside import holds, inside_of
from explainaudit.loading.joining import Groups, identities, join_groups
from explainaudit.loading.model import load_model
from explainaudit.loading.named_values import (
    check_labels,
    check_outcomes,
    check_own_names,
    check_populations,
    check_weights,
)
from explainaudit.loading.predictor import COMPARED_ROWS, Output, Predictor, predictor_of
from explainaudit.loading.roles import known_event, require_alike, require_columns, require_names, roles
from explainaudit.loading.tables import LoadedTable, read_table, table_of
from explainaudit.records.bundle import ModelIdentity
from explainaudit.records.inside import Inside
from explainaudit.records.message import Message, Name, Series
from explainaudit.records.plan import DataSource, Measuring
from explainaudit.records.stage import Consent, Described
from explainaudit.stats.keyed import row_keys

# With fewer rows every count of the sample is a small cell, and no interval says anything.
FEWEST_ROWS = 11

Keyed = tuple[pd.DataFrame, NDArray[np.str_]]


@dataclass(frozen=True)
class Auditee:
    """The model and the tables under audit; columns of ``groups`` stand in the sample."""

    predictor: Predictor
    tables: Mapping[str, LoadedTable]
    groups: Groups | None = None

    def outputs(
        self, frame: pd.DataFrame, plan: Measuring, *, scale: Output | None = None
    ) -> NDArray[np.float64]:
        """Return the outputs that are explained, shape (n, k), on the plan's scale or on the one given."""
        return self.predictor.outputs(frame, output=scale or explained_unit(plan), event=plan.task.event)

    def inside(self, plan: Measuring, rows: pd.DataFrame) -> Inside | None:
        """Return what adds up to the outputs explained, if that is known and gives the model's answers.

        Rows are those that it is compared on, shape (n, …).
        """
        found = inside_of(self.predictor, explained_unit(plan), plan.task.event)
        return found if found is not None and holds(found, rows, self.outputs(rows, plan)) else None


def explained_unit(plan: Measuring) -> Output:
    """Return the unit of the outputs explained, once the plan has been described."""
    if plan.task.type == "regression":
        return "target"
    if plan.explain.output is None:
        raise ValueError("the unit is chosen when the auditee is described")
    return plan.explain.output


def explained_outputs(plan: Measuring, identity: ModelIdentity) -> tuple[str, ...]:
    """Return what each output explained is called: the event, every class, or the target."""
    if plan.task.type == "multiclass":
        return identity.classes
    return (str(plan.task.event),) if plan.task.type == "binary" else (plan.task.target,)


def read_auditee(files: Mapping[str, str], consent: Consent, plan: Measuring) -> Auditee:
    """Return the auditee that a plan's files hold.

    Raises `ModelRefused`, `ModelFailed`, `DataRefused` or `UsageError`, see `load_model`, `read_table` and
    `join_groups`.
    """
    predictor = load_model(Path(files["model"]), consent)
    source = plan.data or DataSource(sample="")
    tables = {name: read_table(Path(path), source) for name, path in files.items() if name != "model"}
    return _auditee(predictor, plan, tables)


def auditee_of(model: Any, frames: Mapping[str, pd.DataFrame], plan: Measuring) -> Auditee:
    """Return the auditee of a fitted estimator and tables that are already in memory."""
    types = plan.data.types if plan.data is not None else {}
    tables = {name: table_of(frame.reset_index(drop=True), types, name) for name, frame in frames.items()}
    return _auditee(predictor_of(model), plan, tables)


def _auditee(predictor: Predictor, plan: Measuring, tables: Mapping[str, LoadedTable]) -> Auditee:
    joined, groups = join_groups(tables, plan)
    return Auditee(_named(predictor, plan, joined), joined, groups)


def _named(predictor: Predictor, plan: Measuring, tables: Mapping[str, LoadedTable]) -> Predictor:
    """Return the predictor with the names that the plan gives to what the model only numbers.

    Raises `DataRefused` for names that the model has itself, otherwise or in another number.
    """
    if plan.model is not None:
        check_own_names(predictor, plan.model)
        predictor = predictor.with_inputs(plan.model.inputs).with_classes(plan.model.classes)
    return predictor.spelled_as(tables["sample"].types) if "sample" in tables else predictor


def describe_auditee(auditee: Auditee, plan: Measuring) -> tuple[Described, dict[str, Keyed]]:
    """Return what the auditee is, and the rows of its tables in key order, by the name of the table.

    Raises
    ------
    DataRefused
        If a table lacks a column that is needed, has too few rows, or holds weights, outcomes or groups
        that are none.
    UsageError
        If the event is not named and cannot be assumed, or the plan names a class or group that is none.
    """
    identity, tables = auditee.predictor.identity, auditee.tables
    plan = _checked(auditee, plan)
    scored = ("sample", *(name for name in ("training",) if _has_labels(tables, name, plan)))
    keyed = {name: _keyed(name, table, plan) for name, table in tables.items()}
    source = next(name for name in ("background", "training", "sample") if name in keyed)
    for name in dict.fromkeys((source, *scored)):
        require_names(tables[name].types, identity.inputs, name)
        require_alike(tables["sample"], tables[name], identity.inputs, name)
    for name in scored:
        check_outcomes(tables[name], plan, identity.classes, name)
        check_weights(tables[name], plan.data.weight if plan.data is not None else None, name)
    described = Described(
        model=identity,
        tables=identities(tables, {name: keys for name, (_, keys) in keyed.items()}, auditee.groups),
        columns=roles(tables["sample"].types, identity.inputs, plan),
        plan=plan,
        source=source,
        rows=len(tables["sample"].frame),
        scored=scored,
        joined=auditee.groups.facts if auditee.groups is not None else None,
        notes=(
            *(note for table in tables.values() for note in table.notes),
            *_unseen_categories(tables, identity.inputs),
            *auditee.predictor.notes(tables["sample"].frame),
        ),
    )
    return described, keyed


def _checked(auditee: Auditee, plan: Measuring) -> Measuring:
    """Return the plan with its event, once it fits the model and the sample."""
    identity, task = auditee.predictor.identity, plan.task
    if not identity.inputs:
        raise DataRefused("E456")
    kind = auditee.predictor.task
    if kind != task.type:
        raise ModelRefused("E530", task=task.type, kind=kind)
    require_columns(auditee.tables["sample"].types, plan, identity.inputs, "sample")
    if kind == "binary":
        event, _ = known_event(task, identity.classes)
        plan = plan.model_copy(update={"task": task.model_copy(update={"event": event})})
    check_labels(plan, identity.classes)
    check_populations(plan, auditee.tables)
    return _in_a_unit(auditee, plan)


def _in_a_unit(auditee: Auditee, plan: Measuring) -> Measuring:
    """Return the plan with the scale of its explanations, once the model is known to have it."""
    if plan.task.type == "regression":
        return plan
    first = auditee.tables["sample"].frame.head(COMPARED_ROWS)
    if plan.explain.output is None:
        found = auditee.predictor.default_output(first)
        return plan.model_copy(update={"explain": plan.explain.model_copy(update={"output": found})})
    if plan.explain.output == "margin" and (
        plan.task.type == "binary" or auditee.predictor.default_output(first) != "margin"
    ):
        raise UsageError("E260", where="explain.output", classes=len(auditee.predictor.identity.classes))
    return plan


def _has_labels(tables: Mapping[str, LoadedTable], name: str, plan: Measuring) -> bool:
    """Return whether there is such a table with known outcomes."""
    return name in tables and plan.task.target in tables[name].types


def _unseen_categories(tables: Mapping[str, LoadedTable], inputs: tuple[str, ...]) -> tuple[Message, ...]:
    """Return a note that names the inputs with categories which no other table has."""
    sample = tables["sample"]
    others = [table for name, table in tables.items() if name != "sample"]
    found = []
    for name in inputs:
        known = [table.frame[name] for table in others if table.types.get(name) == "text"]
        if known and sample.types[name] == "text":
            seen = set().union(*(set(column.dropna()) for column in known))
            if not set(sample.frame[name].dropna()) <= seen:
                found.append(Name(text=name))
    if not found:
        return ()
    return (Message(key="loading.note.unseen_categories", params={"columns": Series(items=tuple(found))}),)


def _keyed(name: str, table: LoadedTable, plan: Measuring) -> Keyed:
    """Return a table's rows sorted by key. Only the sample is named by its row id."""
    fewest = FEWEST_ROWS if name == "sample" else 1
    if len(table.frame) < fewest:
        raise DataRefused("E455", where=name, rows=len(table.frame), fewest=fewest)
    row_id = plan.data.row_id if plan.data is not None and name == "sample" else None
    keys = row_keys(table.frame, table.types, row_id)
    order = np.argsort(keys, kind="stable")
    return table.frame.iloc[order].reset_index(drop=True), keys[order]
