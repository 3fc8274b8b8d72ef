"""The tables about strata: each group's disparity with and without them, and what it is made of."""

from collections.abc import Sequence

from explainaudit.analyses.fairness.conditional import Line
from explainaudit.analyses.fairness.groups import SHOWN, label_of, left_out
from explainaudit.analyses.fairness.outcome_tables import p_of
from explainaudit.records.measure import Measure
from explainaudit.records.message import Message, Name
from explainaudit.records.plan import joined_name
from explainaudit.records.table import Cell, Table, column

_HEADINGS = (
    "n",
    "disparity",
    "interval",
    "conditional_disparity",
    "interval_conditional",
    "p_holm_within",
    "strata_used",
)
_STRATA = ("of_n", "selection_rate", "interval", "stratum_disparity")


def conditional_tables(
    feature: str, by: str, lines: Sequence[Line], *, left_out_unknown: bool
) -> tuple[list[Table], list[Measure]]:
    """Return the disparities of a feature's groups, and the strata one by one, so that reversals are seen.

    ``left_out_unknown`` says that there are rows without a group: both tables are of the named groups alone.
    """
    unknown = (Message(key="note.without_group"),) if left_out_unknown else ()
    rows: list[tuple[Cell, ...]] = []
    for line in lines[:SHOWN]:
        values = (
            line.plain.ref(),
            line.plain.ref("interval"),
            line.within.ref(),
            line.within.ref("interval"),
        )
        label, n = label_of(line.group.dimensions), line.plain.ref("n")
        rows.append((label, n, *values, p_of(line.within, "p_holm"), line.used.ref()))
    table, facts = _table("conditional", feature, by, (rows, len(lines)), unknown)
    each_stratum: list[tuple[Cell, ...]] = [
        (
            Name(text=name) if name is not None else Message(key="group.missing"),
            label_of(line.group.dimensions),
            *(share.ref("n"), share.ref(), share.ref("interval"), gap.ref()),
        )
        for name in dict.fromkeys(name for line in lines for name, _, _ in line.strata)
        for line in lines
        for found, share, gap in line.strata
        if found == name
    ]
    shown = each_stratum[: 2 * SHOWN]
    strata, more = _table("strata", feature, by, (shown, len(each_stratum)), unknown)
    return [table, strata], [*facts, *more]


def _table(
    kind: str,
    feature: str,
    by: str,
    lines: tuple[list[tuple[Cell, ...]], int],
    about_unknown: tuple[Message, ...],
) -> tuple[Table, list[Measure]]:
    rows, all_of = lines
    name = f"{kind}:{joined_name([by, feature])}"
    notes, facts = left_out(name, all_of - len(rows))
    params = {"feature": Name(text=feature), "by": Name(text=by)}
    first = [column(each, "value") for each in (("stratum", "group") if kind == "strata" else ("group",))]
    headings = _HEADINGS if kind == "conditional" else _STRATA
    table = Table(
        name=name,
        caption=Message.model_validate({"key": f"table.fairness.{kind}", "params": params}),
        columns=(*first, *(column(each, "small_cell", numeric=True) for each in headings)),
        rows=tuple(rows),
        notes=(Message(key=f"note.{kind}"), *about_unknown, *notes),
    )
    return table, facts
