"""Gaps of groups, to the reference and the largest of any two, held against fairlearn and statsmodels."""

from itertools import combinations

import numpy as np
import pytest
from counted_groups import about, chosen_counts, error_counts, joined, measured, reference_of
from fairlearn.metrics import (
    MetricFrame,
    demographic_parity_difference,
    equal_opportunity_difference,
    equalized_odds_difference,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import precision_score
from statsmodels.stats.proportion import confint_proportions_2indep

from explainaudit.analyses.fairness import FAIRNESS
from explainaudit.analyses.fairness.gaps import PARTS
from explainaudit.records.evidence import Evidence
from explainaudit.records.measure import Measure
from explainaudit.records.plan import joined_name
from grouped import EVENT, OTHER, asked, binary

RATES = ("tpr", "fpr", "fdr", "for")


@st.composite
def frames(draw):
    """Rows of two or three features; every intersection is large enough in every denominator."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    features = draw(st.sampled_from([("p", "q"), ("p", "q", "r")]))
    sizes = draw(st.sampled_from([(2, 2, 2), (3, 2, 2)]))
    cells = np.array(list(np.ndindex(*sizes[: len(features)]))).repeat(250, axis=0)
    columns = {name: [f"{name}{i}" for i in column] for name, column in zip(features, cells.T, strict=True)}
    shift = rng.uniform(-0.15, 0.15, size=sizes[: len(features)])[tuple(cells.T)]
    had = np.arange(len(cells)) % 2 == 0
    event = rng.uniform(size=len(cells)) < np.where(had, 0.6, 0.4) + shift
    return binary(np.where(had, EVENT, OTHER), event, **columns), features


def precision(y_true, y_pred) -> float:
    return precision_score(y_true, y_pred)


@settings(derandomize=True, deadline=None, max_examples=7)
@given(frames())
def test_largest_gaps_are_those_of_fairlearn(drawn):
    scored, features = drawn
    found = measured(scored, crossed=[features])
    label, event = ((scored["label"] == EVENT).astype(int), scored["event_predicted"].astype(int))
    for columns in (*((name,) for name in features), features):
        by = {"sensitive_features": scored[[f"group:{name}" for name in columns]]}
        sensitive = joined_name(columns) if len(columns) > 1 else columns[0]
        chosen = scored["favourable"].astype(int)
        expected = {
            "demographic_parity_difference": demographic_parity_difference(label, chosen, **by),
            "equalized_odds_difference": equalized_odds_difference(label, event, **by),
            "equal_opportunity_difference": equal_opportunity_difference(label, event, **by),
            "predictive_parity_difference": MetricFrame(
                metrics=precision, y_true=label, y_pred=event, **by
            ).difference(),
        }
        for metric, value in expected.items():
            own = found.measure(metric, sensitive=sensitive)
            assert own.value == pytest.approx(value, abs=1e-12), metric
            assert 0 <= own.interval.low <= own.value <= own.interval.high <= 1
            assert own.tier == "reportable"


def simultaneous(counts: list[dict[str, tuple[int, int]]]) -> tuple[float, float]:
    """Return the least and the most that the largest gap may be, by statsmodels' Newcombe intervals."""
    pairs = [(part[a], part[b]) for part in counts for a, b in combinations(part, 2)]
    ends = [
        confint_proportions_2indep(*one, *other, method="newcomb", alpha=0.05 / len(pairs))
        for one, other in pairs
    ]
    return max(max(0.0, low, -high) for low, high in ends), max(
        max(abs(low), abs(high)) for low, high in ends
    )


@settings(derandomize=True, deadline=None, max_examples=8)
@given(frames())
def test_largest_gaps_have_simultaneous_intervals_and_each_gap_newcombe_s(drawn):
    scored, features = drawn
    found = measured(scored, crossed=[features])
    group, feature = joined(scored, features), joined_name(features)
    counts = {"selection_rate": chosen_counts(scored, group)}
    counts |= {rate: error_counts(scored, group, rate) for rate in RATES}
    for metric, parts in PARTS.items():
        own = found.measure(metric, sensitive=feature)
        ends = simultaneous([counts[part] for part in parts])
        assert (own.interval.low, own.interval.high) == pytest.approx(ends, abs=1e-9)
    reference = reference_of(counts["selection_rate"])
    for name in counts["selection_rate"]:
        for rate in ("selection_rate", *RATES):
            metric = "difference" if rate == "selection_rate" else f"{rate}_difference"
            own = found.measure(metric, **about(feature, name))
            if name == reference:
                assert (own.value, own.reason) == (None, "reference")
                continue
            mine, other = counts[rate][name], counts[rate][reference]
            assert own.value == pytest.approx(mine[0] / mine[1] - other[0] / other[1], abs=1e-12)
            ends = confint_proportions_2indep(*mine, *other, method="newcomb")
            assert (own.interval.low, own.interval.high) == pytest.approx(ends, abs=1e-9)


def evidence(cells: dict[str | None, tuple[int, int, int, int]]) -> Evidence:
    """Return the evidence for (tp, fn, fp, tn) of each group; the event is good for nobody."""
    label = [
        name
        for cell in cells.values()
        for name, n in zip((EVENT, EVENT, OTHER, OTHER), cell, strict=True)
        for _ in range(n)
    ]
    event = [
        said for cell in cells.values() for said, n in zip((1, 0, 1, 0), cell, strict=True) for _ in range(n)
    ]
    return measured(
        binary(label, event, sex=[name for name, cell in cells.items() for _ in range(sum(cell))])
    )


def gap(found: Evidence, metric: str) -> Measure:
    return found.measure(metric, sensitive="sex")


def test_a_group_that_is_too_small_or_missing_has_no_part_in_the_largest_gap():
    large = {"a": (60, 40, 30, 70), "b": (50, 50, 40, 60)}
    alone, beside = evidence(large), evidence(large | {"few": (10, 0, 0, 10), None: (0, 100, 100, 0)})
    for metric in PARTS:
        assert (gap(alone, metric).value, gap(alone, metric).interval) == (
            gap(beside, metric).value,
            gap(beside, metric).interval,
        )
        assert (gap(alone, metric).tier, gap(beside, metric).tier) == ("reportable", "indicative")
        assert gap(alone, metric).n == gap(beside, metric).n
    assert beside.measure("tpr_difference", **about("sex", "few")).reason == "insufficient"
    assert beside.measure("tpr_difference", **about("sex", None)).reason == "missing_group"


def test_a_rate_without_a_denominator_is_not_estimable_where_fairlearn_says_zero():
    """Nobody of b had the event: no true positive rate, and no figure that needs it."""
    found = evidence({"a": (60, 40, 30, 70), "b": (0, 0, 40, 160)})
    scored = binary(
        [EVENT] * 100 + [OTHER] * 300, [1] * 60 + [0] * 40 + [1] * 30 + [0] * 70 + [1] * 40 + [0] * 160
    )
    sex = ["a"] * 200 + ["b"] * 200
    label, event = (scored["label"] == EVENT).astype(int), scored["event_predicted"].astype(int)
    assert equalized_odds_difference(label, event, sensitive_features=sex) == 0.6
    tpr = found.measure("tpr", **about("sex", "b"))
    assert (tpr.value, tpr.n, tpr.reason, tpr.tier) == (None, 0, "zero_denominator", "not_estimable")
    for metric in ("equalized_odds_difference", "equal_opportunity_difference"):
        assert (gap(found, metric).value, gap(found, metric).reason) == (None, "insufficient")
    assert gap(found, "demographic_parity_difference").value == pytest.approx(0.25)
    assert gap(found, "predictive_parity_difference").value == pytest.approx(2 / 3)


def test_one_group_has_no_gap():
    found = evidence({"a": (60, 40, 30, 70), None: (10, 10, 10, 10)})
    for metric in PARTS:
        assert (gap(found, metric).value, gap(found, metric).tier) == (None, "insufficient")


def test_the_largest_gap_covers_none_where_nothing_is_told_apart():
    found = evidence({name: (50 + i, 50 - i, 40 - i, 60 + i) for i, name in enumerate("abcd")})
    for metric in PARTS:
        assert gap(found, metric).value > 0 or metric == "demographic_parity_difference"
        assert gap(found, metric).interval.low == 0


def test_the_error_rate_furthest_from_the_reference_is_flagged_for_each_feature():
    found = evidence({"a": (60, 40, 40, 160), "b": (95, 5, 40, 160), "c": (85, 15, 40, 160)})
    flags = FAIRNESS.judge(found, FAIRNESS.settings())
    of_errors = {flag.message.params["rate"].key: flag for flag in flags if flag.code == "FAIR04"}
    assert "measure.fairness.tpr" in of_errors
    flag = of_errors["measure.fairness.tpr"]
    assert flag.message.params["group"].text == "b"
    assert flag.measures == (found.measure("tpr_difference", **about("sex", "b")).id,)
    assert "measure.fairness.fpr" not in of_errors


def test_the_first_table_has_a_line_for_every_grouping():
    rng = np.random.default_rng(1)
    p, q = (rng.choice(["a", "b"], 400) for _ in range(2))
    event = rng.uniform(size=400) < 0.5
    scored = binary(np.where(event, EVENT, OTHER), event, p=p, q=q)
    table = measured(scored, crossed=[("p", "q")]).tables[0]
    assert [row[0].text for row in table.rows] == ["p", "q", "p × q"]
    assert [cell.measure.split('"')[3] for cell in table.rows[2][1::2]] == list(PARTS)
    assert table.of_labels
    assert FAIRNESS.measure(asked(scored), FAIRNESS.settings()).tables[0].name == "gaps"
