"""The stages: describe, score, select, explain, measure. Files in, files out."""

import shutil
from collections.abc import Callable
from pathlib import Path

from explainaudit.errors import Bug
from explainaudit.records.stage import StageCall
from explainaudit.stages.answering import describe, score
from explainaudit.stages.explaining import explain, select
from explainaudit.stages.looking import inspect, sketch
from explainaudit.stages.measuring import attempt, measure
from explainaudit.stages.room import Room

__all__ = ["Room", "run_stage"]

STAGES: dict[str, Callable[[StageCall, Room], None]] = {
    "describe": describe,
    "score": score,
    "select": select,
    "explain": explain,
    "measure": measure,
    "attempt": attempt,
    "inspect": inspect,
    "sketch": sketch,
}


def run_stage(call: StageCall, room: Room) -> None:
    """Run one stage: read what it needs, and write ``call.out``, whole or not at all."""
    if call.stage not in STAGES:
        raise Bug("E700", where=call.stage)
    part = Path(f"{call.out}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(mode=0o700)
    STAGES[call.stage](call.model_copy(update={"out": str(part)}), room)
    part.replace(call.out)
