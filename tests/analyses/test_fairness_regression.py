"""Errors of a regression by group."""

import numpy as np
import pytest
import statsmodels.api as sm
from fairlearn.metrics import MetricFrame
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import ttest_1samp
from sklearn.metrics import mean_absolute_error

from explainaudit.analyses.fairness import FAIRNESS
from explainaudit.records.evidence import Evidence
from explainaudit.records.verdict import Flag, Verdicts
from explainaudit.wording.writer import Writer
from grouped import asked, regression

METRICS = ("mean_prediction", "mean_outcome", "mean_error", "mean_absolute_error", "error_difference")


def measured(scored) -> Evidence:
    return FAIRNESS.measure(asked(scored, "regression"), FAIRNESS.settings())


def flags(found: Evidence) -> list[Flag]:
    """Return the flags about mean errors; the rates above the median have their own."""
    return [flag for flag in FAIRNESS.judge(found, FAIRNESS.settings()) if flag.code == "FAIR03"]


def of(found: Evidence, metric: str, group: str | None):
    about = {"group_missing": "true"} if group is None else {"group": group}
    return found.measure(metric, sensitive="sex", **about)


@st.composite
def frames(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    rows, scale = draw(st.integers(1, 150)), draw(st.sampled_from([1e-9, 1.0, 1e12]))
    label = rng.normal(size=rows) * scale
    label[rng.uniform(size=rows) < draw(st.sampled_from([0, 0.2, 1.0]))] = np.nan
    more = {}
    if draw(st.booleans()):
        more["weight"] = np.where(rng.uniform(size=rows) < 0.1, 0, rng.gamma(1, size=rows))
    if draw(st.booleans()):
        more["cluster"] = rng.choice([*"abcdefghi", None], size=rows)
    sex = rng.choice(["f", "m", "x", None], size=rows, p=[0.5, 0.38, 0.02, 0.1])
    return regression(label, rng.normal(size=rows) * scale, sex=sex, **more), scale


@settings(derandomize=True, deadline=None, max_examples=30)
@given(frames())
def test_means_by_group_are_those_of_fairlearn(drawn):
    scored, scale = drawn
    found = measured(scored)
    sizes = [each for each in found.measures if each.metric == "group_size"]
    scored = scored[scored["weight"] > 0] if "weight" in scored else scored
    assert sum(each.value for each in sizes) == len(scored)
    known = scored[scored["label"].notna()]
    weight = known["weight"] if "weight" in known else known["score"] * 0.0 + 1.0
    groups = known["group:sex"].fillna("\x00")
    for name in {each.dimensions.get("group") for each in sizes}:
        inside = groups == ("\x00" if name is None else name)
        assert of(found, "mean_error", name).n == inside.sum()
        if not weight[inside].sum() > 0:
            assert {of(found, metric, name).value for metric in METRICS} == {None}
            continue
        frame = MetricFrame(
            metrics=mean_absolute_error,
            y_true=known["label"][inside],
            y_pred=known["score"][inside],
            sensitive_features=groups[inside],
            sample_params={"sample_weight": weight[inside]},
        )
        assert of(found, "mean_absolute_error", name).value == pytest.approx(frame.by_group.iloc[0])
        parts = {"mean_prediction": known["score"], "mean_outcome": known["label"]}
        parts["mean_error"] = known["score"] - known["label"]
        for metric, values in parts.items():
            expected = np.average(values[inside], weights=weight[inside])
            assert of(found, metric, name).value == pytest.approx(expected, rel=1e-9, abs=1e-12 * scale)
    if any(each.dimensions.get("group") is None for each in sizes):
        assert of(found, "error_difference", None).reason == "missing_group"


def test_a_mean_error_has_the_t_interval():
    rng = np.random.default_rng(1)
    label, sex = rng.normal(size=120), np.repeat(["f", "m"], [80, 40])
    found = measured(regression(label, np.zeros(120), sex=sex))
    expected = ttest_1samp(-label[:80], 0).confidence_interval()
    interval = of(found, "mean_error", "f").interval
    assert (interval.low, interval.high) == pytest.approx((expected.low, expected.high))


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("clustered", [False, True])
def test_the_difference_is_the_slope_of_a_weighted_regression_on_the_group(weighted, clustered):
    """Least squares on "is of the group" with a sandwich error, by statsmodels; households cross groups."""
    rng = np.random.default_rng(2)
    n = 300
    sex = rng.choice(["f", "m", "x"], size=n)
    house = rng.integers(0, 60, size=n) if clustered else np.arange(n)
    error = rng.normal(size=n) + rng.normal(size=n)[house] + (sex == "f")
    weight = rng.uniform(0.2, 3, size=n) if weighted else np.ones(n)
    more = {"weight": weight, "cluster": house} if weighted or clustered else {}
    found = measured(regression(np.zeros(n), error, sex=sex, **more))
    fit = sm.WLS(error, sm.add_constant((sex == "f").astype(float)), weights=weight).fit(
        cov_type="cluster", cov_kwds={"groups": house, "use_correction": False}, use_t=True
    )
    gap = of(found, "error_difference", "f")
    assert gap.value == pytest.approx(fit.params[1])
    clusters = len(np.unique(house))
    half = (gap.interval.high - gap.interval.low) / 2
    low, high = fit.conf_int()[1]  # Student's t with clusters − 1, as here
    assert half == pytest.approx((high - low) / 2 * (clusters / (clusters - 1)) ** 0.5, rel=1e-6)


def test_the_others_are_the_named_groups_with_known_outcomes():
    error = np.repeat([1.0, 0.0, 50.0], [40, 60, 30])
    label = np.zeros(130)
    label[35:40] = np.nan
    found = measured(regression(label, error, sex=["f"] * 40 + ["m"] * 60 + [None] * 30))
    gap = of(found, "error_difference", "f")
    assert (gap.value, gap.n, gap.smallest_cell) == (1.0, 35, 35)
    assert of(found, "error_difference", "m").value == -1.0


@pytest.mark.parametrize(("n", "tier"), [(29, "insufficient"), (30, "indicative"), (100, "reportable")])
def test_a_group_is_compared_from_thirty_known_outcomes_on(n, tier):
    rng = np.random.default_rng(3)
    found = measured(regression(rng.normal(size=300 + n), np.zeros(300 + n), sex=["f"] * 300 + ["m"] * n))
    for group in ("f", "m"):
        gap = of(found, "error_difference", group)
        assert (gap.tier, gap.reason) == (tier, "insufficient" if n == 29 else None)
    assert of(found, "mean_error", "m").tier == tier
    assert of(found, "mean_error", "m").interval is not None
    limited = [each.code for each in found.limitations]
    assert limited == (["small_groups"] if n == 29 else [])


def test_a_group_with_another_mean_error_is_flagged_once():
    rng = np.random.default_rng(4)
    error, sex = rng.normal(size=400), np.repeat(["f", "m"], 200)
    assert flags(measured(regression(np.zeros(400), error, sex=sex))) == []
    found = measured(regression(np.zeros(400), error + (sex == "f"), sex=sex))
    (flag,) = flags(found)
    assert flag.level == "caution"
    assert flag.message.params["group"].text == "f"
    first, second = found.answer.params["first"], found.answer.params["second"]
    assert (first.key, first.params["group"].text) == ("answer.fairness.error_higher", "f")
    assert (second.key, second.params["group"].text) == ("answer.fairness.scoring", "m")
    three = np.repeat(["f", "m", "x", "y"], 100)
    found = measured(regression(np.zeros(400), error + 3 * (three == "x"), sex=three))
    flagged = [flag.message.params["group"].text for flag in flags(found)]
    assert flagged == ["f", "m", "x", "y"]  # with one far off, the others differ from all others too


def test_the_flag_falls_where_holm_leaves_five_percent():
    """Mean errors of two groups are one comparison; their rates above the median and mean scores two more."""
    rng = np.random.default_rng(5)
    error, sex = rng.normal(size=200), np.repeat(["f", "m"], 100)
    found = [
        measured(regression(np.zeros(200), error + shift * (sex == "f"), sex=sex))
        for shift in np.linspace(-0.6, 0.6, 41)
    ]
    about = {"sensitive": "sex", "group": "f", "figure": "error_difference"}
    assert {each.measure("comparisons").value for each in found} == {3}
    apart = [each.measure("p_holm", **about).value <= 0.05 for each in found]
    assert [len(flags(each)) == 1 for each in found] == apart
    assert 0 < sum(apart) < 41
    inside = [(i := of(each, "error_difference", "f").interval).low <= 0 <= i.high for each in found]
    assert inside == [each.measure("p_value", **about).value > 0.05 for each in found]


def test_errors_that_are_all_alike_are_not_told_apart_by_rounding():
    label = np.linspace(0.1, 77.7, 200)
    for step in (0.0, 0.1, 1 / 3):
        assert flags(measured(regression(label, label + step, sex=["f", "m"] * 100))) == []


def test_one_row_one_group_and_no_known_outcome():
    one = measured(regression([1.0], [2.0], sex=["f"]))
    assert (of(one, "mean_error", "f").value, of(one, "mean_error", "f").interval) == (1.0, None)
    assert one.answer.key == "answer.fairness.one_group"
    alone = measured(regression(np.arange(100.0), np.zeros(100), sex=["f"] * 100))
    assert of(alone, "error_difference", "f").reason == "insufficient"
    unknown = measured(regression([np.nan] * 50, np.zeros(50), sex=["f", None] * 25))
    assert {of(unknown, "mean_error", name).reason for name in ("f", None)} == {"zero_denominator"}
    assert flags(one) == flags(alone) == []


def test_the_figure_shows_the_groups_of_its_table_and_the_largest_differences():
    rng = np.random.default_rng(6)
    sex = np.array([f"g{i:02d}" for i in range(40)]).repeat(40)
    error = rng.normal(size=1600) * 0.1 + (sex == "g39") * 9
    found = measured(regression(np.zeros(1600), error, sex=sex))
    table = found.table("residuals:sex")
    *rows, others = table.rows
    shown = [row[0].text for row in rows]
    assert (len(shown), others[0].key) == (20, "group.others")
    assert "g39" in shown
    writer = Writer({each.id: each for each in found.measures})
    assert any(writer.text(note).startswith("20 more lines") for note in table.notes)
    drawn = FAIRNESS.draw(found, Verdicts(), writer)
    assert [figure.table for figure in drawn] == ["residuals:sex", "outcomes:sex", "quantiles:sex"]
    assert all(figure.svg.count("<svg") == 1 for figure in drawn)
