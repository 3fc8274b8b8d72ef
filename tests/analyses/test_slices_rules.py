"""Slices: which criteria, columns and rows are looked at, what is shown, and when a flag is raised."""

import numpy as np
import pandas as pd
import pytest
from planted import SETTINGS, TYPES, found, measured, right_and_wrong, shown, table

from explainaudit.analyses.slices import SLICES, halves
from explainaudit.analyses.slices.yardsticks import CRITERIA
from explainaudit.errors import NotApplicable
from explainaudit.records.measure import Measure
from explainaudit.records.message import Message, Ref
from explainaudit.records.plan import Decision, SensitiveFeature
from explainaudit.records.responses import ColumnFacts
from explainaudit.records.verdict import Verdicts
from explainaudit.wording.writer import Writer
from grouped import EVENT, OTHER, binary, multiclass


def test_several_classes_have_errors_and_groups_but_no_calibration():
    rng = np.random.default_rng(7)
    rows, label = table(3000, 7), rng.choice(["a", "b", "c"], 3000)
    predicted = np.where((rows["work"] == "own") & (rng.uniform(size=3000) < 0.6), "c", label)
    scored = multiclass(label, predicted, favourable=["a"], sex=rng.choice(["f", "m"], 3000))
    decision = Decision(favourable=("a",))
    evidence = measured(found(scored, rows, "multiclass", decision=decision, classes=("a", "b", "c")))
    assert next(iter(shown(evidence, "gap"))) == (("work", "own"),)
    assert {table.name for table in evidence.tables} <= {"slices:error", "slices:disparity"}


def test_at_most_ten_are_shown_and_two_of_each_criterion():
    rng = np.random.default_rng(8)
    rows = table(6000, 8)
    chance = np.where(rows["city"] == "Bonn", 0.4, 0.1) + 0.2 * (rows["work"] == "own")
    scored = right_and_wrong(chance, 8, sex=rng.choice(["f", "m"], 6000))
    evidence = measured(found(scored, rows))
    of = [each.dimensions["criterion"] for each in evidence.measures if each.metric == "slice_gap"]
    assert len(of) == 10
    assert min(of.count(criterion) for criterion in CRITERIA) >= 2
    p, adjusted = ([each.value for each in shown(evidence, metric).values()] for metric in ("p", "holm"))
    assert all(low <= high for low, high in zip(p, adjusted, strict=True))
    assert sum(len(table.rows) for table in evidence.tables) == 10 + 2  # two lines for all rows
    assert measured(found(scored, rows), most=6).measure("slices_shown").value == 6


def test_only_columns_that_may_be_cut_are_cut():
    rng = np.random.default_rng(9)
    n = 800
    rows = table(n, 9, alike="x", sex=rng.choice(["f", "m"], n), born=pd.Timestamp("2000-01-01"), y=EVENT)
    roles = {"sex": "sensitive", "y": "target", "city": "other", "work": "row_id", "age": "weight"}
    columns = tuple(
        ColumnFacts(
            name=name,
            type={**TYPES, "born": "date"}.get(name, "text"),
            role=roles.get(name, "input"),
            sensitive=name in {"sex", "income"},
        )
        for name in rows
    )
    responses = found(right_and_wrong(np.full(n, 0.2), 9), rows, columns=columns)
    assert [each.column for each in halves.halves_of(responses).columns] == ["city"]


def not_assessed(responses, **changes):
    with pytest.raises(NotApplicable) as caught:
        measured(responses, **changes)
    return caught.value.reason


def test_it_is_not_assessed_for_a_reason():
    rows, scored = table(400, 10), right_and_wrong(np.full(400, 0.2), 10)
    assert not_assessed(found(scored, rows), fewest=120) == "insufficient"
    assert not_assessed(found(scored, rows[[]])) == "not_applicable"
    assert not_assessed(found(scored, rows.assign(city="x")[["city"]])) == "not_applicable"
    assert not_assessed(found(binary([None] * 400, scored["event_predicted"]), rows)) == "input_missing"
    # Everybody in one cluster: one half is empty.
    alike = right_and_wrong(np.full(400, 0.2), 10, cluster=["c"] * 400)
    assert not_assessed(found(alike, rows)) == "insufficient"


