"""The method card of the LIME coefficients."""

from explainaudit.records.evidence import Card, CardLine
from explainaudit.records.measure import Measure
from explainaudit.records.message import Message, Name, Series
from explainaudit.records.responses import ExplainFacts, Responses
from explainaudit.records.table import Cell
from explainaudit.stats.rates import count, fact


def lime_card(responses: Responses, found: dict[str, Measure]) -> tuple[Card, list[Measure]]:
    """Return the card of the LIME coefficients, and the facts it prints."""
    settings, explained = responses.explain, responses.explained
    if explained is None:
        raise ValueError("nothing was explained")
    samples = fact("agreement", "lime_samples", settings.lime_samples)
    most = fact("agreement", "lime_most", settings.lime_most)
    compared = count("agreement", "compared", len(responses.compared[0].keys))
    first = responses.compared[0]
    outputs = Series(items=tuple(Name(text=each.output) for each in responses.compared))
    second, counts = _second_opinion(explained, found["second_gap"])
    table = Message(key=f"table_name.{explained.background}")
    lines: tuple[tuple[str, Cell], ...] = (
        ("algorithm", Message(key="algorithm.lime_tabular")),
        ("pool", Message(key="card.pool", params={"samples": samples.ref(), "most": most.ref()})),
        ("rows", Message(key="card.compared", params={"n": compared.ref()})),
        ("output", Message(key=f"explained.{first.unit}", params={"output": outputs})),
        ("bins", Message(key="card.bins", params={"table": table})),
        ("repeats", Message(key="card.blocks")),
        ("scale", Message(key="card.scale")),
        ("second", second),
    )
    labelled = tuple(CardLine(label=Message(key=f"card.label.{label}"), fact=cell) for label, cell in lines)
    return Card(name="lime", title=Message(key="card.title.lime"), lines=labelled), [
        samples,
        most,
        compared,
        *counts,
    ]


def _second_opinion(explained: ExplainFacts, gap: Measure) -> tuple[Message, list[Measure]]:
    """Return what the second algorithm was compared on, and the facts of that."""
    key = "second_opinion"
    counts = {"reference": fact("agreement", "second_background", explained.second_background)}
    if explained.second_trees:
        key = "second_opinion_walked"
        counts = {
            "trees": fact("agreement", "second_trees", explained.second_trees),
            "all": fact("agreement", "second_all_trees", explained.second_all_trees),
        }
    params = {
        "algorithm": Message(key=f"second.{explained.second_algorithm}"),
        "gap": gap.ref(),
        "n": gap.ref("n"),
        **{name: each.ref() for name, each in counts.items()},
    }
    return Message.model_validate({"key": f"card.{key}", "params": params}), list(counts.values())
