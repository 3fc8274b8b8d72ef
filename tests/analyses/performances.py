"""Scored rows of every task, weighted or not, and what the performance analysis makes of them."""

import numpy as np
import pandas as pd

from explainaudit.analyses.performance import PERFORMANCE
from explainaudit.records.evidence import Evidence
from explainaudit.records.plan import Task
from handmade import responses, scored_frame

NINE = ("a", "b", "c", "<b>d</b>", "=1+1", "f" * 300, "g", "h", "i")


def several(label, score, *, classes=NINE, weight=None) -> pd.DataFrame:
    """Return scored rows among several classes; the predicted one has the largest score."""
    score = np.asarray(score, dtype=float)
    scored = pd.DataFrame(
        {
            "key": [f"{i:064x}" for i in range(len(score))],
            "label": pd.Series(list(label), dtype="str"),
            "predicted": pd.Series(np.asarray(classes)[score.argmax(axis=1)], dtype="str"),
            "event_predicted": False,
            "favourable": pd.array([pd.NA] * len(score), dtype="boolean"),
            **{f"score:{name}": score[:, column] for column, name in enumerate(classes)},
        }
    )
    return scored if weight is None else scored.assign(weight=weight)


def numbers(label, score, *, weight=None) -> pd.DataFrame:
    """Return scored rows of a regression."""
    scored = pd.DataFrame(
        {
            "key": [f"{i:064x}" for i in range(len(score))],
            "label": np.asarray(label, dtype=float),
            "score": np.asarray(score, dtype=float),
            "predicted": np.asarray(score, dtype=float),
            "event_predicted": False,
            "favourable": pd.array([pd.NA] * len(score), dtype="boolean"),
        }
    )
    return scored if weight is None else scored.assign(weight=weight)


def two(label, score, *, cut=0.5, weight=None) -> pd.DataFrame:
    """Return scored rows of a binary task."""
    scored = scored_frame(label, np.asarray(score) >= cut, score=score)
    return scored if weight is None else scored.assign(weight=weight)


def measured(scored: pd.DataFrame, **other) -> Evidence:
    """Return the evidence of the performance analysis; the task is told from the columns."""
    if "score" not in scored:
        classes = tuple(name.removeprefix("score:") for name in scored if name.startswith("score:"))
        other = {"task": Task(type="multiclass", target="y"), "classes": classes} | other
    elif scored["label"].dtype == float:
        other = {"task": Task(type="regression", target="y"), "classes": ()} | other
    return PERFORMANCE.measure(responses(scored, **other), PERFORMANCE.settings())


def codes(found: Evidence, **changed) -> list[str]:
    """Return the codes of the flags that are raised."""
    return [flag.code for flag in PERFORMANCE.judge(found, PERFORMANCE.settings(**changed))]


def inside(measure) -> bool:
    """Return whether a measure has an interval that holds its value."""
    ends = measure.interval
    return ends is not None and ends.low - 1e-9 <= measure.value <= ends.high + 1e-9
