"""What an engine is, and whom it tells."""

from collections.abc import Callable
from typing import Protocol

from explainaudit.errors import AuditError
from explainaudit.records.stage import StageCall

Finished = Callable[[StageCall], None]


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

    def run(self, calls: list[StageCall], finished: Finished) -> dict[str, AuditError]:
        """Run all calls, telling of each that finishes; return the errors, by the call's folder."""

    def close(self) -> None:
        """Stop everything that was started."""
