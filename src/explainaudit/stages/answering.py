"""Describe the auditee, and let the model answer for every row."""

from pathlib import Path

import numpy as np

from explainaudit.loading.auditee import describe_auditee, explained_unit
from explainaudit.loading.predictor import COMPARED_ROWS
from explainaudit.loading.scoring import score_rows
from explainaudit.loading.steadiness import steadiness
from explainaudit.records.stage import StageCall
from explainaudit.stages.room import Room, described_in, inside_on, table_in


def describe(call: StageCall, room: Room) -> None:
    """Open the model and the tables, and write what they are and the typed rows in key order."""
    auditee = room.enter(call)
    described, tables = describe_auditee(auditee, call.plan)
    plan = described.plan
    if plan.explain.values != "interventional":
        inside_on(auditee, plan, tables["sample"][0].head(COMPARED_ROWS))  # refused before any row is scored
    asked = steadiness(auditee.predictor, tables["sample"][0], explained_unit(plan), plan.task.event)
    described = described.model_copy(update={"steadiness": asked})
    out = Path(call.out)
    for name, (rows, keys) in tables.items():
        rows.to_parquet(out / f"{name}.parquet", index=False)
        np.save(out / f"{name}.keys.npy", keys)
    (out / "described.json").write_bytes(described.canonical())


def score(call: StageCall, room: Room) -> None:
    """Run the model once over one partition of a table (``call.part`` is ``<table>-<number>``)."""
    described, folder = described_in(call)
    table, _, number = call.part.partition("-")
    rows, keys = table_in(folder, table)
    size = described.plan.partition_rows
    start = int(number) * size
    part = rows.iloc[start : start + size].reset_index(drop=True)
    scored = score_rows(room.enter(call), described, part, keys[start : start + size], table)
    scored.to_parquet(Path(call.out) / "scored.parquet", index=False)
