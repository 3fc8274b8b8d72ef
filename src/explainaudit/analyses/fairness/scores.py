"""How the scores of groups are distributed: mean, quantiles, and how far each group is from the reference."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explainaudit.analyses.fairness.compared import Comparison
from explainaudit.analyses.fairness.groups import Group, Grouping, label_of
from explainaudit.analyses.fairness.outcome_tables import p_of
from explainaudit.records.measure import Interval, Measure, Tier, Unit
from explainaudit.records.message import Message, Name
from explainaudit.records.table import Cell, Table, column
from explainaudit.stats.comparison import ASSESSED
from explainaudit.stats.curves import kolmogorov_smirnov
from explainaudit.stats.design import Design, mean_of
from explainaudit.stats.quantiles import quantile
from explainaudit.stats.significance import two_means
from explainaudit.stats.standardised import NO_SPREAD, standardised_difference
from explainaudit.stats.tiers import size_tier, smallest_cell

Floats = NDArray[np.float64]
QUANTILES = {
    0.05: "quantile_5",
    0.25: "quantile_25",
    0.5: "quantile_50",
    0.75: "quantile_75",
    0.95: "quantile_95",
}
Found = tuple[float, Interval | None]


@dataclass(frozen=True)
class Scored:
    """Scores of one group, the design of its rows, and whether they are enough to compare."""

    group: Group
    values: Floats
    tier: Tier

    @property
    def assessed(self) -> bool:
        """Whether it is compared with others."""
        return self.tier in ASSESSED and self.group.name is not None


def scores(
    grouping: Grouping, score: Floats, whole: Design, reference: str | None, unit: Unit
) -> tuple[list[Measure], list[Comparison], list[Measure]]:
    """Return the figures of each group's scores, the comparisons of their means, and the gaps beside them."""
    held = [Scored(each, score[each.rows], size_tier(each.design.worth())) for each in grouping.groups]
    base = next((each for each in held if each.group.name == reference and each.assessed), None)
    measures: list[Measure] = []
    beside = []
    for each in held:
        measures += _alone(each, unit)
        standardised, distance = _against(each, base, whole, score)
        beside.append(standardised)
        measures += [standardised, distance]
    return measures, _compared(held, reference, beside), beside


def _alone(held: Scored, unit: Unit) -> list[Measure]:
    """Return mean and quantiles of one group's scores."""
    n, design, about = len(held.values), held.group.design, held.group.dimensions
    mean = mean_of(held.values, design) if n else None
    made = [_measure("mean_score", mean, "zero_denominator", held, dimensions=about, unit=unit)]
    for share in QUANTILES:
        found, cell = None, n
        if n:
            found = quantile(held.values, share, design)
            below = int((held.values <= found[0]).sum())
            cell = smallest_cell(below, n - below)
        given = {"dimensions": {**about, "quantile": str(share)}, "unit": unit, "smallest_cell": cell}
        made.append(_measure("score_quantile", found, "zero_denominator", held, **given))
    return made


def _against(held: Scored, base: Scored | None, whole: Design, score: Floats) -> tuple[Measure, Measure]:
    """Return the standardised difference of a group from the reference, and the distance of distributions."""
    name = held.group.name
    given: dict[str, Any] = {"dimensions": held.group.dimensions, "unit": "number", "kind": "difference"}
    if base is None or not held.assessed or base.group.name == name:
        is_base = base is not None and base.group.name == name
        why = "missing_group" if name is None else "reference" if is_base else "insufficient"
        given["tier"] = "reportable" if is_base else "insufficient"
        return _measure("smd", None, why, held, **given), _measure("score_distance", None, why, held, **given)
    rows = np.concatenate([held.group.rows, base.group.rows])
    inside = np.arange(len(rows)) < len(held.group.rows)
    design = whole.among(rows)
    given["tier"] = max(held.tier, base.tier, key=ASSESSED.index)
    given["smallest_cell"] = smallest_cell(len(held.values), len(base.values))
    standardised = standardised_difference(score[rows], inside, design)
    distance = kolmogorov_smirnov(inside, score[rows], design)
    return (
        _measure("smd", standardised, "not_estimable", held, **given),
        _measure("score_distance", distance, "not_estimable", held, **given),
    )


def _compared(held: Sequence[Scored], reference: str | None, beside: Sequence[Measure]) -> list[Comparison]:
    """Return the comparisons of mean scores of all pairs of groups."""
    assessed = [(each, like) for each, like in zip(held, beside, strict=True) if each.assessed]
    found = []
    for (one, its), (other, likewise) in combinations(assessed, 2):
        p = two_means(_mean(one), _mean(other), min(one.group.design.freedom, other.group.design.freedom))
        like = {one.group.name: likewise, other.group.name: its}.get(reference)
        found.append(Comparison(p, () if like is None or reference is None else (like,)))
    return found


def _mean(held: Scored) -> tuple[float, float]:
    """Return the mean of a group's scores and its standard error."""
    mean = float(held.group.design.mean(held.values))
    error = held.group.design.error(held.values - mean)
    # Scores that are all alike differ from their mean by rounding.
    return mean, error if error > NO_SPREAD * float(np.abs(held.values).max()) else 0.0


def _measure(metric: str, found: Found | None, why: str, held: Scored, **given: Any) -> Measure:
    n = len(held.values)
    common = {
        "analysis": "fairness",
        "metric": metric,
        "value": None if found is None else found[0],
        "reason": why if found is None else None,
        "interval": None if found is None else found[1],
        "n": n,
        "tier": held.tier,
        "estimand": "people_like_these",
        "kind": "score",
        "smallest_cell": n,
    }
    return Measure.model_validate(common | given)


def score_tables(groups: Sequence[Group], measures: Sequence[Measure]) -> list[Table]:
    """Return one feature's means and distances, and its quantiles, from which the figure is drawn."""
    found = {(each.metric, str(each.dimensions)): each for each in measures}
    means: list[tuple[Cell, ...]] = []
    spread: list[tuple[Cell, ...]] = []
    for group in groups:
        about, label = str(group.dimensions), label_of(group.dimensions)
        mean, standardised, distance = (
            found[name, about] for name in ("mean_score", "smd", "score_distance")
        )
        apart = (standardised.ref(), standardised.ref("interval"), p_of(standardised, "p_holm"))
        far = (distance.ref(), distance.ref("interval"))
        means.append((label, mean.ref("n"), mean.ref(), mean.ref("interval"), *apart, *far))
        of = [str({**group.dimensions, "quantile": str(share)}) for share in QUANTILES]
        spread.append((label, mean.ref("n"), *(found["score_quantile", each].ref() for each in of)))
    feature = groups[0].feature
    headings = (
        "n",
        "mean_score",
        "interval",
        "smd",
        "interval_smd",
        "p_holm",
        "distance",
        "interval_distance",
    )
    quantiles = ("n", *QUANTILES.values())
    return [
        _table("scores", feature, headings, means).model_copy(
            update={"notes": (Message(key="note.scores"),)}
        ),
        _table("quantiles", feature, quantiles, spread),
    ]


def _table(kind: str, feature: str, headings: Sequence[str], rows: list[tuple[Cell, ...]]) -> Table:
    return Table(
        name=f"{kind}:{feature}",
        caption=Message(key=f"table.fairness.{kind}", params={"feature": Name(text=feature)}),
        columns=(column("group", "value"), *(column(name, "small_cell", numeric=True) for name in headings)),
        rows=tuple(rows),
    )
