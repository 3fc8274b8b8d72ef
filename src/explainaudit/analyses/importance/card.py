"""The method card of the SHAP values."""

from explainaudit.records.evidence import Card, CardLine
from explainaudit.records.measure import Measure
from explainaudit.records.message import Message, Name, Series
from explainaudit.records.plan import TaskType
from explainaudit.records.responses import ExplainFacts, Responses
from explainaudit.records.table import Cell
from explainaudit.stats.rates import count, fact


def shap_card(responses: Responses) -> tuple[Card, list[Measure]]:
    """Return the card of the SHAP values, and the facts it prints."""
    explained = responses.explained
    if explained is None:
        raise ValueError("nothing was explained")
    first = responses.attributions[0]
    facts = {
        "explained": count("importance", "explained", explained.rows),
        "population": count("importance", "population", explained.population),
        "players": fact("importance", "players", explained.players),
        "evaluations": fact("importance", "evaluations", explained.evaluations),
    }
    outputs = Series(items=tuple(Name(text=each.output) for each in responses.attributions))
    background = Message(key="card.no_background")
    if responses.explain.values == "interventional":
        facts["background_rows"] = fact("importance", "background_rows", explained.background_rows)
        background = _background(explained, facts["background_rows"])
    lines: tuple[tuple[str, Cell], ...] = (
        (
            "algorithm",
            Message(key=f"algorithm.{first.algorithm}", params={"players": facts["players"].ref()}),
        ),
        ("output", Message(key=f"explained.{first.unit}", params={"output": outputs})),
        ("background", background),
        (
            "rows",
            _rows(explained, responses.task.type, facts),
        ),
        ("evaluations", facts["evaluations"].ref()),
    )
    labelled = tuple(CardLine(label=Message(key=f"card.label.{label}"), fact=cell) for label, cell in lines)
    card = Card(name="shap", title=Message(key="card.title.shap"), lines=labelled)
    return card, list(facts.values())


def _background(explained: ExplainFacts, rows: Measure) -> Message:
    params = {
        "rows": rows.ref(),
        "table": Message(key=f"table_name.{explained.background}"),
        "digest": Name(text=explained.background_digest[:16]),
    }
    return Message.model_validate({"key": "card.background", "params": params})


def _rows(explained: ExplainFacts, task: TaskType, facts: dict[str, Measure]) -> Message:
    n = facts["explained"].ref()
    if explained.rows == explained.population:
        return Message(key="card.rows_all", params={"n": n})
    return Message(key=f"card.rows_{task}", params={"n": n, "all": facts["population"].ref()})
