"""The tables of flips and of pairs. A column without a figure in any line is left out."""

from collections.abc import Sequence
from typing import Any

from explainaudit.analyses.individual.figures import ANALYSIS
from explainaudit.analyses.individual.flipped import Figures, Flipped
from explainaudit.analyses.individual.paired import Compared
from explainaudit.analyses.individual.words import FLIP_TIERS
from explainaudit.records.measure import Measure
from explainaudit.records.message import Message, Name
from explainaudit.records.table import Cell, Table, column
from explainaudit.stats.rates import fact

SHOWN = 20
Found = tuple[list[Table], list[Measure]]
Line = tuple[tuple[Cell, ...], Figures]
# Heading, figure, and part of the figure.
Wanted = tuple[tuple[str, str, Any], ...]

_WHOLE: Wanted = (
    ("n", "size", "n"),
    ("flip_rows", "rows", "value"),
    ("share", "changed", "value"),
    ("interval", "changed", "interval"),
    ("flip_to_favourable", "flip_to_favourable", "value"),
    ("flip_from_favourable", "flip_from_favourable", "value"),
    ("flip_size", "size", "value"),
    ("interval_difference", "size", "interval"),
    ("flip_largest", "largest", "value"),
)
_CHANGED: Wanted = (
    ("flip_value", "value", "value"),
    ("n", "mean", "n"),
    ("flip_changed", "changed", "value"),
    ("interval", "changed", "interval"),
    ("flip_mean", "mean", "value"),
    ("interval_difference", "mean", "interval"),
)
_RATES: Wanted = (
    ("pair_rows", "looked", "value"),
    ("pairs_matched", "matched", "value"),
    ("pair_rate", "own", "value"),
    ("pair_rate_partners", "other", "value"),
    ("difference", "difference", "value"),
    ("interval_difference", "difference", "interval"),
    ("pair_p", "difference_p", "value"),
)
_SCORES: Wanted = (
    ("pairs_matched", "matched", "value"),
    ("pair_changed", "changed", "value"),
    ("interval", "changed", "interval"),
    ("pair_score_difference", "score_difference", "value"),
    ("interval_difference", "score_difference", "interval"),
    ("pair_p", "score_difference_p", "value"),
)


def flip_tables(found: Sequence[Flipped], notes: tuple[Message, ...]) -> Found:
    """Return one line for each feature, then for each feature a table by value, and one by pair of groups."""
    if not found:
        return [], []
    lines = [((Name(text=each.flip.column),), each.whole) for each in found]
    first = _table("flips", {}, (("column",), _WHOLE), lines, notes)
    if "rows" not in found[0].whole:  # a regression has no decision that could change
        first = first.model_copy(update={"caption": Message(key="table.individual.flips_size")})
    tables, tiers = [first], (FLIP_TIERS,)
    facts: list[Measure] = []
    for each in found:
        about = {"feature": Name(text=each.flip.column)}
        into = [((Name(text=name),), figures) for name, figures in each.into.items()]
        tables.append(_table(f"flips_into:{each.flip.column}", about, (("flip_to",), _CHANGED), into, tiers))
        if len(each.flip.groups) > 2:
            pairs = [
                ((Name(text=own), Name(text=other)), figures)
                for (own, other), figures in each.between.items()
            ]
            name = f"flips_between:{each.flip.column}"
            shown, more, counted = _most(pairs, name, ("changed", "mean"))
            tables.append(_table(name, about, (("flip_from", "flip_to"), _CHANGED), shown, (*tiers, *more)))
            facts += counted
    return tables, facts


def pair_tables(found: Sequence[Compared], adjusted: Sequence[Measure], scores_are: Message) -> Found:
    """Return the tables of one feature: shares decided favourably, and decisions and scores within pairs."""
    feature = found[0].pairs.feature
    of_group = {(each.metric, each.dimensions["group"]): each for each in adjusted}
    lines: list[Line] = []
    for each in found:
        figures = dict(each.figures)
        for name in each.tests:
            figures[f"{name}_p"] = of_group[f"pair_{name}_p", each.pairs.group]
        lines.append(((Name(text=each.pairs.group),), figures))
    shown, more, facts = _most(lines, f"pairs:{feature}", ("difference", "score_difference", "changed"))
    about = {"feature": Name(text=feature)}
    scores, tables = _SCORES, []
    tiers = Message(key="note.pair_tiers")
    if any("difference" in figures for _, figures in lines):
        tables.append(_table(f"pairs:{feature}", about, (("group",), _RATES), shown, (tiers,)))
    else:
        scores = (_RATES[0], *_SCORES)
    said = (scores_are,) if any("score_difference" in figures for _, figures in lines) else ()
    notes = (*said, Message(key="note.pairs"), tiers, Message(key="note.sampling_only"), *more)
    last = _table(f"pair_scores:{feature}", about, (("group",), scores), shown, notes)
    return [*tables, last], facts


def _most(
    lines: Sequence[Line], table: str, by: tuple[str, ...]
) -> tuple[Sequence[Line], tuple[Message, ...], list[Measure]]:
    """Return the lines that differ most in their order, and what is said of the others."""
    if len(lines) <= SHOWN:
        return lines, (), []

    def rank(place: int) -> tuple[float, ...]:
        figures = lines[place][1]
        return tuple(-abs(figures[name].value or 0.0) for name in by if name in figures)

    kept = sorted(sorted(range(len(lines)), key=rank)[:SHOWN])
    left = fact(ANALYSIS, "lines_left_out", len(lines) - SHOWN, {"table": table})
    note = Message(key="note.lines_left_out", params={"n": left.ref()})
    return [lines[place] for place in kept], (note,), [left]


def _table(
    name: str,
    about: dict[str, Name],
    headings: tuple[tuple[str, ...], Wanted],
    lines: Sequence[Line],
    notes: tuple[Message, ...] = (),
) -> Table:
    names, wanted = headings
    kept = [each for each in wanted if any(each[1] in figures for _, figures in lines)]
    return Table(
        name=name,
        caption=Message.model_validate(
            {"key": f"table.individual.{name.partition(':')[0]}", "params": about}
        ),
        columns=(
            *(column(heading, "value") for heading in names),
            *(column(heading, "small_cell", numeric=True) for heading, _, _ in kept),
        ),
        rows=tuple((*said, *(figures[key].ref(part) for _, key, part in kept)) for said, figures in lines),
        notes=notes,
    )
