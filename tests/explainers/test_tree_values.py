"""Exact values of trees: brute force over all coalitions, on trees made to be awkward."""

from itertools import combinations
from math import factorial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explainaudit.explainers import tree_tables as module
from explainaudit.explainers.quiet import importing
from explainaudit.explainers.tree_values import tree_values
from explainaudit.records.inside import Trees

COLUMNS = 5


def grown(draw, depth, columns=COLUMNS, width=1):
    """A random tree as nested tuples: thresholds that rows hit exactly, sets of codes, missing values."""
    if depth == 0 or draw.random() < 0.15:
        return draw.normal(size=width)
    column = int(draw.integers(columns))
    rule = (
        frozenset(draw.choice(4, 2, replace=False).tolist())
        if column == columns - 1
        else draw.integers(4) / 2
    )
    kids = [grown(draw, depth - 1, columns, width) for _ in range(2)]
    return column, rule, bool(draw.random() < 0.5), *kids


def answer(tree, row):
    while isinstance(tree, tuple):
        column, rule, missing_left, left, right = tree
        value = row[column]
        if np.isnan(value):
            goes = missing_left
        else:
            goes = value in rule if isinstance(rule, frozenset) else value <= rule
        tree = left if goes else right
    return tree


def flat(forest, outputs, k):
    """The same trees as the record has them."""
    nodes = {name: [] for name in ("column", "threshold", "missing_left", "left", "right", "value")}
    codes, roots = {}, []
    width = len(answer(forest[0], np.zeros(99)))

    def add(tree):
        place = len(nodes["column"])
        split = isinstance(tree, tuple)
        nodes["column"].append(tree[0] if split else -1)
        coded = split and isinstance(tree[1], frozenset)
        nodes["threshold"].append(np.nan if coded or not split else tree[1])
        nodes["missing_left"].append(split and tree[2])
        nodes["value"].append(np.zeros(width) if split else tree)
        nodes["left"].append(-1)
        nodes["right"].append(-1)
        if coded:
            codes[place] = np.array(sorted(tree[1]), dtype=float)
        if split:
            nodes["left"][place] = add(tree[3])
            nodes["right"][place] = add(tree[4])
        return place

    roots += [add(tree) for tree in forest]
    return Trees(
        column=np.array(nodes["column"], dtype=np.int32),
        threshold=np.array(nodes["threshold"], dtype=float),
        missing_left=np.array(nodes["missing_left"], dtype=bool),
        left=np.array(nodes["left"], dtype=np.int32),
        right=np.array(nodes["right"], dtype=np.int32),
        codes=codes,
        roots=np.array(roots, dtype=np.int32),
        value=np.array(nodes["value"], dtype=float),
        output=np.array(outputs, dtype=np.int32),
        base=np.zeros(k),
    )


def brute_force(forest, outputs, k, rows, background, player):  # noqa: PLR0917
    """Shapley values from the definition, with plain loops over hybrids."""
    players = int(player.max()) + 1

    def worth(row, inside):
        own = np.isin(player, list(inside))
        total = np.zeros(k)
        for other in background:
            hybrid = np.where(own, row, other)
            for tree, output in zip(forest, outputs, strict=True):
                leaf = answer(tree, hybrid)
                total[output : output + len(leaf)] += leaf
        return total / len(background)

    values = np.zeros((k, len(rows), players))
    for place, row in enumerate(rows):
        for one in range(players):
            others = [each for each in range(players) if each != one]
            for size in range(players):
                weight = factorial(size) * factorial(players - size - 1) / factorial(players)
                for inside in combinations(others, size):
                    values[:, place, one] += weight * (worth(row, {*inside, one}) - worth(row, set(inside)))
    return values


def table(draw, rows, columns=COLUMNS):
    """Halves that stand on the thresholds, whole codes in the last column, and missing values."""
    made = draw.integers(0, 5, (rows, columns)) / 2
    made[:, -1] = draw.integers(0, 5, rows)
    return np.where(draw.random(made.shape) < 0.1, np.nan, made)


@pytest.mark.parametrize("tabled", [module.TABLED, 0], ids=["tables", "patterns"])
@settings(derandomize=True, deadline=None, max_examples=12)
@given(st.integers(0, 2**32), st.sampled_from([1, 3]), st.booleans())
def test_equals_brute_force(tabled, seed, width, shared):
    draw = np.random.default_rng(seed)
    player = np.array([0, 1, 1, 2, 0]) if shared else np.arange(COLUMNS)
    forest = [grown(draw, 4, width=width) for _ in range(3)]
    k = 3
    outputs = [0, 0, 0] if width == k else [0, 2, 1]
    rows, background = table(draw, 3), table(draw, 4)
    before, module.TABLED = module.TABLED, tabled
    try:
        found = tree_values(flat(forest, outputs, k), player, rows, background, int(player.max()) + 1)
    finally:
        module.TABLED = before
    expected = brute_force(forest, outputs, k, rows, background, player)
    np.testing.assert_allclose(found, expected, atol=1e-13)


