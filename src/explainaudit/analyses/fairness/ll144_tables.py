"""The three tables in their literal shape: number, selected, rate and ratio, and no interval."""

from explainaudit.analyses.fairness.ll144_counts import Category, Median, View
from explainaudit.analyses.fairness.ll144_settings import LocalLaw144
from explainaudit.analyses.fairness.ll144_words import in_full
from explainaudit.records.measure import Kind, Measure, Unit
from explainaudit.records.message import Message, Name, Param, Series
from explainaudit.records.table import Cell, Table, column
from explainaudit.stats.tiers import size_tier, smallest_cell

KINDS = ("selection", "scoring")


def measure_of(  # noqa: PLR0913 - the parts of a measure
    metric: str,
    value: float | None,
    cell: int,
    settings: LocalLaw144,
    *,
    dimensions: dict[str, str] | None = None,
    reason: str | None = None,
    n: int | None = None,
    unit: Unit = "count",
    kind: Kind = "count",
) -> Measure:
    """Return a number of this view. Where the plan says to publish them, small cells are nobody's secret."""
    return Measure(
        analysis="fairness",
        metric=f"ll144_{metric}",
        dimensions=dimensions or {},
        value=value,
        reason=reason,
        n=n,
        unit=unit,
        tier="reportable" if n is None else size_tier(n),
        kind=kind,
        smallest_cell=0 if settings.small_cells == "publish" else cell,
    )


def counted(metric: str, number: int, settings: LocalLaw144, **dimensions: str) -> Measure:
    """Return a number of people."""
    return measure_of(metric, float(number), number, settings, dimensions=dimensions)


def table_of(view: View, median: Median | None, settings: LocalLaw144) -> tuple[Table, list[Measure]]:
    """Return one of the three tables, and its measures; its notes are added by `noted`."""
    kind = KINDS[median is not None]
    best, over_all = view.highest(left_out=False), view.highest(left_out=True)
    higher = _exceeds(over_all, best)
    made: list[Measure] = []
    rows: list[tuple[Cell, ...]] = []
    for each in view.categories:
        about = {"table": view.table, **dict(zip(_dimensions(view) or ("group",), each.names, strict=True))}
        cells = [counted("applicants", each.n, settings, **about)]
        if kind == "selection":
            cells.append(counted("selected", each.k, settings, **about))
        cells.append(_rate(each, f"{kind}_rate", about, settings))
        cells.append(_ratio(each, best, "impact_ratio", about, settings))
        if higher:
            cells.append(_ratio(each, over_all, "impact_ratio_of_all", about, settings))
        rows.append((*(Name(text=name) for name in each.names), *(cell.ref() for cell in cells)))
        made += cells
    numbers = ("applicants", *(("selected",) if kind == "selection" else ()), f"{kind}_rate", "impact_ratio")
    numbers = (*numbers, *(("impact_ratio_of_all",) if higher else ()))
    table = Table(
        name=f"ll144:{view.table}",
        caption=Message(key=f"table.ll144.{view.table}", params=_features(settings)),
        columns=(
            *(column(f"ll144_{name}", "value") for name in _dimensions(view) or (view.table,)),
            *(column(f"ll144_{name}", "small_cell", numeric=True) for name in numbers),
        ),
        rows=tuple(rows),
    )
    return table, made


