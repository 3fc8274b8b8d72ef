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
    if plan.task.type == "multiclass":
        best = np.asarray(classes)[scores.argmax(axis=1)]
        by_class = {f"score:{name}": scores[:, column] for column, name in enumerate(classes)}
        decided: dict[str, Any] = {"predicted": pd.Series(best, dtype="str"), **by_class}
        if isinstance(plan.decision.favourable, tuple):
            decided["favourable"] = pd.array(np.isin(best, plan.decision.favourable), dtype="boolean")
        return decided
    event = scores[:, 0] >= plan.decision.cut
    other = next(name for name in classes if name != plan.task.event)
    decided = {
        "score": scores[:, 0],
        "event_predicted": event,
        "predicted": pd.Series(np.where(event, str(plan.task.event), other), dtype="str"),
    }
    if plan.decision.bands is not None:
        lower = [band.at_least or 0.0 for band in plan.decision.bands[1:]]
        names = np.array([band.name for band in plan.decision.bands], dtype=object)
        band = names[np.searchsorted(lower, scores[:, 0], side="right")]
        decided["band"] = pd.Series(band, dtype="str")
    if plan.decision.favourable is not None:
        decided["favourable"] = pd.array(
            ~event if plan.decision.low_is_favourable else event, dtype="boolean"
        )
    return decided


def _known(
    rows: pd.DataFrame, plan: Measuring, types: Mapping[str, ColumnType], table: str
) -> dict[str, Any]:
    """Return weight, cluster and groups, as far as the table has them."""
    found: dict[str, Any] = {}
    weight = plan.data.weight if plan.data is not None else None
    cluster = plan.data.cluster if plan.data is not None else None
    if weight is not None and weight in rows:
        found["weight"] = rows[weight].to_numpy(dtype=np.float64)
    if cluster is not None and cluster in rows:
        found["cluster"] = rows[cluster].map(label_text, na_action="ignore").astype("str")
    for feature in plan.sensitive:
        if feature.column in rows:
            found[f"group:{feature.column}"] = groups(
                rows[feature.column], feature, types[feature.column], table
            )
    return found
