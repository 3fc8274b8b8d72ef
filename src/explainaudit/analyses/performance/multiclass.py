"""Performance with several classes: each by itself, and averages that say which they are."""

import pandas as pd

from explainaudit.analyses.performance.classes import averages, by_class
from explainaudit.analyses.performance.gap import gap_table, no_training, training_of
from explainaudit.analyses.performance.losses import mean_measure, naive_losses, naive_table, row_losses
from explainaudit.analyses.performance.sweep import row_costs
from explainaudit.analyses.performance.tables import class_table, distinct, figure_table, matrix_table
from explainaudit.records.evidence import Evidence
from explainaudit.records.measure import Measure
from explainaudit.records.message import Message
from explainaudit.records.responses import Responses
from explainaudit.stats.design import Design
from explainaudit.stats.rates import count, rated
from explainaudit.stats.tiers import size_tier


def multiclass(labelled: pd.DataFrame, responses: Responses) -> Evidence:
    """Return everything about a prediction among several classes."""
    design = Design.of(labelled)
    right = (labelled["label"] == labelled["predicted"]).to_numpy(dtype=bool)
    overall = rated("performance", "accuracy", right, design, tier=size_tier(design.worth()))
    names = responses.model.classes
    classes, losses = by_class(labelled, names, design), row_losses(labelled, responses)
    scores = [overall, *averages(labelled, names, design)]
    scores += [mean_measure(name, {}, losses[name], design) for name in ("log_loss", "brier")]
    if responses.costs is not None:
        cost = row_costs(labelled, responses.costs)
        scores.append(mean_measure("expected_cost", {}, cost, design, unit="number"))
    pairs = _pairs(labelled, names)
    more = [
        class_table(classes, names),
        (matrix_table(pairs, names), pairs),
        naive_table(losses, naive_losses(labelled, responses, design), design),
    ]
    if (training := training_of(responses)) is not None:
        more.append(gap_table(labelled, training, responses))
    measures = [*scores, *(each for _, found in more for each in found)]
    first = figure_table("scores", "measure", "n", scores, caption="all_classes")
    params = {"accuracy": overall.ref(), "interval": overall.ref("interval"), "n": overall.ref("n")}
    return Evidence(
        analysis="performance",
        answer=Message(key="answer.performance.multiclass", params=params),
        measures=distinct(measures),
        tables=(first, *(table for table, _ in more)),
        limitations=no_training(responses),
    )


def _pairs(labelled: pd.DataFrame, names: tuple[str, ...]) -> list[Measure]:
    """Return the counts of every known outcome against every prediction."""
    counted = labelled.groupby(["label", "predicted"]).size()
    return [
        count(
            "performance",
            "confusion",
            int(counted.get((actual, predicted), 0)),
            {"class": actual, "predicted": predicted},
        )
        for actual in names
        for predicted in names
    ]
