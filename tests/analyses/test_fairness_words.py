"""What the fairness section says: who is meant, how many they are, who has no part in it, and what is few."""

import numpy as np
import pytest
from counted_groups import about, measured, stratified

from explainaudit.analyses.fairness import FAIRNESS
from explainaudit.charts import intervals
from explainaudit.records.evidence import Evidence
from explainaudit.records.message import Message
from explainaudit.records.plan import Decision
from explainaudit.records.table import Table
from explainaudit.records.verdict import Verdicts
from explainaudit.wording.writer import Writer
from grouped import EVENT, OTHER, binary, multiclass, regression

SIZES = {"a": 400, "b": 300, "c": 60, "d": 8, None: 32}
N = sum(SIZES.values())


def decided(*, crossed=(), **more) -> Evidence:
    """Return the evidence of groups that are large, small, too small and unknown, within two strata."""
    rng = np.random.default_rng(6)
    sex = np.array([name for name, n in SIZES.items() for _ in range(n)], dtype=object)
    event = rng.uniform(size=N) < np.select([sex == "b", sex == "c"], [0.6, 0.45], 0.3)
    event[sex == "d"] = False
    label = np.where(rng.uniform(size=N) < 0.7, np.where(event, EVENT, OTHER), OTHER)
    scored = binary(label, event, sex=sex, age=rng.choice(["old", "young"], N), **more)
    return measured(stratified(scored, dept=rng.choice(["x", "y"], N)), crossed=crossed)


def writer(found: Evidence) -> Writer:
    return Writer({each.id: each for each in found.measures})


def notes(table: Table) -> list[str]:
    return [note.key for note in table.notes]


def test_the_answer_names_both_groups_and_how_many_they_are():
    found = decided()
    text = writer(found).text(found.answer)
    best = found.measure("selection_rate", **about("sex", "a"))
    worst = found.measure("selection_rate", **about("sex", "b"))
    for rate, name, n in ((best, "a", 400), (worst, "b", 300)):
        assert f"{100 * rate.value:.1f}\u202f% of “{name}” ({n} persons)" in text


def test_the_reference_is_said_to_be_large_enough_not_the_highest_of_all():
    """Everybody of d is decided favourably, and d is too small to be the reference."""
    found = decided()
    assert found.measure("selection_rate", **about("sex", "d")).value == 1
    assert found.measure("impact_ratio", **about("sex", "a")).reason == "reference"
    assert "among the groups large enough to compare" in writer(found).text(
        found.table("outcomes:sex").caption
    )


