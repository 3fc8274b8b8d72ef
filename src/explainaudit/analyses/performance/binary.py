"""Performance of a score for one event: counts and rates at the threshold, and the score itself."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from explainaudit.analyses.performance.gap import gap_table, no_training, training_of
from explainaudit.analyses.performance.losses import mean_measure, naive_losses, naive_table, row_losses
from explainaudit.analyses.performance.scores import scores_of
from explainaudit.analyses.performance.sweep import bands, lift, row_costs, sweep
from explainaudit.analyses.performance.tables import confusion_table, distinct, figure_table
from explainaudit.records.evidence import Evidence
from explainaudit.records.measure import Measure
from explainaudit.records.message import Message, Param
from explainaudit.records.responses import Responses
from explainaudit.records.table import Table
from explainaudit.stats.confusion import Confusion
from explainaudit.stats.design import Design
from explainaudit.stats.rates import count, rated
from explainaudit.stats.tiers import error_rate_tier

RATES = ("accuracy", "tpr", "fpr", "fnr", "tnr", "ppv", "npv", "selection", "prevalence")
Bools = NDArray[np.bool_]


def binary(labelled: pd.DataFrame, responses: Responses) -> Evidence:
    """Return everything about a binary score on the labelled rows."""
    design = Design.of(labelled)
    event = str(responses.task.event)
    actual = (labelled["label"] == event).to_numpy()
    cells, rates = at_threshold(actual, labelled["event_predicted"].to_numpy(dtype=bool), design)
    scores, plots, limitations = scores_of(labelled, responses, design)
    if responses.costs is not None:
        cost = row_costs(labelled, responses.costs)
        scores.append(mean_measure("expected_cost", {}, cost, design, unit="number"))
    measures = [*cells, *rates, *scores]
    tables: list[Table] = [
        figure_table("scores", "measure", "n", scores),
        figure_table("rates", "rate", "of_n", rates),
        confusion_table(cells),
    ]
    more = [sweep(labelled, responses, design), lift(labelled, event, design)]
    if responses.decision.bands is not None:
        more.insert(0, bands(labelled, responses, design))
    if losses := row_losses(labelled, responses):
        more.append(naive_table(losses, naive_losses(labelled, responses, design), design))
    if (training := training_of(responses)) is not None:
        more.append(gap_table(labelled, training, responses))
    for table, found in more:
        tables.append(table)
        measures += found
    return Evidence(
        analysis="performance",
        answer=_answer(rates),
        measures=distinct(measures),
        tables=tuple(tables),
        limitations=(*limitations, *no_training(responses)),
        plots=plots,
    )


def _answer(rates: list[Measure]) -> Message:
    by_name = {each.metric: each for each in rates}
    accuracy = by_name["accuracy"]
    shown = {"accuracy": accuracy, "tpr": by_name["tpr"], "fpr": by_name["fpr"]}
    one_class = any(each.value is None for each in shown.values())
    params: dict[str, Param] = {"interval": accuracy.ref("interval"), "n": accuracy.ref("n")}
    params |= {name: each.ref() for name, each in shown.items() if not one_class or each is accuracy}
    return Message(key=f"answer.performance.{'one_class' if one_class else 'binary'}", params=params)


def at_threshold(actual: Bools, predicted: Bools, design: Design) -> tuple[list[Measure], list[Measure]]:
    """Return the unweighted counts, and every rate over its own denominator."""
    found = Confusion(
        tp=int((actual & predicted).sum()),
        fp=int((~actual & predicted).sum()),
        fn=int((actual & ~predicted).sum()),
        tn=int((~actual & ~predicted).sum()),
    )
    cells = [
        count("performance", "confusion", getattr(found, cell), {"cell": cell})
        for cell in ("tp", "fn", "fp", "tn")
    ]
    everyone = np.ones(len(actual), dtype=bool)
    parts: dict[str, tuple[Bools, Bools]] = {
        "accuracy": (actual == predicted, everyone),
        "tpr": (predicted, actual),
        "fpr": (predicted, ~actual),
        "fnr": (~predicted, actual),
        "tnr": (~predicted, ~actual),
        "ppv": (actual, predicted),
        "npv": (~actual, ~predicted),
        "selection": (predicted, everyone),
        "prevalence": (actual, everyone),
    }
    rates = []
    for name, (hit, among) in parts.items():
        tier = error_rate_tier(design.worth(), design.worth(among))
        rates.append(rated("performance", name, hit[among], design.among(among), tier=tier))
    return cells, rates
