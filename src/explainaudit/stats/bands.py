"""Bands of a numeric feature: their names, and their order."""

import itertools
import re
from collections.abc import Iterable

from explainaudit.records.group_columns import GroupColumn
from explainaudit.records.responses import ColumnFacts

_NUMBER = re.compile(r"[-+]?[0-9]+(\.[0-9]+)?(e[-+]?[0-9]+)?")  # as numbers are written when they name groups


def band_names(edges: tuple[float, ...], *, whole: bool) -> list[str]:
    """Return the names of the bands that edges make, from the lowest.

    Parameters
    ----------
    edges : tuple of float
        Rising lower ends of bands; below the first lies a band of its own.
    whole : bool
        Whether the feature has whole numbers only, so that a band ends at the next edge minus one,
        and one of a single value is named by it.
    """
    ends = [_exact(edge) for edge in edges]
    names = [f"< {ends[0]}"]
    for (low, high), upper in zip(itertools.pairwise(ends), edges[1:], strict=True):
        if not (whole and float(upper).is_integer()):
            names.append(f"[{low}, {high})")
        else:
            last = _exact(upper - 1)
            names.append(low if low == last else f"{low}–{last}")
    return [*names, f"{ends[-1]}+"]


def in_order(groups: Iterable[str], feature: GroupColumn, columns: Iterable[ColumnFacts]) -> list[str]:
    """Return groups in the order of their bands; where there are no bands, numbers first and by value."""
    if feature.edges is None:
        return sorted(groups, key=_by_value)
    whole = any(column.name == feature.column and column.type == "integer" for column in columns)
    return sorted(groups, key=band_names(feature.edges, whole=whole).index)


def _by_value(name: str) -> tuple[bool, float, str]:
    number = float(name) if _NUMBER.fullmatch(name) else None
    return (number is None, 0.0 if number is None else number, name)


def _exact(edge: float) -> str:
    return str(int(edge)) if float(edge).is_integer() else repr(float(edge))
