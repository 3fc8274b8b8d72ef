"""LIME's fit by group against SciPy, with several outputs, clusters and Holm's adjustment."""

import numpy as np
import pytest
from explained_rows import SETTINGS, lime, measured, scored_of, shap, sides, value
from scipy.stats import ttest_1samp, ttest_ind

from explainaudit.analyses.parity import PARITY
from explainaudit.records.verdict import Verdicts
from explainaudit.stats.significance import holm
from explainaudit.wording.writer import Writer
from grouped import multiclass, regression


def test_fit_is_compared_as_by_t_and_holm():
    draw, sex = sides(400, 3, ("f", "m", "x"))
    fits = draw.uniform(0.4, 0.8, size=400) - 0.02 * (sex == "f")
    stability = draw.uniform(size=400)
    stability[:30] = np.nan
    evidence = measured(
        scored_of(400, sex=sex), [shap(draw.normal(size=(400, 4)))], [lime(fits, stability=stability)]
    )
    raw = {}
    for name in ("f", "m", "x"):
        inside = fits[sex == name]
        found = value(evidence, "lime_fidelity", name)
        interval = ttest_1samp(inside, 0).confidence_interval()
        assert found.value == pytest.approx(inside.mean())
        assert (found.interval.low, found.interval.high) == pytest.approx((interval.low, interval.high))
        welch = ttest_ind(inside, fits[sex != name], equal_var=False)
        gap = value(evidence, "fidelity_difference", name)
        assert gap.value == pytest.approx(inside.mean() - fits[sex != name].mean())
        assert gap.interval.low == pytest.approx(welch.confidence_interval().low, abs=2e-3)
        raw[name] = welch.pvalue
        stable = stability[(sex == name) & ~np.isnan(stability)]
        assert value(evidence, "lime_stability", name).value == pytest.approx(stable.mean())
    for name, expected in zip(raw, holm(list(raw.values())), strict=True):
        assert value(evidence, "fidelity_p", name).value == pytest.approx(expected, rel=0.2)
    (flag,) = PARITY.judge(evidence, SETTINGS)
    assert (flag.code, flag.level, flag.message.params["group"].text) == ("PRTY01", "caution", "f")


def test_two_groups_are_one_comparison():
    draw, sex = sides(300, 4, ("f", "m"))
    part, fits = draw.choice(["u", "v"], size=300), draw.uniform(size=300)
    rows, local = [shap(draw.normal(size=(300, 4)))], [lime(fits)]
    p = {}
    for name, groups in (("sex", sex), ("part", part)):
        alone = measured(scored_of(300, **{name: groups}), rows, local)
        one, other = (
            alone.measure("fidelity_p", sensitive=name, group=group).value for group in np.unique(groups)
        )
        assert (
            one
            == other
            == pytest.approx(ttest_ind(*(fits[groups == g] for g in np.unique(groups))).pvalue, rel=0.1)
        )
        p[name] = one
    both = measured(scored_of(300, sex=sex, part=part), rows, local)
    for (name, groups), expected in zip((("sex", "fm"), ("part", "uv")), holm(list(p.values())), strict=True):
        found = {both.measure("fidelity_p", sensitive=name, group=group).value for group in groups}
        assert found == {expected}
    assert PARITY.judge(both, SETTINGS) == ()


def test_fit_that_is_alike_to_the_last_digit_is_not_flagged():
    sex = np.repeat(["f", "m"], 50)
    fits = np.where(sex == "f", 0.3, 0.1 + 0.2)
    evidence = measured(scored_of(100, sex=sex), [shap(np.ones((100, 4)))], [lime(fits)])
    assert value(evidence, "fidelity_p", "f").value == 1.0
    assert PARITY.judge(evidence, SETTINGS) == ()


def test_with_several_classes_a_row_speaks_of_its_own():
    draw, sex = sides(120, 5, ("f", "m"))
    predicted = draw.choice(["p", "q"], size=120)
    scored = multiclass(["p"] * 120, predicted, sex=sex)
    values = {name: draw.normal(size=(120, 4)) for name in "pq"}
    fits = {"p": draw.uniform(size=120), "q": draw.uniform(size=120)}
    evidence = measured(
        scored,
        [shap(each, output=name) for name, each in values.items()],
        [lime(each, output=name) for name, each in fits.items()],
        "multiclass",
        classes=("p", "q"),
    )
    own = np.where(predicted == "p", fits["p"], fits["q"])
    assert value(evidence, "lime_fidelity", "m").value == pytest.approx(own[sex == "m"].mean())
    sizes = (np.abs(values["p"]) + np.abs(values["q"])) / 2
    mean = value(evidence, "mean_abs_shap", "m", column="b")
    assert mean.value == pytest.approx(sizes[sex == "m", 1].mean())


def test_a_regression_has_one_output():
    draw, sex = sides(100, 6, ("f", "m"))
    scored = regression(draw.normal(size=100), draw.normal(size=100), sex=sex)
    evidence = measured(
        scored,
        [shap(draw.normal(size=(100, 4)), output="y", unit="target")],
        [lime([0.5] * 100, output="y")],
        "regression",
    )
    assert value(evidence, "lime_fidelity", "f").value == pytest.approx(0.5)
    assert evidence.table("columns:sex").caption.params["unit"].key == "unit.target"


def test_a_cluster_counts_once_and_one_cluster_has_no_interval():
    draw, sex = sides(200, 10, ("f", "m"))
    values, fits = draw.normal(size=(200, 4)), draw.uniform(size=200)
    twice = np.repeat(np.arange(200), 2)
    one = measured(scored_of(200, sex=sex, cluster=np.arange(200)), [shap(values)], [lime(fits)])
    doubled = scored_of(400, sex=sex[twice], cluster=twice)
    two = measured(doubled, [shap(values[twice])], [lime(fits[twice])])
    for metric, about in (
        ("mean_abs_shap", {"column": "a"}),
        ("lime_fidelity", {}),
        ("fidelity_difference", {}),
    ):
        a, b = value(one, metric, "f", **about), value(two, metric, "f", **about)
        assert a.interval.low == pytest.approx(b.interval.low, rel=1e-9)
    alone = measured(scored_of(200, sex=sex, cluster=sex), [shap(values)], [lime(fits)])
    assert value(alone, "mean_abs_shap", "f", column="a").interval is None
    assert value(alone, "lime_fidelity", "f").interval is None


def test_everything_is_said_and_drawn():
    draw, sex = sides(300, 13, ("f", "m", "x"))
    sex[:40] = None
    evidence = measured(
        scored_of(300, sex=sex),
        [shap(draw.normal(size=(300, 4)))],
        [lime(np.where(sex == "f", 0.1, 0.7) + draw.uniform(0, 0.1, size=300))],
    )
    writer = Writer({each.id: each for each in evidence.measures})
    assert "differs most for" in writer.text(evidence.answer)
    for table in evidence.tables:
        assert all(writer.text(note) for note in (table.caption, *table.notes))
        assert all(writer.cell_text(cell) for row in table.rows for cell in row)
    (flag,) = PARITY.judge(evidence, SETTINGS)
    assert "more than chance" in writer.text(flag.message)
    (figure,) = PARITY.draw(evidence, Verdicts(), writer)
    assert figure.table == "fidelity:sex"
    assert "svg" in figure.svg
