"""Scored rows: what the model answered for each row, and what is known about the row beside it."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from explainaudit.loading.auditee import Auditee
from explainaudit.loading.label_text import label_text
from explainaudit.loading.roles import groups, labels
from explainaudit.records.plan import ColumnType, Measuring
from explainaudit.records.stage import Described
from explainaudit.stats.deciding import favoured, predicted_places


def score_rows(
    auditee: Auditee, described: Described, rows: pd.DataFrame, keys: NDArray[np.str_], table: str = "sample"
) -> pd.DataFrame:
    """Return one line per row: key, label, prediction, decision, scores, weight, cluster and groups.

    The columns are those of `explainaudit.records.responses.Responses.scored`; what a table other than
    the sample does not have is left out.
    """
    plan, classes = described.plan, described.model.classes
    scored = pd.DataFrame({"key": keys, "label": labels(rows[plan.task.target], classes, table)})
    if plan.task.type == "regression":
        scored["score"] = auditee.predictor.outputs(rows, output="target")[:, 0]
        scored["predicted"] = scored["score"]
    else:
        scores = auditee.predictor.outputs(rows, output="probability", event=plan.task.event)
        scored = scored.assign(**_decided(scores, classes, plan))
    if "event_predicted" not in scored:
        scored["event_predicted"] = False
    if "favourable" not in scored:
        scored["favourable"] = pd.array([pd.NA] * len(rows), dtype="boolean")
    return scored.assign(**_known(rows, plan, auditee.tables[table].types, table))


def _decided(scores: NDArray[np.float64], classes: tuple[str, ...], plan: Measuring) -> dict[str, Any]:
    good = favoured(scores, plan.decision, classes)
    known = {} if good is None else {"favourable": pd.array(good, dtype="boolean")}
    places = predicted_places(scores, plan.decision)
    if plan.task.type == "multiclass":
        best = pd.Series(np.asarray(classes)[places], dtype="str")
        by_class = {f"score:{name}": scores[:, column] for column, name in enumerate(classes)}
        return {"predicted": best, **by_class, **known}
    event = places == 1
    other = next(name for name in classes if name != plan.task.event)
    decided: dict[str, Any] = {
        "score": scores[:, 0],
        "event_predicted": event,
        "predicted": pd.Series(np.where(event, str(plan.task.event), other), dtype="str"),
    }
    if plan.decision.bands is not None:
        lower = [band.at_least or 0.0 for band in plan.decision.bands[1:]]
        names = np.array([band.name for band in plan.decision.bands], dtype=object)
        band = names[np.searchsorted(lower, scores[:, 0], side="right")]
        decided["band"] = pd.Series(band, dtype="str")
    return {**decided, **known}


def _known(
    rows: pd.DataFrame, plan: Measuring, types: Mapping[str, ColumnType], table: str
) -> dict[str, Any]:
    """Return weight, cluster, groups and strata, as far as the table has them."""
    found: dict[str, Any] = {}
    weight = plan.data.weight if plan.data is not None else None
    cluster = plan.data.cluster if plan.data is not None else None
    if weight is not None and weight in rows:
        found["weight"] = rows[weight].to_numpy(dtype=np.float64)
    if cluster is not None and cluster in rows:
        found["cluster"] = rows[cluster].map(label_text, na_action="ignore").astype("str")
    for prefix, entries in (("group", plan.sensitive), ("stratum", plan.strata)):
        for each in entries:
            if each.column in rows:
                found[f"{prefix}:{each.column}"] = groups(rows[each.column], each, types[each.column], table)
    return found
