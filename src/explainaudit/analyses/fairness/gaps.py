"""How far groups are apart at most: one figure for all pairs of groups in one rate, or in two."""

from collections.abc import Sequence

from explainaudit.analyses.fairness.compared import Rated
from explainaudit.records.measure import Interval, Measure, Tier
from explainaudit.records.message import Message, Name
from explainaudit.records.table import Cell, Table, column
from explainaudit.stats.composite import largest_gap
from explainaudit.stats.tiers import smallest_cell

LEVEL = 0.95
# Which rates of the groups each figure puts together; fairlearn's and AIF360's names.
PARTS: dict[str, tuple[str, ...]] = {
    "demographic_parity_difference": ("selection_rate",),
    "equalized_odds_difference": ("tpr", "fpr"),
    "equal_opportunity_difference": ("tpr",),
    "predictive_parity_difference": ("fdr",),
}


def largest(
    feature: str, metric: str, rates: Sequence[Sequence[Rated]], dimensions: dict[str, str] | None = None
) -> Measure:
    """Return the largest gap of any two groups in any of the rates, with its simultaneous interval.

    Groups that are too small have no part in it; where there is one, the figure is no more than indicative,
    so that no criterion is met over their heads.
    """
    found = None
    held = [[each for each in of_groups if each.group.name is not None] for of_groups in rates]
    assessed = [[each for each in of_groups if each.assessed] for of_groups in held]
    components = sum(len(each) * (len(each) - 1) // 2 for each in assessed)
    if assessed and all(len(each) > 1 for each in assessed):
        level = 1 - (1 - LEVEL) / components
        found = largest_gap([[each.effective(level) for each in part] for part in assessed], LEVEL)
    sure: Tier = "insufficient"
    if found is not None:
        every = all(each.tier == "reportable" for part in held for each in part)
        sure = "reportable" if every else "indicative"
    value, interval = found if found is not None else (None, None)
    return _measure(metric, {"sensitive": feature, **(dimensions or {})}, (value, interval), sure, assessed)


def _measure(
    metric: str,
    dimensions: dict[str, str],
    found: tuple[float | None, Interval | None],
    tier: Tier,
    assessed: Sequence[Sequence[Rated]],
) -> Measure:
    value, interval = found
    rested = [each for part in assessed for each in part]
    return Measure(
        analysis="fairness",
        metric=metric,
        dimensions=dimensions,
        value=value,
        reason="insufficient" if value is None else None,
        interval=interval,
        n=sum(each.design.number() for each in rested),
        unit="gap",
        tier=tier,
        estimand="people_like_these",
        kind="difference",
        smallest_cell=smallest_cell(*(each.cell for each in rested)),
    )


def gaps_table(measures: Sequence[Measure]) -> Table:
    """Return the figures of every grouping, one line each, in the order in which they were compared."""
    by_name = {(each.metric, each.dimensions["sensitive"]): each for each in measures if each.metric in PARTS}
    features = list(dict.fromkeys(feature for _, feature in by_name))
    metrics = [metric for metric in PARTS if any((metric, name) in by_name for name in features)]
    rows: list[tuple[Cell, ...]] = []
    for feature in features:
        line: list[Cell] = [Name(text=feature)]
        for metric in metrics:
            found = by_name.get((metric, feature))
            line += [None, None] if found is None else [found.ref(), found.ref("interval")]
        rows.append(tuple(line))
    notes = ["note.gaps"]
    if any(each.value is None for each in by_name.values()):
        notes.append("note.gaps_none")
    if len(by_name) < len(features) * len(metrics):  # errors of several classes, by intersections
        notes.append("note.gaps_single")
    headings = [part for metric in metrics for part in (metric, f"interval_{metric}")]
    return Table(
        name="gaps",
        caption=Message(key="table.fairness.gaps"),
        columns=(
            column("feature", "value"),
            *(column(name, "small_cell", numeric=True) for name in headings),
        ),
        rows=tuple(rows),
        notes=tuple(Message(key=each) for each in notes),
        of_labels="equalized_odds_difference" in metrics,
    )
