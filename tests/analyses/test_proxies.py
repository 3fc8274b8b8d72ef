"""The proxy screen against scikit-learn, on planted proxies, on noise, and on nothing at all."""

import numpy as np
import pandas as pd
import pytest
from screened_rows import SETTINGS, measured, screened, two
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import StandardScaler

from explainaudit.analyses.proxies import PROXIES
from explainaudit.analyses.proxies.halves import groups_of, halves_of
from explainaudit.errors import NotApplicable
from explainaudit.records.verdict import Verdicts
from explainaudit.wording.writer import Writer


def test_the_area_is_that_of_a_regression_fitted_by_hand_on_the_same_half():
    draw, _ = two(900, 1)
    colour = draw.choice(["red", "green", "blue"], size=900, p=[0.2, 0.3, 0.5])
    inputs = {
        "a": draw.normal(size=900) + (colour == "red"),
        "b": draw.normal(size=900) - (colour == "blue"),
    }
    found = screened(inputs, colour=colour)
    halves, evidence = halves_of(found), measured(found)
    assert abs(len(halves.fitted) - len(halves.evaluated)) <= 1
    assert sorted([*halves.fitted, *halves.evaluated]) == list(range(900))
    frame = pd.DataFrame(inputs)
    scaler = StandardScaler().fit(frame.iloc[halves.fitted])
    model = LogisticRegression(max_iter=1000).fit(
        scaler.transform(frame.iloc[halves.fitted]), colour[halves.fitted]
    )
    probability = model.predict_proba(scaler.transform(frame.iloc[halves.evaluated]))
    for name, score in zip(model.classes_, probability.T, strict=True):
        area = evidence.measure("auc", sensitive="colour", group=name)
        assert area.value == pytest.approx(roc_auc_score(colour[halves.evaluated] == name, score), abs=1e-12)
        assert (area.n, area.interval.method) == (450, "delong")
        inside = int((colour[halves.evaluated] == name).sum())
        assert evidence.measure("rows_of_group", sensitive="colour", group=name).value == inside


def test_a_copy_of_the_attribute_is_told_and_noise_is_not():
    draw, sex = two(600, 2)
    copied = measured(
        screened({"copy": np.where(sex == "f", "x", "y"), "noise": draw.normal(size=600)}, sex=sex)
    )
    area = copied.measure("auc", sensitive="sex", group="f")
    assert area.value == pytest.approx(1.0)
    assert area.interval.low > 0.95
    (flag,) = PROXIES.judge(copied, SETTINGS)
    assert (flag.code, flag.level) == ("PROX01", "note")
    noise = measured(screened({"noise": draw.normal(size=600)}, sex=sex))
    assert PROXIES.judge(noise, SETTINGS) == ()
    said = Writer({each.id: each for each in copied.measures})
    for message in (copied.answer, flag.message):
        assert "jointly predict" in said.text(message)
        assert "association, not use" in said.text(message)


def test_the_flag_is_raised_beyond_its_setting_alone():
    draw, sex = two(2000, 3)
    evidence = measured(screened({"a": draw.normal(size=2000) + 1.2 * (sex == "f")}, sex=sex))
    lower = max(each.interval.low for each in evidence.measures if each.metric == "auc")
    assert 0.7 < lower < 0.9
    for limit, raised in ((lower - 1e-6, 1), (lower, 0)):
        assert len(PROXIES.judge(evidence, PROXIES.settings(telling=limit))) == raised


def test_independent_noise_is_chance_as_often_as_the_interval_says():
    covered = []
    for repeat in range(120):
        draw, sex = two(220, 100 + repeat)
        evidence = measured(screened({"a": draw.normal(size=220)}, sex=sex, seed=repeat))
        interval = evidence.measure("auc", sensitive="sex", group="f").interval
        covered.append(interval.low <= 0.5 <= interval.high)
    assert np.mean(covered) >= 0.93


def test_a_cluster_stands_on_one_side():
    draw, sex = two(400, 5)
    cluster = draw.integers(0, 60, size=400)
    cluster = [None if i % 9 == 0 else c for i, c in enumerate(cluster)]
    found = screened({"a": draw.normal(size=400)}, sex=sex, cluster=cluster)
    halves = halves_of(found)
    sides = [{cluster[i] for i in side} - {None} for side in (halves.fitted, halves.evaluated)]
    assert not sides[0] & sides[1]
    assert all(len(side) > 20 for side in sides)
    assert measured(found).measure("auc", sensitive="sex", group="f").interval.method == "linearised"


