"""Scored rows of every task, made by hand, with groups, weights and clusters."""

import numpy as np
import pandas as pd

from explainaudit.records.bundle import ModelIdentity, TableIdentity
from explainaudit.records.plan import Decision, Explain, SensitiveFeature, Task
from explainaudit.records.responses import ColumnFacts, Responses

EVENT, OTHER = "bad", "good"


def framed(columns: dict, weight=None, cluster=None, **groups) -> pd.DataFrame:
    """Return scored rows with what every task has; labels, clusters and groups may be ``None``."""
    n = len(columns["predicted"])
    scored = pd.DataFrame({"key": [f"{i:016x}{i:048x}" for i in range(n)], **columns})
    if "event_predicted" not in scored:
        scored["event_predicted"] = False
    if "favourable" not in scored:
        scored["favourable"] = pd.array([pd.NA] * n, dtype="boolean")
    if weight is not None:
        scored["weight"] = np.asarray(weight, dtype=float)
    if cluster is not None:
        scored["cluster"] = pd.Series([None if c is None else str(c) for c in cluster], dtype="str")
    for name, values in groups.items():
        scored[f"group:{name}"] = pd.Series(list(values), dtype="str")
    return scored


def binary(label, event, *, score=None, favourable="no event", **more) -> pd.DataFrame:
    event = np.asarray(event, dtype=bool)
    columns = {
        "label": pd.Series(list(label), dtype="str"),
        "score": np.where(event, 0.7, 0.2) if score is None else np.asarray(score, dtype=float),
        "event_predicted": event,
        "predicted": pd.Series(np.where(event, EVENT, OTHER), dtype="str"),
        "favourable": pd.array(event if favourable == "event" else ~event, dtype="boolean"),
    }
    return framed(columns, **more)


def multiclass(label, predicted, *, favourable=None, scores=None, **more) -> pd.DataFrame:
    predicted = pd.Series(list(predicted), dtype="str")
    columns = {"label": pd.Series(list(label), dtype="str"), "predicted": predicted}
    if favourable is not None:
        columns["favourable"] = pd.array(predicted.isin(favourable).to_numpy(), dtype="boolean")
    columns |= {f"score:{name}": np.asarray(each, dtype=float) for name, each in (scores or {}).items()}
    return framed(columns, **more)


def regression(label, score, **more) -> pd.DataFrame:
    score = np.asarray(score, dtype=float)
    return framed({"label": np.asarray(label, dtype=float), "score": score, "predicted": score}, **more)


def asked(
    scored: pd.DataFrame, kind="binary", *, decision=None, classes=(OTHER, EVENT), **other
) -> Responses:
    """Return responses with these scored rows."""
    names = [name.removeprefix("group:") for name in scored if name.startswith("group:")]
    if decision is None:
        decision = Decision(threshold=0.5, favourable="no event") if kind == "binary" else Decision()
    given = {
        "seed": 7,
        "task": Task(type=kind, target="y", event=EVENT if kind == "binary" else None),
        "decision": decision,
        "explain": Explain(),
        "costs": None,
        "sensitive": tuple(SensitiveFeature(column=name) for name in names),
        "model": ModelIdentity(
            digest="0" * 64, format="skops", estimator="Made", classes=() if kind == "regression" else classes
        ),
        "tables": (TableIdentity(name="sample", rows=len(scored), columns=1, digest="1" * 64),),
        "columns": tuple(ColumnFacts(name=name, type="text", role="sensitive") for name in names),
    }
    return Responses(scored=scored, **(given | other))
