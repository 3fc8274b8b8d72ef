"""Flags on explanations: a plainly bad one, a plainly good one, and the threshold itself."""

import numpy as np
import pytest

from explainaudit.analyses.agreement import AGREEMENT
from explainaudit.records.evidence import Evidence
from handmade import attribution, audited, explained, responses, scored_frame

SETTINGS = AGREEMENT.settings()


def codes(found: Evidence, settings=SETTINGS) -> list[str]:
    return [flag.code for flag in AGREEMENT.judge(found, settings)]


def changed(**values: float | None) -> Evidence:
    """Return the made-up audit's evidence with the values of some quality measures replaced."""
    bundle, _ = audited()
    found = bundle.of("agreement")
    measures = []
    for each in found.measures:
        if not each.dimensions and each.metric in values:
            value = values[each.metric]
            new = {"value": value, "reason": "not_estimable" if value is None else None}
            measures.append(each.model_copy(update=new))
        else:
            measures.append(each)
    return found.model_copy(update={"measures": tuple(measures)})


@pytest.mark.parametrize(
    ("metric", "limit", "code"),
    [
        ("lime_fidelity", 0.5, "LIME01"),
        ("lime_stability", 0.8, "LIME02"),
        ("agreement_top", 0.5, "AGRE01"),
    ],
)
def test_low_quality_is_flagged_below_the_limit_only(metric, limit, code):
    assert codes(changed(**{metric: 0.0})) == [code]
    assert codes(changed(**{metric: float(np.nextafter(limit, 0))})) == [code]
    assert codes(changed(**{metric: limit})) == []
    assert codes(changed(**{metric: 1.0})) == []
    assert codes(changed(**{metric: None})) == []
    field = metric.removeprefix("lime_").removesuffix("_top")
    assert codes(changed(**{metric: 0.7}), SETTINGS.model_copy(update={field: 0.71})) == [code]


def adding_up(gap: float, *, scale=1.0, **other) -> Evidence:
    """Return what is said of twelve rows of which one misses its output by ``gap``."""
    values = np.random.default_rng(1).normal(size=(12, 4))
    values *= scale / values.sum(axis=1).std()
    rows = attribution(values, gap=gap * scale, **other)
    lime = attribution(
        values[:6], method="lime", algorithm="lime_tabular", fidelity=np.ones(6), stability=np.ones(6)
    )
    parts = explained(rows, attribution(values[:6]), lime)
    return AGREEMENT.measure(responses(scored_frame(["bad"] * 12, [True] * 12), **parts), SETTINGS)


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1000.0])
@pytest.mark.parametrize(("tolerance", "least"), [(1e-6, 1e-6), (1e-4, 1e-4)])
def test_values_that_do_not_add_up_are_flagged_relative_to_the_output(scale, tolerance, least):
    assert codes(adding_up(0.9 * least, scale=scale, tolerance=tolerance)) == []
    found = adding_up(1.1 * least, scale=scale, tolerance=tolerance)
    assert codes(found) == ["SHAP01"]
    assert [each.code for each in found.limitations] == ["additivity_off"]
    assert found.measure("additivity_off").value == 1
    assert found.tables[-1].rows[0][-1].key == "ladder.not_usable"


def test_rows_in_which_a_second_algorithm_differs_are_flagged_and_counted():
    assert codes(changed(second_off=0.0, second_gap=0.3)) == []
    assert codes(changed(second_off=1.0, second_gap=0.3)) == ["SHAP02"]


def test_sampling_that_inflates_leading_columns_is_flagged():
    rough = np.full((12, 4), 0.5)
    found = adding_up(0.0, algorithm="permutation", spread=rough)
    assert found.measure("sampling_bias").value > 0.05
    assert codes(found) == ["SHAP03"]
    assert codes(adding_up(0.0, algorithm="permutation", spread=rough / 100)) == []


def test_a_flag_points_to_its_measure():
    (flag,) = AGREEMENT.judge(changed(agreement_top=0.25), SETTINGS)
    assert flag.level == "caution"
    assert flag.measures == (changed().measure("agreement_top").id,)
    (flag,) = AGREEMENT.judge(changed(additivity_off=1.0), SETTINGS)
    assert flag.level == "serious"
    assert flag.measures == (changed().measure("additivity_max").id,)


@pytest.mark.parametrize(("gap", "expected"), [(0.0, []), (3e-16, []), (0.01, ["SHAP01"])])
def test_a_constant_model_is_not_flagged_for_rounding(gap, expected):
    flat = attribution(np.zeros((20, 4)), base=-1.25, gap=gap)
    cases = attribution(np.zeros((6, 4)), base=-1.25)
    nan = np.full(6, np.nan)
    lime = attribution(np.zeros((6, 4)), method="lime", algorithm="lime_tabular", fidelity=nan, stability=nan)
    found = responses(scored_frame(["bad"] * 6, [True] * 6), **explained(flat, cases, lime))
    assert codes(AGREEMENT.measure(found, SETTINGS)) == expected
