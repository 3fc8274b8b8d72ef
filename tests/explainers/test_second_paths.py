"""The second algorithm of path-dependent values walks the trees, and finds values that are wrong."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from test_tree_path_values import covered
from test_tree_values import flat, grown

from explainaudit.explainers import second
from explainaudit.explainers.explain import explain_shap
from explainaudit.explainers.second import second_opinion
from explainaudit.records.inside import Inside, summed


def made(make_ask, columns, trees, *, players=None, width=1):
    """Return a question about random trees that is true of them, and rows to explain."""
    draw = np.random.default_rng(columns)
    forest = [grown(draw, 5, columns, width) for _ in range(trees)]
    sum_ = covered(flat(forest, [0] * trees, width), draw)
    frame = pd.DataFrame(
        draw.integers(0, 5, (60, columns)) / 2, columns=[f"x{place}" for place in range(columns)]
    )
    inside = Inside(
        encode=lambda rows: rows[list(frame)].to_numpy(dtype=float),
        player=np.arange(columns) if players is None else np.array(players),
        unit="log_odds",
        sum=sum_,
        inputs=tuple(frame),
    )
    outputs = tuple(f"class {k}" for k in range(width))
    ask = make_ask(lambda rows: summed(sum_, rows.to_numpy(dtype=float)), frame[:10], outputs=outputs)
    return replace(ask, inside=inside, values="path_dependent"), frame[10:]


@pytest.mark.parametrize(("columns", "algorithm"), [(5, "walked_enumeration"), (16, "walked_permutation")])
@pytest.mark.parametrize("width", [1, 3])
def test_right_values_agree(make_ask, row_digests, columns, algorithm, width):
    ask, rows = made(make_ask, columns, 6, width=width)
    found = second_opinion(ask, rows, row_digests(50))
    assert (found.algorithm, found.rows, found.off) == (algorithm, 50, 0)
    assert (found.trees, found.all_trees, found.evaluations) == (6, 6, 0)
    assert found.gap < (1e-12 if columns == 5 else 0.2)
    assert found.interactions is None


@pytest.mark.parametrize("columns", [5, 16])
def test_wrong_values_that_add_up_are_found(make_ask, row_digests, columns, monkeypatch):
    ask, rows = made(make_ask, columns, 4)
    right = second.path_values
    monkeypatch.setattr(second, "path_values", lambda *given: right(*given)[..., [1, 0, *range(2, columns)]])
    found = second_opinion(ask, rows, row_digests(50))
    assert found.off > 40
    assert found.gap > 0.05


def test_work_beyond_a_limit_leaves_trees_out(make_ask, row_digests, monkeypatch):
    ask, rows = made(make_ask, 5, 6)
    monkeypatch.setattr(second, "WALKED_NODES", 50 * 2**5 * 60)
    found = second_opinion(ask, rows, row_digests(50))
    assert 1 <= found.trees < found.all_trees == 6
    monkeypatch.setattr(second, "WALKED_NODES", 1)
    assert second_opinion(ask, rows, row_digests(50)).trees == 1


def test_trees_without_a_split(make_ask, row_digests):
    ask, rows = made(make_ask, 5, 1)
    leaf = replace(flat([np.array([2.0])], [0], 1), cover=np.ones(1))
    found = second_opinion(replace(ask, inside=replace(ask.inside, sum=leaf)), rows, row_digests(50))
    assert (found.off, found.gap) == (0, 0)


def test_the_door_names_the_algorithm_and_adds_up(make_ask, row_digests):
    ask, rows = made(make_ask, 5, 6)
    (found,), evaluations = explain_shap(ask, rows, row_digests(50), np.ones(50))
    assert (found.algorithm, evaluations) == ("path_dependent", 50)
    assert np.abs(found.residual).max() < 1e-12
    assert len(np.unique(found.base)) == 1
    other, _ = explain_shap(replace(ask, background=rows[:3]), rows, row_digests(50), np.ones(50))
    assert (other[0].values == found.values).all()
