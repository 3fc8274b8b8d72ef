"""What other thresholds would do: shares, rates and cost at each, and lift by tenths of the score."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from explainaudit.analyses.performance.losses import mean_measure
from explainaudit.records.measure import Measure
from explainaudit.records.message import Message, Name
from explainaudit.records.plan import Costs
from explainaudit.records.responses import Responses
from explainaudit.records.table import Cell, Table, column
from explainaudit.stats.design import Design
from explainaudit.stats.rates import rated
from explainaudit.stats.tiers import error_rate_tier, size_tier, smallest_cell

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
STEPS, TENTHS = 19, 10


def row_costs(labelled: pd.DataFrame, costs: Costs) -> Floats:
    """Return the cost of each row's decision."""
    pairs = zip(labelled["label"], labelled["predicted"], strict=True)
    return np.array([costs[actual][predicted] for actual, predicted in pairs], dtype=np.float64)


def sweep(labelled: pd.DataFrame, responses: Responses, design: Design) -> tuple[Table, list[Measure]]:
    """Return rates and cost at thresholds from 0.05 to 0.95, at the one in use, and at the cheapest."""
    event = str(responses.task.event)
    score = labelled["score"].to_numpy(dtype=np.float64)
    actual = (labelled["label"] == event).to_numpy()
    cut, costs = responses.decision.cut, None
    thresholds = {step / (STEPS + 1) for step in range(1, STEPS + 1)} | {cut}
    marks = {cut: "in_use"}
    if responses.costs is not None:
        costs = _by_cell(responses.costs, event, responses.model.classes)
        cheapest = _cheapest(actual, score, design.weight, costs)
        thresholds.add(cheapest)
        marks[cheapest] = "in_use_and_cheapest" if cheapest == cut else "cheapest"
    measures: list[Measure] = []
    rows: list[tuple[Cell, ...]] = []
    for threshold in sorted(thresholds):
        here = _at(threshold, actual, score >= threshold, design)
        if costs is not None:
            paid = costs[actual.astype(int), (score >= threshold).astype(int)]
            about = {"threshold": repr(threshold)}
            here.append(mean_measure("threshold_cost", about, paid, design, unit="number"))
        measures += here
        mark = Message(key=f"threshold.{marks[threshold]}") if threshold in marks else None
        rows.append((*(each.ref() for each in here), mark))
    cost_heading = () if costs is None else ("expected_cost",)
    names = ("threshold", "selection", "tpr", "fpr", "ppv", *cost_heading)
    table = Table(
        name="thresholds",
        caption=Message(key="table.performance.thresholds"),
        columns=(*(column(name, "small_cell", numeric=True) for name in names), column("mark", "value")),
        rows=tuple(rows),
        notes=(Message(key="note.thresholds"),),
    )
    return table, measures


def _at(threshold: float, actual: Bools, chosen: Bools, design: Design) -> list[Measure]:
    """Return the threshold and the rates with it, each over its own denominator."""
    everyone = np.ones(len(actual), dtype=bool)
    parts = {
        "selection": (chosen, everyone),
        "tpr": (chosen, actual),
        "fpr": (chosen, ~actual),
        "ppv": (actual, chosen),
    }
    about = {"threshold": repr(threshold)}
    found = [
        Measure(
            analysis="performance",
            metric="threshold",
            dimensions=about,
            value=threshold,
            unit="probability",
            kind="fact",
        )
    ]
    for name, (hit, among) in parts.items():
        of = design.among(among)
        tier = error_rate_tier(design.worth(), of.worth())
        found.append(rated("performance", f"threshold_{name}", hit[among], of, about, tier=tier))
    return found


def _by_cell(costs: Costs, event: str, classes: tuple[str, ...]) -> Floats:
    """Return the costs by outcome, then by decision, the event second."""
    other = next(name for name in classes if name != event)
    return np.array([[costs[row][held] for held in (other, event)] for row in (other, event)], dtype=float)


def _cheapest(actual: Bools, score: Floats, weight: Floats, costs: Floats) -> float:
    """Return the threshold that costs least on these rows: an observed score, or 1 where none is reached."""
    order = np.argsort(-score, kind="stable")
    extra = np.where(actual, costs[1, 1] - costs[1, 0], costs[0, 1] - costs[0, 0])[order]
    paid = np.cumsum(extra * weight[order])
    last = np.append(np.diff(score[order]) != 0, True)
    levels, paid = score[order][last], paid[last]
    if levels[0] < 1:  # a threshold of 1 decides for the event nowhere
        levels, paid = np.append(1.0, levels), np.append(0.0, paid)
    return float(levels[int(np.argmin(paid))])


def lift(labelled: pd.DataFrame, event: str, design: Design) -> tuple[Table, list[Measure]]:
    """Return events by tenths of the score, the highest first; equal scores stay together."""
    score = labelled["score"].to_numpy(dtype=np.float64)
    actual = (labelled["label"] == event).to_numpy()
    order = np.argsort(-score, kind="stable")
    reached = np.cumsum(design.weight[order]) / design.total
    tenth = np.empty(len(score), dtype=np.intp)
    tenth[order] = np.clip(np.ceil(reached * TENTHS - 1e-9).astype(np.intp), 1, TENTHS)
    _, level = np.unique(score, return_inverse=True)
    highest = np.full(len(score), TENTHS, dtype=np.intp)
    np.minimum.at(highest, level, tenth)
    tenth = highest[level]
    base = float(design.mean(actual.astype(np.float64)))
    measures: list[Measure] = []
    rows: list[tuple[Cell, ...]] = []
    for number in sorted(set(tenth)):
        inside, about = tenth == number, {"tenth": str(number)}
        held = design.among(inside)
        tier = size_tier(held.worth())
        share = rated("performance", "tenth_rate", actual[inside], held, about, tier=tier)
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