def noted(
    table: Table, view: View, facts: dict[str, Measure], settings: LocalLaw144
) -> tuple[Table, list[Measure]]:
    """Return a table with the notes that belong under it, and the numbers they print."""
    unknown = counted("unknown", view.unknown, settings, table=view.table)
    names = _features(settings)
    notes = [Message(key=f"note.ll144_unknown_{view.table}", params={"n": unknown.ref(), **names})]
    notes.append(_what_is_counted(facts))
    if "far" in facts:
        notes.append(Message(key="note.ll144_far", params={"rate": facts["far"].ref()}))
    left_out = [each for each in view.categories if each.left_out]
    if left_out and settings.exclude is not None:
        categories = Series(items=tuple(_quoted(category_label(each)) for each in left_out))
        why = in_full(settings.exclude.justification)
        notes.append(Message(key="note.ll144_left_out", params={"categories": categories, "why": why}))
    if table.columns[-1].name == "ll144_impact_ratio_of_all":
        notes.append(Message(key="note.ll144_reference"))
    if any(size_tier(each.n) in {"indicative", "insufficient"} for each in view.categories):
        notes.append(Message(key="note.ll144_few"))
    if settings.small_cells_reason is not None and settings.small_cells == "withhold":
        why = in_full(settings.small_cells_reason)
        notes.append(Message(key="note.ll144_withheld", params={"why": why}))
    notes.append(Message(key="note.ll144_intervals", params=names))
    return table.model_copy(update={"notes": tuple(notes)}), [unknown]


def category_label(category: Category) -> Name | Message:
    """Return what a reader sees of a category."""
    if len(category.names) == 1:
        return Name(text=category.names[0])
    params = dict(zip(("sex", "race"), (Name(text=name) for name in category.names), strict=True))
    return Message.model_validate({"key": "label.ll144_both", "params": params})


def _quoted(label: Name | Message) -> Message:
    return Message(key="label.quoted", params={"name": label})


def median_facts(median: Median, unit: Unit, settings: LocalLaw144) -> dict[str, Measure]:
    """Return the median, the ties at it, and where ties leave far from half above it, that share."""
    below = median.people - median.counted - median.ties
    cell = smallest_cell(median.counted, median.ties, below)
    of = {"n": median.people, "kind": "score"}
    side = "above" if median.above else "below"
    facts = {
        side: measure_of("median", median.value, cell, settings, unit=unit, **of),  # type: ignore[arg-type]
        "ties": counted("ties", median.ties, settings),
    }
    if median.far:
        share = median.counted / median.people
        facts["far"] = measure_of(
            "overall_rate", share, cell, settings, n=median.people, unit="share", kind="rate"
        )
    return facts


def _what_is_counted(facts: dict[str, Measure]) -> Message:
    for side in ("above", "below"):
        if side in facts:
            params: dict[str, Param] = {"median": facts[side].ref(), "n": facts["ties"].ref()}
            return Message(key=f"note.ll144_{side}", params=params)
    return Message(key="note.ll144_selection")


def _exceeds(one: Category | None, other: Category | None) -> bool:
    return one is not None and (other is None or (one.rate or 0.0) > (other.rate or 0.0))


def _rate(each: Category, metric: str, about: dict[str, str], settings: LocalLaw144) -> Measure:
    return measure_of(
        metric, each.rate, smallest_cell(each.k, each.n - each.k), settings, dimensions=about,
        reason="zero_denominator" if each.rate is None else None, n=each.n, unit="share", kind="rate",
    )  # fmt: skip


def _ratio(
    each: Category, best: Category | None, metric: str, about: dict[str, str], settings: LocalLaw144
) -> Measure:
    """Return a rate over the highest one; not estimable where either has nobody, or the highest is 0."""
    value, why = None, "zero_denominator"
    if each.left_out and (best is None or not best.left_out):
        why = "left_out"
    elif each.rate is not None and best is not None and best.rate:
        value = each.rate / best.rate
    both = [each] if best is None else [each, best]
    cell = smallest_cell(*(number for one in both for number in (one.k, one.n - one.k)))
    return measure_of(
        metric, value, cell, settings, dimensions=about, reason=why if value is None else None,
        n=min(one.n for one in both), unit="ratio", kind="ratio",
    )  # fmt: skip


def _dimensions(view: View) -> tuple[str, ...]:
    """Return what a pair of names is; one name alone is that of a group."""
    return ("sex", "race_ethnicity") if len(view.features) > 1 else ()


def _features(settings: LocalLaw144) -> dict[str, Param]:
    return {"sex": Name(text=settings.sex), "race": Name(text=settings.race_ethnicity)}
