"""Rows and cases are chosen by rule and by key: the order of the file does not matter."""

import hashlib

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explainaudit.explainers.selection import choose_cases, choose_keyed, choose_rows
from explainaudit.explainers.selection import strata_of as selection_strata
from explainaudit.records.plan import Decision, Measuring, Task

RULES = (
    "nearest_no_event",
    "nearest_event",
    "median_no_event",
    "median_event",
    "missed_event",
    "false_event",
)


def keys_of(n: int) -> np.ndarray:
    return np.sort(np.array([hashlib.sha256(str(i).encode()).hexdigest() for i in range(n)]))


def strata_of(*counts: int) -> np.ndarray:
    """Return stratum names that are spread over the keys."""
    names = np.repeat([f"s{i}" for i in range(len(counts))], counts)
    return np.random.default_rng(1).permutation(names)


def scored(score, label, threshold=0.5) -> pd.DataFrame:
    score = np.asarray(score, dtype=float)
    label = pd.Series(list(label), dtype="str")
    event = score >= threshold
    predicted = np.where(event, "bad", "good")
    return pd.DataFrame({"score": score, "label": label, "event_predicted": event, "predicted": predicted})


def cases_of(frame: pd.DataFrame) -> list[tuple[int, str]]:
    """The cases of a binary task, which all explain the event."""
    plan = Measuring(task=Task(target="y", event="bad"), decision=Decision(threshold=0.5))
    found = choose_cases(frame, plan, ("good", "bad"))
    assert {output for _, _, output in found} <= {"bad"}
    return [(position, rule) for position, rule, _ in found]


@settings(derandomize=True, deadline=None)
@given(st.lists(st.integers(1, 60), min_size=1, max_size=4), st.integers(4, 120), st.integers(0, 2**32))
def test_strata_share_equally_and_what_one_lacks_goes_to_the_others(counts, size, seed):
    strata = strata_of(*counts)
    positions, inclusion, chosen = choose_rows(strata, keys_of(len(strata)), size=size, seed=seed)
    assert len(positions) == sum(chosen.values()) == min(size, len(strata))
    assert np.all(np.diff(positions) > 0)
    there = dict(zip(*np.unique(strata, return_counts=True), strict=True))
    for position, probability in zip(positions, inclusion, strict=True):
        assert probability == chosen[strata[position]] / there[strata[position]]
    # A stratum gets fewer than another only when it has no more to give, or by one when the rest is odd.
    most = max(chosen.values())
    assert all(number in {there[name], most, most - 1} for name, number in chosen.items())


@settings(derandomize=True, deadline=None)
@given(st.integers(0, 2**32), st.integers(2, 90))
def test_rows_are_chosen_by_key_whatever_the_order(seed, size):
    strata, keys = strata_of(70, 20), keys_of(90)
    order = np.random.default_rng(seed).permutation(90)
    positions, inclusion, chosen = choose_rows(strata, keys, size=size, seed=7)
    moved, moved_inclusion, moved_chosen = choose_rows(strata[order], keys[order], size=size, seed=7)
    assert dict(zip(keys[positions], inclusion, strict=True)) == dict(
        zip(keys[order][moved], moved_inclusion, strict=True)
    )
    assert moved_chosen == chosen
    background = choose_keyed(keys, size=size, seed=7, purpose="background")
    again = choose_keyed(keys[order], size=size, seed=7, purpose="background")
    assert set(keys[background]) == set(keys[order][again])


def test_more_rows_of_a_stratum_take_in_those_of_fewer():
    strata, keys = strata_of(300), keys_of(300)
    few, _, _ = choose_rows(strata, keys, size=20, seed=7)
    many, _, _ = choose_rows(strata, keys, size=90, seed=7)
    assert set(few) < set(many)


def test_seed_and_purpose_choose_other_rows():
    keys = keys_of(1000)
    chosen = [
        tuple(choose_keyed(keys, size=50, seed=seed, purpose=purpose))
        for seed, purpose in ((1, "background"), (2, "background"), (1, "explain"))
    ]
    assert len(set(chosen)) == 3


def test_the_weighted_mean_over_seeds_is_that_of_all_rows():
    """Equal allocation of a rare and a common stratum; a Hájek mean of 400 draws within 4 standard errors."""
    strata, keys = strata_of(40, 760), keys_of(800)
    values = np.where(strata == "s0", 10.0, 1.0) + np.random.default_rng(2).normal(size=800)
    means, plain = [], []
    for seed in range(400):
        positions, inclusion, _ = choose_rows(strata, keys, size=40, seed=seed)
        means.append(np.average(values[positions], weights=1 / inclusion))
        plain.append(values[positions].mean())
    assert np.mean(means) == pytest.approx(values.mean(), abs=4 * np.std(means) / 20)
    assert np.mean(plain) > 2 * values.mean()


def test_every_row_of_a_stratum_is_as_likely():
    keys = keys_of(40)
    strata = strata_of(40)
    hits = np.zeros(40)
    for seed in range(500):
        hits[choose_rows(strata, keys, size=10, seed=seed)[0]] += 1
    # χ² of 40 counts that share 5000 draws: its 99.99 % point is 78.
    assert np.sum((hits - 125) ** 2 / (125 * 0.75)) < 78


