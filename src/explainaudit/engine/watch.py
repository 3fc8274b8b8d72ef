"""What an engine tells while it works."""

from typing import Protocol

from explainaudit.errors import AuditError
from explainaudit.records.stage import StageCall


class Watch(Protocol):
    """Hears how far a stage has come."""

    def __call__(self, call: StageCall, done: int, total: int) -> None:
        """Hear that ``done`` of ``total`` rows of a stage are finished."""


class Engine(Protocol):
    """Runs stages that do not depend on each other.

    ``isolation`` is the rung of isolation reached, a key of the wording catalogue; ``name`` says
    which engine it is.
    """

    name: str
    isolation: str

    @property
    def peak_memory_mb(self) -> float:
        """The largest memory that one of the engine's processes has used."""

    def run(self, calls: list[StageCall], watch: Watch) -> dict[str, AuditError]:
        """Run all calls; return the errors, by the call's output folder."""

    def close(self) -> None:
        """Stop everything that was started."""
