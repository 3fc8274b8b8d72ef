"""What is said beside the tables: the notes, the card, and what could not be shown."""

from collections.abc import Iterable, Sequence

from explainaudit.analyses.individual.alike import PAIR_ROWS, POOL_ROWS
from explainaudit.analyses.individual.figures import ANALYSIS
from explainaudit.analyses.individual.flipped import Flipped
from explainaudit.analyses.individual.paired import Compared, comparisons
from explainaudit.records.evidence import Card, CardLine, Limitation
from explainaudit.records.measure import Measure
from explainaudit.records.message import Message, Name, Param, Series
from explainaudit.records.responses import Responses
from explainaudit.stats.rates import fact

SHOWN = 20
FLIP_TIERS = Message(key="note.flip_tiers")


def flip_notes(responses: Responses, flips: Sequence[Flipped]) -> tuple[tuple[Message, ...], list[Measure]]:
    """Return what the flips did, and in which unit."""
    if not flips:
        return (), []
    most = fact(ANALYSIS, "flip_rows_most", max(len(each.flip.keys) for each in flips))
    return (
        Message(key="note.flips", params={"most": most.ref()}),
        FLIP_TIERS,
        score_note(responses),
        Message(key="note.sampling_only"),
    ), [most]


def score_note(responses: Responses) -> Message:
    """Return what the scores are of."""
    kind, named = responses.task.type, responses.decision.favourable
    if kind != "multiclass":
        return Message(key=f"note.flip_score.{kind}")
    if named is None:
        return Message(key="note.flip_score.predicted")
    if len(named) == 1:
        return Message(key="note.flip_score.one_class", params={"class": Name(text=named[0])})
    return Message(key="note.flip_score.multiclass")


def pairs_card(pairs: Sequence[Compared]) -> tuple[Card, list[Measure]]:
    """Return how the pairs were made, how many differences were tested, and the facts that this prints."""
    facts = {
        "rows": fact(ANALYSIS, "pair_rows_most", PAIR_ROWS),
        "pool": fact(ANALYSIS, "pair_pool_most", POOL_ROWS),
        "tests": fact(ANALYSIS, "pair_comparisons", comparisons(pairs)),
    }
    params: dict[str, Param] = {name: each.ref() for name, each in facts.items()}
    lines = [
        CardLine(
            label=Message(key=f"card.label.{name}"),
            fact=Message(key=f"card.individual.{name}", params=params),
        )
        for name in ("pairs", "distance", "near", "partners")
    ]
    tests = Message(key=f"card.individual.{_tested(pairs)}", params=params)
    lines.append(CardLine(label=Message(key="card.label.holm"), fact=tests))
    card = Card(name="pairs", title=Message(key="card.title.pairs"), lines=tuple(lines))
    return card, list(facts.values())


def _tested(pairs: Sequence[Compared]) -> str:
    figures = pairs[0].figures
    if "difference" in figures:
        return "holm"
    if "score_difference" not in figures:
        return "holm_none"
    return "holm_predictions" if figures["score_difference"].unit == "target" else "holm_scores"


def left_open(
    responses: Responses, flips: Sequence[Flipped], pairs: Sequence[Compared], unknown: Sequence[Measure]
) -> list[Limitation]:
    """Return what could not be shown: features that are no inputs, values not put in, groups of few pairs."""
    inputs = {each.name for each in responses.columns if each.role == "input"}
    features = [each.column for each in responses.sensitive]
    asked = {each.flip.column: each.flip for each in flips}
    paired = {each.pairs.feature for each in pairs}
    found = [
        *_about("not_inputs", (name for name in features if name not in inputs)),
        *_about("one_value", (name for name in features if name in inputs and name not in asked)),
        *_about("values_left_out", (name for name, flip in asked.items() if flip.left_out)),
        *_about("no_partners", (name for name in features if name not in paired)),
    ]
    for each in unknown:
        params: dict[str, Param] = {"feature": Name(text=each.dimensions["sensitive"]), "n": each.ref()}
        found.append(_limitation("flip_unknown", params))
    for name in features:
        few = [each for each in pairs if each.pairs.feature == name and not each.assessed]
        if few:
            names = (Name(text=each.pairs.group) for each in few[:SHOWN])
            groups = Series(items=tuple(Message(key="label.quoted", params={"name": each}) for each in names))
            key = "few_pairs_many" if len(few) > SHOWN else "few_pairs"
            limitation = _limitation(key, {"feature": Name(text=name), "groups": groups})
            rests_on = tuple(each.figures["matched"].id for each in few)
            found.append(limitation.model_copy(update={"measures": rests_on}))
    return found


def _about(code: str, names: Iterable[str]) -> list[Limitation]:
    items = tuple(Name(text=name) for name in names)
    return [_limitation(code, {"features": Series(items=items)})] if items else []


def _limitation(code: str, params: dict[str, Param]) -> Limitation:
    message = Message(key=f"limitation.individual.{code}", params=params)
    return Limitation(code=code, message=message, touches=(ANALYSIS,))
