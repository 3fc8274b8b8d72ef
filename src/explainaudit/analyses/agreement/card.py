"""The method card of the LIME coefficients."""

from explainaudit.records.evidence import Card, CardLine
from explainaudit.records.measure import Measure
from explainaudit.records.message import Message, Name, Series
from explainaudit.records.responses import Responses
from explainaudit.records.table import Cell
from explainaudit.stats.rates import fact


def lime_card(responses: Responses, found: dict[str, Measure]) -> tuple[Card, list[Measure]]:
    """Return the card of the LIME coefficients, and the facts it prints."""
    settings, explained = responses.explain, responses.explained
    if explained is None:
        raise ValueError("nothing was explained")
    samples = fact("agreement", "lime_samples", settings.lime_samples)
    repeats = fact("agreement", "lime_repeats", settings.lime_repeats)
    first = responses.case_lime[0]
    outputs = Series(items=tuple(Name(text=each.output) for each in responses.case_lime))
    second = Message(key="card.second_none")
    if found["second_gap"].value is not None:
        params = {"gap": found["second_gap"].ref(), "n": found["second_gap"].ref("n")}
        second = Message.model_validate({"key": "card.second", "params": params})
    table = Message(key=f"table_name.{explained.background}")
    lines: tuple[tuple[str, Cell], ...] = (
        ("algorithm", Message(key="algorithm.lime_tabular", params={"samples": samples.ref()})),
        ("output", Message(key=f"explained.{first.unit}", params={"output": outputs})),
        ("bins", Message(key="card.bins", params={"table": table})),
        ("repeats", Message(key="card.repeats", params={"repeats": repeats.ref()})),
        ("scale", Message(key="card.scale")),
        ("second", second),
    )
    labelled = tuple(CardLine(label=Message(key=f"card.label.{label}"), fact=cell) for label, cell in lines)
    return Card(name="lime", title=Message(key="card.title.lime"), lines=labelled), [samples, repeats]