@pytest.mark.parametrize("players", [9, 12, 13, 18, 40, 70])
def test_long_paths_add_up_and_agree_whatever_the_way(players, monkeypatch):
    """One chain of splits, a player each: few patterns among very many, more than a word of bits."""
    draw = np.random.default_rng(players)
    tree = draw.normal(size=1)
    for column in range(players):
        tree = (column, 0.5, True, tree, draw.normal(size=1))
    rows, background = draw.random((4, players)) * 1.2 - 0.6, draw.random((6, players)) * 1.2 - 0.6
    trees = flat([tree], [0], 1)
    if players > 64:
        with pytest.raises(ValueError, match="64"):
            tree_values(trees, np.arange(players), rows, background, players)
        return
    (found,) = tree_values(trees, np.arange(players), rows, background, players)
    ends = [np.array([answer(tree, row)[0] for row in some]) for some in (rows, background)]
    np.testing.assert_allclose(found.sum(axis=1), ends[0] - ends[1].mean(), atol=1e-12)
    monkeypatch.setattr(module, "TABLED", 0)
    np.testing.assert_allclose(
        tree_values(trees, np.arange(players), rows, background, players)[0], found, atol=1e-13
    )


def test_no_value_depends_on_which_other_rows_are_explained():
    draw = np.random.default_rng(5)
    forest = [grown(draw, 6, columns=12) for _ in range(20)]
    trees, player = flat(forest, [0] * 20, 1), np.arange(12)
    rows, background = table(draw, 400, 12), table(draw, 30, 12)
    together = tree_values(trees, player, rows, background, 12)
    for some in ([7], [300, 2], range(150, 399)):
        alone = tree_values(trees, player, rows[list(some)], background, 12)
        assert (alone == together[:, list(some)]).all()


def test_a_single_leaf_and_no_rows():
    trees = flat([np.array([2.0])], [0], 1)
    assert tree_values(trees, np.arange(2), np.zeros((3, 2)), np.zeros((2, 2)), 2).tolist() == [
        [[0.0, 0.0]] * 3
    ]
    assert tree_values(trees, np.arange(2), np.zeros((0, 2)), np.zeros((2, 2)), 2).shape == (1, 0, 2)


def test_equals_shap_where_shap_is_right():
    """Values that float32 holds exactly, encoded columns, and a background that is not cut."""
    with importing():
        import shap
    from sklearn.ensemble import RandomForestClassifier

    draw = np.random.default_rng(3)
    data = draw.integers(0, 64, (300, 6)) / 4
    model = RandomForestClassifier(8, max_depth=7, random_state=0).fit(
        data, (data[:, 0] * data[:, 1] > 40).astype(int)
    )
    nodes = [tree.tree_ for tree in model.estimators_]
    starts = np.cumsum([0, *(len(tree.feature) for tree in nodes)])
    shift = [np.where(tree.children_left < 0, 0, start) for tree, start in zip(nodes, starts, strict=False)]
    trees = Trees(
        column=np.concatenate([np.where(tree.children_left < 0, -1, tree.feature) for tree in nodes]).astype(
            np.int32
        ),
        threshold=np.concatenate([tree.threshold for tree in nodes]),
        missing_left=np.zeros(starts[-1], dtype=bool),
        left=np.concatenate([t.children_left + s for t, s in zip(nodes, shift, strict=True)]).astype(
            np.int32
        ),
        right=np.concatenate([t.children_right + s for t, s in zip(nodes, shift, strict=True)]).astype(
            np.int32
        ),
        codes={},
        roots=starts[:-1].astype(np.int32),
        value=np.concatenate([np.where(t.children_left[:, None] < 0, t.value[:, 0], 0) for t in nodes]) / 8,
        output=np.zeros(8, dtype=np.int32),
        base=np.zeros(2),
    )
    found = tree_values(trees, np.arange(6), data[:20], data[100:220], 6)
    masker = shap.maskers.Independent(data[100:220], max_samples=120)
    expected = shap.TreeExplainer(model, masker).shap_values(data[:20], check_additivity=False)
    np.testing.assert_allclose(found, expected.transpose(2, 0, 1), atol=1e-7)
