"""Method cards: how the SHAP values and the LIME coefficients were made."""

from explainaudit.records.evidence import Card, CardLine
from explainaudit.records.measure import Measure
from explainaudit.records.message import Message, Name
from explainaudit.records.responses import ExplainFacts, Responses
from explainaudit.records.table import Cell
from explainaudit.stats.rates import fact


def shap_card(responses: Responses, quality: list[Measure]) -> tuple[Card, list[Measure]]:
    """Return the card of the SHAP values, and the facts it prints."""
    explained = _known(responses)
    found = {each.metric: each for each in quality}
    players = fact("importance", "players", explained.players)
    background = fact("importance", "background_rows", explained.background_rows)
    attribution = responses.attributions[0]
    counts = {"n": found["explained"].ref(), "all": found["population"].ref()}
    lines: list[tuple[str, Cell]] = [
        ("algorithm", Message(key=f"algorithm.{attribution.algorithm}", params={"players": players.ref()})),
        (
            "output",
            Message(key=f"explained.{attribution.unit}", params={"output": Name(text=attribution.output)}),
        ),
        (
            "background",
            Message(
                key="card.background",
                params={
                    "rows": background.ref(),
                    "table": Message(key=f"table_name.{explained.background}"),
                    "digest": Name(text=explained.background_digest[:16]),
                },
            ),
        ),
        ("rows", Message(key="card.rows", params=counts)),
        ("additivity", found["additivity_max"].ref()),
        ("second", _second(found["second_gap"])),
        ("evaluations", found["evaluations"].ref()),
    ]
    if "sampling_error" in found:
        lines.append(("sampling_error", found["sampling_error"].ref()))
    return _card("shap", lines), [players, background]


def lime_card(responses: Responses, quality: list[Measure]) -> tuple[Card, list[Measure]]:
    """Return the card of the LIME coefficients, and the facts it prints."""
    found = {each.metric: each for each in quality}
    settings = responses.explain
    samples = fact("importance", "lime_samples", settings.lime_samples)
    repeats = fact("importance", "lime_repeats", settings.lime_repeats)
    attribution = responses.attributions[0]
    lines: list[tuple[str, Cell]] = [
        ("algorithm", Message(key="algorithm.lime_tabular", params={"samples": samples.ref()})),
        (
            "output",
            Message(key=f"explained.{attribution.unit}", params={"output": Name(text=attribution.output)}),
        ),
        (
            "bins",
            Message(
                key="card.bins", params={"table": Message(key=f"table_name.{_known(responses).background}")}
            ),
        ),
        ("repeats", Message(key="card.repeats", params={"repeats": repeats.ref()})),
        ("scale", Message(key="card.scale")),
        ("fidelity", found["lime_fidelity"].ref()),
        ("stability", found["lime_stability"].ref()),
    ]
    return _card("lime", lines), [samples, repeats]


def _second(gap: Measure) -> Message:
    if gap.value is None:
        return Message(key="card.second_none")
    return Message(key="card.second", params={"gap": gap.ref(), "n": gap.ref("n")})


def _card(name: str, lines: list[tuple[str, Cell]]) -> Card:
    labelled = tuple(CardLine(label=Message(key=f"card.label.{label}"), fact=cell) for label, cell in lines)
    return Card(name=name, title=Message(key=f"card.title.{name}"), lines=labelled)


def _known(responses: Responses) -> ExplainFacts:
    if responses.explained is None:
        raise ValueError("nothing was explained")
    return responses.explained
