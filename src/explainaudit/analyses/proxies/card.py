"""The method card: the instrument, the rows it was fitted and evaluated on, the groups it tells apart."""

from explainaudit.analyses.proxies.halves import FEWEST, MOST, Halves
from explainaudit.instruments.linear import FEWEST_OF_LEVEL
from explainaudit.records.evidence import Card, CardLine
from explainaudit.records.measure import Measure
from explainaudit.records.message import Message
from explainaudit.stats.rates import count, fact


def instrument_card(halves: Halves) -> tuple[Card, list[Measure]]:
    """Return how the groups were predicted, and the numbers the card prints."""
    numbers = {
        "fitted": count("proxies", "rows_fitted", len(halves.fitted)),
        "evaluated": count("proxies", "rows_evaluated", len(halves.evaluated)),
        "fewest": fact("proxies", "fewest", FEWEST),
        "most": fact("proxies", "most", MOST),
        "level": fact("proxies", "fewest_of_level", FEWEST_OF_LEVEL),
    }
    lines = {
        "instrument": ("level",),
        "rows": ("fitted", "evaluated"),
        "groups": ("fewest", "most"),
    }
    said = tuple(
        CardLine(
            label=Message(key=f"card.label.proxies_{name}"),
            fact=Message(
                key=f"card.proxies_{name}", params={number: numbers[number].ref() for number in used}
            ),
        )
        for name, used in lines.items()
    )
    card = Card(name="instrument", title=Message(key="card.title.proxies"), lines=said)
    return card, list(numbers.values())
