"""The figures of every task: from the plots and tables they name, for either edition, with their words."""

import numpy as np
import pytest
from performances import measured, numbers, several, two

from explainaudit.analyses.performance import PERFORMANCE
from explainaudit.records.evidence import Evidence
from explainaudit.records.verdict import Verdicts
from explainaudit.wording.writer import Writer
from handmade import EVENT, OTHER

COSTS = {EVENT: {EVENT: 0.0, OTHER: 5.0}, OTHER: {EVENT: 1.0, OTHER: 0.0}}


def binary(rows=400, **other) -> Evidence:
    rng = np.random.default_rng(1)
    score = rng.uniform(size=rows)
    label = np.where(rng.uniform(size=rows) < score, EVENT, OTHER)
    label[:2] = EVENT, OTHER
    return measured(two(label, score), **other)


def regression(rows=200) -> Evidence:
    rng = np.random.default_rng(2)
    label = rng.normal(size=rows)
    return measured(numbers(label, label + rng.normal(size=rows)))


def drawn(found: Evidence) -> dict[str, str]:
    """Return the figures' names with the tables they stand with; every word of theirs is said."""
    writer = Writer({each.id: each for each in found.measures})
    figures = PERFORMANCE.draw(found, Verdicts(), writer)
    for figure in figures:
        assert figure.svg.lstrip().startswith("<")
        assert found.table(figure.table) is not None
        for said in (figure.caption, figure.alt):
            assert "{" not in writer.text(said)
    return {figure.name: figure.table for figure in figures}


def test_figures_of_each_task():
    assert drawn(binary()) == {"curves": "thresholds", "thresholds": "thresholds"}
    assert drawn(binary(costs=COSTS)) == {"curves": "thresholds", "thresholds": "thresholds"}
    assert drawn(regression()) == {"tenths": "tenths"}
    assert drawn(measured(several(["a", "b", "c"], np.eye(9)[:3]))) == {}


@pytest.mark.parametrize("rows", [2, 3])
def test_few_rows_are_drawn(rows):
    assert set(drawn(binary(rows))) == {"curves", "thresholds"}
    assert set(drawn(regression(rows))) == {"tenths"}


def test_one_outcome_has_no_curve():
    assert drawn(measured(two([EVENT] * 40, np.linspace(0, 1, 40)))) == {"thresholds": "thresholds"}


def test_a_constant_prediction_is_drawn():
    assert set(drawn(measured(numbers(np.arange(50.0), np.full(50, 3.0))))) == {"tenths"}
    assert set(drawn(measured(two([EVENT, OTHER] * 50, [0.4] * 100)))) == {"curves", "thresholds"}


def test_curves_run_from_corner_to_corner_and_a_coarse_one_may_be_shared():
    found = binary()
    fine, coarse = found.plot("curves"), found.plot("curves_coarse")
    assert (fine.smallest_cell, coarse.smallest_cell) == (1, 20)
    for plot in (fine, coarse):
        assert [(plot.series[name][0], plot.series[name][-1]) for name in ("fpr", "tpr")] == [(0, 1), (0, 1)]
        area = np.trapezoid(plot.series["tpr"], plot.series["fpr"])
        assert area == pytest.approx(found.measure("auc").value, abs=0.05)
    events = int(found.measure("prevalence").value * 400)
    steps = np.diff(coarse.series["tpr"]) * events
    assert all(step < 0.5 or step > 19.5 for step in steps)
    kept = [plot for plot in found.plots if plot.smallest_cell > 10]
    tables = tuple(table for table in found.tables if table.name != "thresholds")
    shareable = found.model_copy(update={"plots": tuple(kept), "tables": tables})
    assert drawn(shareable) == {"curves": "scores"}
    assert [plot.name for plot in binary(30).plots] == ["curves"]


def test_residuals_by_tenths_are_means_over_equal_parts():
    rng = np.random.default_rng(3)
    score = rng.normal(size=500)
    label = score - 0.5 * score**2 + rng.normal(size=500)
    found = measured(numbers(label, score))
    order, start = np.argsort(score), 0
    for tenth in range(10):
        bias = found.measure("tenth_bias", tenth=str(tenth + 1))
        held = order[start : start + bias.n]
        assert 49 <= bias.n <= 51
        assert bias.value == pytest.approx((score - label)[held].mean())
        assert bias.interval.low < bias.value < bias.interval.high
        start += bias.n
    assert [row[0].text for row in found.table("tenths").rows] == [str(n) for n in range(1, 11)]
