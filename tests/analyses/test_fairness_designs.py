"""Weights, clusters and the order of rows: what they change in figures of groups, and what they must not."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from counted_groups import about, measured, stratified
from scipy.stats import norm
from scipy.stats import t as student
from statsmodels.stats.proportion import confint_proportions_2indep

from explainaudit.records.evidence import Evidence
from grouped import EVENT, OTHER, binary, multiclass, regression

N = 1200
CROSSED = (("sex", "region"),)
KINDS = ("binary", "multiclass", "regression")
CLASSES = ("a", "b", "c")


def rows(kind: str, rng: np.random.Generator, **more):
    """Return scored rows of two features and a stratum, of groups large enough to compare."""
    sex, region = (
        rng.choice(["f", "m", None], N, p=[0.5, 0.4, 0.1]),
        rng.choice(["n", "s", "few"], N, p=[0.6, 0.39, 0.01]),
    )
    more |= {"sex": sex, "region": region}
    score = np.clip(rng.beta(2, 3, N) + 0.1 * (sex == "f"), 0, 1)
    if kind == "regression":
        scored = regression(score + rng.normal(size=N), score, **more)
    elif kind == "multiclass":
        label, predicted = (rng.choice(CLASSES, N) for _ in range(2))
        scored = multiclass(label, predicted, favourable=["a"], **more)
    else:
        label = np.where(rng.uniform(size=N) < score, EVENT, OTHER)
        scored = binary(label, score >= 0.4, score=score, **more)
    return stratified(scored, dept=rng.choice(["x", "y", None], N))


def found_in(scored, kind: str) -> Evidence:
    return measured(scored, kind, crossed=CROSSED, **({"classes": CLASSES} if kind == "multiclass" else {}))


def by_id(found: Evidence) -> dict:
    return {each.id: each for each in found.measures}


@pytest.mark.parametrize("kind", KINDS)
def test_rows_of_weight_zero_are_counted_nowhere(kind):
    rng = np.random.default_rng(1)
    weight = np.where(rng.uniform(size=N) < 0.5, 0.0, rng.uniform(0.5, 2, N))
    scored = rows(kind, rng, weight=weight)
    kept = scored[weight > 0].reset_index(drop=True)
    heavy, light = by_id(found_in(scored, kind)), by_id(found_in(kept, kind))
    plain = by_id(found_in(kept.drop(columns="weight"), kind))
    assert heavy.keys() == light.keys() == plain.keys()
    for name, each in heavy.items():
        assert (each.n, each.smallest_cell) == (light[name].n, light[name].smallest_cell), name
        if each.kind in {"count", "rate"}:  # unequal weights carry less: fewer comparisons
            assert (each.n, each.smallest_cell) == (plain[name].n, plain[name].smallest_cell), name
        assert (each.tier, each.reason) == (light[name].tier, light[name].reason), name
        if each.value is not None:
            assert each.value == pytest.approx(light[name].value, rel=1e-9, abs=1e-12), name
        if each.interval is not None:
            ends = (light[name].interval.low, light[name].interval.high)
            assert (each.interval.low, each.interval.high) == pytest.approx(ends, rel=1e-7, abs=1e-9), name


@pytest.mark.parametrize("kind", KINDS)
def test_weights_that_are_all_alike_change_no_value(kind):
    scored = rows(kind, np.random.default_rng(2))
    plain, alike = by_id(found_in(scored, kind)), by_id(found_in(scored.assign(weight=0.1), kind))
    own = by_id(found_in(scored.assign(cluster=[str(i) for i in range(N)]), kind))
    for name, each in plain.items():
        for other in (alike[name], own[name]):
            assert (other.n, other.tier, other.reason) == (each.n, each.tier, each.reason), name
            assert other.smallest_cell == each.smallest_cell, name
            if each.metric in {
                "p_value",
                "p_holm",
                "detectable",
                "z",
                "shortfall",
                "below_level",
                "after_holm",
            }:
                continue  # tails of Student's t, and sums of weights
            if each.value is not None:
                assert other.value == pytest.approx(each.value, rel=1e-9, abs=1e-12), name


@pytest.mark.parametrize("kind", KINDS)
def test_clusters_of_equal_rows_are_one_row_each(kind):
    """Every person stands there four times: shares stay, and intervals are those of the persons alone."""
    scored = rows(kind, np.random.default_rng(3))
    scored = scored[scored["group:region"] != "few"].reset_index(drop=True)  # four times few is enough
    four = scored.loc[scored.index.repeat(4)].assign(cluster=lambda each: each["key"]).reset_index(drop=True)
    alone, together = by_id(found_in(scored, kind)), by_id(found_in(four, kind))
    wide = 0
    for name, each in alone.items():
        other = together.get(name)
        if (
            other is None
            or None in {each.value, other.value}
            or each.interval is None
            or other.interval is None
        ):
            continue
        if each.tier != "reportable" or each.metric in {"smd", "score_distance", "score_quantile"}:
            continue
        assert other.value == pytest.approx(each.value, rel=1e-9, abs=1e-12), name
        assert other.n in {4 * each.n, None}, name
        width, same = (of.interval.high - of.interval.low for of in (other, each))
        assert width == pytest.approx(same, rel=0.05), name
        wide += 1
    assert wide > 20


@pytest.mark.parametrize("kind", KINDS)
def test_the_order_of_rows_changes_nothing_but_the_last_digits_of_sums(kind):
    rng = np.random.default_rng(4)
    scored = rows(kind, rng, weight=rng.uniform(0.5, 2, N), cluster=rng.integers(0, 300, N).astype(str))
    before = found_in(scored, kind)
    after = found_in(scored.sample(frac=1, random_state=5).reset_index(drop=True), kind)
    assert [each.id for each in before.measures] == [each.id for each in after.measures]
    for part in ("tables", "cards", "limitations", "plots", "answer"):
        assert getattr(before, part) == getattr(after, part)
    for each, other in zip(before.measures, after.measures, strict=True):
        assert (each.n, each.tier, each.reason, each.smallest_cell) == (
            other.n,
            other.tier,
            other.reason,
            other.smallest_cell,
        )
        if each.value is not None:
            assert each.value == pytest.approx(other.value, rel=1e-7, abs=1e-12), each.id


@pytest.mark.parametrize("kind", ["binary", "multiclass"])
def test_the_same_rows_in_key_order_give_the_same_bytes(kind):
    scored = rows(kind, np.random.default_rng(6))
    mixed = scored.sample(frac=1, random_state=7).sort_values("key").reset_index(drop=True)
    assert found_in(mixed, kind).canonical() == found_in(scored, kind).canonical()
    if kind == "multiclass":  # of counts alone: not even the order of rows is seen
        mixed = scored.sample(frac=1, random_state=7).reset_index(drop=True)
        plain = [
            measured(each.drop(columns="stratum:dept"), kind, crossed=CROSSED, classes=CLASSES)
            for each in (scored, mixed)
        ]
        counted = [[each for each in one.measures if not each.metric.startswith("macro")] for one in plain]
        assert counted[0] == counted[1]


def test_with_clusters_the_largest_gap_rests_on_the_effective_rows_of_its_level():
    """Of three groups the limits are those of three pairs, of rows that few clusters make fewer."""
    rng = np.random.default_rng(8)
    house = np.arange(900) // 30
    sex = np.array(["a", "b", "c"])[house % 3]
    event = rng.uniform(size=900) < 0.5 + 0.2 * (sex == "a") + rng.normal(0, 0.1, 30)[house]
    found = measured(binary(np.where(event, EVENT, OTHER), event, sex=sex, cluster=house.astype(str)))
    own = found.measure("demographic_parity_difference", sensitive="sex")
    counts, level = [], 1 - 0.05 / 3
    for name in "abc":
        here = ~event[sex == name]
        spread = pd.Series(here - here.mean()).groupby(house[sex == name]).sum()
        variance = (spread**2).sum() / len(here) ** 2 * 10 / 9  # ten clusters
        tails = norm.ppf((1 + level) / 2) / student.ppf((1 + level) / 2, 9)
        n = min(len(here), here.mean() * (1 - here.mean()) / variance * tails**2)
        counts.append((here.mean() * n, n))
    ends = [
        confint_proportions_2indep(*one, *other, method="newcomb", alpha=1 - level)
        for one, other in combinations(counts, 2)
    ]
    assert own.interval.low == pytest.approx(max(max(0, low, -high) for low, high in ends), abs=1e-9)
    assert own.interval.high == pytest.approx(max(max(-low, high) for low, high in ends), abs=1e-9)


def test_where_nobody_has_a_name_there_is_nothing_within_strata():
    """All rows with weight are of no known group."""
    sex = ["f"] * 10 + ["m"] * 10 + [None] * 80
    scored = binary([EVENT] * 100, [True, False] * 50, sex=sex, weight=[0.0] * 20 + [1.0] * 80)
    found = measured(stratified(scored, dept=["x", "y"] * 50))
    assert found.table("conditional:dept × sex") is None
    assert found.measure("group_size", **about("sex", "f")).value == 0
    assert found.measure("selection_rate", **about("sex", "f")).reason == "zero_denominator"
    assert found.answer.key == "answer.fairness.one_group"
