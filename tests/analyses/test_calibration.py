"""Calibration of every task: figures, bins, groups, flags and what a reader sees."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit
from sklearn.calibration import calibration_curve

from explainaudit.analyses.calibration import CALIBRATION
from explainaudit.errors import NotApplicable
from explainaudit.records.evidence import Evidence
from explainaudit.stats.calibration import linear_recalibration, logistic_recalibration
from explainaudit.stats.design import Design, mean_of
from explainaudit.stats.intervals import wilson
from explainaudit.wording.writer import Writer
from grouped import EVENT, OTHER, asked, binary, multiclass, regression

NAMES = ("a", "b", "<b>c</b>", "=1+1", "d", "e", "f", "g", "h" * 300)


def measured(scored, kind="binary", *, classes=(OTHER, EVENT), **set_to) -> Evidence:
    return CALIBRATION.measure(asked(scored, kind, classes=classes), CALIBRATION.settings(**set_to))


def flagged(found: Evidence, **set_to) -> list[str]:
    return [flag.code for flag in CALIBRATION.judge(found, CALIBRATION.settings(**set_to))]


def probabilities(n=600, seed=1, *, slope=1.0, shift=0.0, **more):
    """Rows of which the event has the probability expit(shift + slope · logit(score))."""
    rng = np.random.default_rng(seed)
    z = rng.normal(size=n)
    event = rng.uniform(size=n) < expit(shift + slope * z)
    return binary(np.where(event, EVENT, OTHER), z > 0, score=expit(z), **more)


def said(found: Evidence) -> str:
    """Word everything once; a key or a parameter that is missing fails here."""
    writer = Writer({each.id: each for each in found.measures})
    texts = [writer.text(found.answer)]
    for table in found.tables:
        texts += [writer.text(table.caption), *(writer.text(each) for each in table.notes)]
        texts += [writer.text(column.heading) for column in table.columns]
        texts += [writer.cell_text(cell) for row in table.rows for cell in row]
    for card in found.cards:
        texts += [writer.text(card.title), *(writer.text(line.label) for line in card.lines)]
        texts += [writer.cell_text(line.fact) for line in card.lines]
    for each in (*found.limitations, *CALIBRATION.judge(found, CALIBRATION.settings())):
        texts.append(writer.text(each.message))
    for figure in CALIBRATION.draw(found, None, writer):
        texts += [writer.text(figure.caption), writer.text(figure.alt)]
        assert found.table(figure.table) is not None
    assert all("{" not in text for text in texts)
    return "\n".join(texts)


def test_figures_of_a_binary_score_are_those_of_the_statistics_room():
    scored = probabilities()
    scored.loc[:49, "label"] = None
    found = measured(scored)
    known = scored[50:]
    outcome, score = (known["label"] == EVENT).to_numpy(float), known["score"].to_numpy()
    plain = Design(np.ones(550), np.arange(550), simple=True)
    large = found.measure("in_the_large")
    assert (large.value, large.interval) == mean_of(score - outcome, plain)
    assert (large.n, large.unit) == (550, "points")
    fit = logistic_recalibration(outcome, score, plain)
    assert (found.measure("slope").value, found.measure("slope").interval) == (fit.slope, fit.slope_interval)
    assert found.measure("intercept").value == fit.intercept
    assert found.measure("oe_ratio").value == pytest.approx(outcome.sum() / score.sum())
    assert large.smallest_cell == min(outcome.sum(), 550 - outcome.sum())


def test_the_reliability_table_has_shares_with_wilsons_interval():
    scored = probabilities(1000)
    found = measured(scored)
    observed, mean = calibration_curve(
        scored["label"] == EVENT, scored["score"], n_bins=10, strategy="quantile"
    )
    bins = [each for each in found.measures if each.metric == "bin_observed"]
    assert [each.n for each in bins] == [100] * 10
    assert [each.value for each in bins] == pytest.approx(list(observed), abs=0.011)  # a row at each limit
    means = [each.value for each in found.measures if each.metric == "bin_predicted"]
    assert means == pytest.approx(list(mean), abs=0.01)
    assert all(each.interval == wilson(round(each.value * 100), 100) for each in bins)
    gaps = [abs(each.value - m) for each, m in zip(bins, means, strict=True)]
    assert found.measure("ece").value == pytest.approx(np.mean(gaps))
    assert len(measured(scored, bins=4, bin_rows=20).table("reliability").rows) == 4
    assert len(measured(scored, bins=10, bin_rows=400).table("reliability").rows) == 2


def test_weights_and_clusters_enter_everything():
    rng = np.random.default_rng(2)
    scored = probabilities(400, weight=rng.uniform(0.2, 4, 400), cluster=rng.integers(0, 80, 400))
    found = measured(scored)
    outcome, score = (scored["label"] == EVENT).to_numpy(float), scored["score"].to_numpy()
    design = Design.of(scored)
    assert found.measure("in_the_large").interval == mean_of(score - outcome, design)[1]
    assert found.measure("slope").interval == logistic_recalibration(outcome, score, design).slope_interval
    first = found.measure("bin_observed", bin="1")
    inside = score <= np.sort(score)[39]
    assert first.n == 40
    assert first.value == pytest.approx(np.average(outcome[inside], weights=scored["weight"][inside]))


def test_groups_with_fifty_outcomes_of_either_kind_are_shown_and_others_listed():
    sex = np.array(["f"] * 300 + ["m"] * 250 + ["few"] * 30 + [None] * 20, dtype=object)
    scored = probabilities(600, sex=sex)
    found = measured(scored)
    outcome = (scored["label"] == EVENT).to_numpy(float)
    for group in ("f", "m"):
        inside = sex == group
        plain = Design(np.ones(inside.sum()), np.arange(inside.sum()), simple=True)
        slope = found.measure("slope", sensitive="sex", group=group)
        fit = logistic_recalibration(outcome[inside], scored["score"].to_numpy()[inside], plain)
        assert (slope.value, slope.interval, slope.n) == (fit.slope, fit.slope_interval, inside.sum())
    for about in ({"group": "few"}, {"group_missing": "true"}):
        for metric in ("slope", "in_the_large"):
            few = found.measure(metric, sensitive="sex", **about)
            assert (few.value, few.reason, few.tier) == (None, "insufficient", "insufficient")
    table = found.table("groups:sex")
    assert len(table.rows) == 4
    sizes = [each.value for each in found.measures if each.metric == "group_size"]
    assert sum(sizes) == 600
    (limitation,) = found.limitations
    assert "few" in Writer({}).text(limitation.message)
    assert len(limitation.measures) == 4


@pytest.mark.parametrize(("events", "shown"), [(49, False), (50, True), (150, True), (151, False)])
def test_the_limit_of_fifty_from_both_sides(events, shown):
    rng = np.random.default_rng(3)
    label = np.repeat([EVENT, OTHER], [events, 200 - events])
    found = measured(binary(label, [True] * 200, score=rng.uniform(size=200), sex=["f"] * 200))
    assert (found.measure("slope", sensitive="sex", group="f").value is not None) is shown


def several(n=900, classes=3, seed=4, **more):
    rng = np.random.default_rng(seed)
    names = NAMES[:classes]
    shares = rng.dirichlet(np.ones(classes), size=n)
    label = [rng.choice(names, p=row) for row in shares]
    predicted = np.array(names)[shares.argmax(axis=1)]
    return multiclass(label, predicted, scores=dict(zip(names, shares.T, strict=True)), **more), names


def test_every_class_is_held_against_all_others():
    scored, names = several()
    found = measured(scored, "multiclass", classes=names)
    for name in names:
        outcome, score = (scored["label"] == name).to_numpy(float), scored[f"score:{name}"].to_numpy()
        plain = Design(np.ones(900), np.arange(900), simple=True)
        slope = found.measure("slope", **{"class": name})
        assert slope.value == logistic_recalibration(outcome, score, plain).slope
        assert found.measure("events", **{"class": name}).value == outcome.sum()
        bins = [
            each.value
            for each in found.measures
            if each.metric == "bin_predicted" and each.dimensions.get("class") == name
        ]
        assert bins == sorted(bins)
        assert len(bins) == 6
    assert len(found.table("figures").rows) == 3
    assert len(found.table("reliability").rows) == 18


@pytest.mark.parametrize("classes", [1, 3])
def test_plots_are_named_where_there_are_several_classes(classes, monkeypatch):
    from matplotlib.axes import Axes

    written = []
    monkeypatch.setattr(Axes, "set_title", lambda _axes, text, **_style: written.append(text))
    scored, names = several() if classes > 1 else (probabilities(), ())
    found = measured(scored, "multiclass", classes=names) if names else measured(scored)
    CALIBRATION.draw(found, None, Writer({each.id: each for each in found.measures}))
    assert written == list(names)


def test_nine_classes_and_many_groups_fill_no_more_than_twenty_lines():
    rng = np.random.default_rng(5)
    scored, names = several(2000, 9, sex=rng.choice(list("uvwxyz"), size=2000))
    found = measured(scored, "multiclass", classes=names)
    assert [len(table.rows) for table in found.tables] == [9, 20, 20]
    text = said(found)
    assert "25 more lines stand in the bundle" in text  # 9 × 5 bins
    assert "34 more lines stand in the bundle" in text  # 9 × 6 groups
    assert len([each for each in found.measures if each.metric == "bin_observed"]) == 45
    figure = CALIBRATION.draw(found, None, Writer({each.id: each for each in found.measures}))
    assert len(figure) == 1


def test_a_regression_is_held_against_its_mean_and_slope():
    rng = np.random.default_rng(6)
    predicted = rng.normal(size=500) * 3 + 50
    label = 10 + 0.8 * predicted + rng.normal(size=500)
    label[:20] = np.nan
    found = measured(regression(label, predicted, sex=["f", "m"] * 240 + ["few"] * 20), "regression")
    plain = Design(np.ones(480), np.arange(480), simple=True)
    fit = linear_recalibration(label[20:], predicted[20:], plain)
    assert (found.measure("slope").value, found.measure("intercept").value) == (fit.slope, fit.intercept)
    assert found.measure("in_the_large").value == pytest.approx((predicted - label)[20:].mean())
    assert found.measure("outcome_sd").value == pytest.approx(label[20:].std())
    assert not [each for each in found.measures if each.metric in {"oe_ratio", "ece", "events"}]
    assert [len(table.rows) for table in found.tables] == [3, 10, 3, 10]  # bins of the two large groups
    place = np.argsort(np.argsort(predicted[20:])) // 48
    for number in range(10):
        seen = found.measure("bin_observed", bin=str(number + 1))
        assert (seen.value, seen.n) == (pytest.approx(label[20:][place == number].mean()), 48)
    assert found.measure("slope", sensitive="sex", group="few").reason == "insufficient"
    said(found)


def test_predictions_that_are_off_are_flagged():
    assert flagged(measured(probabilities(2000))) == []
    assert flagged(measured(probabilities(2000, shift=1.0))) == ["CAL01"]
    assert "CAL02" in flagged(measured(probabilities(2000, slope=0.4)))
    assert "CAL02" in flagged(measured(probabilities(2000, slope=2.0)))
    scored, names = several(2000)
    assert flagged(measured(scored, "multiclass", classes=names)) == []
    swapped = scored.rename(columns={"score:a": "score:b", "score:b": "score:a"})
    assert set(flagged(measured(swapped, "multiclass", classes=names))) == {"CAL02"}


def test_the_flags_fall_at_their_thresholds():
    found = measured(probabilities(2000, shift=0.5))
    large, slope = found.measure("in_the_large"), found.measure("slope")
    assert large.interval.high < 0
    edge = -large.interval.high
    assert "CAL01" not in flagged(found, in_the_large=edge)
    assert "CAL01" in flagged(found, in_the_large=edge - 1e-9)
    for low, code in ((1.0, []), (1.0 + 1e-6, ["CAL02"])):
        interval = slope.interval.model_copy(update={"low": low, "high": 2.0})
        moved = [
            each.model_copy(update={"interval": interval}) if each.metric == "slope" else each
            for each in found.measures
        ]
        codes = flagged(found.model_copy(update={"measures": tuple(moved)}), in_the_large=1)
        assert codes == code


def test_the_gap_of_a_regression_is_flagged_in_standard_deviations():
    rng = np.random.default_rng(7)
    label = rng.normal(size=1000) * 200
    found = measured(regression(label, label + 5, sex=["f"] * 1000), "regression")
    assert flagged(found) == ["CAL01"]  # 5 of 200 is more than 0.02
    assert flagged(found, in_the_large=0.03) == []
    exact = measured(regression(label, label), "regression")
    assert flagged(exact) == []
    constant = measured(regression(np.ones(50), np.full(50, 2.0)), "regression")
    assert flagged(constant) == ["CAL01"]


@pytest.mark.parametrize("score", [[-0.1, 0.5], [0.5, 1.2]])
def test_scores_that_are_no_probabilities_are_not_assessed(score):
    with pytest.raises(NotApplicable) as error:
        measured(binary([EVENT, OTHER], [True, False], score=score))
    assert error.value.reason == "not_applicable"


def test_without_a_known_outcome_there_is_nothing_to_hold_against():
    for scored in (binary([None] * 9, [True] * 9), binary([EVENT] * 9, [True] * 9, weight=[0] * 9)):
        with pytest.raises(NotApplicable) as error:
            measured(scored)
        assert error.value.reason == "input_missing"


def test_the_number_of_clipped_probabilities_is_printed():
    scored = probabilities(300)
    scored.loc[:12, "score"] = 0.0
    found = measured(scored)
    assert found.measure("clipped").value == 13
    assert "13 rows with a probability below" in said(found)


def test_the_histogram_counts_every_row_and_says_what_it_rests_on():
    scored = probabilities(500)
    found = measured(scored)
    (plot,) = found.plots
    counts = plot.series["count"]
    assert sum(counts) == 500
    assert plot.smallest_cell == min(count for count in counts if count)
    assert {len(values) for values in plot.series.values()} == {20}
    writer = Writer({each.id: each for each in found.measures})
    (alone,) = CALIBRATION.draw(found.model_copy(update={"plots": ()}), None, writer)
    assert alone.caption.key == "figure.calibration.reliability_alone"


def test_bins_with_few_events_are_small_cells():
    score = np.repeat([0.1, 0.9], 100)
    label = np.where(np.arange(200) % 100 < np.where(score < 0.5, 4, 80), EVENT, OTHER)
    found = measured(binary(label, score > 0.5, score=score))
    assert found.measure("bin_observed", bin="1").smallest_cell == 4
    assert found.measure("ece").smallest_cell == 4


@st.composite
def anything(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    n, kind = draw(st.integers(1, 90)), draw(st.sampled_from(["binary", "multiclass", "regression"]))
    more = {"sex": rng.choice(["f", "m", "<b>", None], size=n)}
    if draw(st.booleans()):
        more["weight"] = np.where(rng.uniform(size=n) < 0.2, 0, rng.gamma(1, size=n))
        more["cluster"] = rng.integers(0, draw(st.sampled_from([1, 2, 50])), size=n)
    one = draw(st.booleans())
    if kind == "regression":
        label = np.where(rng.uniform(size=n) < 0.2, np.nan, rng.normal(size=n)) * 10 ** draw(
            st.integers(-9, 12)
        )
        score = np.full(n, label[0]) if one else rng.normal(size=n) * 1e12
        return regression(label, np.nan_to_num(score), **more), kind, ()
    if kind == "binary":
        label = [EVENT] * n if one else rng.choice([EVENT, OTHER, None], size=n)
        score = rng.choice([0.0, 1.0, 0.5, 1e-9, 0.3], size=n)
        return binary(label, score > 0.5, score=score, **more), kind, (OTHER, EVENT)
    scored, names = several(n, draw(st.integers(2, 9)), seed=n, **more)
    return scored, kind, names


@settings(derandomize=True, deadline=None, max_examples=40)
@given(anything())
def test_nothing_breaks_it_and_everything_has_its_words(drawn):
    scored, kind, classes = drawn
    try:
        found = measured(scored, kind, classes=classes)
    except NotApplicable:
        assert scored["label"].isna().all() or scored["weight"][scored["label"].notna()].sum() == 0
        return
    assert all(len(table.rows) <= 20 for table in found.tables)
    sizes = [
        each.value
        for each in found.measures
        if each.metric == "group_size"
        and each.dimensions.get("class", classes and classes[0]) == (classes and classes[0])
    ]
    known = scored["label"].notna() & (scored["weight"] > 0 if "weight" in scored else True)
    assert sum(sizes) == known.sum()
    for each in found.measures:
        assert each.value is None or np.isfinite(each.value)
    writer = Writer({each.id: each for each in found.measures})
    assert "{" not in writer.text(found.answer)
