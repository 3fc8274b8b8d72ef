"""Sums of trees equal a walk through them node by node."""

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from explainaudit.records.inside import Linear, Trees, summed

FEW = settings(derandomize=True, deadline=None, max_examples=40)


def grown(rng, width, several):
    """Return trees of random splits, by threshold or by codes, and of random outputs."""
    columns, limits, missing, left, right, codes = [], [], [], [], [], {}

    def node(depth):
        place = len(columns)
        split = depth < 5 and rng.random() < 0.8
        columns.append(int(rng.integers(3)) if split else -1)
        limits.append(float(rng.integers(-2, 3)))
        missing.append(bool(rng.integers(2)) and split)
        left.append(-1)
        right.append(-1)
        if split and rng.random() < 0.4:
            codes[place] = np.flatnonzero(rng.integers(0, 2, 4)).astype(float)
        if split:
            left[place], right[place] = node(depth + 1), node(depth + 1)
        return place

    outputs = 3
    roots = [node(0) for _ in range(5)]
    return Trees(
        column=np.array(columns, dtype=np.int32),
        threshold=np.array(limits),
        missing_left=np.array(missing),
        left=np.array(left, dtype=np.int32),
        right=np.array(right, dtype=np.int32),
        codes=codes,
        roots=np.array(roots, dtype=np.int32),
        value=rng.normal(size=(len(columns), width)),
        output=rng.integers(0, outputs - width + 1, 5).astype(np.int32) if several else np.zeros(5, np.int32),
        base=rng.normal(size=outputs),
    )


def walked(trees, row):
    total = trees.base.copy()
    for root, output in zip(trees.roots, trees.output, strict=True):
        at = root
        while trees.column[at] >= 0:
            value = row[trees.column[at]]
            if math.isnan(value):
                goes = trees.missing_left[at]
            elif at in trees.codes:
                goes = value in set(trees.codes[at])
            else:
                goes = value <= trees.threshold[at]
            at = trees.left[at] if goes else trees.right[at]
        total[output : output + trees.value.shape[1]] += trees.value[at]
    return total


@FEW
@given(seed=st.integers(0, 10**6), width=st.sampled_from([1, 3]), several=st.booleans())
def test_trees(seed, width, several):
    rng = np.random.default_rng(seed)
    trees = grown(rng, width, several)
    rows = rng.choice([-3.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0, 3.0, 70.0, 1e10, np.nan], size=(30, 3))
    expected = np.array([walked(trees, row) for row in rows])
    assert np.allclose(summed(trees, rows), expected, rtol=0, atol=1e-12)


def test_no_answer_depends_on_the_rows_beside_it():
    rng = np.random.default_rng(1)
    trees = grown(rng, 1, several=True)
    rows = rng.normal(size=(1300, 3))
    assert np.array_equal(summed(trees, rows)[900:910], summed(trees, rows[900:910]))


def test_coefficients():
    found = summed(Linear(np.array([[1.0, 2.0], [0.0, -1.0]]), np.array([0.5, 0.0])), np.array([[1.0, 3.0]]))
    assert found.tolist() == [[7.5, -3.0]]