def test_a_perfect_model_has_no_slice_of_errors():
    rows = table(800, 11)
    event = np.arange(800) % 2 == 0
    evidence = measured(found(binary(np.where(event, EVENT, OTHER), event, score=event.astype(float)), rows))
    assert evidence.answer.key == "answer.slices.none"
    assert evidence.tables == ()
    assert SLICES.judge(evidence, SETTINGS) == SLICES.draw(evidence, Verdicts(), Writer({})) == ()


def test_names_like_the_products_own_are_names():
    n = 2000
    odd = np.random.default_rng(12).choice(["{n}", "(missing)", "A & B"], n).astype(object)
    odd[:300] = None
    rows = pd.DataFrame({"{slice} is": pd.Series(odd, dtype="str"), "key": "x", "label": list("ab") * 1000})
    sex = list("fm") * 1000
    scored = right_and_wrong(np.where(rows["{slice} is"] == "{n}", 0.5, 0.1), 12, group=sex)
    responses = found(scored, rows, sensitive=(SensitiveFeature(column="group"),))
    evidence = measured(responses)
    writer = Writer({each.id: each for each in evidence.measures})
    (first, *_) = evidence.table("slices:error").rows[1:]
    assert writer.cell_text(first[0]) == "“{slice} is” is “{n}”"
    (flag, *_) = SLICES.judge(evidence, SETTINGS)
    assert "Where “{slice} is” is “{n}” (" in writer.text(flag.message)
    figures = SLICES.draw(evidence, Verdicts(), writer)
    assert {figure.name for figure in figures} == {table.name for table in evidence.tables}
    named = {each for each in shown(evidence, "n") if ("{slice} is", None) in each}
    assert all(isinstance(level, str) or level is None for each in named for _, level in each)


def slice_measure(metric, value, **about):
    return Measure(
        analysis="slices",
        metric=f"slice_{metric}",
        dimensions={"criterion": "error", "slice": "[]", **about},
        value=value,
        n=100,
        unit="p_value" if metric == "holm" else "points",
        kind="score",
        smallest_cell=100,
    )


@pytest.mark.parametrize(
    ("criterion", "inside", "outside", "p", "flagged"),
    [
        ("error", 0.3, 0.1, 0.049, True),
        ("error", 0.3, 0.1, 0.05, False),
        ("error", 0.1, 0.3, 0.001, False),
        ("calibration", -0.3, 0.1, 0.001, True),
        ("calibration", 0.1, -0.3, 0.001, False),
        ("disparity", -0.3, -0.1, 0.001, True),
        ("disparity", -0.1, -0.3, 0.001, False),
        ("disparity", 0.1, 0.3, 0.001, False),
    ],
)
def test_a_flag_is_for_a_slice_that_is_surely_worse(criterion, inside, outside, p, flagged):
    rows = table(800, 13)
    evidence = measured(found(right_and_wrong(np.full(800, 0.2), 13), rows))
    values = {"n": 100.0, "value": inside, "rest": outside, "gap": inside - outside, "holm": p}
    about = {"criterion": criterion, "sensitive": "sex", "group": "f"}
    made = [slice_measure(metric, value, **about) for metric, value in values.items()]
    line = (Message(key="slice.whole"), *(each.ref() for each in made))
    one = evidence.tables[0].model_copy(update={"rows": (line,)})
    assert all(isinstance(cell, Ref) for cell in line[1:])
    changed = evidence.model_copy(update={"measures": tuple(made), "tables": (one,)})
    assert len(SLICES.judge(changed, SETTINGS)) == flagged
