"""Performance with several classes: each by itself, and averages that say which they are."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from explainaudit.analyses.performance.binary import known, no_training
from explainaudit.analyses.performance.gap import gap_table
from explainaudit.analyses.performance.losses import naive_losses, naive_table, row_losses, score_measure
from explainaudit.analyses.performance.sweep import row_costs
from explainaudit.analyses.performance.tables import distinct, figure_table
from explainaudit.records.evidence import Evidence
from explainaudit.records.measure import Measure
from explainaudit.records.message import Message, Name
from explainaudit.records.responses import Responses
from explainaudit.records.table import Cell, Table, column
from explainaudit.stats.design import Design, influence_interval, mean_of
from explainaudit.stats.discrimination import weighted_auc
from explainaudit.stats.rates import count, rated
from explainaudit.stats.tiers import size_tier, smallest_cell

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Part = tuple[float, Floats]
SHOWN = 12


def multiclass(labelled: pd.DataFrame, responses: Responses) -> Evidence:
    """Return everything about a prediction among several classes."""
    design = Design.of(labelled)
    right = (labelled["label"] == labelled["predicted"]).to_numpy(dtype=bool)
    overall = rated("performance", "accuracy", right, design, tier=size_tier(len(right)))
    classes, averages = _classes(labelled, responses, design)
    losses = row_losses(labelled, responses)
    scores = [overall, *averages]
    scores += [
        score_measure(name, {}, mean_of(losses[name], design), design) for name in ("log_loss", "brier")
    ]
    if responses.costs is not None:
        cost = row_costs(labelled, responses.costs)
        scores.append(score_measure("expected_cost", {}, mean_of(cost, design), design, unit="number"))
    more = [
        (_class_table(classes, responses.model.classes), classes),
        _confusion(labelled, responses.model.classes),
        naive_table(losses, naive_losses(labelled, responses, design), design),
    ]
    if responses.training is not None:
        more.append(gap_table(labelled, known(responses.training), responses))
    measures = [*scores, *(each for _, found in more for each in found)]
    params = {"accuracy": overall.ref(), "interval": overall.ref("interval"), "n": overall.ref("n")}
    return Evidence(
        analysis="performance",
        answer=Message(key="answer.performance.multiclass", params=params),
        measures=distinct(measures),
        tables=(figure_table("scores", "measure", "n", scores), *(table for table, _ in more)),
        limitations=no_training(responses),
    )


def _classes(
    labelled: pd.DataFrame, responses: Responses, design: Design
) -> tuple[list[Measure], list[Measure]]:
    """Return figures of every class, and their averages over the classes that have all of them."""
    label = labelled["label"].to_numpy(dtype=object)
    predicted = labelled["predicted"].to_numpy(dtype=object)
    found: list[Measure] = []
    parts: dict[str, list[Part | None]] = {"recall": [], "precision": [], "f1": []}
    for name in responses.model.classes:
        about = {"class": name}
        actual, chosen = label == name, predicted == name
        recall = rated(
            "performance",
            "recall",
            chosen[actual],
            design.among(actual),
            about,
            tier=size_tier(int(actual.sum())),
        )
        precision = rated(
            "performance",
            "precision",
            actual[chosen],
            design.among(chosen),
            about,
            tier=size_tier(int(chosen.sum())),
        )
        both = _f1(actual, chosen, design)
        f1 = _measured("f1", about, both, design)
        ranked = weighted_auc(actual, labelled[f"score:{name}"].to_numpy(dtype=np.float64), design)
        cell = smallest_cell(int(actual.sum()), int((~actual).sum()))
        area = score_measure(
            "auc", about, ranked or (0.0, None), design, smallest_cell=cell,
            **({} if ranked is not None else {"value": None, "reason": "not_estimable"}),
        )  # fmt: skip
        found += [recall, precision, f1, area]
        parts["recall"].append(_share(chosen, actual, design))
        parts["precision"].append(_share(actual, chosen, design))
        parts["f1"].append(both)
    averages = [_measured(f"macro_{metric}", {}, _mean(each), design) for metric, each in parts.items()]
    return found, averages


def _share(hit: Bools, among: Bools, design: Design) -> Part | None:
    """Return a weighted share of some rows and each row's influence on it."""
    total = float(design.weight[among].sum())
    if total <= 0:
        return None
    value = float(design.weight[among & hit].sum()) / total
    return value, np.where(among, (hit - value) * design.total / total, 0.0)


