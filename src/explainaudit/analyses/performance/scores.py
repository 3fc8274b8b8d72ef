"""What a binary score is worth by itself, and its curves."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from explainaudit.analyses.performance.losses import row_losses, score_measure
from explainaudit.records.evidence import Limitation, Plot
from explainaudit.records.measure import Measure
from explainaudit.records.message import Message
from explainaudit.records.responses import Responses
from explainaudit.stats.curves import Curve, average_precision, coarse_steps, curve, kolmogorov_smirnov
from explainaudit.stats.design import Design, mean_of
from explainaudit.stats.discrimination import weighted_auc
from explainaudit.stats.tiers import outcomes_tier, smallest_cell

POINTS = 200
FEWEST = 20  # persons of one outcome between two points of the coarse curve, above any usual small cell


def scores_of(
    labelled: pd.DataFrame, responses: Responses, design: Design
) -> tuple[list[Measure], tuple[Plot, ...], tuple[Limitation, ...]]:
    """Return what the score itself is worth, its curves, and what could not be said."""
    actual = (labelled["label"] == responses.task.event).to_numpy()
    score = labelled["score"].to_numpy(dtype=np.float64)
    events = int(actual.sum())
    cell = smallest_cell(events, len(actual) - events)
    sure = outcomes_tier(design.worth(actual), design.worth(~actual))
    common: dict[str, Any] = {"tier": sure, "smallest_cell": cell}
    ranked, shape = weighted_auc(actual, score, design), curve(actual, score, design.weight)
    precise, apart = average_precision(actual, score, design), kolmogorov_smirnov(actual, score, design)
    losses = row_losses(labelled, responses)
    # A loss rests on the rows of every outcome that occurs; a ranking needs both.
    held = common if 0 < events < len(actual) else {"smallest_cell": cell}
    lost = [
        score_measure(name, {}, mean_of(losses[name], design), design, **held)
        for name in ("log_loss", "brier")
        if name in losses
    ]
    if ranked is None or shape is None or precise is None or apart is None:
        key = f"limitation.one_class{'_weighted' if 'weight' in labelled else ''}"
        one_class = Limitation(code="one_class", message=Message(key=key))
        none = {"value": None, "reason": "not_estimable", **common}
        ranking = [score_measure(name, {}, (0.0, None), design, **none) for name in ("auc", "pr_auc")]
        return [*ranking, *lost], (), (one_class,)
    area, ends = ranked
    gini = (
        None if ends is None else ends.model_copy(update={"low": 2 * ends.low - 1, "high": 2 * ends.high - 1})
    )
    found = {"auc": ranked, "gini": (2 * area - 1, gini), "ks": apart, "pr_auc": precise}
    ranking = [score_measure(name, {}, each, design, **common) for name, each in found.items()]
    return [*ranking, *lost], _curves(shape, coarse_steps(actual, score, FEWEST)), ()


def _curves(shape: Curve, coarse: NDArray[np.intp]) -> tuple[Plot, ...]:
    """Return the curve in steps of single rows, and one in steps of many for those who may not see these."""
    fine = np.unique(np.linspace(0, len(shape.score) - 1, POINTS).astype(int))
    plots = [_plot("curves", shape, fine, 1)]
    if len(coarse):
        plots.append(_plot("curves_coarse", shape, coarse, FEWEST))
    return tuple(plots)


def _plot(name: str, shape: Curve, places: NDArray[np.intp], fewest: int) -> Plot:
    first = shape.precision[places[0]]
    series = {
        "fpr": tuple(map(float, (0.0, *shape.fpr[places]))),
        "tpr": tuple(map(float, (0.0, *shape.tpr[places]))),
        "precision": tuple(map(float, (first, *shape.precision[places]))),
    }
    return Plot(name=name, table="scores", smallest_cell=fewest, series=series)
