"""How far a run has come, on standard error: the questions are the progress lines."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from explainaudit.records.message import Message
from explainaudit.wording.writer import Writer

if TYPE_CHECKING:
    from rich.progress import Progress as Bars
    from rich.progress import TaskID


class Plain:
    """Progress without a terminal: a line when a question is begun."""

    def __init__(self) -> None:
        self._writer = Writer({})
        self._begun: set[str] = set()

    def __call__(self, analysis: str, done: int, total: int) -> None:
        """Hear that ``done`` of ``total`` rows of the work for a question are finished."""
        if analysis not in self._begun:
            self._begun.add(analysis)
            question = self._writer.text(Message(key=f"question.{analysis}"))
            print(question, file=sys.stderr, flush=True)  # noqa: T201 - this is the progress display


class Live:
    """Progress on a terminal: a bar for each question, with the time left."""

    def __init__(self, bars: "Bars") -> None:
        self._bars = bars
        self._writer = Writer({})
        self._tasks: dict[str, TaskID] = {}

    def __call__(self, analysis: str, done: int, total: int) -> None:
        """Hear that ``done`` of ``total`` rows of the work for a question are finished."""
        if analysis not in self._tasks:
            question = self._writer.text(Message(key=f"question.{analysis}"))
            self._tasks[analysis] = self._bars.add_task(question, total=total)
        self._bars.update(self._tasks[analysis], completed=done, total=total)


def silent(_analysis: str, _done: int, _total: int) -> None:
    """Say nothing."""


@contextmanager
def progress(*, quiet: bool) -> Iterator[Plain | Live]:
    """Give the progress display that suits standard error."""
    if quiet or not sys.stderr.isatty():
        yield silent if quiet else Plain()  # type: ignore[misc]
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bars:
        yield Live(bars)
