"""Flips: expected changes by formula, nothing where there is nothing, and what is said of it."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from flipped_rows import answered, measured
from scipy.special import expit

from explainaudit.analyses.individual import INDIVIDUAL
from explainaudit.errors import NotApplicable
from explainaudit.records.plan import Decision, Words
from explainaudit.stats.intervals import wilson
from explainaudit.wording.claims import claims_in
from explainaudit.wording.writer import Writer

ONE = {"sex": None}


def table(n=600, seed=1, groups=("f", "m"), missing=0):
    draw = np.random.default_rng(seed)
    frame = pd.DataFrame({"x": draw.normal(size=n), "z": draw.normal(size=n), "sex": draw.choice(groups, n)})
    frame["sex"] = frame["sex"].astype("str").mask(np.arange(n) < missing)
    return frame


def direct(frame):
    """Men have 0.8 more log-odds of the event."""
    return expit(frame["x"].to_numpy() + 0.8 * (frame["sex"] == "m").to_numpy(dtype=float))


def blind(frame):
    return expit(frame["x"].to_numpy())


def alike(one, other):
    """The same figures but for the order in which numbers are added."""
    assert [each.id for each in one.measures] == [each.id for each in other.measures]
    for first, second in zip(one.measures, other.measures, strict=True):
        assert first.smallest_cell == second.smallest_cell
        assert (first.n, first.tier, first.reason) == (second.n, second.tier, second.reason)
        ends = [(each.value, each.interval and each.interval.low) for each in (first, second)]
        for a, b in zip(*ends, strict=True):
            assert (a is None) == (b is None)
            assert a is None or a == pytest.approx(b, rel=1e-9, abs=1e-12)


def words(evidence):
    writer = Writer({each.id: each for each in evidence.measures}, Words())
    tables = [
        [table.caption, *table.notes, *(each.heading for each in table.columns)] for table in evidence.tables
    ]
    cards = [[card.title, *(each.label for each in card.lines)] for card in evidence.cards]
    cells = [cell for table in evidence.tables for row in table.rows for cell in row]
    cells += [line.fact for card in evidence.cards for line in card.lines]
    flags = [flag.message for flag in INDIVIDUAL.judge(evidence, INDIVIDUAL.settings())]
    said = [
        evidence.answer,
        *(each for part in tables + cards for each in part),
        *flags,
        *(each.message for each in evidence.limitations),
    ]
    return " ".join([*map(writer.text, said), *map(writer.cell_text, cells)])


def test_changes_are_those_of_the_formula():
    frame = table()
    evidence, flags = measured(answered(frame, direct, ["x", "sex"], ONE))
    x, man = frame["x"].to_numpy(), (frame["sex"] == "m").to_numpy()
    as_woman, as_man = expit(x), expit(x + 0.8)
    changed = (as_woman >= 0.5) != (as_man >= 0.5)
    share = evidence.measure("flip_changed", sensitive="sex")
    assert (share.value, share.n) == (pytest.approx(changed.mean()), 600)
    assert share.interval == wilson(int(changed.sum()), 600)
    assert evidence.measure("flip_rows", sensitive="sex").value == changed.sum()
    # A woman refused as a man ceases to be favoured, a man favoured as a woman becomes so.
    ceases = evidence.measure("flip_from_favourable", sensitive="sex").value
    becomes = evidence.measure("flip_to_favourable", sensitive="sex").value
    assert ceases == pytest.approx((changed & ~man).mean())
    assert becomes == pytest.approx((changed & man).mean())
    gap = as_man - as_woman
    assert evidence.measure("flip_size", sensitive="sex").value == pytest.approx(gap.mean())
    assert evidence.measure("flip_largest", sensitive="sex").value == pytest.approx(gap.max())
    into = evidence.measure("flip_mean_into", sensitive="sex", to="m")
    assert (into.value, into.n) == (pytest.approx(gap[~man].mean()), (~man).sum())
    from scipy.stats import t

    half = t.ppf(0.975, (~man).sum() - 1) * gap[~man].std(ddof=1) / np.sqrt((~man).sum())
    assert (into.interval.low, into.interval.high) == pytest.approx((into.value - half, into.value + half))
    assert "INDV01" in flags
    for limit, flagged in ((share.interval.low, False), (share.interval.low - 1e-9, True)):
        flags = measured(answered(frame, direct, ["x", "sex"], ONE), changed=limit)[1]
        assert ("INDV01" in flags) == flagged
    text = words(evidence)
    assert "the decision changes for" in text
    assert "one that never occurs" in text
    assert claims_in(text) == []


def test_no_change_is_none_of_n_with_its_interval():
    evidence, flags = measured(answered(table(), blind, ["x", "sex"], ONE))
    share = evidence.measure("flip_changed", sensitive="sex")
    assert (share.value, share.n, share.interval) == (0.0, 600, wilson(0, 600))
    size = evidence.measure("flip_size", sensitive="sex")
    assert (size.value, size.interval) == (0.0, None)
    assert "INDV01" not in flags
    assert "the decision changes for 0 of 600 rows" in words(evidence)
    assert "no effect" not in words(evidence)


def test_a_feature_that_is_no_input_is_said_to_be_none():
    evidence, _ = measured(answered(table(), blind, ["x"], ONE))
    assert not [each for each in evidence.measures if each.metric.startswith("flip")]
    text = words(evidence)
    assert "sex: not among the model's inputs (schema check); proxies are not excluded" in text
    assert "No sensitive feature is among the model's inputs" in text


def test_pairs_of_groups_bands_and_rows_without_a_value():
    frame = table(groups=("f", "m", "x"), missing=40).assign(f_age=np.arange(600) % 50 + 20)
    evidence, _ = measured(
        answered(frame, direct, ["x", "sex", "f_age"], {"sex": None, "f_age": (30.0, 50.0)})
    )
    woman, man = (frame["sex"] == "f").to_numpy(), (frame["sex"] == "m").to_numpy()
    gap = expit(frame["x"] + 0.8) - expit(frame["x"])
    between = evidence.measure("flip_mean_between", sensitive="sex", to="m", **{"from": "f"})
    assert (between.value, between.n) == (pytest.approx(gap[woman].mean()), woman.sum())
    assert evidence.measure("flip_size", sensitive="sex").n == 560
    assert evidence.measure("flip_unknown", sensitive="sex").value == 40
    # For a woman the two other values change by the gap and by nothing, for a man both by the gap.
    expected = (gap[woman].sum() / 2 + gap[man].sum() + gap[(frame["sex"] == "x").to_numpy()].sum() / 2) / 560
    assert evidence.measure("flip_size", sensitive="sex").value == pytest.approx(expected)
    assert {len(evidence.table(f"flips_{name}:sex").rows) for name in ("into", "between")} == {3, 6}
    assert evidence.measure("flip_value", sensitive="f_age", to="30–49").value == 39.0
    assert "40 rows lack it" in words(evidence)


def test_one_value_and_no_sensitive_feature():
    evidence, _ = measured(answered(table(groups=("f",)), direct, ["x", "sex"], ONE))
    assert evidence.tables == ()
    text = words(evidence)
    assert "no two values are recorded" in text
    assert "no pairs, for there is one group alone" in text
    with pytest.raises(NotApplicable):
        measured(answered(table(), blind, ["x"], {}))


def test_weights_and_clusters_count_and_rows_of_weight_zero_are_nobody():
    frame = table(missing=30).assign(w=np.arange(600) % 4, house=np.arange(600) // 3)
    changed = (frame["x"] < 0) & (frame["x"] >= -0.8)
    whole, _ = measured(answered(frame, direct, ["x", "sex"], ONE, weight="w", cluster="house"))
    share = whole.measure("flip_changed", sensitive="sex")
    known = frame["sex"].notna() & (frame["w"] > 0)
    assert share.value == pytest.approx(np.average(changed[known], weights=frame["w"][known]))
    assert share.n == known.sum()
    without, _ = measured(
        answered(frame[frame["w"] > 0], direct, ["x", "sex"], ONE, weight="w", cluster="house")
    )
    alike(whole, without)


@pytest.mark.parametrize("decision", [Decision(), Decision(favourable=("fine", "good"))])
def test_several_classes(decision):
    def three(frame):
        p = direct(frame)
        return np.column_stack([p, (1 - p) * 0.4, (1 - p) * 0.6])

    frame = table(groups=("f", "m", "x"))
    responses = answered(frame, three, ["x", "sex"], ONE, kind="multiclass", decision=decision)
    evidence, flags = measured(responses)
    assert ("flip_to_favourable" in {each.metric for each in evidence.measures}) == (
        decision.favourable is not None
    )
    best = {name: three(frame.assign(sex=name)).argmax(axis=1) for name in ("f", "m")}
    good = {name: each > 0 if decision.favourable else each for name, each in best.items()}
    changed = (good["f"] != good["m"]).mean()
    assert evidence.measure("flip_changed", sensitive="sex").value == pytest.approx(changed)
    assert "INDV01" in flags
    assert claims_in(words(evidence)) == []


def test_a_regression_has_changes_of_the_prediction_alone():
    def linear(frame):
        return 100 * frame["x"].to_numpy() + 25.0 * (frame["sex"] == "m").to_numpy()

    evidence, flags = measured(answered(table(), linear, ["x", "sex"], ONE, kind="regression"))
    size = evidence.measure("flip_size", sensitive="sex")
    assert (size.value, size.unit) == (pytest.approx(25.0), "target")
    assert evidence.measure("flip_mean_into", sensitive="sex", to="f").value == pytest.approx(-25.0)
    assert not [each for each in evidence.measures if "changed" in each.metric]
    assert "INDV01" not in flags
    assert "the prediction of a row changes by" in words(evidence)


def test_a_few_rows_raise_no_flag_and_small_groups_are_small_cells():
    few, flags = measured(answered(table(29), direct, ["x", "sex"], ONE))
    assert few.measure("flip_changed", sensitive="sex").tier == "insufficient"
    assert flags == []
    frame = table()
    frame.loc[:6, "sex"] = "x"
    evidence, _ = measured(answered(frame, direct, ["x", "sex"], ONE))
    for each in evidence.measures:
        if "x" in {each.dimensions.get("to"), each.dimensions.get("from"), each.dimensions.get("group")}:
            assert each.smallest_cell <= 7, each.id


def test_order_of_rows_changes_nothing():
    frame = table(missing=30)
    one = measured(answered(frame, direct, ["x", "sex"], ONE))
    back = answered(frame.iloc[::-1], direct, ["x", "sex"], ONE)
    assert dataclasses.is_dataclass(back)
    assert measured(back) == one
