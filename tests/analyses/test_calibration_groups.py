"""Calibration within groups: bins against pandas, which groups have them, and their small plots."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from explainaudit.analyses.calibration import CALIBRATION
from explainaudit.records.message import Name
from explainaudit.stats.design import Design, mean_of
from explainaudit.stats.intervals import wilson
from explainaudit.wording.writer import Writer
from grouped import EVENT, OTHER, asked, binary, multiclass, regression


def measured(scored, kind="binary", **more):
    return CALIBRATION.measure(asked(scored, kind, **more), CALIBRATION.settings())


def drawn(found, monkeypatch=None):
    """Return the figures of groups and the titles and limits of their plots."""
    from matplotlib.figure import Figure

    sheets = []
    if monkeypatch is not None:
        save = Figure.savefig
        monkeypatch.setattr(
            Figure, "savefig", lambda self, *a, **k: (sheets.append(self), save(self, *a, **k))
        )
    writer = Writer({each.id: each for each in found.measures})
    figures = [each for each in CALIBRATION.draw(found, None, writer) if each.name.startswith("group_bins:")]
    for figure in figures:
        texts = [writer.text(figure.caption), writer.text(figure.alt)]
        texts += [
            writer.text(each)
            for each in (found.table(figure.table).caption, *found.table(figure.table).notes)
        ]
        assert all("{" not in text for text in texts)
    return figures, sheets


def probabilities(sizes, seed=1, **more):
    rng = np.random.default_rng(seed)
    sex = np.repeat(np.array(list(sizes), dtype=object), list(sizes.values()))
    rng.shuffle(sex)
    z = rng.normal(size=len(sex))
    event = rng.uniform(size=len(sex)) < expit(z)
    sex = [None if each == "missing" else each for each in sex]
    return binary(np.where(event, EVENT, OTHER), z > 0, score=expit(z), sex=sex, **more)


def bins_of(found, metric, **about):
    named = [each for each in found.measures if each.metric == metric and "sensitive" in each.dimensions]
    return [each for each in named if about.items() <= each.dimensions.items()]


def test_bins_of_a_group_are_quantiles_of_its_own_predictions():
    scored = probabilities({"f": 500, "m": 300, "few": 40})
    found = measured(scored)
    for group, n in (("f", 500), ("m", 300)):
        held = scored[scored["group:sex"] == group]
        place = pd.qcut(held["score"], 5, labels=False)
        events = (held["label"] == EVENT).groupby(place).sum()
        means = held["score"].groupby(place).mean()
        seen = bins_of(found, "bin_observed", group=group)
        assert [each.value for each in seen] == pytest.approx(list(events / (n / 5)))
        assert [each.interval for each in seen] == [wilson(int(k), n // 5) for k in events]
        assert [each.smallest_cell for each in seen] == [min(k, n // 5 - k) for k in events]
        assert [each.value for each in bins_of(found, "bin_predicted", group=group)] == pytest.approx(
            list(means)
        )
    assert not bins_of(found, "bin_observed", group="few")
    table = found.table("group_bins:sex")
    assert [row[0].text for row in table.rows] == ["f"] * 5 + ["m"] * 5
    assert table.of_labels
    assert not [each for each in found.measures if each.metric == "ece" and each.dimensions]


@pytest.mark.parametrize(("events", "shown"), [(49, False), (50, True), (150, True), (151, False)])
def test_fifty_outcomes_of_either_kind_from_both_sides(events, shown):
    label = np.repeat([EVENT, OTHER], [events, 200 - events])
    score = np.random.default_rng(3).uniform(size=200)
    found = measured(binary(label, score > 0.5, score=score, sex=["f"] * 200))
    assert (found.table("group_bins:sex") is not None) is shown
    assert len(drawn(found)[0]) == shown


@pytest.mark.parametrize(("rows", "shown"), [(99, False), (100, True)])
def test_a_hundred_rows_of_a_regression_from_both_sides(rows, shown):
    rng = np.random.default_rng(4)
    score = rng.normal(size=rows) * 9
    label = score + rng.normal(size=rows)
    found = measured(regression(label, score, sex=["f"] * rows), "regression")
    assert (found.table("group_bins:sex") is not None) is shown
    if shown:
        place = pd.qcut(score, 5, labels=False)
        for number, seen in enumerate(bins_of(found, "bin_observed")):
            held = label[place == number]
            plain = Design(np.ones(20), np.arange(20), simple=True)
            assert (seen.value, seen.interval, seen.n) == (*mean_of(held, plain), 20)


def test_weights_enter_and_nobody_stays_out():
    rng = np.random.default_rng(5)
    weight = np.where(rng.uniform(size=600) < 0.1, 0, rng.gamma(2, size=600))
    scored = probabilities({"f": 400, "m": 200}, weight=weight)
    found = measured(scored)
    held = scored[(scored["group:sex"] == "f") & (scored["weight"] > 0)]
    assert sum(each.n for each in bins_of(found, "bin_observed", group="f")) == len(held)
    first = bins_of(found, "bin_observed", group="f")[0]
    lowest = held.sort_values("score").head(first.n)
    assert first.value == pytest.approx(np.average(lowest["label"] == EVENT, weights=lowest["weight"]))


def test_the_six_largest_groups_are_drawn_on_the_same_axes(monkeypatch):
    sizes = {
        "missing": 330,
        **{f"g{number}" * (30 if number == 3 else 1): 250 + 20 * number for number in range(7)},
    }
    found = measured(probabilities(sizes))
    table = found.table("group_bins:sex")
    assert len(table.rows) == 30
    shown = list(dict.fromkeys(row[0].text if isinstance(row[0], Name) else None for row in table.rows))
    assert shown == ["g2", "g3" * 30, "g4", "g5", "g6", None]
    assert len(bins_of(found, "bin_observed")) == 40
    assert found.measure("lines_left_out", table="group_bins:sex").value == 10
    (figure,), sheets = drawn(found, monkeypatch)
    assert figure.table == table.name
    plots = sheets[-1].axes
    assert len(plots) == 6
    assert len({(plot.get_xlim(), plot.get_ylim()) for plot in plots}) == 1


def test_plots_of_a_regression_share_their_axes(monkeypatch):
    rng = np.random.default_rng(6)
    score = np.concatenate([rng.normal(size=200), 50 + rng.normal(size=200)])
    found = measured(
        regression(score + rng.normal(size=400), score, sex=["f"] * 200 + ["m"] * 200), "regression"
    )
    _, sheets = drawn(found, monkeypatch)
    first, second = sheets[-1].axes
    assert first.get_xlim() == second.get_xlim()
    assert first.get_ylim() == second.get_ylim()


def test_two_groups_whose_shown_names_are_alike_have_a_plot_each(monkeypatch):
    found = measured(probabilities({"w" * 70 + "1": 300, "w" * 70 + "2": 300}))
    _, sheets = drawn(found, monkeypatch)
    assert len(sheets[-1].axes) == 2


def test_of_several_classes_the_pairs_furthest_off_are_shown():
    rng = np.random.default_rng(7)
    names = ("a", "b", "c")
    shares = rng.dirichlet(np.ones(3), size=2400)
    label = [rng.choice(names, p=row) for row in shares]
    shares[:800] = shares[:800][:, [1, 0, 2]]  # the first group's scores of a and b are swapped
    shares[:800, 2], shares[:800, 0] = shares[:800, 2] * 0.5, shares[:800, 0] + shares[:800, 2] * 0.5
    scored = multiclass(
        label, np.array(names)[shares.argmax(axis=1)], scores=dict(zip(names, shares.T, strict=True)),
        sex=np.repeat(["f", "m", "x"], 800),
    )  # fmt: skip
    found = measured(scored, "multiclass", classes=names)
    table = found.table("group_bins:sex")
    pairs = list(dict.fromkeys((row[0].text, row[1].text) for row in table.rows))
    assert len(pairs) == 6
    gaps = {
        (name, group): abs(
            found.measure("in_the_large", sensitive="sex", group=group, **{"class": name}).value
        )
        for name in names
        for group in "fmx"
    }
    assert set(pairs) == set(sorted(gaps, key=lambda pair: -gaps[pair])[:6])
    assert len(bins_of(found, "bin_observed")) == 45
    assert len(drawn(found)[0]) == 1


def test_no_figure_without_its_table():
    found = measured(probabilities({"f": 300}))
    assert len(drawn(found)[0]) == 1
    withheld = tuple(table for table in found.tables if table.name != "group_bins:sex")
    assert drawn(found.model_copy(update={"tables": withheld}))[0] == []
