"""Other thresholds, costs, tenths of the score and bands, against counting by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from performances import inside, measured, several, two

from explainaudit.records.plan import Band, Decision
from handmade import EVENT, OTHER

COSTS = {EVENT: {EVENT: -1.0, OTHER: 5.0}, OTHER: {EVENT: 1.0, OTHER: 0.0}}


def made(seed, rows=300, *, tied=False, weighted=False):
    rng = np.random.default_rng(seed)
    score = rng.uniform(size=rows).round(1 if tied else 6)
    label = np.where(rng.uniform(size=rows) < score, EVENT, OTHER)
    label[:2] = EVENT, OTHER
    return two(label, score, cut=0.35, weight=rng.uniform(0.5, 2, size=rows) if weighted else None)


def arrays(scored):
    weight = scored["weight"].to_numpy() if "weight" in scored else np.ones(len(scored))
    return (scored["label"] == EVENT).to_numpy(), scored["score"].to_numpy(), weight


def cost_at(scored, threshold):
    actual, score, weight = arrays(scored)
    label = np.where(actual, EVENT, OTHER)
    paid = [COSTS[a][EVENT if s >= threshold else OTHER] for a, s in zip(label, score, strict=True)]
    return float(weight @ paid / weight.sum())


@settings(derandomize=True, deadline=None, max_examples=20)
@given(st.integers(0, 2**32), st.integers(2, 150), st.booleans(), st.booleans())
def test_thresholds_and_the_cheapest_of_them(seed, rows, tied, weighted):
    scored = made(seed, rows, tied=tied, weighted=weighted)
    actual, score, weight = arrays(scored)
    found = measured(scored, decision=Decision(threshold=0.35), costs=COSTS)
    shown = [each for each in found.measures if each.metric == "threshold"]
    assert {round(k / 20, 2) for k in range(1, 20)} <= {each.value for each in shown}
    for each in shown:
        at = each.dimensions["threshold"]
        chosen = score >= each.value
        assert found.measure("threshold_selection", threshold=at).value == pytest.approx(
            weight[chosen].sum() / weight.sum()
        )
        caught = weight[chosen & actual].sum() / weight[actual].sum()
        assert found.measure("threshold_tpr", threshold=at).value == pytest.approx(caught)
        right = found.measure("threshold_ppv", threshold=at)
        if chosen.any():
            assert right.value == pytest.approx(weight[chosen & actual].sum() / weight[chosen].sum())
        else:
            assert (right.value, right.reason) == (None, "zero_denominator")
        paid = found.measure("threshold_cost", threshold=at)
        assert paid.value == pytest.approx(cost_at(scored, each.value), abs=1e-9)
        assert inside(paid)
    order = sorted(shown, key=lambda each: each.value)
    lines = zip(order, found.table("thresholds").rows, strict=True)
    marks = {line[-1].key: each.value for each, line in lines if line[-1] is not None}
    cheapest = marks.get("threshold.cheapest", marks.get("threshold.in_use_and_cheapest"))
    assert 0.35 in marks.values()
    everywhere = [cost_at(scored, level) for level in (*score, 1.01)]
    assert cost_at(scored, cheapest) == pytest.approx(min(everywhere), abs=1e-9)


def test_the_cost_in_use_is_the_mean_over_the_rows():
    scored = made(1)
    found = measured(scored, decision=Decision(threshold=0.35), costs=COSTS)
    cost = found.measure("expected_cost")
    assert cost.value == pytest.approx(cost_at(scored, 0.35))
    assert inside(cost)
    # A mean of three costs tells how many rows had each; one of four does not.
    assert cost.smallest_cell == 300
    alike = COSTS | {EVENT: {EVENT: 0.0, OTHER: 5.0}}
    few = measured(scored, decision=Decision(threshold=0.35), costs=alike).measure("expected_cost")
    assert few.smallest_cell == min(found.measure("confusion", cell=cell).value for cell in ("fn", "fp"))
    assert "expected_cost" not in {each.metric for each in measured(scored).measures}


def test_costs_of_several_classes():
    classes = ("low", "mid", "high")
    label, chosen = ["low", "mid", "high", "high"], np.eye(3)[[0, 2, 2, 0]]
    costs = {a: {b: abs(i - j) * 10.0 for j, b in enumerate(classes)} for i, a in enumerate(classes)}
    found = measured(several(label, chosen, classes=classes), costs=costs)
    assert found.measure("expected_cost").value == (0 + 10 + 0 + 20) / 4


@settings(derandomize=True, deadline=None, max_examples=20)
@given(st.integers(0, 2**32), st.integers(2, 200), st.booleans(), st.booleans())
def test_lift_and_gain(seed, rows, tied, weighted):
    scored = made(seed, rows, tied=tied, weighted=weighted)
    actual, score, weight = arrays(scored)
    found = measured(scored)
    tenths = [each.dimensions["tenth"] for each in found.measures if each.metric == "tenth_rate"]
    assert sum(found.measure("tenth_rate", tenth=name).n for name in tenths) == rows
    assert found.measure("gain", tenth=tenths[-1]).value == pytest.approx(1)
    base = weight[actual].sum() / weight.sum()
    for name in tenths:
        rate = found.measure("tenth_rate", tenth=name)
        assert found.measure("lift", tenth=name).value == pytest.approx(rate.value / base)
    # Equal scores stay together, so each tenth begins where the last one ended.
    edges, start = np.sort(score)[::-1], 0
    for name in tenths:
        end = start + found.measure("tenth_rate", tenth=name).n
        assert end == rows or edges[end - 1] > edges[end]
        inside_ = (score <= edges[start]) & (score >= edges[end - 1])
        assert found.measure("tenth_rate", tenth=name).value == pytest.approx(
            weight[inside_ & actual].sum() / weight[inside_].sum()
        )
        start = end


def test_a_constant_score_is_one_tenth():
    found = measured(two([EVENT, OTHER] * 50, [0.4] * 100))
    assert [each.dimensions["tenth"] for each in found.measures if each.metric == "tenth_rate"] == ["1"]
    assert found.measure("lift", tenth="1").value == 1


def test_bands():
    bands = (
        Band(name="approve"),
        Band(name="<b>refer</b>", at_least=0.3),
        Band(name="decline", at_least=0.6),
    )
    decision = Decision(bands=bands, favourable=("approve",))
    scored = made(4)
    score = scored["score"].to_numpy()
    names = np.array([band.name for band in bands])
    scored = scored.assign(band=names[np.searchsorted([0.3, 0.6], score, side="right")])
    found = measured(scored, decision=decision)
    assert [row[0].text for row in found.table("bands").rows] == list(names)
    for name, held in zip(names, (score < 0.3, (score >= 0.3) & (score < 0.6), score >= 0.6), strict=True):
        share, rate = (found.measure(metric, band=name) for metric in ("band_share", "band_event_rate"))
        assert share.value == held.mean()
        assert (rate.value, rate.n) == ((scored["label"] == EVENT)[held].mean(), held.sum())
        assert inside(share)
        assert inside(rate)
    empty = measured(scored[score < 0.3].reset_index(drop=True), decision=decision)
    assert (empty.measure("band_event_rate", band="decline").value) is None
    assert found.table("bands") is not None
    assert measured(made(4)).table("bands") is None


def test_there_is_no_tenth_zero():
    weight = np.ones(60)
    weight[0] = 1e-12  # the highest score, and next to nothing of the sum
    score = np.linspace(1, 0, 60)
    found = measured(two([EVENT, OTHER] * 30, score, weight=weight))
    tenths = [each.dimensions["tenth"] for each in found.measures if each.metric == "tenth_rate"]
    assert tenths == [str(number) for number in range(1, 11)]
