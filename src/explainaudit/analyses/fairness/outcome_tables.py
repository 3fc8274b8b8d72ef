"""The tables about who is decided favourably, or predicted above the median, and what others print of it."""

from collections.abc import Sequence

from explainaudit.analyses.fairness.compared import p_dimensions
from explainaudit.analyses.fairness.groups import Group, label_of
from explainaudit.records.measure import Measure, measure_id
from explainaudit.records.message import Message, Name, Ref
from explainaudit.records.table import Cell, Table, column

# What a table speaks of, by the share that it rests on: of a regression nobody is decided about.
_KINDS = {"selection_rate": "outcomes", "scoring_rate": "scoring"}
_TIERS = {"selection_rate": "note.tiers", "scoring_rate": "note.tiers_scoring"}
_DECISIVE = {"selection_rate": "note.decisive", "scoring_rate": "note.decisive_scoring"}
_OUTCOMES = ("n", "selected", "rate", "interval", "impact_ratio", "interval_ratio", "difference")


def outcome_table(
    groups: Sequence[Group],
    outcomes: Sequence[Measure],
    notes: tuple[Message, ...] = (),
    *,
    metric: str = "selection_rate",
    crossed: bool = False,
) -> Table:
    """Return one feature's table: n before rate before ratio before difference, each with its interval.

    What holds for all of these tables is said below those of single features; ``crossed`` is one of several.
    """
    feature = groups[0].feature
    found = {(each.metric, str(each.dimensions)): each for each in outcomes}
    rows: list[tuple[Cell, ...]] = []
    for group in groups:
        size, chosen, share, ratio, gap = (
            found[name, str(group.dimensions)]
            for name in ("group_size", "selected", metric, "impact_ratio", "difference")
        )
        compared = (ratio.ref(), ratio.ref("interval"), gap.ref(), gap.ref("interval"), p_of(gap, "p_holm"))
        label = label_of(group.dimensions)
        rows.append((label, size.ref(), chosen.ref(), share.ref(), share.ref("interval"), *compared))
    first = {"rate": metric, "selected": "selected" if metric == "selection_rate" else "above_median"}
    headings = [first.get(name, name) for name in (*_OUTCOMES, "interval_difference", "p_holm")]
    caption = Message(key=f"table.fairness.{_KINDS[metric]}", params={"feature": Name(text=feature)})
    return Table(
        name=f"outcomes:{feature}",
        caption=caption,
        columns=(column("group", "value"), *(column(name, "small_cell", numeric=True) for name in headings)),
        rows=tuple(rows),
        notes=(
            *([] if crossed else [Message(key=each) for each in (_TIERS[metric], *_OF_ALL)]),
            *notes,
        ),
    )


_OF_ALL = ("note.holm", "note.sampling_only")
_REPRODUCED = ("impact_ratio_decisive", "impact_ratio_katz", "z", "shortfall", "detectable", "difference")
_HEADINGS = ("interval_decisive", "interval_katz", "z", "p_value", "shortfall", "detectable")


def reproduction_table(
    groups: Sequence[Group], outcomes: Sequence[Measure], metric: str = "selection_rate"
) -> Table:
    """Return the interval that decides, and the figures that other tools print."""
    feature = groups[0].feature
    found = {(each.metric, str(each.dimensions)): each for each in outcomes}
    rows: list[tuple[Cell, ...]] = []
    for group in groups:
        decisive, katz, z, shortfall, detectable, gap = (
            found[name, str(group.dimensions)] for name in _REPRODUCED
        )
        limits = (label_of(group.dimensions), decisive.ref("interval"), katz.ref("interval"))
        rows.append((*limits, z.ref(), p_of(gap, "p_value"), shortfall.ref(), detectable.ref()))
    return Table(
        name=f"reproduction:{feature}",
        caption=Message(key="table.fairness.reproduction", params={"feature": Name(text=feature)}),
        columns=(column("group", "value"), *(column(name, "small_cell", numeric=True) for name in _HEADINGS)),
        rows=tuple(rows),
        notes=(Message(key=_DECISIVE[metric]), Message(key="note.detectable")),
    )


def p_of(gap: Measure, metric: str) -> Ref:
    """Return the reference to a p-value beside a gap: it is known once all comparisons are made."""
    return Ref(measure=measure_id("fairness", metric, p_dimensions(gap)))
