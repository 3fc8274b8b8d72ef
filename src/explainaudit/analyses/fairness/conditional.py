"""Who is refused within strata that the plan names: conditional demographic disparity, stratum by stratum."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from explainaudit.analyses.fairness.compared import Comparison, against_others
from explainaudit.analyses.fairness.groups import Group, Grouping
from explainaudit.records.measure import Measure, Tier
from explainaudit.records.responses import Responses
from explainaudit.stats.bands import in_order
from explainaudit.stats.design import Design
from explainaudit.stats.disparity import Disparity, Stratum, conditional_disparity
from explainaudit.stats.rates import fact, rated
from explainaudit.stats.tiers import size_tier, smallest_cell, tier

Codes = NDArray[np.intp]
MISSING = {"stratum_missing": "true"}


@dataclass(frozen=True)
class Stratified:
    """The rows of all named groups, parted into strata.

    Attributes
    ----------
    feature, by : str
        The sensitive feature, and the column that strata are made of.
    names : tuple of str or None
        The strata in order; ``None``, the rows without one, is the last.
    rows, codes : ndarray of int, shape (n,)
        Positions of the rows, and the stratum of each.
    favourable : ndarray of bool, shape (n,)
        Who of them was decided favourably.
    design : Design
        Weights and clusters of the rows.
    """

    feature: str
    by: str
    names: tuple[str | None, ...]
    rows: Codes
    codes: Codes
    favourable: NDArray[np.bool_]
    design: Design

    def inside(self, group: Group) -> NDArray[np.bool_]:
        """Return which of the rows are of a group."""
        return np.isin(self.rows, group.rows, assume_unique=True)


@dataclass(frozen=True)
class Line:
    """What is known of one group: its disparity, that within the strata, and what that is made of.

    ``strata`` holds for each stratum the group's rate in it and the disparity there.
    """

    group: Group
    plain: Measure
    within: Measure
    used: Measure
    strata: tuple[tuple[str | None, Measure, Measure], ...]

    @property
    def measures(self) -> list[Measure]:
        """All that the line is about."""
        return [self.plain, self.within, self.used, *(each for line in self.strata for each in line[1:])]


def stratified(
    grouping: Grouping, responses: Responses, favourable: NDArray[np.bool_], by: str
) -> Stratified:
    """Return the rows of a grouping's named groups with the strata that a column makes."""
    feature = next(each for each in responses.strata if each.column == by)
    rows = np.sort(np.concatenate([np.zeros(0, dtype=np.intp), *(each.rows for each in grouping.named)]))
    found, texts = pd.factorize(responses.scored[f"stratum:{by}"].iloc[rows])
    ordered = in_order([str(text) for text in texts], feature, responses.columns)
    place = {text: number for number, text in enumerate(ordered)}
    lookup = np.array([*(place[str(text)] for text in texts), len(ordered)], dtype=np.intp)
    whole = Design.of(responses.scored)
    return Stratified(
        grouping.feature, by, (*ordered, None), rows, lookup[found], favourable[rows], whole.among(rows)
    )


def conditional(held: Stratified, groups: tuple[Group, ...]) -> tuple[list[Line], list[Comparison]]:
    """Return the disparities of every named group, and the comparisons that those within strata are."""
    lines = [_line(held, group) for group in groups]
    return lines, against_others([line.within for line in lines], max(1, held.design.freedom))


def _line(held: Stratified, group: Group) -> Line:
    inside = held.inside(group)
    about = {**group.dimensions, "stratified_by": held.by}
    within = conditional_disparity(inside, held.favourable, held.codes, held.design)
    plain = conditional_disparity(inside, held.favourable, np.zeros_like(held.codes), held.design)
    used = 0 if within is None else len(within.strata) - len(within.dropped)
    strata = within.strata if within is not None else _one_sided(inside, held)
    return Line(
        group,
        _measure("disparity", about, plain, inside, held),
        _measure("conditional_disparity", about, within, inside, held),
        fact("fairness", "strata_used", used, about),
        tuple((held.names[each.stratum], *_of_stratum(each, about, inside, held)) for each in strata),
    )


def _measure(
    metric: str, about: dict[str, str], found: Disparity | None, inside: NDArray[np.bool_], held: Stratified
) -> Measure:
    favourable, counts = held.favourable, held.design.counts
    chosen, all_of = int((inside & favourable & counts).sum()), int((inside & counts).sum())
    worth = min(held.design.worth(inside), held.design.worth(~inside))
    sure: Tier = tier(worth, chosen, pooled=float(favourable.mean()))
    enough = found is not None and sure in {"reportable", "indicative"}
    others = int((~inside & favourable & counts).sum()), int((~inside & ~favourable & counts).sum())
    return Measure(
        analysis="fairness",
        metric=metric,
        dimensions=about,
        value=found.value if found is not None and enough else None,
        reason=None if enough else "insufficient" if sure == "insufficient" else "not_estimable",
        interval=found.interval if found is not None and enough else None,
        n=all_of,
        unit="points",
        tier=sure,
        estimand="people_like_these",
        kind="difference",
        smallest_cell=smallest_cell(chosen, all_of - chosen, *others),
    )


def _one_sided(inside: NDArray[np.bool_], held: Stratified) -> tuple[Stratum, ...]:
    """Return strata in which no disparity can be formed, with their counts."""
    here = held.design.counts
    found = []
    for code in np.unique(held.codes[here]):
        rows = here & (held.codes == code)
        sides = [rows & (held.favourable == side) for side in (False, True)]
        rejected, accepted = ((int((side & inside).sum()), int(side.sum())) for side in sides)
        found.append(Stratum(int(code), rejected, accepted, None))
    return tuple(found)


def _of_stratum(
    of: Stratum, about: dict[str, str], inside: NDArray[np.bool_], held: Stratified
) -> tuple[Measure, Measure]:
    """Return the group's rate within a stratum and the disparity there (n/e without both outcomes)."""
    name = held.names[of.stratum]
    about = about | (MISSING if name is None else {"stratum": name})
    here = inside & (held.codes == of.stratum)
    design = held.design.among(here)
    sure = size_tier(design.worth())
    share = rated("fairness", "stratum_rate", held.favourable[here], design, about, tier=sure)
    sides = ((mine, all_of - mine) for mine, all_of in (of.accepted, of.rejected))
    gap = Measure(
        analysis="fairness",
        metric="stratum_disparity",
        dimensions=about,
        value=of.value,
        reason="not_estimable" if of.value is None else None,
        n=of.n,
        unit="points",
        tier=sure,
        kind="difference",
        smallest_cell=smallest_cell(*(number for side in sides for number in side)),
    )
    return share, gap
