"""Cases, and the quality of explanations, from attributions made by hand."""

import numpy as np
import pytest

from explainaudit.analyses.agreement import AGREEMENT
from explainaudit.analyses.cases import CASES
from explainaudit.records.evidence import Evidence
from explainaudit.wording.writer import Writer
from handmade import INPUTS, attribution, explained, responses, scored_frame

CASE_SHAP = np.array([[4.0, -3.0, 2.0, 0.5], [0.0, 0.0, 0.0, 0.0], [1.0, 1.0, -1.0, 1.0]])
CASE_LIME = np.array([[8.0, 6.0, 4.0, -1.0], [1.0, 2.0, 3.0, 4.0], [1.0, -1.0, -1.0, 3.0]])
SHARES = np.array([[0.5, 0.5, 0.5, 0.9], [0.25, 0.25, 0.25, 0.25], [0.0, 0.0, 0.0, 0.0]])


def lime(values=CASE_LIME, **other):
    n, d = values.shape
    given_ = {
        "method": "lime",
        "algorithm": "lime_tabular",
        "bin_share": SHARES[:, :d],
        "fidelity": np.array([0.4, np.nan, 0.9]),
        "stability": np.array([1.0, 0.5, np.nan]),
        "spread": np.full((n, d), 0.1),
    }
    return attribution(values, **(given_ | other))


def measured(rows=None, case_shap=None, case_lime=None, **facts) -> Evidence:
    rows = rows or attribution(np.eye(4))
    if rows.columns != INPUTS and case_shap is None:
        flat = np.zeros((1, len(rows.columns)))
        case_shap = attribution(flat, columns=rows.columns)
        case_lime = attribution(flat, columns=rows.columns, method="lime", algorithm="lime_tabular")
    parts = explained(rows, case_shap or attribution(CASE_SHAP), case_lime or lime(), **facts)
    found = responses(scored_frame(["bad"] * 60, [True] * 60), **parts)
    cases = CASES.measure(found, CASES.settings())
    quality = AGREEMENT.measure(found, AGREEMENT.settings())
    return quality.model_copy(
        update={"measures": (*cases.measures, *quality.measures), "tables": (*cases.tables, *quality.tables)}
    )


def test_lime_contributions_are_coefficients_times_one_minus_the_share():
    found = measured()
    for row, case in enumerate(("1", "2", "3")):
        for j, name in enumerate(INPUTS):
            where = {"case": case, "column": name}
            assert found.measure("shap", **where).value == CASE_SHAP[row, j]
            assert found.measure("lime", **where).value == CASE_LIME[row, j]
            assert found.measure("lime_contribution", **where).value == pytest.approx(
                CASE_LIME[row, j] * (1 - SHARES[row, j])
            )


def test_agreement_with_four_columns_leaves_out_the_overlap_that_would_be_complete_anyway():
    found = measured(attribution(CASE_SHAP))
    assert found.measure("case_overlap", case="1").reason == "not_estimable"
    # Case 1: the contributions 4, 3, 2, −0.1 differ in sign twice of four.
    assert found.measure("case_sign", case="1").value == 0.5
    assert found.measure("case_same_first", case="1").value == 1
    # Case 2: SHAP is all zeros and names nothing.
    assert found.measure("case_overlap", case="2").reason == "not_estimable"
    assert found.measure("case_sign", case="2").value is None
    assert found.measure("case_same_first", case="2").value is None
    # Case 3: all sizes of SHAP are equal, so the earliest column leads; LIME names the last.
    assert found.measure("case_same_first", case="3").value == 0
    assert found.measure("agreement_top").reason == "not_estimable"
    assert found.measure("agreement_first").value == 0.5
    assert found.measure("agreement_first").n == 2


