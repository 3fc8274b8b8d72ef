"""Effects and importance of several outputs, of weighted rows, and beside permutation importance."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from explainaudit.analyses.effects import EFFECTS
from explainaudit.analyses.importance import IMPORTANCE
from explainaudit.errors import NotApplicable
from explainaudit.records.attribution import Interactions
from explainaudit.records.effect import Effect, PermutedLosses
from explainaudit.records.plan import Task
from explainaudit.records.responses import ColumnFacts
from handmade import EVENT, INPUTS, OTHER, attribution, audited, explained, people, responses, scored_frame


def effects_measured(found):
    return EFFECTS.measure(found, EFFECTS.settings())


def test_a_linear_effect_reaches_over_the_whole_grid():
    evidence = effects_measured(people())
    # handmade: every step raises the output by twice its width, over a grid from −3 to 3.
    for name in INPUTS[:3]:
        found = evidence.measure("ale_range", column=name)
        assert found.value == pytest.approx(12.0)
        assert found.interval.high - found.interval.low == pytest.approx(0.0, abs=1e-9)
    assert evidence.measure("ale_range", column="debt").n == 399
    levels = evidence.measure("level_range", column=INPUTS[3])
    assert (levels.value, levels.n) == (1.0, 50)
    assert "level_range" not in {
        each.metric for each in evidence.measures if each.dimensions.get("column") == "debt"
    }


def test_curves_of_single_rows_are_small_cells_and_effects_are_not():
    evidence = effects_measured(people())
    plots = {plot.name: plot for plot in evidence.plots}
    assert plots[f"rows:income:{EVENT}"].smallest_cell == 1
    assert plots[f"effect:income:{EVENT}"].smallest_cell == 600
    shown = plots[f"effect:income:{EVENT}"].series
    np.testing.assert_allclose(np.diff(shown["value"]), 2.0)


def test_pairs_are_twice_the_halved_interactions_weighted_back():
    found = people()
    first = found.attributions[0]
    draw = np.random.default_rng(1)
    pairs = draw.normal(size=(40, 6))
    held = Interactions(first.columns, first.keys, first.inclusion, pairs[None])
    whole = dataclasses.replace(found, interactions=held)
    evidence = effects_measured(whole)
    means = np.average(2 * np.abs(pairs), axis=0, weights=1 / first.inclusion)
    names = [(a, b) for i, a in enumerate(INPUTS) for b in INPUTS[i + 1 :]]
    for (one, other), mean in zip(names, means, strict=True):
        assert evidence.measure("interaction", column=one, other=other).value == pytest.approx(mean)
    listed = [evidence.measures[0], *(each for each in evidence.measures if each.metric == "interaction")][1:]
    assert [each.value for each in listed] == sorted((each.value for each in listed), reverse=True)
    bare = effects_measured(found)
    assert {each.code for each in bare.limitations} == {"no_interactions"}
    assert bare.table("interactions") is None


def test_nothing_moved_is_not_applicable():
    with pytest.raises(NotApplicable):
        effects_measured(responses(scored_frame([EVENT], [True])))


@pytest.mark.parametrize("change", [np.zeros((3, 1)), np.array([[1.0], [2.0], [3.0]])])
def test_a_constant_column_and_one_without_values_are_not_estimable(change):
    scored = scored_frame([EVENT] * 3, [True] * 3)
    keys = scored["key"].to_numpy(dtype=np.str_)
    void = Effect(
        "a", (EVENT,), "log_odds", (), keys, np.full(3, -1), change * 0, keys[:1], np.zeros((1, 0, 1))
    )
    columns = (ColumnFacts(name="a", type="number", role="input"),)
    rows = pd.DataFrame({"a": [np.nan] * 3})
    evidence = effects_measured(responses(scored, rows=rows, columns=columns, effects=(void,)))
    found = evidence.measure("ale_range", column="a")
    assert (found.value, found.reason) == (None, "not_estimable")
    assert evidence.answer.key == "answer.effects_none"


def several(weight=None):
    draw = np.random.default_rng(6)
    n = 60
    scored = scored_frame([EVENT, OTHER] * (n // 2), [True] * n).drop(columns="score")
    scored = scored.assign(**{f"score:{name}": 1 / 3 for name in "xyz"})
    if weight is not None:
        scored["weight"] = weight
    keys = scored["key"].to_numpy(dtype=np.str_)
    rows = pd.DataFrame({"a": draw.normal(size=n), "b": draw.normal(size=n)})
    values = [draw.normal(size=(n, 2)) * scale for scale in (1.0, 2.0, 0.5)]
    shaps = tuple(
        attribution(each, columns=("a", "b"), keys=keys, output=name)
        for each, name in zip(values, "xyz", strict=True)
    )
    parts = explained(shaps[0], shaps[0], shaps[0]) | {"attributions": shaps}
    found = responses(
        scored,
        rows=rows,
        columns=tuple(ColumnFacts(name=name, type="number", role="input") for name in rows),
        task=Task(type="multiclass", target="y"),
        classes=("x", "y", "z"),
        **parts,
    )
    return IMPORTANCE.measure(found, IMPORTANCE.settings()), values


def test_every_class_has_its_own_ranking_and_the_whole_is_their_mean():
    evidence, values = several()
    for place, name in enumerate("ab"):
        own = [np.abs(each[:, place]).mean() for each in values]
        for output, mean in zip("xyz", own, strict=True):
            found = evidence.measure("mean_abs_shap", column=name, **{"class": output})
            assert found.value == pytest.approx(mean)
        assert evidence.measure("mean_abs_shap", column=name).value == pytest.approx(np.mean(own))
    assert len(evidence.table("classes").rows) == 6
    assert [plot.name for plot in evidence.plots] == ["cloud:x", "cloud:y", "cloud:z"]
    assert {plot.smallest_cell for plot in evidence.plots} == {1}


def test_sampling_weights_weigh_the_means():
    weight = np.tile([1.0, 3.0], 30)
    evidence, values = several(weight)
    sizes = np.mean([np.abs(each) for each in values], axis=0)
    for place, name in enumerate("ab"):
        found = evidence.measure("mean_abs_shap", column=name)
        assert found.value == pytest.approx(np.average(sizes[:, place], weights=weight))
        assert found.n == 60


def test_permutation_importance_stands_beside_the_ranking():
    evidence = audited()[0].of("importance")
    losses = people().losses
    for place, columns in enumerate(losses.sets):
        metric = "permutation" if len(columns) == 1 else "permutation_cluster"
        about = {"column": columns[0]} if len(columns) == 1 else {"cluster": ", ".join(columns)}
        found = evidence.measure(metric, **about)
        assert found.value == pytest.approx(losses.increase[:, place].mean())
        error = losses.increase[:, place].std(ddof=1) / np.sqrt(len(losses.keys))
        assert found.interval.high - found.value == pytest.approx(1.964 * error, rel=2e-3)
    means = [evidence.measure("mean_abs_shap", column=name).value for name in INPUTS]
    expected = stats.spearmanr(means, losses.increase[:, :4].mean(axis=0)).statistic
    assert evidence.measure("permutation_agreement").value == pytest.approx(expected)
    assert len(evidence.table("permutation").rows) == 4
    assert len(evidence.table("clusters").rows) == 1


def test_without_losses_nothing_is_said_of_them():
    found = dataclasses.replace(people(), losses=None)
    evidence = IMPORTANCE.measure(found, IMPORTANCE.settings())
    assert evidence.table("permutation") is None
    empty = PermutedLosses(
        "log_loss", (), np.empty(0, dtype="<U64"), np.empty(0), np.empty((0, 0)), np.empty(0), 20
    )
    evidence = IMPORTANCE.measure(dataclasses.replace(found, losses=empty), IMPORTANCE.settings())
    assert evidence.table("permutation") is None
