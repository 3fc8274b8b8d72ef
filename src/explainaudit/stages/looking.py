"""Look at a model file, or at a model and a table, for somebody who has no plan yet."""

from pathlib import Path

from explainaudit.loading.inspection import inspect_model
from explainaudit.loading.proposal import sketch_of
from explainaudit.records.stage import StageCall
from explainaudit.stages.room import Room


def inspect(call: StageCall, _room: Room) -> None:
    """Write what a model file is; nothing that it names is loaded."""
    found = inspect_model(Path(call.files["model"]))
    (Path(call.out) / "answer.json").write_bytes(found.canonical())


def sketch(call: StageCall, _room: Room) -> None:
    """Write what the model takes and what the columns of the table look like."""
    found = sketch_of(call.files, call.consent)
    (Path(call.out) / "answer.json").write_bytes(found.canonical())