def test_records_of_unknown_group_are_said_to_be_compared_with_nobody_or_left_out():
    found = decided()
    assert "note.missing_group" in notes(found.table("outcomes:sex"))
    assert "note.missing_group" not in notes(found.table("outcomes:age"))
    for name in ("conditional", "strata"):
        assert "note.without_group" in notes(found.table(f"{name}:dept × sex"))
        assert "note.without_group" not in notes(found.table(f"{name}:dept × age"))
    of_error = measured(
        regression(np.arange(N), np.arange(N), sex=["a", "b", None, "a"] * (N // 4)), "regression"
    )
    assert "note.missing_group" in notes(of_error.table("residuals:sex"))


@pytest.mark.parametrize(
    ("more", "key"),
    [
        ({}, None),
        ({"weight": np.arange(N) % 3 + 1.0}, "note.weighted_counts"),
        ({"cluster": np.arange(N) // 2}, "note.design"),
    ],
)
def test_weighted_rates_are_said_not_to_be_one_count_over_the_other(more, key):
    said = notes(decided(**more).table("outcomes:sex"))
    assert [each for each in said if each in {"note.design", "note.weighted_counts"}] == (
        [key] if key else []
    )


def test_a_disparity_is_named_for_what_it_prints_and_its_p_for_what_it_tests():
    found = decided()
    table = found.table("conditional:dept × sex")
    heard = writer(found)
    assert "Over-representation" in heard.text(table.caption)
    headings = [heard.text(each.heading) for each in table.columns]
    assert [each for each in headings if each.startswith("p (Holm)")] == ["p (Holm), within strata"]


def test_small_groups_stand_in_quotation_marks():
    found = decided(crossed=[("sex", "age")])
    texts = [writer(found).text(each.message) for each in found.limitations]
    assert any("to compare “d”" in text for text in texts)
    assert any("“d × old” and “d × young”" in text or "“d × old”, " in text for text in texts)


def test_the_reference_has_a_shortfall_and_all_add_up_to_nothing():
    found = decided(weight=np.arange(N) % 3 + 1.0)
    own = found.measure("shortfall", **about("sex", "a"))
    others = [found.measure("shortfall", **about("sex", name)).value for name in "bc"]
    assert (own.reason, own.n) == (None, 400)
    scored_d = found.measure("shortfall", **about("sex", "d"))
    assert (scored_d.value, scored_d.reason) == (None, "insufficient")
    # What is left is the shortfall of d, everybody of whom is decided favourably: less than its persons.
    assert -8 * 1.5 < -(own.value + sum(others)) < 0
    alone = measured(binary([EVENT] * 200, [True, False] * 60 + [False] * 80, sex=["a"] * 120 + ["b"] * 80))
    both = [alone.measure("shortfall", **about("sex", name)).value for name in "ab"]
    assert both == pytest.approx([120 * 0.7 - 60, 80 * 0.7 - 80])


def test_chance_is_counted_with_the_digits_it_has():
    found = decided()
    chance = found.measure("by_chance")
    assert chance.value == pytest.approx(0.05 * found.measure("comparisons").value)
    assert writer(found).cell_text(chance.ref()) == f"{chance.value:.6g}"


def test_the_largest_gaps_say_why_a_figure_is_few_and_what_is_not_compared():
    rng = np.random.default_rng(7)
    sex, age = rng.choice(["f", "m"], 600), rng.choice(["old", "young"], 600)
    label = rng.choice(["a", "b"], 600)
    classes = measured(
        multiclass(label, label, favourable=("a",), sex=sex, age=age),
        "multiclass", classes=("a", "b"), crossed=[("sex", "age")], decision=Decision(favourable=("a",)),
    )  # fmt: skip
    assert notes(classes.table("gaps")) == ["note.gaps", "note.gaps_single"]
    assert notes(decided().table("gaps")) == ["note.gaps"]
    one = measured(binary([EVENT, OTHER] * 100, [True, False] * 100, sex=["a"] * 180 + ["b"] * 20))
    assert notes(one.table("gaps")) == ["note.gaps", "note.gaps_none"]


def test_the_mark_of_a_reference_that_rests_on_few_records_is_hollow(monkeypatch):
    drawn = {}

    def forest(labels, *_, muted, **__):
        drawn.update(zip(labels, muted, strict=True))
        return ""

    monkeypatch.setattr(intervals, "forest", forest)
    found = measured(binary([EVENT] * 200, [True, False] * 60 + [False] * 80, sex=["a"] * 120 + ["b"] * 80))
    assert found.measure("impact_ratio", **about("sex", "b")).reason == "reference"
    FAIRNESS.draw(found, Verdicts(), writer(found))
    assert drawn == {"a": True, "b": True}
    found = measured(binary([EVENT] * 400, [True, False] * 60 + [False] * 280, sex=["a"] * 120 + ["b"] * 280))
    FAIRNESS.draw(found, Verdicts(), writer(found))
    assert drawn == {"a": False, "b": False}


def test_of_a_regression_nothing_is_said_to_differ_that_chance_explains():
    rng = np.random.default_rng(8)
    score, sex = rng.normal(size=400), np.repeat(["f", "m"], 200)
    label = score + rng.normal(size=400)
    none = measured(regression(label, score, sex=sex), "regression")
    assert none.answer.key in {"answer.fairness.no_error_higher", "answer.fairness.no_error_lower"}
    apart = measured(regression(label + (sex == "f"), score + (sex == "f"), sex=sex), "regression")
    first, second = apart.answer.params["first"], apart.answer.params["second"]
    assert isinstance(first, Message)
    assert first.key == none.answer.key
    text = writer(apart).text(second)
    assert "The share with a prediction above the median differs" in text
    assert "“m” (200 persons)" in text
    assert "“f” (200 persons)" in text
    worse = measured(regression(label, score - 2.0 * (sex == "f"), sex=sex), "regression")
    assert {each.key for each in (worse.answer.params["first"],)} <= {
        "answer.fairness.error_higher",
        "answer.fairness.error_lower",
    }


def test_scores_that_lie_apart_are_told_where_shares_above_the_median_do_not():
    """Nobody of f has a prediction other than those of m, but for its highest ones."""
    score = np.tile(np.linspace(0, 1, 200), 2)
    sex = np.repeat(["f", "m"], 200)
    score[(sex == "f") & (score > 0.5)] += 5.0
    label = score + np.random.default_rng(9).normal(size=400)
    found = measured(regression(label, score, sex=sex), "regression")
    text = writer(found).text(found.answer)
    assert "The mean prediction differs" in text
    assert "above the median" not in text
