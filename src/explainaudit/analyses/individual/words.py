"""What is said beside the tables: the answer, the notes, and what could not be shown."""

from collections.abc import Iterable, Sequence

from explainaudit.analyses.individual.alike import PAIR_ROWS, POOL_ROWS
from explainaudit.analyses.individual.figures import ANALYSIS
from explainaudit.analyses.individual.flipped import Flipped
from explainaudit.analyses.individual.paired import Compared
from explainaudit.records.evidence import Card, CardLine, Limitation
from explainaudit.records.measure import Measure
from explainaudit.records.message import Message, Name, Param, Series
from explainaudit.records.responses import Responses
from explainaudit.stats.rates import fact

SHOWN = 20


def answer(flips: Sequence[Flipped], pairs: Sequence[Compared], *, an_input: bool) -> Message:
    """Return the feature whose flip changes most, then the group that is furthest from its partners."""
    return Message(
        key="answer.individual.both", params={"flips": _of_flips(flips, an_input), "pairs": _of_pairs(pairs)}
    )


def _of_flips(flips: Sequence[Flipped], an_input: bool) -> Message:
    if not flips:
        return Message(key=f"answer.individual.{'one_value' if an_input else 'not_inputs'}")
    name = "changed" if "changed" in flips[0].whole else "size"
    first = max(flips, key=lambda each: each.whole[name].value or 0.0)
    figure = first.whole[name]
    params: dict[str, Param] = {
        "feature": Name(text=first.flip.column),
        "value": figure.ref(),
        "interval": figure.ref("interval"),
        "of": figure.ref("n"),
    }
    if "rows" in first.whole:
        params["n"] = first.whole["rows"].ref()
    return Message(key=f"answer.individual.flip_{name}", params=params)


def _of_pairs(pairs: Sequence[Compared]) -> Message:
    name = next(
        (name for name in ("difference", "score_difference") if any(name in each.figures for each in pairs)),
        "",
    )
    told = [each for each in pairs if each.assessed and name]
    if not told:
        return Message(key="answer.individual.no_pairs")
    first = max(told, key=lambda each: abs(each.figures[name].value or 0.0))
    figure = first.figures[name]
    params: dict[str, Param] = {
        "feature": Name(text=first.pairs.feature),
        "group": Name(text=first.pairs.group),
        "value": figure.ref(),
        "interval": figure.ref("interval"),
        "pairs": figure.ref("n"),
    }
    return Message(key=f"answer.individual.pair_{name}", params=params)


def flip_notes(responses: Responses, flips: Sequence[Flipped]) -> tuple[tuple[Message, ...], list[Measure]]:
    """Return what the flips did, and in which unit."""
    if not flips:
        return (), []
    most = fact(ANALYSIS, "flip_rows_most", max(len(each.flip.keys) for each in flips))
    return (
        Message(key="note.flips", params={"most": most.ref()}),
        score_note(responses),
        Message(key="note.sampling_only"),
    ), [most]


def score_note(responses: Responses) -> Message:
    """Return what the scores are of."""
    kind: str = responses.task.type
    if kind == "multiclass" and responses.decision.favourable is None:
        kind = "predicted"
    return Message(key=f"note.flip_score.{kind}")


def pairs_card(tested: int) -> tuple[Card, list[Measure]]:
    """Return how the pairs were made, how many differences were tested, and the facts that this prints."""
    facts = {
        "rows": fact(ANALYSIS, "pair_rows_most", PAIR_ROWS),
        "pool": fact(ANALYSIS, "pair_pool_most", POOL_ROWS),
        "tests": fact(ANALYSIS, "pair_comparisons", tested),
    }
    params: dict[str, Param] = {name: each.ref() for name, each in facts.items()}
    lines = tuple(
        CardLine(
            label=Message(key=f"card.label.{name}"),
            fact=Message(key=f"card.individual.{name}", params=params),
        )
        for name in ("pairs", "distance", "near", "partners", "holm")
    )
    return Card(name="pairs", title=Message(key="card.title.pairs"), lines=lines), list(facts.values())


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
            groups = Series(items=tuple(Name(text=each.pairs.group) for each in few[:SHOWN]))
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
