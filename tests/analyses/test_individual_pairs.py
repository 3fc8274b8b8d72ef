"""Pairs of alike rows: nearest ones by brute force, planted differences found, none where there are none."""

import numpy as np
import pandas as pd
import pytest
from flipped_rows import answered, measured
from test_individual_flips import ONE, blind, direct, table, words
from test_individual_flips import alike as same_figures

from explainaudit.analyses.individual import alike
from explainaudit.analyses.individual.nearest import encoded, nearest
from explainaudit.records.plan import Decision
from explainaudit.records.responses import ColumnFacts

COLUMNS = tuple(
    ColumnFacts(name=name, type=kind, role="input")
    for name, kind in {"a": "number", "i": "integer", "w": "text", "b": "boolean", "same": "number"}.items()
)


def mixed(n=80, seed=3):
    draw = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "a": draw.normal(50, 9, n),
            "i": pd.Series(draw.integers(0, 5, n), dtype="Int64"),
            "w": pd.Series(draw.choice(["p", "q", None], n), dtype="str"),
            "b": draw.random(n) < 0.4,
            "same": 3.0,
        }
    )
    frame.loc[draw.random(n) < 0.2, "a"] = np.nan
    return frame


def gower(frame, one, other):
    """The distance of two rows, written out."""
    first, second, total = frame.iloc[one], frame.iloc[other], 0.0
    for name in ("a", "i"):
        known = frame[name].dropna().to_numpy(dtype=float)
        ends = [np.median(known) if pd.isna(row[name]) else float(row[name]) for row in (first, second)]
        total += abs(ends[0] - ends[1]) / known.std() + (pd.isna(first[name]) != pd.isna(second[name]))
    for name in ("w", "b"):
        alike_ = (pd.isna(first[name]) and pd.isna(second[name])) or first[name] == second[name]
        total += not alike_
    return total


def test_the_nearest_row_is_that_of_brute_force():
    frame = mixed()
    seekers, pool = np.arange(0, 80, 3), np.arange(80)[::-1].copy()
    places, apart = nearest(encoded(frame, COLUMNS), seekers, pool)
    for seeker, place, distance in zip(seekers, places, apart, strict=True):
        brute = [gower(frame, seeker, other) if other != seeker else np.inf for other in range(80)]
        assert distance == pytest.approx(min(brute), abs=1e-12)
        assert brute[place] == pytest.approx(min(brute), abs=1e-12)
        assert place != seeker


def test_pairs_are_the_near_ones_by_brute_force():
    frame = table(120, missing=10)
    evidence, _ = measured(answered(frame, direct, ["x", "z"], ONE))
    spread = frame[["x", "z"]].std(ddof=0)
    apart = np.abs(
        (frame[["x", "z"]].to_numpy()[:, None] - frame[["x", "z"]].to_numpy()[None]) / spread.to_numpy()
    )
    apart = apart.sum(axis=2)
    np.fill_diagonal(apart, np.inf)
    for name, other in (("f", "m"), ("m", "f")):
        own = np.flatnonzero(frame["sex"] == name)
        others = np.flatnonzero(frame["sex"] == other)
        limit = np.median(apart[np.ix_(own, own)].min(axis=1))
        partner = others[apart[np.ix_(own, others)].argmin(axis=1)]
        near = apart[own, partner] <= limit
        about = {"sensitive": "sex", "group": name}
        assert evidence.measure("pairs_matched", **about).value == near.sum()
        assert evidence.measure("pair_rows", **about).value == len(own)
        good = direct(frame) < 0.5
        own, partner = own[near], partner[near]
        if near.sum() < 30:
            assert evidence.measure("pair_difference", **about).reason == "insufficient"
            continue
        expected = good[own].mean() - good[partner].mean()
        assert evidence.measure("pair_difference", **about).value == pytest.approx(expected)
        assert evidence.measure("pair_rate", **about).value == pytest.approx(good[own].mean())
        assert evidence.measure("pair_rate_partners", **about).value == pytest.approx(good[partner].mean())
        assert evidence.measure("pair_changed", **about).value == pytest.approx(
            (good[own] != good[partner]).mean()
        )
        gap = direct(frame)[own] - direct(frame)[partner]
        assert evidence.measure("pair_score_difference", **about).value == pytest.approx(gap.mean())


