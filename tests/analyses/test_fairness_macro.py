"""Several classes: each against the rest, and the plain mean over them, held against scikit-learn."""

import numpy as np
import pytest
from counted_groups import HOSTILE, about, measured
from fairlearn.metrics import MetricFrame
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm
from sklearn.metrics import multilabel_confusion_matrix, recall_score

from explainaudit.analyses.fairness import FAIRNESS
from explainaudit.records.evidence import Evidence
from explainaudit.records.plan import Decision
from grouped import multiclass


@st.composite
def frames(draw):
    """Rows of two to five classes with missing labels and groups; some groups lack a class."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    n, classes = draw(st.integers(1, 400)), HOSTILE[: draw(st.integers(2, 5))]
    label = rng.choice([*classes, None], size=n)
    sex = rng.choice(["f", "m", "few", None], size=n, p=[0.5, 0.35, 0.05, 0.1])
    predicted = np.where(rng.uniform(size=n) < 0.5, label, rng.choice(classes, size=n))
    predicted = [rng.choice(classes) if each is None else each for each in predicted]
    more = {"weight": rng.integers(1, 4, size=n).astype(float)} if draw(st.booleans()) else {}
    return multiclass(label, predicted, favourable=classes[:1], sex=sex, **more), classes


def of_classes(scored, classes, **more) -> Evidence:
    return measured(scored, "multiclass", classes=classes, decision=Decision(favourable=classes[:1]), **more)


@settings(derandomize=True, deadline=None, max_examples=20)
@given(frames())
def test_macro_rates_are_those_of_scikit_learn(drawn):
    scored, classes = drawn
    found = of_classes(scored, classes)
    weight = scored["weight"] if "weight" in scored else scored["label"].isna() * 0.0 + 1.0
    known = scored["label"].notna()
    for name, of in scored.groupby(scored["group:sex"].fillna("\x00")):
        rows = of[known[of.index]]
        recall, fpr = (
            found.measure(each, **about("sex", None if name == "\x00" else name))
            for each in ("macro_recall", "macro_fpr")
        )
        assert recall.n == fpr.n == len(rows)
        present = set(rows["label"])
        assert (recall.value is None) == (present != set(classes))
        assert (fpr.value is None) == (len(present) < 2)
        assert recall.value is not None or recall.reason == "zero_denominator"
        if recall.value is not None:
            given_ = {"labels": list(classes), "sample_weight": weight[rows.index]}
            expected = recall_score(rows["label"], rows["predicted"], average="macro", **given_)
            assert recall.value == pytest.approx(expected, abs=1e-12)
        if fpr.value is not None:
            given_ = {"labels": list(classes), "sample_weight": weight[rows.index]}
            cells = multilabel_confusion_matrix(rows["label"], rows["predicted"], **given_)
            assert fpr.value == pytest.approx(np.mean(cells[:, 0, 1] / cells[:, 0].sum(axis=1)), abs=1e-12)
        for each in (recall, fpr):
            assert each.interval is None or 0 <= each.interval.low <= each.value <= each.interval.high <= 1


@settings(derandomize=True, deadline=None, max_examples=12)
@given(frames())
def test_rates_of_each_class_against_the_rest_reconcile_and_are_fairlearn_s(drawn):
    scored, classes = drawn
    found = of_classes(scored, classes)
    rows = scored[scored["label"].notna()]
    group = rows["group:sex"].fillna("\x00")
    weight = rows["weight"] if "weight" in rows else rows["label"].isna() * 0.0 + 1.0
    for name in classes:
        had, said = rows["label"] == name, rows["predicted"] == name
        for metric, among in (("recall", had), ("class_fpr", ~had)):
            of_class = [
                each for each in found.measures if each.metric == metric and each.dimensions["class"] == name
            ]
            assert sum(each.n for each in of_class) == among.sum()
            if not among.any():
                continue
            frame = MetricFrame(
                metrics=lambda _, hit, sample_weight: np.average(hit, weights=sample_weight),
                y_true=had[among],
                y_pred=said[among].astype(float),
                sensitive_features=group[among],
                sample_params={"sample_weight": weight[among]},
            )
            for of, rate in frame.by_group.items():
                own = found.measure(metric, **about("sex", None if of == "\x00" else of), **{"class": name})
                assert own.value == pytest.approx(rate, abs=1e-12)


def test_the_interval_of_macro_recall_is_that_of_independent_shares():
    """Recalls of different classes rest on different people: variances add up. On the logit scale."""
    rng = np.random.default_rng(1)
    label = np.repeat(["a", "b", "c"], [400, 200, 100])
    predicted = np.where(rng.uniform(size=700) < 0.7, label, rng.choice(["a", "b", "c"], 700))
    found = of_classes(multiclass(label, predicted, favourable=["a"], sex=["f"] * 700), ("a", "b", "c"))
    own = found.measure("macro_recall", **about("sex", "f"))
    shares = [(predicted[label == name] == name).mean() for name in "abc"]
    variance = sum(p * (1 - p) / n for p, n in zip(shares, (400, 200, 100), strict=True)) / 9
    low, high = (np.log(each / (1 - each)) for each in (own.interval.low, own.interval.high))
    half = norm.ppf(0.975) * variance**0.5 / (own.value * (1 - own.value))
    assert (high - low) / 2 == pytest.approx(half, rel=0.005)
    right = [((predicted == label) & (label == name)).sum() for name in "abc"]
    assert own.smallest_cell == min(*right, *(n - k for k, n in zip(right, (400, 200, 100), strict=True)))
    assert own.tier == "reportable"


def test_the_largest_gap_over_all_classes():
    rng = np.random.default_rng(2)
    label, sex = rng.choice(["a", "b", "c"], 1500), rng.choice(["f", "m", "x"], 1500)
    predicted = np.where(rng.uniform(size=1500) < np.where(sex == "f", 0.5, 0.7), label, "a")
    found = of_classes(multiclass(label, predicted, favourable=["a"], sex=sex), ("a", "b", "c"))
    gaps = []
    for name in "abc":
        for among in (label == name, label != name):
            shares = [(predicted[among & (sex == of)] == name).mean() for of in "fmx"]
            gaps.append(max(shares) - min(shares))
    own = found.measure("equalized_odds_difference", sensitive="sex")
    assert own.value == pytest.approx(max(gaps))
    assert 0 < own.interval.low < own.value < own.interval.high
    chosen = [(predicted[sex == of] == "a").mean() for of in "fmx"]
    assert found.measure("demographic_parity_difference", sensitive="sex").value == pytest.approx(
        max(chosen) - min(chosen)
    )
    # 3 pairs: selection; 3 classes with 2 rates each
    assert found.measure("comparisons").value == 3 + 3 * 3 * 2


def test_intersections_of_several_classes_have_decisions_and_nothing_else():
    rng = np.random.default_rng(3)
    label, predicted = rng.choice(["a", "b"], 800), rng.choice(["a", "b"], 800)
    p, q = rng.choice(["x", "y"], 800), rng.choice(["u", "v"], 800)
    scored = multiclass(label, predicted, favourable=["a"], p=p, q=q)
    found = of_classes(scored, ("a", "b"), crossed=[("p", "q")])
    assert [table.name for table in found.tables if table.name.endswith(":p × q")] == ["outcomes:p × q"]
    metrics = {each.metric for each in found.measures if each.dimensions.get("sensitive") == "p × q"}
    assert {"recall", "class_rate", "macro_recall"} & metrics == set()
    own = found.measure("selection_rate", **about("p × q", "x × u"))
    assert own.value == pytest.approx((predicted[(p == "x") & (q == "u")] == "a").mean())
    plain = measured(
        multiclass(label, predicted, p=p, q=q), "multiclass", classes=("a", "b"), crossed=[("p", "q")]
    )
    assert not [each for each in plain.measures if each.dimensions.get("sensitive") == "p × q"]
    assert plain.measure("recall", **about("p", "x"), **{"class": "a"}).value is not None
    assert FAIRNESS.judge(plain, FAIRNESS.settings()) == ()