def test_six_cases_by_their_rules():
    frame = scored(
        [0.49, 0.51, 0.10, 0.90, 0.20, 0.95, 0.05, 0.97, 0.30, 0.80],
        ["good", "bad", "good", "bad", "good", "bad", "bad", "good", "good", "bad"],
    )
    assert cases_of(frame) == [
        (0, "nearest_no_event"),
        (1, "nearest_event"),
        (4, "median_no_event"),  # the median of .05 .1 .2 .3 .49 is .2
        (3, "median_event"),  # of .51 .8 .9 .95 .97 it is .9
        (6, "missed_event"),
        (7, "false_event"),
    ]


def test_a_tie_goes_to_the_smaller_key_and_nobody_is_shown_twice():
    frame = scored([0.4, 0.4, 0.4, 0.6, 0.6, 0.6], ["bad"] * 6)
    found = cases_of(frame)
    assert found == [
        (0, "nearest_no_event"),
        (3, "nearest_event"),
        (1, "median_no_event"),
        (4, "median_event"),
        (2, "missed_event"),
    ]


@pytest.mark.parametrize(
    ("score", "label", "rules"),
    [
        (
            [0.9, 0.8, 0.7, 0.6],
            ["bad", "bad", "good", None],
            set(RULES) - {"nearest_no_event", "median_no_event"},
        ),
        ([0.1, 0.2, 0.3], ["bad", "good", None], {"nearest_no_event", "median_no_event", "missed_event"}),
        ([0.1, 0.9, 0.2], [None] * 3, {"nearest_no_event", "nearest_event", "median_no_event"}),
        ([0.1] * 9, [None] * 9, {"nearest_no_event", "median_no_event"}),
        ([0.5], ["bad"], {"nearest_event"}),
    ],
)
def test_a_rule_without_rows_gives_no_case(score, label, rules):
    found = cases_of(scored(score, label))
    assert {rule for _, rule in found} == rules
    assert len({position for position, _ in found}) == len(found)


@settings(derandomize=True, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 40), st.sampled_from([0.0, 0.5, 1.0]))
def test_cases_keep_their_rules(seed, rows, missing):
    rng = np.random.default_rng(seed)
    label = rng.choice(["bad", "good"], size=rows).astype(object)
    label[rng.uniform(size=rows) < missing] = None
    frame = scored(rng.uniform(size=rows).round(2), label)
    found = cases_of(frame)
    assert [rule for _, rule in found] == [rule for rule in RULES if rule in {rule for _, rule in found}]
    for position, rule in found:
        row = frame.iloc[position]
        if rule.startswith(("nearest", "median")):
            assert row["event_predicted"] == ("no_event" not in rule)
        else:
            assert row["label"] == ("bad" if rule == "missed_event" else "good")


def several(rows=40, seed=4) -> pd.DataFrame:
    draw = np.random.default_rng(seed)
    scores = draw.dirichlet([2, 1, 1], rows)
    names = np.array(["a", "b", "c"])
    return pd.DataFrame(
        {f"score:{name}": scores[:, k] for k, name in enumerate(names)}
        | {"predicted": names[scores.argmax(axis=1)], "label": draw.choice(names, rows)}
    )


def test_cases_of_several_classes_explain_the_class_predicted():
    frame = several()
    plan = Measuring(task=Task(type="multiclass", target="y"))
    found = choose_cases(frame, plan, ("a", "b", "c"))
    assert len({position for position, _, _ in found}) == len(found) == 6
    assert [output for _, _, output in found] == [frame["predicted"][position] for position, _, _ in found]
    rules = [rule for _, rule, _ in found]
    assert rules == ["median_class"] * 3 + ["least_certain", "surest_error", "surest"]
    scores = frame[["score:a", "score:b", "score:c"]].to_numpy()
    gaps = np.diff(np.sort(scores, axis=1)[:, -2:], axis=1)[:, 0]
    medians = {position for position, rule, _ in found if rule == "median_class"}
    assert gaps[found[3][0]] == np.delete(gaps, sorted(medians)).min()
    error = found[4][0]
    assert frame["label"][error] != frame["predicted"][error]


def test_cases_of_a_regression():
    frame = pd.DataFrame({"score": np.arange(9.0), "label": [0, 5, 2, 3, np.nan, 5, 6, 3, 8]})
    frame["predicted"] = frame["score"]
    plan = Measuring(task=Task(type="regression", target="y"))
    found = choose_cases(frame, plan, ())
    expected = [(0, "lowest"), (4, "median"), (8, "highest"), (7, "too_high"), (1, "too_low")]
    assert [(position, rule) for position, rule, _ in found] == expected
    assert {output for _, _, output in found} == {"y"}


def test_strata_of_a_regression_are_thirds_and_ties_stay_together():
    frame = pd.DataFrame({"score": [1.0] * 5 + [2.0, 3.0, 4.0, 5.0]})
    strata = selection_strata(frame, Task(type="regression", target="y"))
    assert len(set(strata[:5])) == 1
    assert set(strata) <= {"low", "middle", "high"}
    assert strata[-1] == "high"