def test_agreement_of_wide_models_looks_at_four_columns_only():
    names = tuple("abcdefgh")
    shap = np.array([[8.0, 7, 6, 5, 4, 3, 2, 1]])
    other = np.array([[8.0, 7, -6, 0.1, 0.2, 0.3, 0.4, 0.5]])
    found = measured(
        attribution(np.ones((3, 8)), columns=names),
        attribution(shap, columns=names),
        attribution(other, columns=names, method="lime", algorithm="lime_tabular"),
    )
    assert found.measure("case_overlap", case="1").value == 3 / 4
    assert found.measure("case_sign", case="1").value == pytest.approx(2 / 3)


def test_quality_is_the_median_of_the_cases_that_have_one():
    found = measured()
    # Of two the lower: a quantile of rows that count by their weights is one of them.
    assert found.measure("lime_fidelity").value == pytest.approx(0.4)
    assert found.measure("lime_fidelity").n == 2
    assert found.measure("lime_stability").value == 0.5
    undefined = found.measure("case_fidelity", case="2")
    assert (undefined.value, undefined.reason) == (None, "not_estimable")
    assert Writer({undefined.id: undefined}).cell_text(undefined.ref()) == "n/e"


def test_fidelity_that_is_nowhere_defined_is_not_estimable():
    found = measured(case_lime=lime(fidelity=np.full(3, np.nan), stability=np.full(3, np.nan)))
    for metric in ("lime_fidelity", "lime_stability"):
        assert (found.measure(metric).value, found.measure(metric).reason) == (None, "not_estimable")
    found = measured(case_lime=lime(fidelity=None, stability=None, spread=None))
    assert found.measure("lime_fidelity").value is None
    assert found.measure("lime_spread", case="1", column=INPUTS[0]).reason == "not_estimable"


def test_the_additivity_gap_is_the_largest_of_all_rows():
    rows = attribution(np.arange(12.0).reshape(3, 4), base=2.0, gap=-0.5)
    found = measured(rows)
    assert found.measure("additivity_max").value == pytest.approx(0.5)
    assert found.measure("output_scale").value == pytest.approx(np.std(rows.prediction))
    assert measured(attribution(np.eye(4), base=1.0)).measure("additivity_max").value < 1e-12


def test_sampled_values_print_their_error_and_exact_ones_their_second_algorithm():
    exact = measured()
    assert "sampling_error" not in {each.metric for each in exact.measures}
    assert exact.measure("second_gap").value == 1e-15
    spread = np.full((4, 4), 0.02)
    sampled = measured(
        attribution(np.eye(4), algorithm="permutation", spread=spread),
        attribution(CASE_SHAP, algorithm="permutation", spread=spread[:3]),
        second_gap=0.01,
        second_algorithm="shap.PermutationExplainer",
    )
    assert sampled.measure("sampling_error").value == pytest.approx(0.02)
    assert sampled.measure("second_gap").value == 0.01
    assert sampled.measure("shap_error", case="1", column=INPUTS[0]).value == 0.02
    assert "shap_error" in [column.name for column in sampled.table("case:1").columns]


def test_a_case_shows_the_largest_shap_value_first_with_what_was_recorded():
    found = measured()
    assert [row[0].text for row in found.table("case:1").rows] == list(INPUTS)
    assert [row[0].text for row in found.table("case:3").rows] == list(INPUTS)
    third = measured(case_shap=attribution(CASE_SHAP[:, ::-1])).table("case:1")
    assert [row[0].text for row in third.rows] == list(INPUTS[::-1])
    recorded = {row[0].text: row[1] for row in third.rows}
    assert recorded[INPUTS[1]].key == "value.missing"
    assert recorded[INPUTS[2]].text == "rent"


def test_every_case_and_its_measures_speak_of_one_person():
    found = measured()
    of_cases = [each for each in found.measures if "case" in each.dimensions]
    assert {each.smallest_cell for each in of_cases} == {1}
    for name in ("cases", "case:1"):
        assert "identifies" in {column.mark for column in found.table(name).columns}
