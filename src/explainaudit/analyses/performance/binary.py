"""Performance of a score for one event: counts and rates at the threshold, and the score itself."""

import hashlib

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from explainaudit.analyses.performance.gap import gap_table
from explainaudit.analyses.performance.losses import naive_losses, naive_table, row_losses, score_measure
from explainaudit.analyses.performance.sweep import bands, lift, row_costs, sweep
from explainaudit.analyses.performance.tables import confusion_table, figure_table
from explainaudit.records.evidence import Evidence, Limitation, Plot
from explainaudit.records.measure import Interval, Measure
from explainaudit.records.message import Message
from explainaudit.records.responses import Responses
from explainaudit.records.table import Table
from explainaudit.stats.confusion import Confusion
from explainaudit.stats.curves import average_precision, bootstrapped, curve, ks
from explainaudit.stats.design import Design, mean_of
from explainaudit.stats.discrimination import weighted_auc
from explainaudit.stats.rates import count, rated
from explainaudit.stats.tiers import error_rate_tier, smallest_cell

RATES = ("accuracy", "tpr", "fpr", "fnr", "tnr", "ppv", "npv", "selection", "prevalence")
POINTS = 200
Bools = NDArray[np.bool_]


def binary(labelled: pd.DataFrame, responses: Responses) -> Evidence:
    """Return everything about a binary score on the labelled rows."""
    design = Design.of(labelled)
    event = str(responses.task.event)
    actual = (labelled["label"] == event).to_numpy()
    cells, rates = at_threshold(actual, labelled["event_predicted"].to_numpy(dtype=bool), design)
    scores, plots, limitations = _scores(labelled, responses, design)
    tables: list[Table] = [confusion_table(cells), figure_table("rates", "rate", "of_n", rates)]
    measures = [*cells, *rates, *scores]
    if responses.costs is not None:
        cost = row_costs(labelled, responses.costs)
        scores.append(score_measure("expected_cost", {}, mean_of(cost, design), design, unit="number"))
        measures.append(scores[-1])
    if scores:
        tables.append(figure_table("scores", "measure", "n", scores))
    more = [sweep(labelled, responses, design), lift(labelled, event, design)]
    if responses.decision.bands is not None:
        more.insert(0, bands(labelled, responses, design))
    if losses := row_losses(labelled, responses):
        more.append(naive_table(losses, naive_losses(labelled, responses, design), design))
    if responses.training is not None:
        more.append(gap_table(labelled, known(responses.training), responses))
    for table, found in more:
        tables.append(table)
        measures += found
    by_name = {each.metric: each for each in rates}
    return Evidence(
        analysis="performance",
        answer=Message(
            key="answer.performance.binary",
            params={
                "accuracy": by_name["accuracy"].ref(),
                "interval": by_name["accuracy"].ref("interval"),
                "n": by_name["accuracy"].ref("n"),
                "tpr": by_name["tpr"].ref(),
                "fpr": by_name["fpr"].ref(),
            },
        ),
        measures=tuple({each.id: each for each in measures}.values()),
        tables=tuple(tables),
        limitations=(*limitations, *no_training(responses)),
        plots=plots,
    )


def known(scored: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of known outcome."""
    return scored[scored["label"].notna()].reset_index(drop=True)


def no_training(responses: Responses) -> tuple[Limitation, ...]:
    """Return the limitation of an audit without the rows that the model learned from."""
    if responses.training is not None:
        return ()
    message = Message(key="limitation.no_training")
    return (Limitation(code="no_training", message=message, touches=("performance", "soundness")),)


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
        tier = error_rate_tier(found.n, found.tp + found.fn, of=int(among.sum()))
        rates.append(rated("performance", name, hit[among], design.among(among), tier=tier))
    return cells, rates


def _scores(
    labelled: pd.DataFrame, responses: Responses, design: Design
) -> tuple[list[Measure], tuple[Plot, ...], tuple[Limitation, ...]]:
    """Return what the score itself is worth, its curves, and what could not be said."""
    actual = (labelled["label"] == responses.task.event).to_numpy()
    score = labelled["score"].to_numpy(dtype=np.float64)
    events = int(actual.sum())
    cell = smallest_cell(events, len(actual) - events)
    common = {"tier": error_rate_tier(len(actual), events), "smallest_cell": cell}
    ranked, shape = weighted_auc(actual, score, design), curve(actual, score, design.weight)
    if ranked is None or shape is None:
        one_class = Limitation(code="one_class", message=Message(key="limitation.one_class"))
        missing = score_measure("auc", {}, (0.0, None), design, value=None, reason="not_estimable", **common)
        return [missing], (), (one_class,)
    area, ends = ranked
    gini = (
        None if ends is None else Interval(low=2 * ends.low - 1, high=2 * ends.high - 1, method=ends.method)
    )
    intervals, replicates = bootstrapped(actual, score, design, _units(labelled), seed=responses.seed)
    found = [
        score_measure("auc", {}, ranked, design, **common),
        score_measure("gini", {}, (2 * area - 1, gini), design, **common),
        score_measure("ks", {}, (ks(shape), intervals.get("ks")), design, **common),
        score_measure("pr_auc", {}, (average_precision(shape), intervals.get("pr_auc")), design, **common),
    ]
    losses = row_losses(labelled, responses)
    means = {name: mean_of(losses[name], design) for name in ("log_loss", "brier") if name in losses}
    found += [score_measure(name, {}, mean, design, **common) for name, mean in means.items()]
    steps = np.unique(np.linspace(0, len(shape.score) - 1, POINTS).astype(int))
    series = {
        "fpr": tuple(float(value) for value in (0.0, *shape.fpr[steps])),
        "tpr": tuple(float(value) for value in (0.0, *shape.tpr[steps])),
        "precision": tuple(float(value) for value in (shape.precision[0], *shape.precision[steps])),
    }
    labels = {"replicates": (str(replicates),)}
    curves = Plot(name="curves", table="scores", identifies=False, series=series, labels=labels)
    return found, (curves,), ()


def _units(labelled: pd.DataFrame) -> NDArray[np.str_]:
    """Return the key of each row's cluster, or of the row itself."""
    keys = labelled["key"].to_numpy(dtype=np.str_)
    if "cluster" not in labelled:
        return keys
    names = labelled["cluster"].astype(object).to_numpy()
    return np.array(
        [
            key if pd.isna(name) else hashlib.sha256(str(name).encode()).hexdigest()
            for name, key in zip(names, keys, strict=True)
        ],
        dtype=np.str_,
    )
