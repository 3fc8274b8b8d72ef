"""Path-dependent values of trees against the definition: a recursive expectation for every coalition."""

from dataclasses import replace
from itertools import combinations
from math import factorial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_tree_values import COLUMNS, flat, grown, table

from explainaudit.explainers import tree_tables as module
from explainaudit.explainers.tree_path_values import has_cover, path_base, path_values
from explainaudit.records.inside import Linear, Trees


def covered(trees: Trees, draw) -> Trees:
    """Give every node a weight; now and then none of it reaches a leaf."""
    cover = np.zeros(len(trees.column))
    for root in trees.roots:
        waiting = [(int(root), 64.0)]
        while waiting:
            node, weight = waiting.pop()
            cover[node] = weight
            if trees.column[node] >= 0:
                left, right = int(trees.left[node]), int(trees.right[node])
                share = draw.uniform(0.1, 0.9)
                if trees.column[left] < 0 and draw.random() < 0.2:
                    share = 0.0
                waiting += [(left, weight * share), (right, weight - weight * share)]
    return replace(trees, cover=cover)


def expected(trees, node, row, known, player):
    """Return what a tree answers where only the players in ``known`` are known: as the definition has it."""
    column = trees.column[node]
    if column < 0:
        return trees.value[node]
    left, right = int(trees.left[node]), int(trees.right[node])
    if player[column] in known:
        value = row[column]
        if np.isnan(value):
            goes = trees.missing_left[node]
        elif node in trees.codes:
            goes = value in trees.codes[node]
        else:
            goes = value <= trees.threshold[node]
        return expected(trees, left if goes else right, row, known, player)
    parts = [
        trees.cover[child] / trees.cover[node] * expected(trees, child, row, known, player)
        for child in (left, right)
        if trees.cover[child]
    ]
    return sum(parts)


def brute_force(trees, row, player):
    """Return the Shapley values of one row, shape (k, players), and what is answered without any player."""
    players, k = int(player.max()) + 1, len(trees.base)
    worth = {}
    for size in range(players + 1):
        for known in combinations(range(players), size):
            total = trees.base.copy()
            for root, output in zip(trees.roots, trees.output, strict=True):
                answer = expected(trees, int(root), row, set(known), player)
                total[output : output + len(answer)] += answer
            worth[known] = total
    values = np.zeros((k, players))
    for one in range(players):
        for known, total in worth.items():
            if one not in known:
                weight = factorial(len(known)) * factorial(players - len(known) - 1) / factorial(players)
                values[:, one] += weight * (worth[tuple(sorted((*known, one)))] - total)
    return values, worth[()]


@pytest.mark.parametrize("tabled", [module.TABLED, 0], ids=["tables", "patterns"])
@settings(derandomize=True, deadline=None, max_examples=15)
@given(st.integers(0, 2**32), st.sampled_from([1, 3]), st.booleans())
def test_equals_brute_force(tabled, seed, width, shared):
    draw = np.random.default_rng(seed)
    player = np.array([0, 1, 1, 2, 0]) if shared else np.arange(COLUMNS)
    forest = [grown(draw, 4, width=width) for _ in range(3)]
    made = replace(flat(forest, [0, 0, 0] if width == 3 else [0, 2, 1], 3), base=draw.normal(size=3))
    trees, rows = covered(made, draw), table(draw, 3)
    assert has_cover(trees)
    before, module.TABLED = module.TABLED, tabled
    try:
        found = path_values(trees, player, rows, int(player.max()) + 1)
    finally:
        module.TABLED = before
    for place, row in enumerate(rows):
        values, nothing = brute_force(trees, row, player)
        np.testing.assert_allclose(found[:, place], values, atol=1e-13)
        np.testing.assert_allclose(path_base(trees), nothing, atol=1e-13)


def chain(players, draw):
    """One chain of splits, a player each."""
    tree = draw.normal(size=1)
    for column in range(players):
        tree = (column, 0.5, True, tree, draw.normal(size=1))
    trees = flat([tree], [0], 1)
    weight, cover = 1024.0, np.zeros(len(trees.column))
    node = int(trees.roots[0])
    while trees.column[node] >= 0:
        cover[node], share = weight, draw.uniform(0.3, 0.95)
        cover[trees.right[node]] = weight * (1 - share)
        node, weight = int(trees.left[node]), weight * share
    cover[node] = weight
    return replace(trees, cover=cover)


def test_more_than_twelve_players_equal_brute_force():
    draw = np.random.default_rng(13)
    trees, rows = chain(13, draw), draw.random((2, 13))
    found = path_values(trees, np.arange(13), rows, 13)
    for place, row in enumerate(rows):
        np.testing.assert_allclose(found[:, place], brute_force(trees, row, np.arange(13))[0], atol=1e-14)


@pytest.mark.parametrize("players", [9, 12, 13, 40, 64, 70])
def test_long_paths_add_up_and_agree_whatever_the_way(players, monkeypatch):
    draw = np.random.default_rng(players)
    trees, rows = chain(players, draw), draw.random((4, players)) * 1.2 - 0.6
    if players > 64:
        with pytest.raises(ValueError, match="64"):
            path_values(trees, np.arange(players), rows, players)
        return
    (found,) = path_values(trees, np.arange(players), rows, players)
    ends = [expected(trees, 0, row, set(range(players)), np.arange(players))[0] for row in rows]
    np.testing.assert_allclose(found.sum(axis=1) + path_base(trees)[0], ends, atol=1e-13)
    monkeypatch.setattr(module, "TABLED", 0)
    np.testing.assert_allclose(path_values(trees, np.arange(players), rows, players)[0], found, atol=1e-14)


def test_no_value_depends_on_which_other_rows_are_explained():
    draw = np.random.default_rng(5)
    trees = covered(flat([grown(draw, 6, columns=16) for _ in range(20)], [0] * 20, 1), draw)
    rows = table(draw, 300, 16)
    together = path_values(trees, np.arange(16), rows, 16)
    for some in ([7], [290, 2], range(150, 299)):
        assert (path_values(trees, np.arange(16), rows[list(some)], 16) == together[:, list(some)]).all()


def test_a_single_leaf_and_no_rows():
    trees = replace(flat([np.array([2.0])], [0], 1), cover=np.ones(1))
    assert has_cover(trees)
    assert path_base(trees).tolist() == [2.0]
    assert path_values(trees, np.arange(2), np.zeros((3, 2)), 2).tolist() == [[[0.0, 0.0]] * 3]
    assert path_values(trees, np.arange(2), np.zeros((0, 2)), 2).shape == (1, 0, 2)


@pytest.mark.parametrize(
    "cover",
    [
        None,
        [0, 0, 0],
        [10, 11, -1],
        [10, np.nan, 5],
        [np.inf, 5, 5],
        [-10, -5, -5],
        [1, 1, 1],
        [10, 4, 5],
        [1e-308, 1e308, 1e308],
    ],
)
def test_weights_that_are_none_are_not_used(cover):
    trees = flat([(0, 0.5, True, np.zeros(1), np.ones(1))], [0], 1)
    assert not has_cover(replace(trees, cover=None if cover is None else np.array(cover, dtype=float)))
    assert not has_cover(Linear(np.ones((1, 1)), np.zeros(1)))


@pytest.mark.parametrize("cover", [[10, 4, 6], [10, 10, 0], [10, 4.000001, 6]])
def test_weights_that_are_shares_are_used(cover):
    trees = flat([(0, 0.5, True, np.zeros(1), np.ones(1))], [0], 1)
    assert has_cover(replace(trees, cover=np.array(cover, dtype=float)))
