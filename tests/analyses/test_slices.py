"""Slices found by search: what is planted is found, what is not there is not, and who is looked at when."""

import hashlib

import numpy as np
import pytest
from planted import SETTINGS, TYPES, found, measured, right_and_wrong, shown, table

from explainaudit.analyses.slices import SLICES, halves
from explainaudit.records.responses import ColumnFacts
from grouped import EVENT, OTHER, asked, binary, regression


@pytest.mark.parametrize("depth", [2, 3])
def test_a_planted_slice_is_found_and_its_interval_holds_the_truth(depth):
    held = 0
    for seed in range(24):
        rows = table(6000, seed)
        inside = (rows["city"] == "Bonn") & (rows["work"] == "own")
        planted = {("city", "Bonn"), ("work", "own")}
        if depth == 3:
            rows["term"] = np.random.default_rng(100 + seed).choice([12, 24, 36], 6000)
            inside &= rows["term"] == 36
            planted |= {("term", "36")}
        chance = np.where(inside, 0.45, 0.15)
        responses = found(right_and_wrong(chance, seed), rows, types={**TYPES, "term": "integer"})
        evidence = measured(responses)
        first = next(iter(shown(evidence, "gap", criterion="error")))
        assert set(first) == planted
        gap = shown(evidence, "gap", criterion="error")[first]
        held += gap.interval.low <= 0.3 <= gap.interval.high
        assert gap.interval.high - gap.interval.low < 0.25
        (worst, *_) = SLICES.judge(evidence, SETTINGS)
        assert (worst.code, worst.level, worst.measures[0]) == ("SLIC01", "caution", gap.id)
    assert held >= 20  # of 24 intervals at 95 %: fewer would be in one of 160 such tests


def test_the_figures_are_those_of_the_half_that_was_not_searched():
    rows = table(4000, 5)
    scored = right_and_wrong(np.where(rows["city"] == "Bonn", 0.4, 0.1), 5)
    responses = found(scored, rows)
    parted = halves.halves_of(responses)
    assert not (parted.searched & parted.estimated).any()
    evidence = measured(responses)
    inside = parted.estimated & (
        parted.scored["key"].map(dict(zip(scored["key"], rows["city"], strict=True))) == "Bonn"
    )
    wrong = (parted.scored["predicted"] != parted.scored["label"]).to_numpy()
    name = (("city", "Bonn"),)
    assert shown(evidence, "n", criterion="error")[name].value == inside.sum()
    assert shown(evidence, "value", criterion="error")[name].value == pytest.approx(wrong[inside].mean())
    rest = wrong[parted.estimated & ~inside].mean()
    assert shown(evidence, "rest", criterion="error")[name].value == pytest.approx(rest)
    whole = evidence.measure("whole_value", criterion="error")
    assert (whole.value, whole.n) == (pytest.approx(wrong[parted.estimated].mean()), parted.estimated.sum())
    # Other answers in the estimate half change figures, never which slices are shown.
    key = dict(zip(parted.scored["key"], parted.estimated, strict=True))
    turned = scored.assign(label=np.where(scored["key"].map(key), OTHER, scored["label"]))
    assert list(shown(measured(found(turned, rows)), "n")) == list(shown(evidence, "n"))


@pytest.mark.parametrize("kind", ["binary", "regression"])
def test_where_nothing_is_there_few_flags_are_raised(kind):
    alarms = 0
    for seed in range(80):
        rng = np.random.default_rng(seed)
        rows, score, sex = table(800, seed), rng.uniform(size=800), rng.choice(["f", "m"], 800)
        if kind == "binary":
            label = np.where(rng.uniform(size=800) < score, EVENT, OTHER)
            scored = binary(label, score >= np.where(sex == "f", 0.4, 0.6), score=score, sex=sex)
        else:
            scored = regression(score + rng.standard_t(4, size=800), score, sex=sex)
        columns = tuple(ColumnFacts(name=name, type=TYPES[name], role="input") for name in rows)
        scored["key"] = [hashlib.sha256(f"{seed} {place}".encode()).hexdigest() for place in range(800)]
        alarms += bool(SLICES.judge(measured(asked(scored, kind, rows=rows, columns=columns)), SETTINGS))
    assert alarms <= 8  # of 80 at 5 %: more would be in one of fifty such tests


