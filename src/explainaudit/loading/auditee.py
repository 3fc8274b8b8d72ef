"""The auditee: the model behind predict(), and the named tables, described and scored."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from explainaudit.errors import DataRefused, ModelRefused
from explainaudit.loading.model import load_model
from explainaudit.loading.predictor import Predictor, predictor_of
from explainaudit.loading.roles import groups, known_event, labels, require_columns, require_names, roles
from explainaudit.loading.tables import LoadedTable, read_table, table_of
from explainaudit.records.bundle import TableIdentity
from explainaudit.records.message import Message, Name, Series
from explainaudit.records.plan import DataSource, Measuring
from explainaudit.records.stage import Consent, Described
from explainaudit.stats.keyed import data_digest, row_keys

# With fewer rows every count of the sample is a small cell, and no interval says anything.
FEWEST_ROWS = 11

Keyed = tuple[pd.DataFrame, NDArray[np.str_]]


@dataclass(frozen=True)
class Auditee:
    """The model and the tables under audit."""

    predictor: Predictor
    tables: Mapping[str, LoadedTable]

    def output(self, frame: pd.DataFrame, plan: Measuring) -> NDArray[np.float64]:
        """Return the output that is explained, shape (n,), on the plan's scale."""
        scores = self.predictor.outputs(frame, output=plan.explain.output, event=plan.task.event)
        return np.asarray(scores[:, 0], dtype=np.float64)


def read_auditee(files: Mapping[str, str], consent: Consent, plan: Measuring) -> Auditee:
    """Return the auditee that a plan's files hold.

    Raises `ModelRefused`, `ModelFailed`, `DataRefused` or `UsageError`, see `load_model` and
    `read_table`.
    """
    predictor = load_model(Path(files["model"]), consent)
    source = plan.data or DataSource(sample="")
    tables = {name: read_table(Path(path), source) for name, path in files.items() if name != "model"}
    return Auditee(predictor.with_inputs(plan.model.inputs if plan.model else None), tables)


def auditee_of(model: Any, frames: Mapping[str, pd.DataFrame], plan: Measuring) -> Auditee:
    """Return the auditee of a fitted estimator and tables that are already in memory."""
    types = plan.data.types if plan.data is not None else {}
    tables = {name: table_of(frame.reset_index(drop=True), types, name) for name, frame in frames.items()}
    predictor = predictor_of(model)
    return Auditee(predictor.with_inputs(plan.model.inputs if plan.model else None), tables)


def describe_auditee(auditee: Auditee, plan: Measuring) -> tuple[Described, dict[str, Keyed]]:
    """Return what the auditee is, and its rows in key order: the sample, and the background's source.

    Raises
    ------
    DataRefused
        If a table lacks a column that is needed, is empty, or holds labels the model does not know.
    UsageError
        If the event is not named and cannot be assumed.
    """
    identity = auditee.predictor.identity
    if not identity.inputs:
        raise DataRefused("E456")
    task = plan.task
    kind = "regression" if not identity.classes else "binary" if len(identity.classes) == 2 else "multiclass"
    if kind != task.type:
        raise ModelRefused("E530", task=task.type, kind=kind)
    sample = auditee.tables["sample"]
    require_columns(sample.types, plan, identity.inputs, "sample")
    if kind == "binary":
        event, _ = known_event(task, identity.classes)
        plan = plan.model_copy(update={"task": task.model_copy(update={"event": event})})
    keyed = {name: _keyed(name, table, plan) for name, table in auditee.tables.items()}
    source = next(name for name in ("background", "training", "sample") if name in keyed)
    require_names(auditee.tables[source].types, identity.inputs, source)
    described = Described(
        model=identity,
        tables=tuple(
            TableIdentity(
                name=name,
                rows=len(rows),
                columns=len(rows.columns),
                digest=data_digest(keys, auditee.tables[name].types),
            )
            for name, (rows, keys) in keyed.items()
        ),
        columns=roles(sample.types, identity.inputs, plan),
        plan=plan,
        source=source,
        rows=len(sample.frame),
        notes=(
            *(note for table in auditee.tables.values() for note in table.notes),
            *_unseen_categories(auditee.tables, identity.inputs),
        ),
    )
    return described, {"sample": keyed["sample"], "source": keyed[source]}


def score_rows(
    auditee: Auditee, described: Described, rows: pd.DataFrame, keys: NDArray[np.str_]
) -> pd.DataFrame:
    """Return one line per row: key, label, prediction, decision, scores and groups.

    The columns are those of `explainaudit.records.responses.Responses.scored`.
    """
    plan, classes = described.plan, described.model.classes
    kinds = {column.name: column.type for column in described.columns}
    scored = pd.DataFrame({"key": keys, "label": labels(rows[plan.task.target], classes, "sample")})
    if plan.task.type == "regression":
        scored["score"] = auditee.predictor.outputs(rows, output="target")[:, 0]
        scored["predicted"] = scored["score"]
    else:
        scores = auditee.predictor.outputs(rows, output="probability", event=plan.task.event)
        scored = scored.assign(**_decided(scores, classes, plan))
    if "event_predicted" not in scored:
        scored["event_predicted"] = False
    if "favourable" not in scored:
        scored["favourable"] = pd.array([pd.NA] * len(rows), dtype="boolean")
    for feature in plan.sensitive:
        column = groups(rows[feature.column], feature, kinds[feature.column], "sample")
        scored[f"group:{feature.column}"] = column
    return scored


def _decided(scores: NDArray[np.float64], classes: tuple[str, ...], plan: Measuring) -> dict[str, Any]:
    if plan.task.type == "multiclass":
        best = np.asarray(classes)[scores.argmax(axis=1)]
        by_class = {f"score:{name}": scores[:, column] for column, name in enumerate(classes)}
        return {"predicted": pd.Series(best, dtype="str"), **by_class}
    event = scores[:, 0] >= plan.decision.threshold
    other = next(name for name in classes if name != plan.task.event)
    decided: dict[str, Any] = {
        "score": scores[:, 0],
        "event_predicted": event,
        "predicted": pd.Series(np.where(event, str(plan.task.event), other), dtype="str"),
    }
    if plan.decision.favourable is not None:
        good = event if plan.decision.favourable == "event" else ~event
        decided["favourable"] = pd.array(good, dtype="boolean")
    return decided


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
