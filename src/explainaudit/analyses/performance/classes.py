"""Every class against the rest, and averages over the classes that say which they are."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from explainaudit.analyses.performance.losses import score_measure
from explainaudit.records.measure import Interval, Measure
from explainaudit.stats.design import Design, influence_interval, share_of
from explainaudit.stats.discrimination import placements, weighted_auc
from explainaudit.stats.intervals import wilson_limits
from explainaudit.stats.rates import rated
from explainaudit.stats.tiers import outcomes_tier, size_tier, smallest_cell

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Part = tuple[float, Floats]  # a value, and each row's influence on it
ABSENT = {"value": None, "reason": "not_estimable", "tier": "not_estimable"}


def by_class(labelled: pd.DataFrame, names: tuple[str, ...], design: Design) -> list[Measure]:
    """Return recall, precision, F1 and area of every class against the rest."""
    found: list[Measure] = []
    for name in names:
        actual, chosen = _sides(labelled, name)
        about, size = {"class": name}, size_tier(design.worth(actual))
        recall = rated("performance", "recall", chosen[actual], design.among(actual), about, tier=size)
        size = size_tier(design.worth(chosen))
        precision = rated("performance", "precision", actual[chosen], design.among(chosen), about, tier=size)
        score = labelled[f"score:{name}"].to_numpy(dtype=np.float64)
        ranked = weighted_auc(actual, score, design)
        events = int(actual.sum())
        area = score_measure(
            "auc",
            about,
            ranked or (0.0, None),
            design,
            smallest_cell=smallest_cell(events, len(actual) - events),
            **(ABSENT if ranked is None else {"tier": outcomes_tier(*map(design.worth, (actual, ~actual)))}),
        )
        found += [recall, precision, _f1(actual, chosen, design, about), area]
    return found


def _sides(labelled: pd.DataFrame, name: str) -> tuple[Bools, Bools]:
    """Return which rows are of a class, and which are predicted so."""
    actual, chosen = labelled["label"] == name, labelled["predicted"] == name
    return actual.to_numpy(dtype=bool), chosen.to_numpy(dtype=bool)


def _f1(actual: Bools, chosen: Bools, design: Design, about: dict[str, str]) -> Measure:
    """Return F1 = 2J / (1 + J), J being the share of both among the rows of the class or predicted so.

    J is a share, so its limits give those of F1.
    """
    either, both = actual | chosen, actual & chosen
    share = share_of(both[either], design.among(either))
    cell = smallest_cell(int(both.sum()), int((actual & ~chosen).sum()), int((chosen & ~actual).sum()))
    other = {"unit": "share", "n": int(either.sum()), "smallest_cell": cell}
    if share is None:
        return score_measure("f1", about, (0.0, None), design, **other, **ABSENT)
    low, value, high = (2 * j / (1 + j) for j in (share.interval.low, share.value, share.interval.high))
    found = value, share.interval.model_copy(update={"low": low, "high": high})
    return score_measure("f1", about, found, design, **other, tier=size_tier(design.worth(actual)))


def averages(labelled: pd.DataFrame, names: tuple[str, ...], design: Design) -> list[Measure]:
    """Return plain means over the classes, and means weighted by their rows.

    One is not estimable if it is not for a class. Recall weighted by rows is the accuracy.
    """
    sides = [_sides(labelled, name) for name in names]
    scores = (labelled[f"score:{name}"].to_numpy(dtype=np.float64) for name in names)
    parts = {
        "recall": [_share(chosen, actual, design) for actual, chosen in sides],
        "precision": [_share(actual, chosen, design) for actual, chosen in sides],
        "f1": [_f1_part(actual, chosen, design) for actual, chosen in sides],
        "auc": [placements(actual, score, design) for (actual, _), score in zip(sides, scores, strict=True)],
    }
    held = [share_of(actual[actual], design.among(actual)) for actual, _ in sides]
    smallest = min(share.effective_n for share in held if share is not None)
    cell = smallest_cell(*(int(actual.sum()) for actual, _ in sides))
    made = {f"macro_{metric}": _plain(each) for metric, each in parts.items()}
    for metric in ("precision", "f1"):
        made[f"weighted_{metric}"] = _weighted(parts[metric], [actual for actual, _ in sides], design)
    return [_average(metric, part, (smallest, cell), design) for metric, part in made.items()]


def _share(hit: Bools, among: Bools, design: Design) -> Part | None:
    """Return a weighted share of some rows and each row's influence on it."""
    total = float(design.weight[among].sum())
    if total <= 0:
        return None
    value = float(design.weight[among & hit].sum()) / total
    return value, np.where(among, (hit - value) * design.total / total, 0.0)


def _f1_part(actual: Bools, chosen: Bools, design: Design) -> Part | None:
    """Return 2·TP / (rows of the class + rows predicted so), and each row's influence on it."""
    weight = design.weight
    both = float(weight[actual].sum() + weight[chosen].sum())
    if both <= 0:
        return None
    value = 2 * float(weight[actual & chosen].sum()) / both
    influence = (2.0 * (actual & chosen) - value * (actual.astype(float) + chosen)) * design.total / both
    return value, influence


def _plain(parts: Sequence[Part | None]) -> Part | None:
    """Return the plain mean over the classes; ``None`` if one of them has no value."""
    made = [part for part in parts if part is not None]
    if len(made) < len(parts):
        return None
    return float(np.mean([value for value, _ in made])), np.mean([moved for _, moved in made], axis=0)


def _weighted(parts: Sequence[Part | None], actual: list[Bools], design: Design) -> Part | None:
    """Return the mean over the classes by their shares of the rows, which a row moves as well."""
    value, influence = 0.0, np.zeros(len(design.weight))
    for part, rows in zip(parts, actual, strict=True):
        share = float(design.mean(rows.astype(np.float64)))
        if part is None:
            if share > 0:
                return None
            continue
        value += share * part[0]
        influence += share * part[1] + part[0] * (rows - share)
    return value, influence


def _average(metric: str, part: Part | None, smallest: tuple[float, int], design: Design) -> Measure:
    """Return an average as a measure; at 0 and 1 with Wilson's interval for the smallest class."""
    effective, cell = smallest
    unit = "score" if metric == "macro_auc" else "share"
    if part is None:
        absent = {"unit": unit, "smallest_cell": cell, **ABSENT}
        return score_measure(metric, {}, (0.0, None), design, **absent)
    value, influence = min(1.0, max(0.0, part[0])), part[1]
    interval: Interval | None
    if value in (0.0, 1.0):
        low, high = wilson_limits(value, effective, 0.95)
        interval = Interval(low=low, high=high, method="wilson")
    else:
        interval = influence_interval(value, influence, design, scale="logit")
    return score_measure(metric, {}, (value, interval), design, unit=unit, smallest_cell=cell)
