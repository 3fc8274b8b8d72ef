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


def test_values_that_do_not_add_up_are_flagged_relative_to_the_output():
    assert codes(changed(additivity_max=1e-6, output_scale=1.0)) == []
    assert codes(changed(additivity_max=float(np.nextafter(1e-6, 1)), output_scale=1.0)) == ["SHAP01"]
    assert codes(changed(additivity_max=0.049, output_scale=1.0)) == ["SHAP01"]
    assert codes(changed(additivity_max=1e-15, output_scale=1.0)) == []
    assert codes(changed(additivity_max=5e-4, output_scale=1000.0)) == []
    assert codes(changed(additivity_max=0.0, output_scale=0.0)) == []


def test_a_flag_points_to_its_measure():
    (flag,) = AGREEMENT.judge(changed(agreement_top=0.25), SETTINGS)
    assert flag.level == "caution"
    assert flag.measures == (changed().measure("agreement_top").id,)
    (flag,) = AGREEMENT.judge(changed(additivity_max=1.0), SETTINGS)
    assert flag.level == "serious"


@pytest.mark.parametrize(("gap", "expected"), [(0.0, []), (3e-16, []), (0.01, ["SHAP01"])])
def test_a_constant_model_is_not_flagged_for_rounding(gap, expected):
    flat = attribution(np.zeros((20, 4)), base=-1.25, gap=gap)
    cases = attribution(np.zeros((6, 4)), base=-1.25)
    nan = np.full(6, np.nan)
    lime = attribution(np.zeros((6, 4)), method="lime", algorithm="lime_tabular", fidelity=nan, stability=nan)
    found = responses(scored_frame(["bad"] * 6, [True] * 6), **explained(flat, cases, lime))
    assert codes(AGREEMENT.measure(found, SETTINGS)) == expected
