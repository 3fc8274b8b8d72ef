"""What a verdict hangs on: one decision, the rows it needs, and chance alone over all verdicts."""

import numpy as np
import pytest

from explainaudit.analyses import ANALYSES
from explainaudit.analyses.fairness import FAIRNESS
from explainaudit.judging import judge
from explainaudit.judging.impact import impact_verdicts
from explainaudit.records.plan import Criterion
from explainaudit.stats.comparison import impact_ratios, impact_status
from explainaudit.stats.design import Design
from explainaudit.stats.power import rows_needed
from explainaudit.stats.selection import Selection
from explainaudit.wording.numbers import format_number
from grouped import asked, binary, regression
from handmade import bundle_of, people


def verdict(counts, least=0.8, *, whole_counts=True, **dimensions):
    """Return the verdict on (selected, size) of each group."""
    event = [i >= k for k, n in counts.values() for i in range(n)]
    groups = [name for name, (_, n) in counts.items() for _ in range(n)]
    found = FAIRNESS.measure(asked(binary([None] * len(groups), event, sex=groups)), FAIRNESS.settings())
    criterion = Criterion(measure="fairness.impact_ratio", at_least=least, dimensions=dimensions)
    (one,) = impact_verdicts(found, criterion, whole_counts=whole_counts)
    return one


def number(found, metric):
    return next((each.value for each in found.numbers if each.metric == metric), None)


def said(found):
    return [each.key.removeprefix("verdict.impact.") for each in found.also]


def status_after(counts, name, k, least):
    return verdict(counts | {name: (k, counts[name][1])}, least, whole_counts=False).status


@pytest.mark.parametrize("least", [0.72, 0.8, 0.9])
def test_the_flip_test_is_what_one_more_or_one_fewer_gives(least):
    flips = []
    for k in range(290, 440, 5):
        counts = {"a": (500, 1000), "b": (k, 1000)}
        found = verdict(counts, least)
        near = [
            status_after(counts, name, counts[name][0] + step, least) for name in "ab" for step in (-1, 1)
        ]
        assert number(found, "flip") == float(any(each != found.status for each in near))
        assert ("flip" in said(found)) is bool(number(found, "flip"))
        flips.append(number(found, "flip"))
    assert 0.0 in flips


def test_some_verdict_hangs_on_one_decision():
    counts = [{"a": (500, 1000), "b": (k, 1000)} for k in range(340, 362)]
    assert 1.0 in [number(verdict(each), "flip") for each in counts]


def test_with_weights_no_single_decision_is_tried():
    found = verdict({"a": (500, 1000), "b": (351, 1000)}, whole_counts=False)
    assert number(found, "flip") is None


def test_about_so_many_rows_would_settle_it():
    found = verdict({"a": (120, 400), "b": (45, 250)})
    assert found.status == "inconclusive"
    assert number(found, "rows_needed") == np.ceil(rows_needed(45 / 250, 0.3, 0.8))
    assert said(verdict({"a": (120, 400), "b": (45, 250)}, whole_counts=False)) == []
    assert said(found)[-1] == "needed"
    near = verdict({"a": (500, 1000), "b": (401, 1000)})
    assert (near.status, number(near, "rows_needed"), said(near)[-1]) == ("inconclusive", None, "unlikely")
    sure = verdict({"a": (500, 1000), "b": (200, 1000)})
    assert (number(sure, "rows_needed"), said(sure)) == (None, [])


def test_rows_are_those_of_the_limit_that_decides():
    """Below the criterion three groups have 2 pairs at it at once, and two groups one; above it 95 % do."""
    below = {"a": (300, 1000), "b": (40, 200), "c": (290, 1000)}
    needed = np.ceil(rows_needed(40 / 200, 0.3, 0.8, level=0.975))
    assert number(verdict(below), "rows_needed") == needed
    above = below | {"b": (68, 250)}
    found = verdict(above)
    assert (found.status, found.message.params["group"].text) == ("inconclusive", "b")
    assert number(found, "rows_needed") == np.ceil(rows_needed(68 / 250, 0.3, 0.8))


