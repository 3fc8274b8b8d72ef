"""Importances by group against plain NumPy and SciPy, with small groups, many groups, weights, one group."""

import dataclasses

import numpy as np
import pytest
from explained_rows import COLUMNS, SETTINGS, lime, measured, scored_of, shap, sides, value
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import spearmanr

from explainaudit.analyses.importance import IMPORTANCE
from explainaudit.analyses.parity import PARITY
from explainaudit.errors import NotApplicable
from explainaudit.records.verdict import Verdicts
from explainaudit.wording.writer import Writer
from grouped import asked
from handmade import explained


@settings(derandomize=True, deadline=None, max_examples=8)
@given(st.integers(0, 2**32 - 1))
def test_means_ranks_and_their_agreement_are_those_of_numpy(seed):
    draw, sex = sides(240, seed)
    values = draw.normal(size=(240, 4)) * draw.uniform(0.2, 2, size=4)
    inclusion = draw.choice([1.0, 0.25], size=240)
    sex[:20] = None
    evidence = measured(scored_of(240, sex=sex), [shap(values, inclusion=inclusion)])
    known = np.array([each is not None for each in sex])
    weighted = {
        "f": np.average(np.abs(values[sex == "f"]), axis=0, weights=1 / inclusion[sex == "f"]),
        "others": np.average(
            np.abs(values[known & (sex != "f")]), axis=0, weights=1 / inclusion[known & (sex != "f")]
        ),
    }
    order = list(np.argsort(-weighted["f"]))
    for j, name in enumerate(COLUMNS):
        mean = value(evidence, "mean_abs_shap", "f", column=name)
        assert mean.value == pytest.approx(weighted["f"][j], rel=1e-12)
        assert mean.interval.low < mean.value < mean.interval.high
        assert mean.n == (sex == "f").sum()
        assert value(evidence, "rank", "f", column=name).value == order.index(j) + 1
    expected = spearmanr(weighted["f"], weighted["others"]).statistic
    assert value(evidence, "rank_agreement", "f").value == pytest.approx(expected)
    missing = evidence.measure("rank_agreement", sensitive="sex", group_missing="true")
    assert (missing.value, missing.reason, missing.n) == (None, "missing_group", 20)


def test_one_group_is_the_ranking_over_all_rows():
    draw = np.random.default_rng(1)
    values, inclusion = draw.normal(size=(80, 4)), draw.choice([1.0, 0.1], size=80)
    rows = shap(values, inclusion=inclusion)
    found = asked(scored_of(80, sex=["f"] * 80), **explained(rows, shap(values[:3]), lime([0.5] * 3)))
    whole, evidence = IMPORTANCE.measure(found, IMPORTANCE.settings()), PARITY.measure(found, SETTINGS)
    for name in COLUMNS:
        mine, theirs = (
            value(evidence, "mean_abs_shap", "f", column=name),
            whole.measure("mean_abs_shap", column=name),
        )
        assert (mine.value, mine.interval.low) == pytest.approx(
            (theirs.value, theirs.interval.low), rel=1e-12
        )
        assert value(evidence, "rank", "f", column=name).value == whole.measure("rank", column=name).value
    assert value(evidence, "rank_agreement", "f").reason == "insufficient"
    assert evidence.answer.key == "answer.parity.none"


def test_sampling_weights_are_copies_of_rows():
    draw, sex = sides(200, 2, ("f", "m"))
    times = draw.integers(0, 4, size=200)
    values, fits = draw.normal(size=(200, 4)), draw.uniform(size=200)
    scored = scored_of(200, sex=sex, weight=times.astype(float))
    evidence = measured(scored, [shap(values)], [lime(fits)])
    copies = np.repeat(np.arange(200), times)
    female = copies[sex[copies] == "f"]
    mean = value(evidence, "mean_abs_shap", "f", column="a")
    assert mean.value == pytest.approx(np.abs(values[female, 0]).mean(), rel=1e-12)
    assert mean.n == ((sex == "f") & (times > 0)).sum()
    assert value(evidence, "lime_fidelity", "f").value == pytest.approx(fits[female].mean(), rel=1e-12)
    gap = fits[female].mean() - fits[copies[sex[copies] == "m"]].mean()
    assert value(evidence, "fidelity_difference", "f").value == pytest.approx(gap, rel=1e-9)


def test_small_groups_are_listed_without_values():
    draw = np.random.default_rng(7)
    sex = np.array(["f"] * 60 + ["m"] * 60 + ["x"] * 29 + ["gone"] * 3, dtype=object)
    rows = shap(draw.normal(size=(149, 4)))
    evidence = measured(scored_of(152, sex=sex), [rows], [lime(draw.uniform(size=110))])
    few = value(evidence, "rank_agreement", "x")
    assert (few.value, few.reason, few.tier, few.n) == (None, "insufficient", "insufficient", 29)
    nobody = value(evidence, "rank_agreement", "gone")
    assert (nobody.value, nobody.n) == (None, 0)
    assert not [
        each
        for each in evidence.measures
        if each.metric == "mean_abs_shap" and each.dimensions["group"] == "x"
    ]
    assert value(evidence, "lime_fidelity", "m").n == 50
    assert value(evidence, "lime_fidelity", "x").reason == "insufficient"
    (limitation,) = evidence.limitations
    said = Writer({each.id: each for each in evidence.measures}).text(limitation.message)
    assert "x" in said
    assert "gone" in said
    assert {row[0].text for row in evidence.table("order:sex").rows} == {"f", "m", "x", "gone"}


