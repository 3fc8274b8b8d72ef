"""What other thresholds would do: shares, rates and cost at each, and lift by tenths of the score."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from explainaudit.analyses.performance.losses import score_measure
from explainaudit.records.measure import Measure
from explainaudit.records.message import Message, Name
from explainaudit.records.plan import Costs
from explainaudit.records.responses import Responses
from explainaudit.records.table import Cell, Table, column
from explainaudit.stats.design import Design, mean_of
from explainaudit.stats.rates import rated
from explainaudit.stats.tiers import smallest_cell

Floats = NDArray[np.float64]
STEPS, TENTHS = 19, 10


def row_costs(labelled: pd.DataFrame, costs: Costs) -> Floats:
    """Return the cost of each row's decision."""
    pairs = zip(labelled["label"], labelled["predicted"], strict=True)
    return np.array([costs[actual][predicted] for actual, predicted in pairs], dtype=np.float64)


def sweep(labelled: pd.DataFrame, responses: Responses, design: Design) -> tuple[Table, list[Measure]]:
    """Return rates and cost at thresholds from 0.05 to 0.95, at the one in use, and at the cheapest."""
    event = str(responses.task.event)
    other = next(name for name in responses.model.classes if name != event)
    score = labelled["score"].to_numpy(dtype=np.float64)
    actual = (labelled["label"] == event).to_numpy()
    cut = responses.decision.cut
    thresholds = {round(step / (STEPS + 1), 4) for step in range(1, STEPS + 1)} | {cut}
    marks = {cut: "in_use"}
    costs = responses.costs
    if costs is not None:
        cheapest = _cheapest(actual, score, design, (costs, event, other))
        thresholds.add(cheapest)
        marks[cheapest] = "in_use_and_cheapest" if cheapest == cut else "cheapest"
    measures: list[Measure] = []
    rows: list[tuple[Cell, ...]] = []
    for threshold in sorted(thresholds):
        about = {"threshold": repr(threshold)}
        chosen = score >= threshold
        here = [
            Measure(
                analysis="performance", metric="threshold", dimensions=about, value=threshold,
                unit="probability", kind="fact",
            ),
            rated("performance", "threshold_selection", chosen, design, about),
            rated("performance", "threshold_tpr", chosen[actual], design.among(actual), about),
            rated("performance", "threshold_fpr", chosen[~actual], design.among(~actual), about),
            rated("performance", "threshold_ppv", actual[chosen], design.among(chosen), about),
        ]  # fmt: skip
        if costs is not None:
            cost = _costs(actual, chosen, (costs, event, other))
            here.append(score_measure("threshold_cost", about, mean_of(cost, design), design, unit="number"))
        measures += here
        mark = Message(key=f"threshold.{marks[threshold]}") if threshold in marks else None
        rows.append((*(each.ref() for each in here), mark))
    names = (
        "threshold",
        "selection",
        "tpr",
        "fpr",
        "ppv",
        *(("expected_cost",) if costs is not None else ()),
    )
    table = Table(
        name="thresholds",
        caption=Message(key="table.performance.thresholds"),
        columns=(*(column(name, "small_cell", numeric=True) for name in names), column("mark", "value")),
        rows=tuple(rows),
        notes=(Message(key="note.thresholds"),),
    )
    return table, measures


def _costs(actual: NDArray[np.bool_], chosen: NDArray[np.bool_], known: tuple[Costs, str, str]) -> Floats:
    costs, event, other = known
    of_event = np.where(chosen, costs[event][event], costs[event][other])
    return np.where(actual, of_event, np.where(chosen, costs[other][event], costs[other][other]))


def _cheapest(
    actual: NDArray[np.bool_], score: Floats, design: Design, known: tuple[Costs, str, str]
) -> float:
    """Return the observed score from which on deciding for the event costs least on these rows."""
    levels = np.unique(score)
    if len(levels) > 200:
        levels = np.unique(np.quantile(score, np.linspace(0, 1, 201), method="inverted_cdf"))
    means = [float(design.mean(_costs(actual, score >= level, known))) for level in levels]
    return float(levels[int(np.argmin(means))])


def lift(labelled: pd.DataFrame, event: str, design: Design) -> tuple[Table, list[Measure]]:
    """Return events by tenths of the score, the highest first; equal scores stay together."""
    score = labelled["score"].to_numpy(dtype=np.float64)
    actual = (labelled["label"] == event).to_numpy()
    order = np.argsort(-score, kind="stable")
    reached = np.cumsum(design.weight[order]) / design.total
    tenth = np.empty(len(score), dtype=np.intp)
    tenth[order] = np.minimum(np.ceil(reached * TENTHS - 1e-9).astype(np.intp), TENTHS)
    for level in np.unique(score[order][1:][np.diff(score[order]) == 0]):
        tied = score == level
        tenth[tied] = tenth[tied].min()
    base = float(design.mean(actual.astype(np.float64)))
    measures: list[Measure] = []
    rows: list[tuple[Cell, ...]] = []
    for number in sorted(set(tenth)):
        inside, about = tenth == number, {"tenth": str(number)}
        share = rated("performance", "tenth_rate", actual[inside], design.among(inside), about)
        gained = rated("performance", "gain", (tenth <= number)[actual], design.among(actual), about)
        ratio = None if share.value is None or base <= 0 else share.value / base
        times = Measure(
            analysis="performance", metric="lift", dimensions=about, value=ratio, n=share.n, unit="ratio",
            reason=None if ratio is not None else "not_estimable", kind="ratio",
            smallest_cell=smallest_cell(share.smallest_cell or 0, int(actual.sum())),
        )  # fmt: skip
        measures += [share, gained, times]
        cells = (share.ref("n"), share.ref(), share.ref("interval"), times.ref(), gained.ref())
        rows.append((Name(text=str(number)), *cells))
    headings = ("n", "event_rate", "interval", "lift", "gain_share")
    table = Table(
        name="lift",
        caption=Message(key="table.performance.lift"),
        columns=(column("tenth", "value"), *(column(name, "small_cell", numeric=True) for name in headings)),
        rows=tuple(rows),
    )
    return table, measures


def bands(labelled: pd.DataFrame, responses: Responses, design: Design) -> tuple[Table, list[Measure]]:
    """Return the rows of each band, and how often the event happened there."""
    band = labelled["band"].to_numpy(dtype=object)
    actual = (labelled["label"] == responses.task.event).to_numpy()
    measures: list[Measure] = []
    rows: list[tuple[Cell, ...]] = []
    for each in responses.decision.bands or ():
        inside, about = band == each.name, {"band": each.name}
        share = rated("performance", "band_share", inside, design, about)
        events = rated("performance", "band_event_rate", actual[inside], design.among(inside), about)
        measures += [share, events]
        cells = (events.ref("n"), share.ref(), share.ref("interval"), events.ref(), events.ref("interval"))
        rows.append((Name(text=each.name), *cells))
    headings = ("n", "share", "interval", "event_rate", "interval_event")
    table = Table(
        name="bands",
        caption=Message(key="table.performance.bands"),
        columns=(column("band", "value"), *(column(name, "small_cell", numeric=True) for name in headings)),
        rows=tuple(rows),
    )
    return table, measures
