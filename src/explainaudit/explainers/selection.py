"""Which rows are explained, and which cases are shown: by rule and by key, never by position."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from explainaudit.records.responses import CaseFacts
from explainaudit.stats.keyed import draws


def choose_rows(
    strata: NDArray[np.str_], keys: NDArray[np.str_], *, size: int, seed: int
) -> tuple[NDArray[np.int64], NDArray[np.float64], dict[str, int]]:
    """Return a stratified sample of rows with equal allocation.

    Parameters
    ----------
    strata : ndarray of shape (n,)
        Stratum of each row.
    keys : ndarray of shape (n,)
        Row keys; the rows of a stratum with the smallest keyed draws are chosen.
    size : int
        Rows wanted. What a small stratum cannot give goes to the others.
    seed : int
        Seed of the plan.

    Returns
    -------
    positions : ndarray of shape (m,)
        Rows chosen, in key order.
    inclusion : ndarray of shape (m,)
        Inclusion probability of each, rows chosen over rows there, within its stratum.
    chosen : dict of str to int
        Rows chosen per stratum.
    """
    names, counts = np.unique(strata, return_counts=True)
    allocation = _allocate(counts, size)
    order = np.argsort(draws(keys, seed=seed, purpose="explain"), kind="stable")
    inclusion = np.zeros(len(keys))
    for name, count, wanted in zip(names, counts, allocation, strict=True):
        members = order[strata[order] == name][:wanted]
        inclusion[members] = wanted / count
    positions = np.flatnonzero(inclusion)
    chosen = {str(name): int(wanted) for name, wanted in zip(names, allocation, strict=True)}
    return positions, inclusion[positions], chosen


def _allocate(counts: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    """Share ``size`` equally over strata, none getting more rows than it has."""
    allocation = np.zeros(len(counts), dtype=np.int64)
    size = min(size, int(counts.sum()))
    while (left := size - int(allocation.sum())) > 0:
        room = np.flatnonzero(allocation < counts)
        for index, stratum in enumerate(room):
            share = left // len(room) + (index < left % len(room))
            allocation[stratum] += min(share, counts[stratum] - allocation[stratum])
    return allocation


def choose_keyed(keys: NDArray[np.str_], *, size: int, seed: int, purpose: str) -> NDArray[np.int64]:
    """Return the positions of the ``size`` rows with the smallest keyed draws, in key order."""
    order = np.argsort(draws(keys, seed=seed, purpose=purpose), kind="stable")
    return np.sort(order[:size])


def choose_cases(scored: pd.DataFrame, threshold: float, event: str) -> list[tuple[int, str]]:
    """Return the cases to show, as (position, rule), each row at most once.

    Parameters
    ----------
    scored : DataFrame in key order
        With ``score``, ``label``, and ``event_predicted`` (bool).
    threshold : float
        Threshold on the score.
    event : str
        Label of the event.

    Notes
    -----
    Six rules in this order: nearest to the threshold on either side, median score of either
    decision, the event with the lowest score, the non-event with the highest. Ties go to the
    smaller key; a rule whose rows are all taken gives no case.
    """
    score = scored["score"].to_numpy()
    predicted = scored["event_predicted"].to_numpy()
    label = scored["label"].to_numpy(dtype=object)
    known = scored["label"].notna().to_numpy()
    sides = (~predicted, predicted)
    wanted: Sequence[tuple[str, NDArray[np.bool_], NDArray[np.float64]]] = (
        ("nearest_no_event", sides[0], np.abs(score - threshold)),
        ("nearest_event", sides[1], np.abs(score - threshold)),
        ("median_no_event", sides[0], _from_median(score, sides[0])),
        ("median_event", sides[1], _from_median(score, sides[1])),
        ("missed_event", known & (label == event), score),
        ("false_event", known & (label != event), -score),
    )
    taken: list[tuple[int, str]] = []
    for rule, eligible, distance in wanted:
        free = eligible.copy()
        free[[position for position, _ in taken]] = False
        candidates = np.flatnonzero(free)
        if len(candidates):
            taken.append((int(candidates[np.argmin(distance[candidates])]), rule))
    return taken


def _from_median(score: NDArray[np.float64], side: NDArray[np.bool_]) -> NDArray[np.float64]:
    return np.abs(score - (np.median(score[side]) if side.any() else 0.0))


def case_facts(number: int, rule: str, row: pd.Series, scored: pd.Series) -> CaseFacts:
    """Return a case as it is shown: its inputs as numbers or text, its score, label and decision."""
    values = {str(name): _recorded(value) for name, value in row.items()}
    favourable = scored["favourable"]
    return CaseFacts(
        number=number,
        rule=rule,
        key=str(scored["key"]),
        values=values,
        score=float(scored["score"]),
        label=None if pd.isna(scored["label"]) else str(scored["label"]),
        favourable=None if pd.isna(favourable) else bool(favourable),
    )


def _recorded(value: Any) -> str | float | None:
    if pd.isna(value):
        return None
    is_number = isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)
    return float(value) if is_number else str(value)
