"""What a shareable edition shows of rows: the measures that are left of several analyses."""

from functools import cache

import pandas as pd

from explainaudit.analyses.calibration import CALIBRATION
from explainaudit.analyses.data import DATA
from explainaudit.analyses.fairness import FAIRNESS
from explainaudit.analyses.performance import PERFORMANCE
from explainaudit.edition import edition
from explainaudit.records.bundle import Bundle
from explainaudit.records.group_columns import GroupColumn
from explainaudit.records.measure import Measure
from explainaudit.records.plan import Decision
from explainaudit.records.responses import ColumnFacts
from explainaudit.records.verdict import Verdicts
from grouped import EVENT, OTHER, asked, binary, multiclass
from handmade import bundle_of, people

ANALYSES = (FAIRNESS, CALIBRATION, PERFORMANCE, DATA)
CLASSES = ("a", "b", "c")


@cache
def example() -> Bundle:
    """Return a bundle, for its provenance."""
    return bundle_of(people())


def whole(scored: pd.DataFrame, *, law: dict[str, object] | None = None, **given) -> Bundle:
    """Return what is measured of some rows, all their features taken together among it."""
    features, strata = (
        {name.removeprefix(prefix): scored[name] for name in scored if name.startswith(prefix)}
        for prefix in ("group:", "stratum:")
    )
    rows = pd.DataFrame({"y": scored["label"], **features, **strata})
    roles = {"y": "target", **dict.fromkeys(features, "sensitive"), **dict.fromkeys(strata, "other")}
    columns = tuple(ColumnFacts(name=name, type="text", role=role) for name, role in roles.items())
    facts = {
        "intersections": (tuple(features),) if len(features) > 1 else (),
        "strata": tuple(GroupColumn(column=name) for name in strata),
        "rows": rows,
        "columns": columns,
    }
    responses = asked(scored, **{**facts, **given})
    provenance = example().provenance
    names = ("sensitive", "strata", "task", "decision", "intersections")
    plan = provenance.plan.model_copy(update={name: getattr(responses, name) for name in names})
    settings = {each: each.settings() for each in ANALYSES}
    if law is not None:
        asked_for = {"data": "test", "small_cells": "withhold", "small_cells_reason": "x", **law}
        settings[FAIRNESS] = FAIRNESS.settings(ll144=asked_for)
        plan = plan.model_copy(update={"analyses": {"fairness": {"ll144": asked_for}}})
    return Bundle(
        provenance=provenance.model_copy(update={"plan": plan}),
        evidence=tuple(each.measure(responses, settings[each]) for each in ANALYSES),
    )


def shared(bundle: Bundle) -> list[Measure]:
    """Return the measures of the shareable edition."""
    return list(edition(bundle, Verdicts(), "shareable", 11)[0].measures().values())


def rows_of(*lines) -> tuple[dict[str, list], list, list]:
    """Return groups, outcomes and predictions of n rows of each line (groups …, outcome, predicted, n)."""
    rows = [line[:-1] for line in lines for _ in range(line[-1])]
    *groups, label, predicted = (list(column) for column in zip(*rows, strict=True))
    return dict(zip(("g", "h", "i"), groups, strict=False)), label, predicted


def counted(*lines, classes=None, **given) -> tuple[pd.DataFrame, Bundle]:
    """Return n rows of each line, and their bundle."""
    features, label, predicted = rows_of(*lines)
    if classes is None:
        scored = binary(label, [each == EVENT for each in predicted], **features)
        return scored, whole(scored, **given)
    scores = dict.fromkeys(classes, [1 / len(classes)] * len(label))
    scored = multiclass(label, predicted, favourable=[classes[0]], scores=scores, **features)
    decision = Decision(favourable=classes[:1])
    return scored, whole(scored, kind="multiclass", classes=classes, decision=decision, **given)


def four(*groups, tp: int, fn: int, fp: int, tn: int) -> list[tuple]:
    """Return lines of one group, by outcome and prediction."""
    cells = ((EVENT, EVENT, tp), (EVENT, OTHER, fn), (OTHER, EVENT, fp), (OTHER, OTHER, tn))
    return [(*groups, *cell) for cell in cells]