def _f1(actual: Bools, chosen: Bools, design: Design) -> Part | None:
    """Return 2·TP / (rows of the class + rows predicted so), and each row's influence on it."""
    weight = design.weight
    both = float(weight[actual].sum() + weight[chosen].sum())
    if both <= 0:
        return None
    value = 2 * float(weight[actual & chosen].sum()) / both
    influence = (2.0 * (actual & chosen) - value * (actual.astype(float) + chosen)) * design.total / both
    return value, influence


def _mean(parts: list[Part | None]) -> Part | None:
    """Return the plain mean over the classes; ``None`` if one of them has no value."""
    known_parts = [part for part in parts if part is not None]
    if not known_parts or len(known_parts) < len(parts):
        return None
    return float(np.mean([value for value, _ in known_parts])), np.mean(
        [moved for _, moved in known_parts], axis=0
    )


def _measured(metric: str, about: dict[str, str], part: Part | None, design: Design) -> Measure:
    if part is None:
        return score_measure(
            metric, about, (0.0, None), design, value=None, reason="not_estimable", unit="share"
        )
    value, influence = part
    interval = influence_interval(value, influence, design, scale="logit")
    return score_measure(metric, about, (value, interval), design, unit="share")


def _class_table(classes: list[Measure], names: tuple[str, ...]) -> Table:
    found = {(each.metric, each.dimensions["class"]): each for each in classes}
    rows: list[tuple[Cell, ...]] = []
    for name in names:
        recall, precision, f1, area = (found[metric, name] for metric in ("recall", "precision", "f1", "auc"))
        cells = (
            recall.ref("n"), recall.ref(), recall.ref("interval"), precision.ref(), precision.ref("interval"),
            f1.ref(), area.ref(),
        )  # fmt: skip
        rows.append((Name(text=name), *cells))
    headings = ("n", "recall", "interval", "precision", "interval_precision", "f1", "auc")
    return Table(
        name="classes",
        caption=Message(key="table.performance.classes"),
        columns=(column("class", "value"), *(column(name, "small_cell", numeric=True) for name in headings)),
        rows=tuple(rows),
    )


def _confusion(labelled: pd.DataFrame, names: tuple[str, ...]) -> tuple[Table, list[Measure]]:
    """Return the counts of every known outcome against every prediction, a row for each pair."""
    counted = labelled.groupby(["label", "predicted"]).size()
    measures: list[Measure] = []
    rows: list[tuple[Cell, ...]] = []
    for actual in names:
        for predicted in names:
            k = int(counted.get((actual, predicted), 0))
            measures.append(count("performance", "confusion", k, {"class": actual, "predicted": predicted}))
    if len(names) <= SHOWN:
        by_pair = {(each.dimensions["class"], each.dimensions["predicted"]): each.ref() for each in measures}
        rows = [(Name(text=actual), *(by_pair[actual, other] for other in names)) for actual in names]
        headings = [
            column("predicted_as", "small_cell", numeric=True).model_copy(
                update={
                    "name": f"predicted:{number}",
                    "heading": Message(key="column.predicted_as", params={"class": Name(text=name)}),
                }
            )
            for number, name in enumerate(names)
        ]
        columns = (column("actual", "value"), *headings)
    else:
        ordered = sorted(measures, key=lambda each: -(each.value or 0))
        wrong = [each for each in ordered if each.dimensions["class"] != each.dimensions["predicted"]][:20]
        rows = [
            (Name(text=each.dimensions["class"]), Name(text=each.dimensions["predicted"]), each.ref())
            for each in wrong
        ]
        columns = (
            column("actual", "value"),
            column("predicted", "value"),
            column("n", "small_cell", numeric=True),
        )
    table = Table(
        name="confusion",
        caption=Message(key=f"table.performance.confusion{'' if len(names) <= SHOWN else '_pairs'}"),
        columns=columns,
        rows=tuple(rows),
    )
    return table, measures
