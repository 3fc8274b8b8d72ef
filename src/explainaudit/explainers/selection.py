"""Which rows are explained, and which cases are shown: by rule and by key, never by position."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from explainaudit.records.plan import Measuring, Task
from explainaudit.records.responses import CaseFacts
from explainaudit.stats.keyed import draws

# Rows that LIME explains beside the cases, to be compared with SHAP.
COMPARED_ROWS = 500


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
    # From the smallest on, so that what one lacks is shared by those still to come.
    for position, stratum in enumerate(np.argsort(counts, kind="stable")):
        share = (size - int(allocation.sum())) // (len(counts) - position)
        allocation[stratum] = min(share, counts[stratum])
    return allocation


def choose_keyed(keys: NDArray[np.str_], *, size: int, seed: int, purpose: str) -> NDArray[np.int64]:
    """Return the positions of the ``size`` rows with the smallest keyed draws, in key order."""
    order = np.argsort(draws(keys, seed=seed, purpose=purpose), kind="stable")
    return np.sort(order[:size])


def strata_of(scored: pd.DataFrame, task: Task) -> NDArray[np.str_]:
    """Return the stratum of each row: its predicted class, or the third of the scores it lies in."""
    if task.type != "regression":
        return scored["predicted"].to_numpy(dtype=np.str_)
    score = scored["score"].to_numpy(dtype=np.float64)
    limits = np.quantile(score, [1 / 3, 2 / 3])
    return np.array(["low", "middle", "high"])[np.searchsorted(limits, score)]


Wanted = tuple[str, NDArray[np.bool_], NDArray[np.float64]]


def choose_cases(scored: pd.DataFrame, plan: Measuring, classes: Sequence[str]) -> list[tuple[int, str, str]]:
    """Return the cases to show, as (position, rule, output explained), each row at most once.

    At most six rules, in a fixed order that depends on the task. Ties go to the smaller key; a rule
    whose rows are all taken gives no case.

    Parameters
    ----------
    scored : DataFrame in key order
        See `explainaudit.records.responses.Responses.scored`.
    plan : Measuring
        For the task and the cut of the score.
    classes : sequence of str
        Labels of the model.
    """
    rules = {"binary": _binary_rules, "multiclass": _class_rules, "regression": _regression_rules}
    predicted = scored["predicted"].to_numpy(dtype=object)
    outputs = {"binary": plan.task.event, "regression": plan.task.target}
    taken: list[tuple[int, str, str]] = []
    for rule, eligible, distance in rules[plan.task.type](scored, plan, classes):
        free = eligible.copy()
        free[[position for position, _, _ in taken]] = False
        candidates = np.flatnonzero(free)
        if len(candidates):
            position = int(candidates[np.argmin(distance[candidates])])
            taken.append((position, rule, str(outputs.get(plan.task.type) or predicted[position])))
    return taken


def _binary_rules(scored: pd.DataFrame, plan: Measuring, _classes: Sequence[str]) -> list[Wanted]:
    """Nearest to the threshold and median of either decision, the missed and the false event."""
    score = scored["score"].to_numpy()
    predicted = scored["event_predicted"].to_numpy()
    label = scored["label"].to_numpy(dtype=object)
    known = scored["label"].notna().to_numpy()
    away = np.abs(score - plan.decision.cut)
    return [
        ("nearest_no_event", ~predicted, away),
        ("nearest_event", predicted, away),
        ("median_no_event", ~predicted, _from_median(score, ~predicted)),
        ("median_event", predicted, _from_median(score, predicted)),
        ("missed_event", known & (label == plan.task.event), score),
        ("false_event", known & (label != plan.task.event), -score),
    ]


def _class_rules(scored: pd.DataFrame, _plan: Measuring, classes: Sequence[str]) -> list[Wanted]:
    """Return the median of each of the three commonest predictions, the least certain, the surest error."""
    scores = scored[[f"score:{name}" for name in classes]].to_numpy(dtype=np.float64)
    predicted = scored["predicted"].to_numpy(dtype=object)
    label = scored["label"].to_numpy(dtype=object)
    known = scored["label"].notna().to_numpy()
    ordered = np.sort(scores, axis=1)
    own, gap = ordered[:, -1], ordered[:, -1] - ordered[:, -2]
    common = scored["predicted"].value_counts().sort_index().sort_values(ascending=False, kind="stable")
    sides = [predicted == name for name in common.index[:3]]
    everyone = np.ones(len(scored), dtype=bool)
    return [
        *(("median_class", side, _from_median(own, side)) for side in sides),
        ("least_certain", everyone, gap),
        ("surest_error", known & (label != predicted), -own),
        ("surest", everyone, -own),
    ]


def _regression_rules(scored: pd.DataFrame, _plan: Measuring, _classes: Sequence[str]) -> list[Wanted]:
    """Return the lowest, the median and the highest prediction, the largest errors of either sign."""
    score = scored["score"].to_numpy(dtype=np.float64)
    known = scored["label"].notna().to_numpy()
    error = np.where(known, score - scored["label"].to_numpy(dtype=np.float64), 0.0)
    everyone = np.ones(len(scored), dtype=bool)
    return [
        ("lowest", everyone, score),
        ("median", everyone, _from_median(score, everyone)),
        ("highest", everyone, -score),
        ("too_high", known & (error > 0), -error),
        ("too_low", known & (error < 0), error),
    ]


def _from_median(score: NDArray[np.float64], side: NDArray[np.bool_]) -> NDArray[np.float64]:
    return np.abs(score - (np.median(score[side]) if side.any() else 0.0))


def case_facts(number: int, rule: str, output: str, row: pd.Series, scored: pd.Series) -> CaseFacts:
    """Return a case as it is shown: its inputs as numbers or text, its score, label and decision."""
    values = {str(name): _recorded(value) for name, value in row.items()}
    favourable = scored["favourable"]
    label = scored["label"]
    return CaseFacts(
        number=number,
        rule=rule,
        key=str(scored["key"]),
        values=values,
        output=output,
        score=float(scored["score"] if "score" in scored else scored[f"score:{output}"]),
        label=None if pd.isna(label) else str(label),
        favourable=None if pd.isna(favourable) else bool(favourable),
    )


def _recorded(value: Any) -> str | float | None:
    if pd.isna(value):
        return None
    is_number = isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)
    return float(value) if is_number else str(value)
