"""Several classes and score bands: what each group is predicted as, and how often rightly."""

import numpy as np
import pandas as pd
import pytest
from fairlearn.metrics import MetricFrame
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import recall_score

from explainaudit.analyses.fairness import FAIRNESS
from explainaudit.judging.naming import label_of
from explainaudit.records.evidence import Evidence
from explainaudit.records.plan import Band, Criterion, Decision
from explainaudit.wording.writer import Writer
from grouped import EVENT, OTHER, asked, binary, multiclass

CLASSES = ("b", "a", "<b>c</b>", "=1+1", "d", "e", "f", "g", "h" * 300)


def measured(scored, classes=CLASSES, **more) -> Evidence:
    return FAIRNESS.measure(asked(scored, "multiclass", classes=classes, **more), FAIRNESS.settings())


@st.composite
def frames(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    rows, classes = draw(st.integers(1, 120)), draw(st.integers(2, 9))
    label = rng.choice([*CLASSES[:classes], None], size=rows)
    sex = rng.choice(["f", "m", "x", None], size=rows, p=[0.5, 0.38, 0.02, 0.1])
    more = {"weight": rng.gamma(1, size=rows)} if draw(st.booleans()) else {}
    predicted = rng.choice(CLASSES[:classes], size=rows)
    return multiclass(label, predicted, sex=sex, **more), CLASSES[:classes]


@settings(derandomize=True, deadline=None, max_examples=15)
@given(frames())
def test_shares_and_recall_of_every_class_are_those_of_fairlearn_and_scikit_learn(drawn):
    scored, classes = drawn
    found = measured(scored, classes)
    weight = scored["weight"] if "weight" in scored else pd.Series(np.ones(len(scored)))
    group = scored["group:sex"].fillna("\x00")
    known = scored["label"].notna()
    for name in classes:
        shares = MetricFrame(
            metrics=lambda _, chosen, sample_weight: np.average(chosen, weights=sample_weight),
            y_true=scored["predicted"] == name,
            y_pred=(scored["predicted"] == name).astype(float),
            sensitive_features=group,
            sample_params={"sample_weight": weight},
        ).by_group
        for of, share in shares.items():
            about = {"sensitive": "sex", **({"group": of} if of != "\x00" else {"group_missing": "true"})}
            own = found.measure("class_rate", **about, **{"class": name})
            assert own.value == pytest.approx(share, abs=1e-12)
            assert own.n == (group == of).sum()
            held = known & (group == of)
            recall = found.measure("recall", **about, **{"class": name})
            assert recall.n == (held & (scored["label"] == name)).sum()
            if recall.n == 0:
                assert (recall.value, recall.reason) == (None, "zero_denominator")
                continue
            expected = recall_score(
                scored["label"][held], scored["predicted"][held], labels=[name], average=None,
                sample_weight=weight[held],
            )  # fmt: skip
            assert recall.value == pytest.approx(expected[0], abs=1e-12)
    sizes = [each.value for each in found.measures if each.metric == "group_size"]
    assert sum(sizes) == len(scored)
    assert all(len(table.rows) <= 20 for table in found.tables)


def test_without_a_favourable_class_no_ratio_is_formed_and_it_is_said():
    scored = multiclass(["a", "b"] * 60, ["a", "b", "b"] * 40, sex=["f", "m"] * 60)
    found = measured(scored, ("a", "b"))
    assert [each.code for each in found.limitations] == ["no_favourable"]
    assert not [each for each in found.measures if each.metric in {"impact_ratio", "selection_rate"}]
    assert found.answer.key == "answer.fairness.no_favourable"
    assert FAIRNESS.draw(found, None, Writer({each.id: each for each in found.measures})) == ()


def test_favourable_classes_are_compared_as_a_binary_decision_is():
    rng = np.random.default_rng(2)
    predicted, sex = rng.choice(["a", "b", "c"], size=500), rng.choice(["f", "m"], size=500)
    scored = multiclass(predicted, predicted, favourable=("a", "c"), sex=sex)
    found = measured(scored, ("a", "b", "c"), decision=Decision(favourable=("a", "c")))
    chosen = np.isin(predicted, ["a", "c"])
    same = FAIRNESS.measure(asked(binary([EVENT] * 500, ~chosen, sex=sex)), FAIRNESS.settings())
    for metric in ("selection_rate", "impact_ratio", "impact_ratio_decisive", "difference", "shortfall"):
        for group in ("f", "m"):
            about = {"sensitive": "sex", "group": group}
            assert found.measure(metric, **about) == same.measure(metric, **about)
    names = [table.name.removesuffix(":sex") for table in found.tables]
    assert names == ["gaps", "outcomes", "class", "recall", "class_fpr", "macro", "reproduction"]
    assert found.limitations == ()


def test_of_many_lines_those_are_shown_in_which_groups_differ_most():
    sex = np.array(["f", "m", "x", None] * 300, dtype=object)
    predicted = np.array(list("abcdefghi"), dtype=object)[np.arange(1200) // 4 % 9]
    predicted[(sex == "f") & (predicted == "e")] = "h"
    found = measured(multiclass(predicted, predicted, sex=sex), tuple("abcdefghi"))
    shown = [row[0].text for row in found.table("class:sex").rows]
    assert list(dict.fromkeys(shown))[-1] == "h"
    assert {"e", "h"} <= set(shown)
    assert len(shown) == 20
    note, unknown = found.table("class:sex").notes
    writer = Writer({each.id: each for each in found.measures})
    assert writer.text(note).startswith("16 more lines")
    assert unknown.key == "note.missing_group"
    assert len([each for each in found.measures if each.metric == "class_rate"]) == 36


def test_the_rate_of_each_band_by_group():
    bands = (Band(name="approve"), Band(name="refer", at_least=0.3), Band(name="decline", at_least=0.7))
    decision = Decision(bands=bands, favourable=("approve",))
    rng = np.random.default_rng(3)
    score, sex = rng.uniform(size=400), rng.choice(["f", "m", None], size=400)
    names = np.array(["approve", "refer", "decline"])[np.searchsorted([0.3, 0.7], score, side="right")]
    scored = binary(rng.choice([EVENT, OTHER], 400), score >= 0.3, score=score, sex=sex)
    scored["band"] = pd.Series(names, dtype="str")
    found = FAIRNESS.measure(asked(scored, decision=decision), FAIRNESS.settings())
    crossed = pd.crosstab(scored["group:sex"], names, normalize="index")
    for group in ("f", "m"):
        about = {"sensitive": "sex", "group": group}
        for band in ("approve", "refer", "decline"):
            rate = found.measure("band_rate", **about, band=band)
            assert rate.value == pytest.approx(crossed.loc[group, band])
        assert found.measure("selection_rate", **about).value == crossed.loc[group, "approve"]
    assert [row[0].text for row in found.table("band:sex").rows] == (
        ["approve"] * 3 + ["refer"] * 3 + ["decline"] * 3
    )


def test_a_criterion_on_a_class_of_a_group_is_named_with_both():
    scored = multiclass(["a", "b"] * 60, ["a", "b", "b"] * 40, sex=["f", "m"] * 60)
    found = measured(scored, ("a", "b"))
    recall = found.measure("recall", sensitive="sex", group="f", **{"class": "a"})
    text = Writer({}).text(label_of(recall))
    assert all(part in text for part in ("Recall", "a", "sex", "f"))
    assert Criterion(measure="fairness.recall", at_least=0.5).measure == "fairness.recall"


def erring(favourable=None) -> Evidence:
    """Return the evidence of a group whose errors, of every class, are more frequent."""
    rng = np.random.default_rng(5)
    label, sex = rng.choice(["a", "b", "c"], size=2400), rng.choice(["f", "m", None], size=2400)
    predicted = np.where(rng.uniform(size=2400) < 0.8, label, "a")
    predicted = np.where((sex == "m") & (label == "c") & (rng.uniform(size=2400) < 0.5), "b", predicted)
    more = {} if favourable is None else {"favourable": favourable}
    decision = Decision(favourable=favourable) if favourable else None
    return measured(multiclass(label, predicted, sex=sex, **more), ("a", "b", "c"), decision=decision)


@pytest.mark.parametrize("favourable", [None, ("a",)])
def test_errors_of_classes_that_lie_apart_are_flagged_once_with_the_class(favourable):
    found = erring(favourable)
    flags = [flag for flag in FAIRNESS.judge(found, FAIRNESS.settings()) if flag.code == "FAIR04"]
    p = {each.id: each.value for each in found.measures if each.metric == "p_holm"}
    expected = {}
    for metric in ("recall_difference", "class_fpr_difference"):
        gaps = [
            each
            for each in found.measures
            if each.metric == metric
            and each.value is not None
            and found.measure("p_holm", **each.dimensions, figure=metric).value <= 0.05
        ]
        expected[metric] = max(gaps, key=lambda each: abs(each.value))
    assert p
    assert [flag.measures for flag in flags] == [(each.id,) for each in expected.values()]
    writer = Writer({each.id: each for each in found.measures})
    for flag, gap in zip(flags, expected.values(), strict=True):
        (reference,) = {"f", "m"} - {gap.dimensions["group"]}
        text = writer.text(flag.message)
        assert f"class “{gap.dimensions['class']}”" in text
        assert f"the reference group, “{reference}”" in text
    assert expected["recall_difference"].dimensions["class"] == "c"
    assert expected["class_fpr_difference"].dimensions["class"] == "b"


def test_it_is_said_with_whom_classes_are_compared():
    for favourable, key in ((None, "note.class_errors_largest"), (("a",), "note.class_errors")):
        found = erring(favourable)
        for name in ("recall:sex", "class_fpr:sex"):
            assert [note.key for note in found.table(name).notes] == [key]


def test_small_groups_are_named_and_marked():
    sex = ["f"] * 200 + ["m"] * 200 + ["few"] * 29
    found = measured(multiclass(["a", "b", "b"] * 143, ["a", "b", "b"] * 143, sex=sex), ("a", "b"))
    codes = {each.code: each for each in found.limitations}
    assert "few" in Writer({}).text(codes["small_groups"].message)
    tiers = {
        each.dimensions["group"]: each.tier
        for each in found.measures
        if each.metric == "class_rate" and each.dimensions["class"] == "a"
    }
    assert tiers == {"f": "reportable", "m": "reportable", "few": "insufficient"}
