"""Slices found by search: every intersection of levels with enough rows, held against all other rows.

Nothing is sampled or guessed: all cells of all tuples of columns are counted. A cell with too few rows is
dropped, and with it all of its refinements, which have no more.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from math import comb, prod

import numpy as np
from numpy.typing import NDArray

from explainaudit.stats.slice_levels import Levels
from explainaudit.stats.slice_sums import Sums, Tally

DEPTH = 3
WORK = 500_000_000
RANKED = 1000
ALIKE = 0.5
Floats = NDArray[np.float64]
Counts = NDArray[np.intp]
Conditions = tuple[tuple[int, int], ...]  # (place of a column, its level), one for each column


@dataclass(frozen=True)
class Candidate:
    """A slice that is worse than the other rows: its part and conditions, and by how many standard errors.

    ``merged`` is the number of further candidates that are mostly the same rows.
    """

    part: int
    conditions: Conditions
    excess: float
    merged: int = 0


@dataclass(frozen=True)
class Searched:
    """What was looked at, and the best candidates of each tally, the worst slice first."""

    depth: int
    tuples: int
    cells: int
    ranked: tuple[tuple[Candidate, ...], ...]


def search(
    columns: Sequence[Levels], tallies: Sequence[Tally], weight: Floats, *, fewest: int, depth: int = DEPTH
) -> Searched:
    """Look at every slice of at least ``fewest`` rows, and rank those that are worse than the other rows.

    They are ranked by `explainaudit.stats.slice_sums.Sums.scores`. The gap between parts is held against
    that of the other rows as well: one that is everywhere the same makes no slice. Clusters count for the
    estimates alone, which rest on other rows.

    Parameters
    ----------
    columns : sequence of Levels
        Levels of the n rows that are searched.
    tallies : sequence of Tally
        What the slices are held against, for the same rows.
    weight : ndarray of shape (n,)
        Weights above 0.
    depth : int
        Most columns of a slice; fewer where their tuples, times rows and tallies, exceed `WORK`.
    """
    depth = _affordable(depth, len(columns), len(weight) * (1 + len(tallies)))
    sums = [Sums(tally, weight) for tally in tallies]
    found: list[list[_Found]] = [[] for _ in tallies]
    looked = cells = 0
    for chosen, codes, kept in _tuples(columns, fewest, depth):
        looked += 1
        cells += len(kept)
        if not len(kept):
            continue
        shape = _shape(columns, chosen)
        for each, of_tally in zip(sums, found, strict=True):
            scores = each.scores(codes, prod(shape), kept)
            at, part = np.nonzero(scores > 0)
            of_tally.append(_Found(chosen, shape, kept[at], part + 1, scores[at, part]))
    return Searched(depth, looked, cells, tuple(_ranked(each) for each in found))


def rows_of(columns: Sequence[Levels], conditions: Conditions) -> NDArray[np.bool_]:
    """Return which rows a slice has."""
    inside = [columns[place].codes == level for place, level in conditions]
    return np.asarray(np.all(inside, axis=0), dtype=np.bool_)


def distinct(columns: Sequence[Levels], ranked: Sequence[Candidate], most: int) -> list[Candidate]:
    """Return the best candidates, each with the number of those that are mostly the same rows.

    Going down the ranking, one that shares more than half of the rows that are in either of the two
    (Jaccard) with a better one of the same part is merged into it.
    """
    kept: list[Candidate] = []
    rows: list[NDArray[np.bool_]] = []
    for each in ranked:
        mine = rows_of(columns, each.conditions)
        alike = (
            place
            for place, (other, its) in enumerate(zip(kept, rows, strict=True))
            if other.part == each.part and np.count_nonzero(mine & its) > ALIKE * np.count_nonzero(mine | its)
        )
        place = next(alike, None)
        if place is not None:
            kept[place] = replace(kept[place], merged=kept[place].merged + 1)
        elif len(kept) < most:
            kept.append(each)
            rows.append(mine)
    return kept


@dataclass(frozen=True)
class _Found:
    """Slices of one tuple of columns that are worse than the other rows."""

    columns: tuple[int, ...]
    shape: tuple[int, ...]
    cells: Counts
    parts: Counts
    scores: Floats

    def candidate(self, at: int) -> Candidate:
        levels = np.unravel_index(self.cells[at], self.shape)
        conditions = tuple((place, int(level)) for place, level in zip(self.columns, levels, strict=True))
        return Candidate(int(self.parts[at]), conditions, float(self.scores[at]))


def _affordable(depth: int, columns: int, rows: int) -> int:
    while depth > 1 and sum(comb(columns, size) for size in range(1, depth + 1)) * rows > WORK:
        depth -= 1
    return depth


def _shape(columns: Sequence[Levels], chosen: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(len(columns[place].names) + 1 for place in chosen)


def _tuples(
    columns: Sequence[Levels], fewest: int, depth: int
) -> Iterator[tuple[tuple[int, ...], Counts, Counts]]:
    """Yield tuples of columns, the cell of each row, and the cells with enough rows.

    A tuple of which a part has no such cell has none either: it is not looked at.
    """
    alive: set[tuple[int, ...]] = {()}
    for size in range(1, depth + 1):
        for chosen in combinations(range(len(columns)), size):
            if not all(part in alive for part in combinations(chosen, size - 1)):
                continue
            shape = _shape(columns, chosen)
            codes = np.zeros_like(columns[0].codes)
            for place, width in zip(chosen, shape, strict=True):
                codes = codes * width + columns[place].codes
            counts = np.bincount(codes, minlength=prod(shape)).reshape(shape)
            for axis in range(size):
                counts[(slice(None),) * axis + (0,)] = 0  # rows without a level are in no slice
            kept = np.flatnonzero(counts >= fewest)
            if len(kept):
                alive.add(chosen)
            yield chosen, codes, kept


def _ranked(found: list[_Found]) -> tuple[Candidate, ...]:
    """Return the best candidates; of equal ones the one of fewer columns, then in the order of columns."""
    scores = np.concatenate([np.empty(0), *(each.scores for each in found)])
    starts = np.cumsum([0, *(len(each.scores) for each in found)])
    candidates = []
    for place in np.argsort(-scores, kind="stable")[:RANKED]:
        number = int(np.searchsorted(starts, place, side="right")) - 1
        candidates.append(found[number].candidate(int(place - starts[number])))
    return tuple(candidates)
