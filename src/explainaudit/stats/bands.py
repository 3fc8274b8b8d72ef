"""Bands of a numeric feature: their names, and their order."""

import itertools
from collections.abc import Iterable

from explainaudit.records.group_columns import GroupColumn
from explainaudit.records.responses import ColumnFacts


def band_names(edges: tuple[float, ...], *, whole: bool) -> list[str]:
    """Return the names of the bands that edges make, from the lowest.

    Parameters
    ----------
    edges : tuple of float
        Rising lower ends of bands; below the first lies a band of its own.
    whole : bool
        Whether the feature has whole numbers only, so that a band ends at the next edge minus one.
    """
    ends = [_exact(edge) for edge in edges]
    names = [f"< {ends[0]}"]
    for (low, high), upper in zip(itertools.pairwise(ends), edges[1:], strict=True):
        closed = whole and float(upper).is_integer()
        names.append(f"{low}–{_exact(upper - 1)}" if closed else f"[{low}, {high})")
    return [*names, f"{ends[-1]}+"]


def in_order(groups: Iterable[str], feature: GroupColumn, columns: Iterable[ColumnFacts]) -> list[str]:
    """Return groups in the order of their bands, or of their names where there are no bands."""
    if feature.edges is None:
        return sorted(groups)
    whole = any(column.name == feature.column and column.type == "integer" for column in columns)
    return sorted(groups, key=band_names(feature.edges, whole=whole).index)


def _exact(edge: float) -> str:
    return str(int(edge)) if float(edge).is_integer() else repr(float(edge))
