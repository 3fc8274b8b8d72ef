"""The sentences that answer the question: what changes most with a flip, and which pairs differ most."""

from collections.abc import Sequence

from explainaudit.analyses.individual.flipped import Flipped
from explainaudit.analyses.individual.paired import CHANCE, TESTED, Compared
from explainaudit.records.measure import Measure
from explainaudit.records.message import Message, Name, Param


def answer(
    flips: Sequence[Flipped], pairs: Sequence[Compared], adjusted: Sequence[Measure], *, an_input: bool
) -> Message:
    """Return the feature whose flip changes most, then the group that is furthest from its partners.

    ``adjusted`` are the p-values of the pairs after Holm's correction.
    """
    params: dict[str, Param] = {"flips": _of_flips(flips, an_input), "pairs": _of_pairs(pairs, adjusted)}
    return Message(key="answer.individual.both", params=params)


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


def _of_pairs(pairs: Sequence[Compared], adjusted: Sequence[Measure]) -> Message:
    """Return the largest difference that is beyond chance; where there is none, the largest, and that."""
    name = next((name for name in TESTED if any(name in each.figures for each in pairs)), "")
    told = [each.figures[name] for each in pairs if each.assessed and name]
    if not told:
        return Message(key="answer.individual.no_pairs")
    p = {_about(each): each for each in adjusted if each.metric == f"pair_{name}_p"}
    sure = [each for each in told if _below(p[_about(each)])]
    figure = max(sure or told, key=lambda each: abs(each.value or 0.0))
    params: dict[str, Param] = {
        "feature": Name(text=figure.dimensions["sensitive"]),
        "group": Name(text=figure.dimensions["group"]),
        "value": figure.ref(),
        "interval": figure.ref("interval"),
        "pairs": figure.ref("n"),
        "p": p[_about(figure)].ref(),
    }
    what = "prediction" if figure.unit == "target" else "share" if name == "difference" else "score"
    return Message(key=f"answer.individual.pair_{what}{'' if sure else '_open'}", params=params)


def _about(measure: Measure) -> tuple[str, str]:
    return measure.dimensions["sensitive"], measure.dimensions["group"]


def _below(p: Measure) -> bool:
    return p.value is not None and p.value < CHANCE