def test_the_order_of_rows_changes_nothing():
    rows = table(2000, 1, weight=np.random.default_rng(1).uniform(0.5, 2, 2000)).drop(columns="weight")
    rng = np.random.default_rng(1)
    sex = rng.choice(["f", "m", None], 2000)
    scored = right_and_wrong(
        np.full(2000, 0.2), 1, sex=sex, weight=rng.uniform(0.5, 2, 2000), cluster=rng.integers(0, 700, 2000)
    )
    responses = found(scored, rows)
    order = rng.permutation(2000)
    shuffled = asked(
        scored.iloc[order].reset_index(drop=True),
        rows=rows.iloc[order].reset_index(drop=True),
        columns=responses.columns,
    )
    assert measured(shuffled).canonical() == measured(responses).canonical()


def test_clusters_stay_on_one_side_and_rows_of_weight_zero_are_nobody():
    rng = np.random.default_rng(2)
    rows, cluster = table(3000, 2), [None if place < 50 else str(place // 4) for place in range(3000)]
    weight = np.where(rng.uniform(size=3000) < 0.3, 0.0, rng.uniform(0.5, 2, 3000))
    scored = right_and_wrong(np.full(3000, 0.2), 2, weight=weight, cluster=cluster)
    responses = found(scored, rows)
    parted = halves.halves_of(responses)
    sides = parted.scored.assign(side=parted.searched).dropna(subset="cluster").groupby("cluster")["side"]
    assert sides.nunique().max() == 1
    assert 0.4 < parted.searched.mean() < 0.6
    kept = np.flatnonzero(weight > 0)
    without = asked(
        scored.iloc[kept].reset_index(drop=True),
        rows=rows.iloc[kept].reset_index(drop=True),
        columns=responses.columns,
    )
    assert measured(without).canonical() == measured(responses).canonical()


def test_at_most_twenty_thousand_rows_are_searched(monkeypatch):
    monkeypatch.setattr(halves, "SEARCHED", 150)
    rows = table(1000, 3)
    parted = halves.halves_of(found(right_and_wrong(np.full(1000, 0.2), 3), rows))
    assert parted.searched.sum() == 150
    assert parted.estimated.sum() > 400


def test_a_gap_between_groups_is_held_against_that_elsewhere():
    rng = np.random.default_rng(4)
    rows, sex = table(8000, 4), rng.choice(["f", "m"], 8000)
    inside = (rows["city"] == "Bonn").to_numpy()
    rate = np.where(sex == "m", 0.7, np.where(inside, 0.3, 0.6))
    scored = binary([None] * 8000, rng.uniform(size=8000) > rate, sex=sex)
    evidence = measured(found(scored, rows))
    first = next(iter(shown(evidence, "gap")))
    gap, value = shown(evidence, "gap")[first], shown(evidence, "value")[first]
    assert first == (("city", "Bonn"),)
    assert gap.dimensions["group"] == "f"
    assert gap.interval.low <= -0.3 <= gap.interval.high
    assert value.value == pytest.approx(-0.4, abs=0.06)
    assert SLICES.judge(evidence, SETTINGS)[0].measures[0] == gap.id
    assert [each.code for each in evidence.limitations] == ["found_by_search", "slices_not_all"]
    assert {table.name for table in evidence.tables} == {"slices:disparity"}


def test_a_model_that_is_off_everywhere_alike_has_no_slice_that_is_surely_worse():
    rng = np.random.default_rng(6)
    rows = table(4000, 6)
    responses = found(regression(rng.normal(size=4000), np.full(4000, 5.0)), rows, "regression")
    assert SLICES.judge(measured(responses), SETTINGS) == ()
