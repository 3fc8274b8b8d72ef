"""Slices: what is said of them: answers, flags, headings, and why a criterion was not searched by."""

import numpy as np
import pytest
from planted import SETTINGS, found, measured, right_and_wrong, table

from explainaudit.analyses.slices import SLICES
from explainaudit.records.plan import Decision, Words
from explainaudit.records.verdict import Verdicts
from explainaudit.wording.writer import Writer
from grouped import binary, multiclass, regression


def writer_of(evidence):
    return Writer({each.id: each for each in evidence.measures}, Words())


def headings(evidence, name):
    said = writer_of(evidence)
    return {each.name: said.text(each.heading) for each in evidence.table(name).columns}


def why_not(evidence):
    said = writer_of(evidence)
    return [said.text(each.message) for each in evidence.limitations if each.code == "slices_not_all"]


def test_a_flag_says_the_measure_both_figures_and_the_unit():
    rows = table(6000, 1)
    evidence = measured(found(right_and_wrong(np.where(rows["city"] == "Bonn", 0.4, 0.1), 1), rows))
    said = writer_of(evidence)
    (flag, *_) = SLICES.judge(evidence, SETTINGS)
    gap, value, rest, _ = (said.cell_text(evidence.measures[at].ref()) for at in places(evidence, flag))
    text = said.text(flag.message)
    assert f"the share of wrong predictions is {value}, against {rest} elsewhere: {gap} points (95 %" in text
    assert text.startswith("Where “city” is “Bonn” (")
    assert headings(evidence, "slices:error")["slice_gap"] == "Gap, points"
    assert headings(evidence, "slices:error")["slice_value"] == "In the slice"
    assert headings(evidence, "slices:calibration")["slice_value"] == "In the slice, points"


def places(evidence, flag):
    ids = [each.id for each in evidence.measures]
    return [ids.index(name) for name in flag.measures]


def test_a_regression_has_a_mean_size_of_errors_in_the_unit_of_the_target():
    rng = np.random.default_rng(3)
    rows = table(4000, 3)
    off = np.where(rows["city"] == "Bonn", 4.0, 1.0) * rng.normal(size=4000)
    evidence = measured(found(regression(off, np.zeros(4000)), rows, "regression"))
    said = writer_of(evidence)
    (flag, *_) = SLICES.judge(evidence, SETTINGS)
    assert "the mean size of the errors is" in said.text(flag.message)
    assert "in the unit of the target" in said.text(flag.message)
    assert "in the unit of the target" in said.text(evidence.table("slices:error").caption)
    assert headings(evidence, "slices:error")["slice_gap"] == "Gap"
    (figure, *_) = SLICES.draw(evidence, Verdicts(), said)
    assert "in the unit of the target" in said.text(figure.caption)
    assert why_not(evidence) == [
        "Slices were not searched by gap of selection rates between groups: "
        "a regression has no decision that is called favourable."
    ]


def test_captions_say_of_which_half_the_figures_are_and_not_what_they_show():
    rows = table(3000, 5)
    evidence = measured(found(right_and_wrong(np.full(3000, 0.2), 5), rows))
    said = writer_of(evidence)
    figures = SLICES.draw(evidence, Verdicts(), said)
    for each in (*evidence.tables, *figures):
        assert "stood out in the half of the rows that was searched" in said.text(each.caption)
        assert "from the other half" in said.text(each.caption)


@pytest.mark.parametrize(
    ("few", "key"), [(400, "some_compared"), (90, "none_compared"), (4000, "all_compared")]
)
def test_the_answer_says_how_many_could_be_compared(few, key):
    """Slices of 10 rows searched may have fewer than 30 in the other half."""
    rng = np.random.default_rng(8)
    rows = table(few, 8)
    scored = right_and_wrong(rng.uniform(0.1, 0.3, few), 8)
    evidence = measured(found(scored, rows), fewest=10 if few < 4000 else 200)
    gaps = [each.value for each in evidence.measures if each.metric == "slice_gap"]
    compared = sum(value is not None for value in gaps)
    assert evidence.answer.key == f"answer.slices.{key}"
    assert evidence.measure("slices_compared").value == compared
    text = writer_of(evidence).text(evidence.answer)
    wanted = {
        "all_compared": f"of {compared} did worse",
        "some_compared": f"{compared} of them could be compared",
        "none_compared": "there are too few rows",
    }
    assert wanted[key] in text


def test_every_criterion_that_was_not_searched_by_has_its_reason():
    rng = np.random.default_rng(7)
    rows, label = table(2000, 7), rng.choice(["a", "b", "c"], 2000)
    sex = rng.choice(["f", "m"], 2000)
    classes = {"classes": ("a", "b", "c")}
    scored = multiclass(label, np.roll(label, 1), favourable=["a"], sex=sex)
    decision = Decision(favourable=("a",))
    several = found(scored, rows, "multiclass", decision=decision, **classes)
    assert why_not(measured(several)) == [
        "Slices were not searched by mean prediction less mean outcome: this is not defined for several "
        "classes."
    ]
    unknown = found(binary([None] * 2000, rng.uniform(size=2000) > 0.5, sex=sex), rows)
    assert why_not(measured(unknown)) == [
        "Slices were not searched by size or share of errors and mean prediction less mean outcome: no "
        "outcome is known."
    ]
    nobody = found(right_and_wrong(np.full(2000, 0.2), 7), rows)
    assert "there is no sensitive feature of which two groups are known" in why_not(measured(nobody))[0]
