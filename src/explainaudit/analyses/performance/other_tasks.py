"""Performance with several classes, and of a regression."""

import numpy as np
import pandas as pd

from explainaudit.analyses.performance.tables import figure_table
from explainaudit.records.evidence import Evidence
from explainaudit.records.measure import Measure
from explainaudit.records.message import Message, Name
from explainaudit.records.responses import Responses
from explainaudit.records.table import Cell, Table, column
from explainaudit.stats.rates import rate
from explainaudit.stats.tiers import size_tier
from explainaudit.stats.weighting import mean_interval


def multiclass(labelled: pd.DataFrame, responses: Responses) -> Evidence:
    """Return accuracy, and recall and precision of every class."""
    label = labelled["label"].to_numpy(dtype=object)
    predicted = labelled["predicted"].to_numpy(dtype=object)
    right = int((label == predicted).sum())
    overall = rate("performance", "accuracy", (right, len(label)), tier=size_tier(len(label)))
    measures = [overall]
    rows: list[tuple[Cell, ...]] = []
    for name in responses.model.classes:
        hits = int(((label == name) & (predicted == name)).sum())
        found = (hits, int((label == name).sum())), (hits, int((predicted == name).sum()))
        recall, precision = (
            rate("performance", metric, counts, {"class": name}, tier=size_tier(counts[1]))
            for metric, counts in zip(("recall", "precision"), found, strict=True)
        )
        measures += [recall, precision]
        shown = (
            recall.ref("n"),
            recall.ref(),
            recall.ref("interval"),
            precision.ref(),
            precision.ref("interval"),
        )
        rows.append((Name(text=name), *shown))
    headings = ("n", "recall", "interval", "precision", "interval_precision")
    table = Table(
        name="classes",
        caption=Message(key="table.performance.classes"),
        columns=(column("class", "value"), *(column(name, "small_cell", numeric=True) for name in headings)),
        rows=tuple(rows),
    )
    params = {"accuracy": overall.ref(), "interval": overall.ref("interval"), "n": overall.ref("n")}
    answer = Message(key="answer.performance.multiclass", params=params)
    return Evidence(analysis="performance", answer=answer, measures=tuple(measures), tables=(table,))


def regression(labelled: pd.DataFrame, _responses: Responses) -> Evidence:
    """Return the errors of a regression: mean absolute, mean (bias) and mean squared."""
    error = labelled["score"].to_numpy(dtype=np.float64) - labelled["label"].to_numpy(dtype=np.float64)
    n = len(error)
    measures = []
    for metric, values in (("mae", np.abs(error)), ("bias", error), ("mse", error**2)):
        mean, interval = mean_interval(values) if n > 1 else (float(values[0]), None)
        measures.append(
            Measure(
                analysis="performance",
                metric=metric,
                value=mean,
                interval=interval,
                n=n,
                unit="target",
                tier=size_tier(n),
                estimand="people_like_these",
                kind="score",
                smallest_cell=n,
            )
        )
    answer = Message(
        key="answer.performance.regression",
        params={"mae": measures[0].ref(), "interval": measures[0].ref("interval"), "n": measures[0].ref("n")},
    )
    return Evidence(
        analysis="performance",
        answer=answer,
        measures=tuple(measures),
        tables=(figure_table("errors", "measure", "n", measures),),
    )
