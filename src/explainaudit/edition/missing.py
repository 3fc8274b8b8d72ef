"""The persons of whom a column is missing, in the groups of others: no table shows them, and they follow.

They are a group more of the column. Of the groups of other columns they are all, less those whose columns are
all known: without g and without h are all, less those with g, less those with h, and again those with both.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain, combinations
from typing import NamedTuple

import numpy as np

from explainaudit.edition.counted import Columns, Counts, Names, Tables, incomplete, strata
from explainaudit.records.plan import Measuring


class Doubly(NamedTuple):
    """Who lacks one of two columns, and who the other, by the groups of a third; all who lack both."""

    columns: Columns
    first: Counts
    second: Counts
    everybody: Counts
    both: Counts


def with_missing(plan: Measuring, found: Tables) -> tuple[Tables, set[Columns]]:
    """Return the tables with the groups of missing columns, and the columns of tables to withhold."""
    gone = incomplete(plan, found)
    known = {columns: _named(groups) for columns, groups in found.items()}
    _add_parts(known, gone)
    every: Tables = {columns: {**groups, **found.get(columns, {})} for columns, groups in known.items()}
    untold = set()
    for columns in known:
        for missing in _subsets(gone.intersection(columns)):
            kept = tuple(column for column in columns if column not in missing)
            parts = [tuple(sorted((*kept, *more))) for more in ((), *_subsets(missing))]
            if not all(part in known for part in parts):
                untold.add(columns)
                continue
            for names, counts in _left(known, kept, parts).items():
                of = dict(zip(kept, names, strict=True))
                key = tuple(of.get(column) for column in columns)
                shown = every[columns].get(key, counts)
                every[columns][key] = np.where(np.isnan(shown), counts, shown)
    # The strata of one feature alone are subtracted from nothing.
    alone = {by for by in strata(plan) if sum(by in columns for columns in known) == 1}
    return every, {columns for columns in untold if alone.isdisjoint(columns)}


def of_two(tables: Tables) -> Iterator[Doubly]:
    """Yield who lacks either of two columns, wherever both are told by a third, and together."""
    pairs = [columns for columns, groups in tables.items() if len(columns) == 2 and (None, None) in groups]
    thirds = [columns[0] for columns in tables if len(columns) == 1]
    for columns, third in ((columns, third) for columns in pairs for third in thirds if third not in columns):
        names = list(tables[third,])
        beside = [_without(tables, column, third, names) for column in columns]
        if beside[0] and beside[1]:
            first, second, everybody = map(np.array, (*beside, [tables[third,][name] for name in names]))
            yield Doubly(columns, first, second, everybody, tables[columns][None, None])


def told(first: Counts, second: Counts, everybody: Counts, both: Counts) -> Counts:
    """Return how many lack both columns in each group, and NaN where there are several answers.

    Parameters
    ----------
    first, second, everybody : ndarray of shape (groups, counts)
        Who lacks the one column, who the other, and all.
    both : ndarray of shape (counts,)
        Who lacks both, of all groups.
    """
    most, least = np.minimum(first, second), np.maximum(0, first + second - everybody)
    low = np.maximum(least, both - (most.sum(axis=0) - most))
    high = np.minimum(most, both - (least.sum(axis=0) - least))
    return np.where(low == high, low, np.nan)


def _named(groups: dict[Names, Counts]) -> dict[Names, Counts]:
    return {names: counts for names, counts in groups.items() if None not in names}


def _subsets(columns: Iterable[str]) -> list[Columns]:
    """Return the subsets of columns that are not empty."""
    ordered = sorted(columns)
    return list(chain.from_iterable(combinations(ordered, size + 1) for size in range(len(ordered))))


def _add_parts(known: Tables, gone: set[str]) -> None:
    """Add the tables that others add up to, over the groups of a column that is missing for nobody."""
    for columns in sorted(known, key=len, reverse=True):
        for missing in _subsets(set(columns) - gone):
            kept = tuple(column for column in columns if column not in missing)
            if kept and kept not in known:
                known[kept] = _summed(columns, known[columns], kept)


def _summed(columns: Columns, groups: dict[Names, Counts], kept: Columns) -> dict[Names, Counts]:
    found: dict[Names, list[Counts]] = defaultdict(list)
    for names, counts in groups.items():
        found[tuple(names[columns.index(column)] for column in kept)].append(counts)
    return {names: np.sum(of, axis=0) for names, of in found.items()}


def _left(known: Tables, kept: Columns, parts: Iterable[Columns]) -> dict[Names, Counts]:
    """Return, of each group of the columns kept, those of whom all others of the parts are missing."""
    left = {names: np.zeros_like(counts) for names, counts in known[kept].items()}
    for part in parts:
        for names, counts in _summed(part, known[part], kept).items():
            if names in left:
                left[names] += counts * (-1) ** (len(part) - len(kept))
    return left


def _without(tables: Tables, column: str, third: str, names: Iterable[Names]) -> list[Counts]:
    """Return who lacks a column in each group of a third; nothing where that is not told."""
    columns = tuple(sorted((column, third)))
    keys = [tuple(None if each == column else name for each in columns) for (name,) in names]
    groups = tables.get(columns, {})
    return [groups[key] for key in keys] if all(key in groups for key in keys) else []
