"""The slices that are shown, and the figures of each from the rows that were not looked at in the search."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from explainaudit.analyses.slices.halves import Halves
from explainaudit.analyses.slices.yardsticks import CRITERIA, Yardstick
from explainaudit.records.measure import Measure
from explainaudit.stats.design import Design, mean_of, share_of
from explainaudit.stats.rates import fact
from explainaudit.stats.significance import holm
from explainaudit.stats.slice_estimates import Estimate, estimate
from explainaudit.stats.slice_levels import Levels
from explainaudit.stats.slice_search import Candidate, Searched, distinct, rows_of
from explainaudit.stats.tiers import size_tier, smallest_cell

SURE_OF = 2
Found = tuple[Yardstick, Candidate]
Named = tuple[tuple[str, str | None], ...]  # columns with their levels


@dataclass(frozen=True)
class Slice:
    """One slice that is shown: what it is held against, where it lies, and its measures by metric."""

    yardstick: Yardstick
    candidate: Candidate
    levels: Named
    measures: dict[str, Measure]


def slices_of(halves: Halves, against: Sequence[Yardstick], searched: Searched, most: int) -> list[Slice]:
    """Return the slices shown, by criterion and the worst first, with figures from the estimate half."""
    here = halves.estimated
    columns = [each.among(here) for each in halves.columns]
    design = Design.of(halves.scored).among(here)
    tallies = {id(each): each.tally.among(here) for each in against}
    chosen = _chosen(halves, against, searched, most)
    estimates = [
        estimate(tallies[id(of)], each.part, rows_of(columns, each.conditions), design) for of, each in chosen
    ]
    adjusted = holm([each.p for each in estimates])
    return [
        Slice(of, each, levels := _levels(columns, each), _measures((of, each), levels, estimated, p))
        for (of, each), estimated, p in zip(chosen, estimates, adjusted, strict=True)
    ]


def _chosen(halves: Halves, against: Sequence[Yardstick], searched: Searched, most: int) -> list[Found]:
    """Return the best two of each criterion, and then the best of all, up to ``most``."""
    columns = [each.among(halves.searched) for each in halves.columns]
    found: dict[str, list[Found]] = {criterion: [] for criterion in CRITERIA}
    for of, ranked in zip(against, searched.ranked, strict=True):
        found[of.criterion] += [(of, each) for each in distinct(columns, ranked, most)]
    kept: list[Found] = []
    others: list[Found] = []
    for each in found.values():
        each.sort(key=_by_excess)
        kept += each[:SURE_OF]
        others += each[SURE_OF:]
    kept += sorted(others, key=_by_excess)[: max(0, most - len(kept))]
    return sorted(kept, key=lambda each: (CRITERIA.index(each[0].criterion), _by_excess(each)))


def _by_excess(found: Found) -> float:
    return -found[1].excess


def _levels(columns: Sequence[Levels], candidate: Candidate) -> Named:
    return tuple(
        (columns[place].column, columns[place].names[level - 1]) for place, level in candidate.conditions
    )


def _measures(
    found: Found,
    levels: Named,
    estimated: Estimate,
    adjusted: float | None,
) -> dict[str, Measure]:
    of, candidate = found
    about = {**of.about(candidate.part), "slice": json.dumps(levels, ensure_ascii=False)}
    common = {"dimensions": about, "tier": estimated.tier, "smallest_cell": estimated.smallest_cell}
    value, gap = of.units
    made: dict[str, dict[str, Any]] = {
        "n": {"value": float(estimated.n), "unit": "count", "kind": "count"},
        "value": {"value": estimated.inside, "unit": value, "kind": of.kind},
        "rest": {"value": estimated.outside, "n": estimated.rest, "unit": value, "kind": of.kind},
        "gap": {"value": estimated.gap, "interval": estimated.interval, "unit": gap, "kind": "difference"},
        "p": {"value": estimated.p, "unit": "p_value", "kind": "score"},
        "holm": {"value": adjusted, "unit": "p_value", "kind": "score"},
    }
    why = "insufficient" if estimated.gap is None else "not_estimable"
    measures = {
        name: _measure(f"slice_{name}", why, {"n": estimated.n, **common, **given})
        for name, given in made.items()
    }
    return {**measures, "merged": fact("slices", "slice_merged", candidate.merged, about)}


def whole_of(halves: Halves, of: Yardstick) -> Measure:
    """Return the figure over all rows of the estimate half; for a criterion that compares no groups."""
    tally = of.tally.among(halves.estimated)
    rows = tally.part > 0
    design, values = Design.of(halves.scored).among(halves.estimated).among(rows), tally.values[rows]
    n = design.number()
    given: dict[str, Any] = {"value": None, "smallest_cell": n}
    if of.kind == "rate" and (share := share_of(values > 0, design)) is not None:
        cell = smallest_cell(share.k, n - share.k)
        given = {"value": share.value, "interval": share.interval, "smallest_cell": cell}
    elif n:
        mean, interval = mean_of(values, design)
        given = {"value": mean, "interval": interval, "smallest_cell": n}
    common = {"dimensions": of.about(1), "n": n, "unit": of.units[0], "kind": of.kind}
    return _measure("whole_value", "zero_denominator", {**common, "tier": size_tier(design.worth()), **given})


def _measure(metric: str, why: str, given: dict[str, Any]) -> Measure:
    known = given["value"] is not None
    return Measure.model_validate(
        {
            "analysis": "slices",
            "metric": metric,
            "reason": None if known else why,
            "estimand": "people_like_these",
            **given,
        }
    )


def looked_at(halves: Halves, searched: Searched) -> dict[str, int]:
    """Return the numbers that the method card prints, by metric."""
    return {
        "columns": len(halves.columns),
        "depth": searched.depth,
        "tuples": searched.tuples,
        "cells": searched.cells,
        "searched": int(np.count_nonzero(halves.searched)),
        "estimated": int(np.count_nonzero(halves.estimated)),
    }
