"""Evidence: the one shape in which every analysis leaves what it found."""

from typing import Literal

from explainaudit.records.measure import Measure
from explainaudit.records.message import Message
from explainaudit.records.record import Record
from explainaudit.records.table import Cell, Table

Reason = Literal["not_requested", "input_missing", "not_applicable", "insufficient", "failed"]


class CardLine(Record):
    """One line of a method card: what it is about, and the fact."""

    label: Message
    fact: Cell


class Card(Record):
    """How something was made: algorithm, reference set, rows and how chosen, additivity, cost in counts."""

    name: str
    title: Message
    lines: tuple[CardLine, ...]


class Limitation(Record):
    """What could not be shown, what that touches (names of analyses), and the measures it rests on."""

    code: str
    message: Message
    touches: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()


class Plot(Record):
    """The points of a figure that are too many for a table: a curve, a cloud of rows, a bundle of lines.

    ``table`` names the table of the same evidence that stands under the figure; without it no edition
    draws the figure. ``smallest_cell`` is the fewest persons that a point, or the step between two,
    rests on: 1 for single rows, which only the restricted edition has. ``series`` are columns of equal
    length, numbers or ``None``; ``labels`` name points or lines.
    """

    name: str
    table: str
    smallest_cell: int
    series: dict[str, tuple[float | None, ...]]
    labels: dict[str, tuple[str, ...]] = {}


class Evidence(Record):
    """What one analysis found, or the reason why it found nothing."""

    analysis: str
    answer: Message
    not_assessed: Reason | None = None
    measures: tuple[Measure, ...] = ()
    tables: tuple[Table, ...] = ()
    cards: tuple[Card, ...] = ()
    limitations: tuple[Limitation, ...] = ()
    plots: tuple[Plot, ...] = ()

    def measure(self, metric: str, **dimensions: str) -> Measure:
        """Return the measure of that name; raises ``KeyError`` when the analysis has none."""
        for found in self.measures:
            if found.metric == metric and found.dimensions == dimensions:
                return found
        raise KeyError((self.analysis, metric, dimensions))

    def table(self, name: str) -> Table | None:
        """Return the table of that name, or ``None`` when this edition withholds it."""
        return next((table for table in self.tables if table.name == name), None)

    def plot(self, name: str) -> Plot | None:
        """Return the points of that name, or ``None`` when this edition withholds them."""
        return next((plot for plot in self.plots if plot.name == name), None)
