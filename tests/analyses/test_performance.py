"""Performance of a binary model is scikit-learn's; what is undefined is not estimable, with its reason."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics

from explainaudit.analyses.data import DATA
from explainaudit.analyses.performance import PERFORMANCE, RATES
from explainaudit.errors import NotApplicable
from explainaudit.records.evidence import Evidence
from explainaudit.wording.writer import Writer
from handmade import EVENT, OTHER, audited, responses, scored_frame


@st.composite
def frames(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    rows = draw(st.integers(2, 200))
    score = rng.uniform(size=rows)
    if draw(st.booleans()):
        score = score.round(1)  # ties, and scores of exactly 0 and 1
    label = np.where(rng.uniform(size=rows) < score, EVENT, OTHER).astype(object)
    label[rng.uniform(size=rows) < draw(st.sampled_from([0.0, 0.3]))] = None
    label[:2] = EVENT, OTHER
    return scored_frame(label, score >= draw(st.sampled_from([0.0, 0.5, 1.1])), score=score)


def measured(scored) -> Evidence:
    return PERFORMANCE.measure(responses(scored), PERFORMANCE.settings())


def codes(found: Evidence) -> list[str]:
    return [flag.code for flag in PERFORMANCE.judge(found, PERFORMANCE.settings())]


@settings(derandomize=True, deadline=None, max_examples=60)
@given(frames())
def test_rates_and_scores_are_those_of_scikit_learn(scored):
    found = measured(scored)
    known = scored[scored["label"].notna()]
    y, p, s = (
        (known["label"] == EVENT).to_numpy(),
        known["event_predicted"].to_numpy(),
        known["score"].to_numpy(),
    )
    nan = {"zero_division": np.nan}
    expected = {
        "accuracy": metrics.accuracy_score(y, p),
        "tpr": metrics.recall_score(y, p, **nan),
        "fnr": 1 - metrics.recall_score(y, p, **nan),
        "tnr": metrics.recall_score(y, p, pos_label=False, **nan),
        "fpr": 1 - metrics.recall_score(y, p, pos_label=False, **nan),
        "ppv": metrics.precision_score(y, p, **nan),
        "npv": metrics.precision_score(y, p, pos_label=False, **nan),
        "selection": p.mean(),
        "prevalence": y.mean(),
        "auc": metrics.roc_auc_score(y, s),
        "brier": metrics.brier_score_loss(y, s),
        "log_loss": metrics.log_loss(y, s),
    }
    assert set(RATES) <= set(expected)
    for metric, value in expected.items():
        each = found.measure(metric)
        if np.isnan(value):
            assert (each.value, each.reason, each.n) == (None, "zero_denominator", 0)
        else:
            assert each.value == pytest.approx(value, abs=1e-12)
            assert each.interval.low - 1e-12 <= each.value <= each.interval.high + 1e-12
    tn, fp, fn, tp = metrics.confusion_matrix(y, p).ravel()
    for cell, count in (("tn", tn), ("fp", fp), ("fn", fn), ("tp", tp)):
        assert found.measure("confusion", cell=cell).value == count


def test_table_of_the_confusion_has_the_actual_outcome_in_its_rows():
    found = measured(scored_frame([EVENT] * 5 + [OTHER] * 7, [True] * 3 + [False] * 2 + [True] + [False] * 6))
    shown = [
        [found.measure("confusion", cell=cell).ref() for cell in row] for row in (("tp", "fn"), ("fp", "tn"))
    ]
    assert [list(row[1:]) for row in found.table("confusion").rows] == shown
    values = {each.dimensions["cell"]: each.value for each in found.measures if each.metric == "confusion"}
    assert values == {"tp": 3, "fn": 2, "fp": 1, "tn": 6}


def test_no_label_at_all_is_not_applicable():
    with pytest.raises(NotApplicable) as error:
        measured(scored_frame([None] * 20, [True, False] * 10))
    assert error.value.reason == "input_missing"


@pytest.mark.parametrize("label", [EVENT, OTHER])
def test_one_class_has_no_ranking_and_says_so(label):
    found = measured(scored_frame([label] * 40, [True, False] * 20))
    area = found.measure("auc")
    assert (area.value, area.reason, area.n) == (None, "not_estimable", 40)
    assert Writer({area.id: area}).cell_text(area.ref()) == "n/e"
    assert [each.code for each in found.limitations] == ["one_class", "no_training"]
    assert found.limitations[0].message.key == "limitation.one_class"
    assert found.answer.key == "answer.performance.one_class"
    assert "n/e" not in Writer({each.id: each for each in found.measures}).text(found.answer)
    assert codes(found) == []
    # All rows are right or wrong together for one of the two denominators.
    empty = "fpr" if label == EVENT else "tpr"
    assert (found.measure(empty).value, found.measure(empty).n) == (None, 0)
    assert found.measure("accuracy").value == 0.5


def test_rows_without_a_label_are_counted_and_left_out():
    scored = scored_frame([EVENT, OTHER, None] * 20, [True, False, True] * 20)
    found = measured(scored)
    assert {found.measure(metric).n for metric in ("accuracy", "selection", "auc")} == {40}
    assert found.measure("accuracy").value == 1
    data = DATA.measure(responses(scored), DATA.settings())
    assert (data.measure("labelled").value, data.measure("unlabelled").value) == (40, 20)
    assert "unlabelled" in [each.code for each in data.limitations]


def test_few_labels_lower_the_tier_of_every_figure_that_rests_on_either():
    for events, others, tier in ((4, 96, "insufficient"), (20, 20, "indicative"), (60, 60, "reportable")):
        label = [EVENT] * events + [OTHER] * others
        found = measured(
            scored_frame(label, [True, False] * (len(label) // 2), score=np.linspace(0, 1, len(label)))
        )
        assert {found.measure(metric).tier for metric in ("auc", "brier", "log_loss")} == {tier}


def test_one_label_alone_is_not_few_records():
    found = measured(scored_frame([EVENT] * 300, [True, False] * 150, score=[0.8, 0.3] * 150))
    for metric in ("accuracy", "tpr", "log_loss", "brier"):
        assert (found.measure(metric).n, found.measure(metric).tier) == (300, "reportable"), metric
    assert found.measure("fpr").tier == "not_estimable"


def test_a_rate_over_few_rows_is_insufficient_whatever_the_group():
    label = [EVENT] * 29 + [OTHER] * 171
    found = measured(scored_frame(label, [True, False] * 100, score=np.linspace(0, 1, 200)))
    assert found.measure("tpr").tier == "insufficient"
    assert found.measure("fpr").tier == "reportable"


def test_a_score_outside_of_zero_and_one_is_no_probability():
    found = measured(scored_frame([EVENT, OTHER] * 20, [True, False] * 20, score=[2.5, -1.0] * 20))
    assert found.measure("auc").value == 1
    assert not {each.metric for each in found.measures} & {"brier", "log_loss"}


def test_certain_and_wrong_scores_have_a_finite_loss():
    found = measured(scored_frame([EVENT, OTHER] * 20, [True, True] * 20, score=[1.0, 1.0] * 20))
    assert found.measure("log_loss").value == pytest.approx(-np.log(np.finfo(float).eps) / 2)


def test_a_ranking_that_may_be_chance_is_flagged():
    rng = np.random.default_rng(5)
    label = np.array([EVENT, OTHER] * 100)
    assert codes(measured(scored_frame(label, [True] * 200, score=rng.uniform(size=200)))) == [
        "PERF01",
        "PERF02",
    ]
    assert codes(measured(scored_frame(label, [True] * 200, score=[0.9, 0.1] * 100))) == []
    assert codes(measured(scored_frame(label, [True] * 200, score=[0.1, 0.9] * 100))) == ["PERF01", "PERF02"]


def test_the_threshold_of_the_flag_is_one_half_itself():
    bundle, _ = audited()
    found = bundle.of("performance")
    area = found.measure("auc")
    for low, raised in ((0.5, ["PERF01"]), (np.nextafter(0.5, 1), [])):
        moved = area.model_copy(update={"interval": area.interval.model_copy(update={"low": low})})
        rest = tuple(each for each in found.measures if each.metric != "auc")
        assert codes(found.model_copy(update={"measures": (*rest, moved)})) == raised


def test_an_event_of_weight_zero_is_no_outcome_and_the_reason_says_so():
    label = [EVENT] * 20 + [OTHER] * 40
    scored = scored_frame(label, [True, False] * 30).assign(weight=[0.0] * 20 + [1.0] * 40)
    found = measured(scored)
    assert found.limitations[0].message.key == "limitation.one_class_weighted"
    assert found.measure("confusion", cell="tp").value == 0
