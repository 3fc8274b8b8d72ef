"""Ranking, cases and quality from attributions made by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explainaudit.analyses.importance import IMPORTANCE
from explainaudit.errors import NotApplicable
from explainaudit.records.evidence import Evidence
from handmade import INPUTS, attribution, explained, people, responses, scored_frame

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
    return IMPORTANCE.measure(
        responses(scored_frame(["bad"] * 60, [True] * 60), **parts), IMPORTANCE.settings()
    )


@settings(derandomize=True, deadline=None, max_examples=10)
@given(st.integers(0, 2**32), st.integers(4, 40), st.sampled_from([1, 2, 3, 6, 22]))
def test_a_ranking_weights_every_row_by_its_inclusion(seed, rows, columns):
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(rows, columns)) * rng.uniform(0.1, 2, size=columns)
    inclusion = rng.choice([1.0, 0.25, 0.01], size=rows)
    names = [f"c{j}" for j in range(columns)]
    found = measured(attribution(values, columns=names, inclusion=inclusion))
    means = np.average(np.abs(values), axis=0, weights=1 / inclusion)
    order = sorted(range(columns), key=lambda j: -means[j])
    for rank, j in enumerate(order, start=1):
        mean, place = found.measure("mean_abs_shap", column=names[j]), found.measure("rank", column=names[j])
        assert mean.value == pytest.approx(means[j], rel=1e-12)
        assert (mean.n, place.value) == (rows, rank)
        assert place.interval.low <= rank <= place.interval.high
        assert mean.interval.low <= mean.value <= mean.interval.high
    table = found.table("ranking")
    assert [row[1].text for row in table.rows] == [names[j] for j in order][:20]


def test_a_ranking_without_its_weights_would_be_another_one():
    """A rare stratum explained in full: unweighted, its column would lead."""
    values = np.zeros((40, 2))
    values[:20, 0], values[20:, 1] = 3.0, 1.0
    found = measured(attribution(values, columns=("rare", "common"), inclusion=np.repeat([1.0, 0.05], 20)))
    assert np.abs(values).mean(axis=0).argmax() == 0
    ranks = [found.measure("rank", column=name) for name in ("rare", "common")]
    assert [(each.value, each.interval.low, each.interval.high) for each in ranks] == [(2, 2, 2), (1, 1, 1)]
    assert found.measure("mean_abs_shap", column="rare").value == pytest.approx(3 * 20 / (20 + 400))


def test_equal_means_are_ordered_by_name():
    found = measured(attribution(np.ones((5, 3)), columns=("b", "c", "a")))
    assert [row[1].text for row in found.table("ranking").rows] == ["a", "b", "c"]
    assert {found.measure("rank", column=name).interval.high for name in "abc"} == {3}


@pytest.mark.parametrize(
    ("facts", "codes"),
    [
        ({}, {"associations", "explained_sample"}),
        ({"population": 4}, {"associations"}),
        ({"background": "sample"}, {"associations", "explained_sample", "background_sample"}),
    ],
)
def test_what_could_not_be_shown(facts, codes):
    assert {each.code for each in measured(**facts).limitations} == codes


def test_nothing_was_explained():
    with pytest.raises(NotApplicable) as error:
        IMPORTANCE.measure(responses(scored_frame(["bad"], [True])), IMPORTANCE.settings())
    assert error.value.reason == "not_applicable"


def test_the_answer_names_the_three_leading_columns():
    found = IMPORTANCE.measure(people(), IMPORTANCE.settings())
    ranked = [each.dimensions["column"] for each in found.measures if each.metric == "rank"]
    assert [name.text for name in found.answer.params["columns"].items] == ranked[:3]
