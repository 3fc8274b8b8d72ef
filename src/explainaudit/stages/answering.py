"""Describe the auditee, and let the model answer for every row."""

import json
from pathlib import Path

import numpy as np

from explainaudit.analysis import Accumulator, settings_of
from explainaudit.loading.auditee import describe_auditee
from explainaudit.loading.scoring import score_rows
from explainaudit.records.plan import Measuring
from explainaudit.records.responses import Partition
from explainaudit.records.stage import StageCall
from explainaudit.stages.room import Room, described_in, table_in, wanted


def describe(call: StageCall, room: Room) -> None:
    """Open the model and the tables, and write what they are and the typed rows in key order."""
    described, tables = describe_auditee(room.enter(call), call.plan)
    out = Path(call.out)
    for name, (rows, keys) in tables.items():
        rows.to_parquet(out / f"{name}.parquet", index=False)
        np.save(out / f"{name}.keys.npy", keys)
    (out / "described.json").write_bytes(described.canonical())


def score(call: StageCall, room: Room) -> None:
    """Run the model once over one partition of a table (``call.part`` is ``<table>-<number>``).

    Partitions of the sample are added to every accumulator.
    """
    described, folder = described_in(call)
    table, _, number = call.part.partition("-")
    rows, keys = table_in(folder, table)
    size = described.plan.partition_rows
    start = int(number) * size
    part = rows.iloc[start : start + size].reset_index(drop=True)
    scored = score_rows(room.enter(call), described, part, keys[start : start + size], table)
    out = Path(call.out)
    scored.to_parquet(out / "scored.parquet", index=False)
    if table == "sample":
        partition = Partition(rows=part, scored=scored)
        states = {each.name: each.add(each.zero(), partition) for each in accumulators(described.plan)}
        (out / "states.json").write_text(json.dumps(states, ensure_ascii=False), encoding="utf-8")


def accumulators(plan: Measuring) -> tuple[Accumulator, ...]:
    """Return the accumulators of all analyses that a plan requests, each once."""
    found = {
        one.name: one for each in wanted(plan) for one in each.needs(settings_of(each, plan)).accumulators
    }
    return tuple(found.values())