@pytest.mark.parametrize("inputs", [["x", "sex"], ["x"]])
def test_a_planted_difference_is_found_whether_the_model_is_given_the_feature_or_not(inputs):
    evidence, flags = measured(answered(table(), direct, inputs, ONE))
    assert flags.count("INDV02") == 2
    f = evidence.measure("pair_difference", sensitive="sex", group="f")
    assert f.interval.low > 0
    assert f.interval.method == "bonett_price"
    text = words(evidence)
    assert "nearest rows of other groups" in text
    assert "how pairs of alike rows were made" in text.lower()


def test_a_model_that_does_not_look_is_not_flagged_nor_are_permuted_groups():
    assert "INDV02" not in measured(answered(table(), blind, ["x", "sex"], ONE))[1]
    frame, flagged = table(400), 0
    answers = direct(frame)
    for seed in range(20):
        shuffled = frame.assign(sex=np.random.default_rng(seed).permutation(frame["sex"]), answers=answers)
        _, flags = measured(answered(shuffled, lambda rows: rows["answers"], ["x", "z"], ONE))
        flagged += "INDV02" in flags
    assert flagged <= 2


def test_small_groups_are_listed_with_their_counts():
    frame = table(200, groups=("f", "m"))
    frame.loc[:19, "sex"] = "x"
    frame.loc[20, "sex"] = "y"
    evidence, _ = measured(answered(frame, direct, ["x"], ONE))
    for name, looked in (("x", 20), ("y", 1)):
        about = {"sensitive": "sex", "group": name}
        assert evidence.measure("pair_rows", **about).value == looked
        assert evidence.measure("pair_difference", **about).reason == "insufficient"
        assert evidence.measure("pair_difference_p", **about).reason == "insufficient"
    assert "too few pairs of alike rows to compare “x” and “y”" in words(evidence)


def test_weights_count_and_rows_of_weight_zero_are_nobody():
    frame = table(400).assign(w=np.arange(400) % 3, house=np.arange(400) // 2)
    design = {"weight": "w", "cluster": "house"}
    whole, _ = measured(answered(frame, direct, ["x"], ONE, **design))
    same_figures(whole, measured(answered(frame[frame["w"] > 0], direct, ["x"], ONE, **design))[0])
    plain, _ = measured(answered(frame[frame["w"] > 0], direct, ["x"], ONE))
    about = {"sensitive": "sex", "group": "f"}
    assert whole.measure("pairs_matched", **about).value == plain.measure("pairs_matched", **about).value
    assert whole.measure("pair_rate", **about).value != plain.measure("pair_rate", **about).value


def test_no_more_rows_are_looked_at_than_said(monkeypatch):
    monkeypatch.setattr(alike, "PAIR_ROWS", 50)
    monkeypatch.setattr(alike, "POOL_ROWS", 60)
    evidence, _ = measured(answered(table(), direct, ["x"], ONE))
    assert evidence.measure("pair_rows", sensitive="sex", group="f").value == 50
    assert evidence.measure("pairs_matched", sensitive="sex", group="f").value <= 50


def test_regression_and_several_classes():
    def linear(frame):
        return 100 * frame["x"].to_numpy() + 25.0 * (frame["sex"] == "m").to_numpy()

    evidence, flags = measured(answered(table(), linear, ["x"], ONE, kind="regression"))
    gap = evidence.measure("pair_score_difference", sensitive="sex", group="m")
    assert (gap.unit, gap.interval.low > 0) == ("target", True)
    assert gap.value == pytest.approx(25, abs=2)
    assert flags == ["INDV02", "INDV02"]
    assert evidence.table("pairs:sex") is None

    def three(frame):
        p = direct(frame)
        return np.column_stack([p, (1 - p) * 0.4, (1 - p) * 0.6])

    for decision, tables in ((Decision(), 1), (Decision(favourable=("good",)), 2)):
        responses = answered(table(), three, ["x"], ONE, kind="multiclass", decision=decision)
        evidence, flags = measured(responses)
        assert len(evidence.tables) == tables
        assert ("INDV02" in flags) == (tables == 2)
        assert evidence.measure("pair_changed", sensitive="sex", group="f").value > 0
