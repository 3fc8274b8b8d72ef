"""How the rows of a group and the rows of other groups that are nearest to them are answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from explainaudit.analyses.individual.alike import Pairs, People
from explainaudit.analyses.individual.figures import ANALYSIS, figure
from explainaudit.records.measure import Measure, Unit
from explainaudit.stats.paired import PairedDifference, paired_means, paired_shares
from explainaudit.stats.rates import rated
from explainaudit.stats.significance import holm
from explainaudit.stats.tiers import size_tier, smallest_cell

Bools = NDArray[np.bool_]
Figures = dict[str, Measure]

ROUNDING = 1e-9
CHANCE = 0.05
TESTED = ("difference", "score_difference")


@dataclass(frozen=True)
class Compared:
    """One group's pairs and their figures; ``tests`` are p-values before Holm's correction."""

    pairs: Pairs
    figures: Figures
    tests: dict[str, float | None]

    @property
    def about(self) -> dict[str, str]:
        """Dimensions of its measures."""
        return {"sensitive": self.pairs.feature, "group": self.pairs.group}

    @property
    def assessed(self) -> bool:
        """Whether there are enough pairs to say anything."""
        return self.figures["matched"].tier in {"reportable", "indicative"}


def compared(people: People, pairs: Pairs, unit: Unit) -> Compared:
    """Return the figures of one group; below 30 pairs the number of pairs alone."""
    about = {"sensitive": pairs.feature, "group": pairs.group}
    n, tier = pairs.design.number(), size_tier(pairs.design.worth())
    cell = _cell(people, pairs)
    enough = tier in {"reportable", "indicative"}
    figures = {
        name: figure(metric, about, float(k), n=k, cell=cell, unit="count", kind="count", tier=tier)
        for name, metric, k in (("looked", "pair_rows", pairs.looked), ("matched", "pairs_matched", n))
    }
    tests: dict[str, float | None] = {}

    def add(name: str, found: PairedDifference, of: Unit) -> None:
        value, interval = (found.value, found.interval) if enough else (None, None)
        tests[name] = found.p if enough else None
        figures[name] = figure(f"pair_{name}", about, value, interval, n=n, cell=cell, unit=of, tier=tier)

    members, partners = pairs.members, pairs.partners
    if people.favourable is not None:
        own, other = people.favourable[members], people.favourable[partners]
        figures["own"] = _rate("pair_rate", own, pairs, cell, of_partners=False)
        figures["other"] = _rate("pair_rate_partners", other, pairs, cell, of_partners=True)
        add("difference", paired_shares(own, other, pairs.design) if enough else _NOTHING, "points")
    if people.decided is not None:
        differs = people.decided[members] != people.decided[partners]
        figures["changed"] = _rate("pair_changed", differs, pairs, cell, of_partners=True)
    if people.score is not None:
        gap = people.score[members] - people.score[partners]
        # The same inputs in other rows of a batch may be answered otherwise in the last digit.
        gap = np.where(np.abs(gap) <= ROUNDING * np.abs(people.score).max(initial=0.0), 0.0, gap)
        add("score_difference", paired_means(gap, pairs.design) if enough else _NOTHING, unit)
    return Compared(pairs, figures, tests)


_NOTHING = PairedDifference(0.0, None, None)


def _rate(metric: str, hit: Bools, pairs: Pairs, cell: int, *, of_partners: bool) -> Measure:
    """Return a share of the pairs; that of the members rests on the members alone."""
    about = {"sensitive": pairs.feature, "group": pairs.group}
    tier = size_tier(pairs.design.worth())
    found = rated(ANALYSIS, metric, hit, pairs.design if of_partners else pairs.own, about, tier=tier)
    if tier in {"reportable", "indicative"}:
        return found.model_copy(update={"smallest_cell": cell})
    nothing = {"value": None, "interval": None, "reason": "insufficient", "smallest_cell": cell}
    return found.model_copy(update=nothing)


def _cell(people: People, pairs: Pairs) -> int:
    """Return the fewest persons of any count that the figures of a group tell, alone or together."""
    members, partners = pairs.members, pairs.partners
    counts = [len(members), pairs.looked - len(members), len(np.unique(partners))]
    if people.decided is not None:
        kinds = np.array([str(each) for each in people.decided], dtype=np.str_)
        both = np.char.add(np.char.add(kinds[members], "\n"), kinds[partners])
        counts += np.unique(both, return_counts=True)[1].tolist()
        counts += np.unique(kinds[np.unique(partners)], return_counts=True)[1].tolist()
    return smallest_cell(*counts)


def corrected(found: list[Compared]) -> list[Measure]:
    """Return the p-values after Holm's correction over all groups, features and kinds of differences."""
    tests = [(each, name, each.tests[name]) for each in found for name in TESTED if name in each.tests]
    adjusted = holm([p for _, _, p in tests])
    made = []
    for (each, name, _), p in zip(tests, adjusted, strict=True):
        measure = each.figures[name]
        why = "not_estimable" if each.assessed else "insufficient"
        made.append(
            figure(
                f"pair_{name}_p",
                each.about,
                p,
                n=measure.n or 0,
                cell=measure.smallest_cell or 0,
                unit="p_value",
                tier=measure.tier,
                reason=why,
            )
        )
    return made


def comparisons(found: Sequence[Compared]) -> int:
    """Return how many differences were tested."""
    return sum(p is not None for p in chain.from_iterable(each.tests.values() for each in found))
