"""The method card: how many comparisons were made, and how many would differ by chance alone."""

from collections.abc import Sequence

from explainaudit.analyses.fairness.compared import LEVEL, Comparison
from explainaudit.records.evidence import Card, CardLine
from explainaudit.records.measure import Measure
from explainaudit.records.message import Message
from explainaudit.stats.rates import fact
from explainaudit.stats.significance import holm


def comparisons_card(comparisons: Sequence[Comparison]) -> tuple[Card, list[Measure]]:
    """Return how many comparisons there are, how many lie below 5 % before and after Holm, and by chance."""
    p = [each.p for each in comparisons]
    known = [each for each in p if each is not None]
    numbers = {
        "comparisons": len(known),
        "by_chance": LEVEL * len(known),
        "below_level": sum(each <= LEVEL for each in known),
        "after_holm": sum(each is not None and each <= LEVEL for each in holm(p)),
    }
    facts = {name: fact("fairness", name, value) for name, value in numbers.items()}
    # No count: it is shown with the digits it has, such as 4.5.
    facts["by_chance"] = facts["by_chance"].model_copy(update={"unit": "recorded"})
    lines = tuple(
        CardLine(
            label=Message(key=f"card.label.{name}"),
            fact=Message(key=f"card.{name}", params={"n": each.ref()}),
        )
        for name, each in facts.items()
    )
    return Card(name="comparisons", title=Message(key="card.title.comparisons"), lines=lines), list(
        facts.values()
    )
