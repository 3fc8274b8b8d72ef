"""The card of the view: what the data are, who is unknown, and what people have chosen."""

from collections.abc import Sequence

from explainaudit.analyses.fairness.ll144_counts import View
from explainaudit.analyses.fairness.ll144_settings import LocalLaw144
from explainaudit.records.evidence import Card, CardLine, Limitation
from explainaudit.records.measure import Measure
from explainaudit.records.message import Message, Name, Param

SETTINGS = "ll144_settings"  # limitation: a setting does not fit the sample
PIECE = 60  # characters of a name that documents show


def in_full(text: str) -> Name | Message:
    """Return a user's text of several sentences, in pieces that are each shown whole."""
    words = text.split()
    piece = ""
    while words and len(piece) + len(words[0]) < PIECE:
        piece = f"{piece} {words.pop(0)}".lstrip()
    if not piece and words:
        # A word that is longer than a piece is parted.
        piece, words[0] = words[0][:PIECE], words[0][PIECE:]
    rest = " ".join(words)
    if not rest:
        return Name(text=piece)
    return Message(key="label.ll144_text", params={"first": Name(text=piece), "rest": in_full(rest)})


def card(
    people: Measure,
    unknown: Sequence[Measure],
    views: Sequence[View],
    settings: LocalLaw144,
    *,
    scoring: bool,
) -> Card:
    """Return where the numbers come from, and every choice that they rest on."""
    by_table: dict[str, Param] = {view.table: each.ref() for view, each in zip(views, unknown, strict=True)}
    names: dict[str, Param] = {
        "sex_feature": Name(text=settings.sex), "race_feature": Name(text=settings.race_ethnicity)
    }  # fmt: skip
    date = settings.distribution_date
    said = {
        "data": Message(key=f"card.ll144_{settings.data}"),
        "date": _given(None if date is None else date.isoformat()),
        "auditor": _given(settings.auditor),
        "people": Message(key="card.ll144_people", params={"n": people.ref()}),
        "unknown": Message(key="card.ll144_unknown", params={**by_table, **names}),
        "rate": Message(key=f"card.ll144_{'scoring' if scoring else 'selection'}"),
        "left_out": _left_out(views, settings),
        "two_percent": Message(key=f"card.ll144_{'all' if settings.unknown_in_total else 'known'}"),
        "small_cells": _small_cells(settings),
        "scope": Message(key="card.ll144_scope"),
    }
    lines = (CardLine(label=Message(key=f"card.label.ll144_{key}"), fact=fact) for key, fact in said.items())
    return Card(name="ll144", title=Message(key="card.title.ll144"), lines=tuple(lines))


def withheld(settings: LocalLaw144) -> list[Limitation]:
    """Return the limitation that gives the reason for withholding small cells, where the plan says so."""
    if settings.small_cells == "publish" or settings.small_cells_reason is None:
        return []
    why: dict[str, Param] = {"why": in_full(settings.small_cells_reason)}
    message = Message(key="limitation.ll144_withheld", params=why)
    return [Limitation(code="ll144_withheld", message=message, touches=("fairness",))]


def impossible(why: str) -> Limitation:
    """Return the limitation for a view that lacks ``people``, a ``selection`` or ``scores``."""
    message = Message(key=f"limitation.ll144_no_{why}")
    return Limitation(code=f"ll144_no_{why}", message=message, touches=("fairness",))


def unfitting(why: str, where: str, people: Measure) -> Limitation:
    """Return the limitation for a setting that does not fit: what it names is ``absent`` or too ``large``."""
    message = Message(key=f"limitation.ll144_{why}", params={"where": Name(text=where)})
    return Limitation(code=SETTINGS, message=message, touches=("fairness",), measures=(people.id,))


def _given(text: str | None) -> Name | Message:
    return Message(key="card.ll144_not_provided") if text is None else in_full(text)


def _left_out(views: Sequence[View], settings: LocalLaw144) -> Message:
    if settings.exclude is None or not any(each.left_out for view in views for each in view.categories):
        return Message(key="card.ll144_none_left_out")
    return Message(key="card.ll144_left_out", params={"why": in_full(settings.exclude.justification)})


def _small_cells(settings: LocalLaw144) -> Message:
    if settings.small_cells_reason is None:
        return Message(key=f"card.ll144_{settings.small_cells}")
    params: dict[str, Param] = {"why": in_full(settings.small_cells_reason)}
    return Message(key=f"card.ll144_{settings.small_cells}_why", params=params)