@pytest.mark.parametrize("n", [29, 30])
def test_thirty_rows_are_enough(n):
    sex = np.array(["f"] * n + ["m"] * 40)
    draw = np.random.default_rng(8)
    evidence = measured(scored_of(len(sex), sex=sex), [shap(draw.normal(size=(len(sex), 4)))])
    assert (value(evidence, "rank_agreement", "f").value is not None) == (n == 30)
    assert (value(evidence, "rank_agreement", "m").value is not None) == (n == 30)


def test_columns_that_lead_in_any_group_are_shown_first():
    sex = np.repeat(["f", "m"], [40, 200])
    values = np.tile([1.0, 2.0, 3.0, 4.0], (240, 1))
    values[:40] = [9.0, 2.0, 3.0, 4.0]
    evidence = measured(scored_of(240, sex=sex), [shap(values)])
    names = [row[0].text for row in evidence.table("columns:sex").rows]
    assert names == ["d", "d", "a", "a", "c", "c", "b", "b"]
    flat = measured(scored_of(240, sex=sex), [shap(np.ones((240, 4)))])
    assert value(flat, "rank_agreement", "f").reason == "not_estimable"


def test_many_groups_leave_columns_to_the_bundle():
    draw = np.random.default_rng(9)
    sex = np.repeat([f"g{i}" for i in range(9)], 40)
    evidence = measured(scored_of(360, sex=sex), [shap(draw.normal(size=(360, 4)))])
    table = evidence.table("columns:sex")
    assert len(table.rows) == 18
    assert evidence.measure("lines_left_out", table="columns:sex").value == 18


def test_the_order_of_rows_changes_nothing():
    draw, sex = sides(150, 11, ("f", "m"))
    values, fits = draw.normal(size=(150, 4)), draw.uniform(size=150)
    scored = scored_of(150, sex=sex)
    rows, local = shap(values), lime(fits)
    turned = draw.permutation(150)
    mixed = [
        dataclasses.replace(
            each,
            **{name: found[turned] for name, found in vars(each).items() if isinstance(found, np.ndarray)},
        )
        for each in (rows, local)
    ]
    one, two = measured(scored, [rows], [local]), measured(scored, [mixed[0]], [mixed[1]])
    for first, second in zip(one.measures, two.measures, strict=True):
        assert first.id == second.id
        assert first.value == pytest.approx(second.value, rel=1e-12, abs=1e-15)


@pytest.mark.parametrize("sex", [[None] * 60, ["f"] * 60])
def test_all_missing_or_one_group_compares_nobody(sex):
    draw = np.random.default_rng(12)
    evidence = measured(
        scored_of(60, sex=sex), [shap(draw.normal(size=(60, 4)))], [lime(draw.uniform(size=60))]
    )
    assert evidence.answer.key == "answer.parity.none"
    compared = [
        each for each in evidence.measures if each.metric in {"rank_agreement", "fidelity_difference"}
    ]
    assert {each.value for each in compared} == {None}
    assert PARITY.judge(evidence, SETTINGS) == ()
    assert PARITY.draw(evidence, Verdicts(), Writer({each.id: each for each in evidence.measures})) == ()


def test_nothing_asked_or_explained():
    for found, reason in (
        (asked(scored_of(60, sex=["f"] * 60)), "not_applicable"),
        (asked(scored_of(60), attributions=(shap(np.ones((60, 4))),)), "input_missing"),
    ):
        with pytest.raises(NotApplicable) as error:
            PARITY.measure(found, SETTINGS)
        assert error.value.reason == reason


def test_rows_explained_stand_for_those_that_were_not():
    """A rare stratum explained in full counts by its share of the file."""
    sex = np.array(["f"] * 80)
    values = np.repeat([[3.0, 0.0], [0.0, 1.0]], 40, axis=0)
    inclusion = np.repeat([1.0, 0.05], 40)
    evidence = measured(scored_of(80, sex=sex), [shap(values, inclusion=inclusion)])
    assert value(evidence, "mean_abs_shap", "f", column="a").value == pytest.approx(3 * 40 / 840)
    assert [row[0].text for row in evidence.table("columns:sex").rows] == ["b", "a"]


@pytest.mark.parametrize(
    ("third", "key", "said"),
    [
        ([1.0, 2.0, 3.0, 4.0], "same", "the same as in all others: each rank correlation is 1.000"),
        ([4.0, 3.0, 2.0, 1.0], "one", "differs most for “x” of sex (40 rows explained): its rank"),
        (None, "tied", "for “f” of sex (40 rows explained) and “m” of sex (40 rows explained) alike:"),
    ],
)
def test_the_answer_says_the_same_order_and_ties_as_what_they_are(third, key, said):
    sex = np.repeat(["f", "m", "x"], [40, 40, 40 if third else 0])
    values = np.tile([1.0, 2.0, 3.0, 4.0], (len(sex), 1))
    values[sex == "m"] = [1.0, 2.0, 4.0, 3.0] if third is None else [1.0, 2.0, 3.0, 4.0]
    if third:
        values[sex == "x"] = third
    evidence = measured(scored_of(len(sex), sex=sex), [shap(values)])
    assert evidence.answer.key == f"answer.parity.{key}"
    assert said in Writer({each.id: each for each in evidence.measures}).text(evidence.answer)