@pytest.mark.parametrize(
    "counts",
    [
        {"a": (3000, 5000), "b": (2550, 5000), "c": (60, 110)},  # b is near the limit, but many
        {"a": (300, 500), "b": (265, 500), "c": (264, 500), "d": (266, 500), "e": (263, 500)},
        {"a": (500, 1000), "b": (370, 1000), "c": (480, 1000)},
    ],
)
def test_so_many_rows_settle_it_four_times_in_five(counts):
    """The verdict itself on new draws at the same rates, each group with the rows named or with its own."""
    found, rng, settled = verdict(counts), np.random.default_rng(5), 0
    rows = int(number(found, "rows_needed"))
    for _ in range(100):
        sizes = {name: max(rows, n) for name, (_, n) in counts.items()}
        drawn = {
            name: (int(rng.binomial(sizes[name], k / n)), sizes[name]) for name, (k, n) in counts.items()
        }
        groups = {
            name: Selection(np.arange(n) < k, Design(np.ones(n), np.arange(n), simple=True))
            for name, (k, n) in drawn.items()
        }
        settled += impact_status(impact_ratios(groups, reference_from=groups), 0.8) != "inconclusive"
    assert 0.7 <= settled / 100 <= 0.95


@pytest.mark.parametrize("counts", [{"a": (14, 100), "b": (0, 120)}, {"a": (100, 100), "b": (100, 100)}])
def test_of_rates_of_nobody_or_everybody_no_number_of_rows_is_told(counts):
    least = 0.15 if counts["b"][0] == 0 else 0.98
    found = verdict(counts, least)
    assert found.status == "inconclusive"
    assert (number(found, "rows_needed"), [each for each in said(found) if each != "flip"]) == (None, [])


def test_a_third_group_can_turn_a_verdict_too():
    counts = {"a": (272, 400), "b": (80, 120), "c": (2091, 3000)}
    found = verdict(counts, 0.9, group="a")
    assert (found.status, number(found, "flip")) == ("inconclusive", 1.0)
    assert verdict(counts | {"b": (79, 120)}, 0.9, group="a").status == "meets"


def test_of_a_regression_the_rate_above_the_median_is_meant():
    score = np.concatenate([np.arange(400) < 210, np.arange(250) < 115]).astype(float)
    scored = regression(np.zeros(650), score, sex=["a"] * 400 + ["b"] * 250)
    found = FAIRNESS.measure(asked(scored, "regression"), FAIRNESS.settings())
    (one,) = impact_verdicts(found, Criterion(measure="fairness.impact_ratio", at_least=0.8))
    same = verdict({"a": (210, 400), "b": (115, 250)})
    assert one.status == same.status == "inconclusive"
    for metric in ("flip", "rows_needed"):
        assert number(one, metric) == number(same, metric)
    (close,) = impact_verdicts(found, Criterion(measure="fairness.impact_ratio", at_least=0.74))
    assert [each.key for each in close.also] == ["verdict.impact.flip_scoring"]


def test_verdicts_are_counted_with_what_chance_may_turn():
    criteria = [
        Criterion(measure="fairness.impact_ratio", at_least=0.8),
        Criterion(measure="performance.auc", at_least=0.7),
    ]
    found = judge(bundle_of(people()), criteria, ANALYSES)
    judged = {each.metric: each.value for each in found.numbers}
    assert judged == {"judged": 3.0, "expected_false": pytest.approx(0.075)}
    assert [each.unit for each in found.numbers] == ["count", "recorded"]
    assert [format_number(each.value, each.unit) for each in found.numbers] == ["3", "0.075"]
    assert judge(bundle_of(people()), [], ANALYSES).numbers == ()


def test_a_criterion_speaks_of_an_intersection_when_it_names_one():
    rng = np.random.default_rng(3)
    sex, region = rng.choice(["f", "m"], 4000), rng.choice(["n", "s"], 4000)
    scored = binary([None] * 4000, rng.uniform(size=4000) < 0.4, sex=sex, region=region)
    found = FAIRNESS.measure(asked(scored, intersections=(("sex", "region"),)), FAIRNESS.settings())
    bundle = bundle_of(people())
    bundle = bundle.model_copy(update={"evidence": (found,)})

    def features(**dimensions):
        criterion = Criterion(measure="fairness.impact_ratio", at_least=0.8, dimensions=dimensions)
        return [each.dimensions["sensitive"] for each in judge(bundle, [criterion], [FAIRNESS]).verdicts]

    assert features() == ["region", "sex"]
    assert features(sensitive="sex × region") == ["sex × region"]
