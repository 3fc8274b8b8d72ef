"""How well LIME fits in each row, and how far the fit in a group is from that of all others."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explainaudit.analyses.parity.groups import Group
from explainaudit.records.measure import Interval
from explainaudit.records.responses import Responses
from explainaudit.stats.design import Design, influence_interval
from explainaudit.stats.significance import holm

Floats = NDArray[np.float64]
# Fits that are all alike differ by rounding.
ROUNDING = 1e-9


@dataclass(frozen=True)
class Fit:
    """LIME's fidelity and stability of the compared rows whose fidelity is known, for the output of each."""

    keys: NDArray[np.str_]
    fidelity: Floats
    stability: Floats
    design: Design


@dataclass(frozen=True)
class Gap:
    """A group's mean less that of all others, its interval, and the p-value of no difference."""

    value: float
    interval: Interval | None
    p: float | None


def fit_of(responses: Responses) -> Fit:
    """Return how well LIME fits; a row speaks of the output predicted for it."""
    compared = responses.compared
    keys = compared[0].keys
    design = Design.chosen(responses.scored, keys, compared[0].inclusion)
    places = np.searchsorted(responses.scored["key"].to_numpy(dtype=np.str_), keys)
    own = np.zeros(len(keys), dtype=np.intp)
    if len(compared) > 1:
        outputs = [each.output for each in compared]
        own = np.array([outputs.index(str(name)) for name in responses.scored["predicted"].iloc[places]])
    unknown = np.full(len(keys), np.nan)
    fidelity, stability = (
        np.array([unknown if each is None else each for each in found])[own, np.arange(len(keys))]
        for found in ([each.fidelity for each in compared], [each.stability for each in compared])
    )
    known = ~np.isnan(fidelity)
    return Fit(keys[known], fidelity[known], stability[known], design.among(known))


def gap_of(values: Floats, group: Group) -> Gap:
    """Return the mean of a group's values less that of the others', each row weighted by the design.

    Both means have their influence on the difference, so that clusters with rows on either side count once.
    """
    from scipy.stats import t

    both = group.rows | group.others
    design, here, known = group.design.among(both), group.rows[both], values[both]
    mine, rest = design.among(here), design.among(~here)
    means = float(mine.mean(known[here])), float(rest.mean(known[~here]))
    influence = np.where(
        here, (known - means[0]) * design.total / mine.total, (means[1] - known) * design.total / rest.total
    )
    gap = means[0] - means[1]
    interval = influence_interval(gap, influence, design)
    if interval is None:
        return Gap(gap, None, None)
    if abs(gap) <= ROUNDING:
        return Gap(gap, interval, 1.0)
    error = design.error(influence)
    return Gap(gap, interval, float(2 * t.sf(abs(gap) / error, design.freedom)) if error > 0 else 0.0)


def adjusted(groups: list[list[Group]], gaps: list[list[Gap | None]]) -> list[list[float | None]]:
    """Return the p-values of all groups of all features, adjusted together (Holm).

    Of two groups each is the other's mirror, which is one comparison.
    """
    mirrored = [sum(group.name is not None for group in each) == 2 for each in groups]
    p = [[None if gap is None else gap.p for gap in each] for each in gaps]
    once = [[each[0], None, *each[2:]] if twins else each for each, twins in zip(p, mirrored, strict=True)]
    flat = iter(holm([value for each in once for value in each]))
    found = [[next(flat) for _ in each] for each in once]
    return [
        [each[0], each[0], *each[2:]] if twins else each for each, twins in zip(found, mirrored, strict=True)
    ]
