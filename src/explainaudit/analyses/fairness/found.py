"""What is found about one grouping, gathered part by part."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from explainaudit.analyses.fairness.compared import Comparison
from explainaudit.records.evidence import Card, Limitation, Plot
from explainaudit.records.measure import Measure
from explainaudit.records.table import Table


@dataclass
class Found:
    """Tables, measures, limitations, comparisons, and the gaps that p-values stand beside.

    ``last`` holds tables that come after all others of their grouping.
    """

    tables: list[Table] = field(default_factory=list)
    measures: list[Measure] = field(default_factory=list)
    limitations: list[Limitation] = field(default_factory=list)
    comparisons: list[Comparison] = field(default_factory=list)
    beside: list[Measure] = field(default_factory=list)
    last: list[Table] = field(default_factory=list)
    cards: list[Card] = field(default_factory=list)
    plots: list[Plot] = field(default_factory=list)

    def add(
        self, measures: Iterable[Measure], comparisons: Iterable[Comparison], beside: Iterable[Measure]
    ) -> None:
        """Take in measures, the comparisons made with them, and the gaps among them that have p-values."""
        self.measures += measures
        self.comparisons += comparisons
        self.beside += beside

    def join(self, other: "Found") -> None:
        """Take in all that was found about another grouping, its last tables at the end of its own."""
        self.tables += [*other.tables, *other.last]
        self.limitations += other.limitations
        self.cards += other.cards
        self.plots += other.plots
        self.add(other.measures, other.comparisons, other.beside)
