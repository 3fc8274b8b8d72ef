"""Runs stages in this process, for a model that is already in memory."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from explainaudit.engine.watch import Finished
from explainaudit.errors import AuditError, Bug
from explainaudit.loading.auditee import auditee_of
from explainaudit.records.plan import Measuring
from explainaudit.records.stage import StageCall
from explainaudit.stages import Room, run_stage
from explainaudit.surroundings import peak_memory_mb


class Here:
    """The engine for notebooks: the same stage functions, no process boundary."""

    name = "here"
    isolation = "isolation.none"

    def __init__(self, room: Room) -> None:
        self._room = room

    @staticmethod
    def room(model: Any, tables: Mapping[str, pd.DataFrame], plan: Measuring) -> Room:
        """Return the room of a model and tables that are already in memory."""
        return Room(auditee=auditee_of(model, tables, plan))

    @property
    def peak_memory_mb(self) -> float:
        """The largest memory that this process has used."""
        return peak_memory_mb()

    def run(self, calls: list[StageCall], finished: Finished) -> dict[str, AuditError]:
        """Run all calls in order, telling of each that finishes; return the errors, by the call's folder."""
        errors: dict[str, AuditError] = {}
        for call in calls:
            try:
                run_stage(call, self._room)
                finished(call)
            except AuditError as error:
                errors[call.out] = error
            except Exception as error:
                errors[call.out] = Bug("E700", where=f"{call.stage} {call.part}: {type(error).__name__}")
                errors[call.out].__cause__ = error
        return errors

    def close(self) -> None:
        """Nothing was started."""
