"""The people of the sample, parted into those that are searched and those that the figures rest on."""

import hashlib
import json
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from explainaudit.errors import NotApplicable
from explainaudit.records.responses import ColumnFacts, Responses
from explainaudit.stats.design import Design
from explainaudit.stats.keyed import draws, uniforms
from explainaudit.stats.slice_levels import Levels, levels_of

SEARCHED = 20_000
PURPOSE = "slices"


@dataclass(frozen=True)
class Halves:
    """Rows that stand for somebody, in key order.

    Attributes
    ----------
    scored : DataFrame of shape (n, …)
        As in `explainaudit.records.responses.Responses`.
    columns : list of Levels
        The levels of the columns that slices are made of, for the n rows.
    searched, estimated : ndarray of bool, shape (n,)
        Rows of either kind; none is of both.
    """

    scored: pd.DataFrame
    columns: list[Levels]
    searched: NDArray[np.bool_]
    estimated: NDArray[np.bool_]


def halves_of(responses: Responses) -> Halves:
    """Part the rows by key, whole clusters to one side, and cut the columns into levels.

    At most 20,000 rows are searched: those with the smallest keyed draws.

    Raises `NotApplicable` where no column can be cut.
    """
    counts = Design.of(responses.scored).counts
    keys = responses.scored["key"].to_numpy(dtype=np.str_)
    order = np.argsort(keys, kind="stable")
    order = order[counts[order]]
    scored = responses.scored.iloc[order].reset_index(drop=True)
    columns = _columns(responses, order)
    if not columns:
        raise NotApplicable("not_applicable")
    first = uniforms(_names(scored), seed=responses.seed, purpose=PURPOSE) < 0.5
    return Halves(scored, columns, _fewer(first, keys[order], responses.seed), ~first)


def _columns(responses: Responses, order: NDArray[np.intp]) -> list[Levels]:
    if (rows := responses.rows) is None:
        return []
    cut = [each for each in responses.columns if each.name in rows and _may_be_cut(each)]
    found = (levels_of(rows[each.name].iloc[order], each.name, each.type) for each in cut)
    return [each for each in found if each is not None]


def _may_be_cut(column: ColumnFacts) -> bool:
    return column.role in {"input", "other"} and not column.sensitive and column.type != "date"


def _names(scored: pd.DataFrame) -> NDArray[np.str_]:
    """Return what each row is parted by: its key, or the digest of its cluster where it has one."""
    keys = scored["key"].to_numpy(dtype=np.str_)
    if "cluster" not in scored:
        return keys
    codes, known = pd.factorize(scored["cluster"])
    digests = [hashlib.sha256(json.dumps(["cluster", str(each)]).encode()).hexdigest() for each in known]
    return np.where(codes >= 0, np.array([*digests, ""], dtype="<U64")[codes], keys)


def _fewer(rows: NDArray[np.bool_], keys: NDArray[np.str_], seed: int) -> NDArray[np.bool_]:
    places = np.flatnonzero(rows)
    if len(places) <= SEARCHED:
        return rows
    drawn = draws(keys[places], seed=seed, purpose=f"{PURPOSE} searched")
    fewer = np.zeros(len(rows), dtype=bool)
    fewer[places[np.argsort(drawn, kind="stable")[:SEARCHED]]] = True
    return fewer
