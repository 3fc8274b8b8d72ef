"""What changes when a sensitive input is set to the value of another group."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explainaudit.analyses.individual.figures import ANALYSIS, figure, mean_change
from explainaudit.records.flip import Flip
from explainaudit.records.group_columns import SensitiveFeature
from explainaudit.records.measure import Measure, Unit
from explainaudit.records.responses import Responses
from explainaudit.stats.bands import in_order
from explainaudit.stats.design import Design
from explainaudit.stats.rates import count, rated
from explainaudit.stats.tiers import size_tier, smallest_cell

Figures = dict[str, Measure]


@dataclass(frozen=True)
class Flipped:
    """The figures of one flip: of the feature as a whole, by the value put in, and from group to group."""

    flip: Flip
    whole: Figures
    into: dict[str, Figures]
    between: dict[tuple[str, str], Figures]

    @property
    def measures(self) -> list[Measure]:
        """All figures."""
        parts = [self.whole, *self.into.values(), *self.between.values()]
        return [each for part in parts for each in part.values()]


def flipped(responses: Responses, flip: Flip, feature: SensitiveFeature) -> Flipped:
    """Return the figures of one flip.

    A value is another one for the rows that are not of its group. What one group's value does names that
    group: no figure of it is made of fewer persons than the group has.
    """
    design = Design.chosen(responses.scored, flip.keys)
    group = responses.scored[f"group:{flip.column}"]
    somebody = Design.of(responses.scored)
    into: dict[str, Figures] = {}
    between: dict[tuple[str, str], Figures] = {}
    ordered = [(flip.groups.index(name), name) for name in in_order(flip.groups, feature, responses.columns)]
    for place, name in ordered:
        size = somebody.number((group == name).to_numpy(dtype=bool, na_value=False))
        about = {"sensitive": flip.column, "to": name}
        made = _one_value(flip, place, flip.own != place, design, about)
        if feature.edges is not None and flip.values is not None:
            made["value"] = figure(
                "flip_value", about, flip.values[place], n=size, cell=size, unit="recorded", kind="score"
            )
        into[name] = _resting_on(made, size)
        for source, own in ordered:
            if source != place:
                made = _one_value(flip, place, flip.own == source, design, {**about, "from": own})
                between[own, name] = _resting_on(made, size)
    return Flipped(flip, _whole(flip, design, responses.decision.favourable is not None), into, between)


def _resting_on(figures: Figures, size: int) -> Figures:
    cells = {name: smallest_cell(each.smallest_cell or 0, size) for name, each in figures.items()}
    return {name: each.model_copy(update={"smallest_cell": cells[name]}) for name, each in figures.items()}


def _whole(flip: Flip, design: Design, favourable: bool) -> Figures:
    """Return what changes with any other value."""
    about, n, tier = {"sensitive": flip.column}, design.number(), size_tier(design.worth())
    other = flip.own[:, None] != np.arange(len(flip.groups))
    change = np.abs(flip.moved - flip.score[:, None]) * other
    mean, interval = mean_change(change.sum(axis=1) / other.sum(axis=1), design)
    unit = _unit(flip)
    found: Figures = {}
    if flip.decided is not None and flip.moved_decided is not None:
        hit = ((flip.moved_decided != flip.decided[:, None]) & other).any(axis=1)
        found["rows"] = count(ANALYSIS, "flip_rows", design.number(hit), about)
        found["changed"] = rated(ANALYSIS, "flip_changed", hit, design, about, tier=tier)
        for place, name in enumerate(("flip_to_favourable", "flip_from_favourable") if favourable else ()):
            ways = hit & (flip.decided == place)
            found[name] = rated(ANALYSIS, name, ways, design, about, tier=tier)
    found["size"] = figure("flip_size", about, mean, interval, n=n, cell=n, unit=unit, tier=tier)
    most = float(change[design.counts].max(initial=0.0))
    found["largest"] = figure("flip_largest", about, most, n=n, cell=n, unit=unit, tier=tier)
    return found


def _one_value(
    flip: Flip, place: int, rows: NDArray[np.bool_], design: Design, about: dict[str, str]
) -> Figures:
    """Return what changes for some rows with one value."""
    of_rows = design.among(rows)
    kind = "between" if "from" in about else "into"
    n, tier = of_rows.number(), size_tier(of_rows.worth())
    mean, interval = mean_change((flip.moved[:, place] - flip.score)[rows], of_rows)
    found: Figures = {}
    if flip.decided is not None and flip.moved_decided is not None:
        hit = (flip.moved_decided[:, place] != flip.decided)[rows]
        found["changed"] = rated(ANALYSIS, f"flip_changed_{kind}", hit, of_rows, about, tier=tier)
    found["mean"] = figure(
        f"flip_mean_{kind}",
        about,
        mean,
        interval,
        n=n,
        cell=n,
        unit=_unit(flip),
        tier=tier,
        reason="zero_denominator",
    )
    return found


def _unit(flip: Flip) -> Unit:
    return "target" if flip.unit == "target" else "score"