def test_at_most_so_many_rows_are_drawn(monkeypatch):
    monkeypatch.setattr("explainaudit.analyses.proxies.halves.ROWS", 150)
    draw, sex = two(500, 6)
    found = screened({"a": draw.normal(size=500)}, sex=sex)
    assert len(halves_of(found).both) == 150
    evidence = measured(found)
    assert evidence.measure("auc", sensitive="sex", group="f").n == 75
    assert evidence.measure("association", sensitive="sex", column="a").n == 500


def test_the_order_of_columns_changes_nothing_and_sorted_rows_are_the_same_rows():
    draw, sex = two(300, 8)
    inputs = {"b": draw.normal(size=300), "a": draw.choice(["u", "v"], size=300), "c": draw.normal(size=300)}
    inputs["b"][:20] = np.nan
    one = measured(screened(inputs, sex=sex))
    turned = screened({name: inputs[name] for name in ("c", "a", "b")}, sex=sex)
    assert measured(turned).canonical() == one.canonical()


def test_the_feature_itself_is_left_out_and_said():
    draw, sex = two(300, 9)
    evidence = measured(screened({"sex": sex, "a": draw.normal(size=300)}, sex=sex))
    assert evidence.measure("auc", sensitive="sex", group="f").value < 0.7
    columns = {each.dimensions["column"] for each in evidence.measures if each.metric == "association"}
    assert columns == {"a"}
    assert "note.proxies_own_input" in {note.key for note in evidence.table("prediction:sex").notes}
    alone = measured(screened({"sex": sex}, sex=sex))
    assert {each.code for each in alone.limitations} == {"proxies_no_input"}
    assert (alone.tables, alone.answer.key) == ((), "answer.proxies.none")


def test_the_twelve_largest_groups_of_fifty_rows_are_compared():
    sizes = {f"g{i:02}": 50 + i for i in range(14)} | {"few": 49}
    group = np.concatenate([np.repeat(name, size) for name, size in sizes.items()])
    group = np.concatenate([group, [None] * 5])
    draw = np.random.default_rng(10)
    found = screened({"a": draw.normal(size=len(group))}, part=group)
    compared = groups_of(found, found.sensitive[0], halves_of(found))
    assert compared.names == tuple(f"g{i:02}" for i in range(2, 14))
    evidence = measured(found)
    left = [each.message for each in evidence.limitations if each.code == "proxies_left_out"]
    writer = Writer({each.id: each for each in evidence.measures})
    assert {writer.text(each) for each in left} == {
        "part: too few records to predict “few”.",
        "part: the largest groups alone were predicted, and not “g00” and “g01”.",
        "part: 5 of the rows drawn are of unknown group and have no part in this.",
    }
    assert evidence.measure("rows_drawn", sensitive="part", group="few").smallest_cell == 49
    assert evidence.measure("association", sensitive="part", column="a").n == sum(range(52, 64))


@pytest.mark.parametrize("groups", [["f"] * 100, [None] * 100, ["f"] * 70 + ["m"] * 30])
def test_one_group_has_nothing_to_be_told_from(groups):
    evidence = measured(screened({"a": np.arange(100.0)}, sex=groups))
    assert evidence.answer.key == "answer.proxies.none"
    assert "proxies_one_group" in {each.code for each in evidence.limitations}
    assert evidence.tables == ()
    assert PROXIES.judge(evidence, SETTINGS) == ()


def test_a_group_on_one_side_alone_is_not_estimable():
    draw, sex = two(300, 12)
    found = screened({"a": draw.normal(size=300)}, sex=sex, cluster=sex)
    area = measured(found).measure("auc", sensitive="sex", group="f")
    assert (area.value, area.reason, area.tier) == (None, "insufficient", "insufficient")


def test_everything_is_said_and_nothing_is_drawn():
    draw, sex = two(300, 14)
    evidence = measured(
        screened({"a": draw.normal(size=300), "b": draw.choice(["u", "v"], size=300)}, sex=sex)
    )
    writer = Writer({each.id: each for each in evidence.measures})
    for table in evidence.tables:
        assert all(writer.text(note) for note in (table.caption, *table.notes))
        assert all(writer.cell_text(cell) for row in table.rows for cell in row)
        assert all(column.mark for column in table.columns)
    assert all(writer.cell_text(line.fact) for card in evidence.cards for line in card.lines)
    assert PROXIES.draw(evidence, Verdicts(), writer) == ()


def test_without_sensitive_features_there_is_no_question():
    with pytest.raises(NotApplicable) as error:
        measured(screened({"a": np.arange(60.0)}))
    assert error.value.reason == "input_missing"
