"""The Local Law 144 view: numbers counted by hand, in its literal shape."""

import numpy as np
import pytest
from ll144_views import BY_HAND, cells, chosen, people_selected, said, view

from explainaudit.analyses.fairness.ll144 import ll144
from explainaudit.records.plan import Decision
from grouped import asked, binary, regression


def test_three_tables_by_hand():
    found = view(BY_HAND)
    assert [table.name for table in found.tables] == [
        "ll144:sex",
        "ll144:race_ethnicity",
        "ll144:intersectional",
    ]
    female, male = 77 / 156, 73 / 154
    assert cells(found, "sex") == [
        ["Female", 156, 77, female, 1.0],
        ["Male", 154, 73, male, pytest.approx(male / female)],
    ]
    assert cells(found, "race_ethnicity") == [
        ["Asian", 100, 50, 0.5, pytest.approx(0.5 / 0.75)],
        ["Other", 4, 3, 0.75, 1.0],
        ["White", 210, 100, pytest.approx(100 / 210), pytest.approx(100 / 210 / 0.75)],
    ]
    assert cells(found, "intersectional") == [
        ["Female", "Asian", 50, 30, 0.6, pytest.approx(0.8)],
        ["Female", "Other", 0, 0, "zero_denominator", "zero_denominator"],
        ["Female", "White", 100, 45, 0.45, pytest.approx(0.6)],
        ["Male", "Asian", 50, 20, 0.4, pytest.approx(0.4 / 0.75)],
        ["Male", "Other", 4, 3, 0.75, 1.0],
        ["Male", "White", 100, 50, 0.5, pytest.approx(0.5 / 0.75)],
    ]
    unknown = {
        each.dimensions["table"]: each.value for each in found.measures if each.metric == "ll144_unknown"
    }
    assert unknown == {"sex": 12, "race_ethnicity": 8, "intersectional": 18}
    for table, number in unknown.items():
        known = sum(row[-4] for row in cells(found, table))
        assert known + number == len(BY_HAND) == found.measure("ll144_people").value
    text = said(found)
    assert "12 persons are not in this table: their sex is unknown." in text
    assert "18 persons are not in this table: their sex or race is unknown." in text
    assert "n/e" in text


def test_the_published_example():
    """City's worked example: selection rates .496 and .485 have the impact ratios 1.000 and .979."""
    found = view(people_selected(("Female", "x", 4958, 10000), ("Male", "x", 4854, 10000)))
    female, male = cells(found, "sex")
    assert [f"{female[3]:.3f}", f"{male[3]:.3f}"] == ["0.496", "0.485"]
    assert [f"{female[4]:.3f}", f"{male[4]:.3f}"] == ["1.000", "0.979"]


def test_nobody_selected_is_not_estimable():
    found = view(people_selected(("f", "x", 0, 40), ("m", "x", 0, 40)))
    assert [row[-2:] for row in cells(found, "sex")] == [[0.0, "zero_denominator"]] * 2


def test_equal_rates_are_both_the_reference():
    found = view(people_selected(("f", "x", 10, 30), ("m", "x", 20, 60)))
    assert [row[-1] for row in cells(found, "sex")] == [1.0, 1.0]


SCORES = [1, 2, 2, 3, 3, 3, 3, 4, 5, 5, 3, 1]
TIED = regression(
    [np.nan] * 12, SCORES, sex=[*"fffffmmmmm", "f", None], race=list("abababababab")
)  # fmt: skip


def test_scoring_rates_lie_strictly_above_the_median_of_the_full_sample():
    found = view(TIED, "regression")
    assert found.measure("ll144_median").value == np.median(SCORES) == 3
    assert found.measure("ll144_ties").value == 5
    # f has 1 2 2 3 3 3, m has 3 3 4 5 5: the one of unknown sex counts for the median alone.
    assert cells(found, "sex") == [["f", 6, 0.0, 0.0], ["m", 5, 0.6, 1.0]]
    assert cells(found, "race_ethnicity") == [
        ["a", 6, pytest.approx(1 / 6), pytest.approx(0.5)],
        ["b", 6, pytest.approx(2 / 6), 1.0],
    ]
    assert [each.name for each in found.table("ll144:sex").columns][1:] == [
        "ll144_applicants", "ll144_scoring_rate", "ll144_impact_ratio"
    ]  # fmt: skip
    assert found.measure("ll144_overall_rate").value == 0.25
    assert "25.0\u202f% of the full sample" in said(found)


def test_without_ties_there_is_no_warning():
    found = view(
        regression([np.nan] * 9, np.arange(9.0), sex=list("fm") * 4 + ["f"], race=["x"] * 9), "regression"
    )
    assert found.measure("ll144_ties").value == 1
    assert not [each for each in found.measures if each.metric == "ll144_overall_rate"]
    assert "Ratios of such rates" not in said(found)


@pytest.mark.parametrize(("favourable", "rates"), [("no event", [1.0, 0.0]), ("event", [0.0, 1.0])])
def test_scores_of_a_probability_are_ranked_the_way_that_is_good_for_the_person(favourable, rates):
    score = np.r_[np.linspace(0.1, 0.4, 40), np.linspace(0.6, 0.9, 40)]
    scored = binary([None] * 80, score > 0.5, score=score, sex=["f"] * 40 + ["m"] * 40, race=["x"] * 80)
    responses = asked(scored, decision=Decision(threshold=0.5, favourable=favourable))
    tables, measures, _, _ = ll144(responses, chosen(scores=True))
    found = {
        each.dimensions.get("group"): each.value for each in measures if each.metric == "ll144_scoring_rate"
    }
    assert [found["f"], found["m"]] == rates
    keys = [note.key for note in tables[0].notes]
    assert ("note.ll144_below" in keys) is (favourable == "no event")
