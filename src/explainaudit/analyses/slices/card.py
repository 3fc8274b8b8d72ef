"""The method card: how slices were searched, and on which rows they were then estimated."""

from explainaudit.records.evidence import Card, CardLine
from explainaudit.records.measure import Measure
from explainaudit.records.message import Message
from explainaudit.stats.rates import count, fact

ROWS = ("searched", "estimated")


def slices_card(numbers: dict[str, int]) -> tuple[Card, list[Measure]]:
    """Return the card, and the facts it prints: see `explainaudit.analyses.slices.found.looked_at`."""
    facts = {
        name: (count if name in ROWS else fact)("slices", f"search_{name}", number)
        for name, number in numbers.items()
    }
    lines = [
        CardLine(label=Message(key=f"card.label.slices_{name}"), fact=Message(key=f"card.slices_{name}"))
        for name in ("cut", "ranked", "merged", "halves")
    ]
    lines += [
        CardLine(label=Message(key=f"card.label.slices_{name}"), fact=each.ref())
        for name, each in facts.items()
    ]
    card = Card(name="slices", title=Message(key="card.title.slices"), lines=tuple(lines))
    return card, list(facts.values())
