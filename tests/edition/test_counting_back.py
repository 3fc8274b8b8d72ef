"""No small number of persons can be counted back from the figures that a shareable edition shows."""

import numpy as np
import pytest
from attacker import Kinds, given_away
from sharing import CLASSES, counted, four, shared, whole

from explainaudit.records.plan import Decision
from grouped import EVENT, OTHER, binary, multiclass

ROWS = 600


def drawn(seed, n=ROWS):
    """Return groups, outcomes and predictions of some rows: of a seed, and skewed by it."""
    rng = np.random.default_rng(seed)
    names = np.array(["A", "B", "C", "D"][: 2 + seed % 3], dtype=object)
    g = names[rng.choice(len(names), n, p=rng.dirichlet(np.full(len(names), 4.0)))]
    h = np.array(["x", "y"], dtype=object)[rng.integers(0, 2, n)]
    had = rng.uniform(size=n) < rng.choice([0.1, 0.3, 0.5])
    said = np.where(rng.uniform(size=n) < rng.choice([0.03, 0.1, 0.3]), ~had, had)
    if seed % 2:
        g[rng.choice(n, 40)] = None
        h[rng.choice(np.flatnonzero(g == "A"), 8)] = None
        h[rng.choice(n, 20)] = None
    label = np.where(had, EVENT, OTHER).astype(object)
    if seed % 4 >= 2:
        label[rng.choice(n, 60)] = None
    return rng, g, h, label, said


@pytest.mark.parametrize("seed", range(12))
def test_of_two_outcomes(seed):
    rng, g, h, label, said = drawn(seed)
    score = np.where(said, 0.5, 0.0) + rng.uniform(0.01, 0.49, ROWS)
    scored = binary(label, said, score=score, g=list(g), h=list(h))
    assert given_away(shared(whole(scored)), Kinds(scored, EVENT, (OTHER,))) == []


@pytest.mark.parametrize("seed", range(6))
def test_of_one_feature_where_nobody_of_an_outcome_is_missed(seed):
    """Of all rows it is shown that there is no such error: what is left of each group has one count less."""
    rng, g, _, label, said = drawn(seed)
    said = said | (label == EVENT)
    score = np.where(said, 0.5, 0.0) + rng.uniform(0.01, 0.49, ROWS)
    scored = binary(label, said, score=score, favourable="event", g=list(g))
    found = shared(whole(scored, decision=Decision(threshold=0.5, favourable="event")))
    assert given_away(found, Kinds(scored, EVENT, (EVENT,))) == []


@pytest.mark.parametrize("seed", range(8))
def test_of_several_classes(seed):
    rng, g, h, _, _ = drawn(seed)
    label = rng.choice(CLASSES, ROWS, p=[0.5, 0.3, 0.2]).astype(object)
    wrong = rng.uniform(size=ROWS) < rng.choice([0.1, 0.3])
    predicted = np.where(wrong, rng.choice(CLASSES, ROWS), label)
    if seed % 4 >= 2:
        label[rng.choice(ROWS, 60)] = None
    scores = dict.fromkeys(CLASSES, np.full(ROWS, 1 / 3))
    groups = {"g": list(g)} if seed % 3 else {"g": list(g), "h": list(h)}
    scored = multiclass(label, predicted, favourable=["a"], scores=scores, **groups)
    found = shared(whole(scored, kind="multiclass", classes=CLASSES, decision=Decision(favourable=("a",))))
    assert given_away(found, Kinds(scored, EVENT, ("a",))) == []


ALL_THREE = [(actual, said, 40) for actual in CLASSES for said in CLASSES]


def of_groups(**cells):
    """Return lines of groups of three classes, each other than all 40."""
    return [(group, *changed.get(line[:2], line)) for group, changed in cells.items() for line in ALL_THREE]


def many():
    """Return lines of 22 groups of two features, of which tables leave two out.

    Of x nobody is selected, so that all selected of G are y, and few of G's y, left out, are not.
    """
    others = [(group, "x", label, EVENT, 30) for group in "GRABCDEHIJK" for label in (EVENT, OTHER)]
    others += [line for group in "ABCDEHIJK" for line in four(group, "y", tp=50, fn=50, fp=50, tn=50)]
    few = four("G", "y", tp=2, fn=13, fp=2, tn=13)
    return [*others, *few, *four("R", "y", tp=10, fn=190, fp=10, tn=190)]


@pytest.mark.parametrize(
    "lines",
    [
        many(),
        # Of unknown outcome are enough, but few of them are not selected.
        [
            *four("A", tp=50, fn=50, fp=50, tn=50),
            *four("B", tp=50, fn=50, fp=50, tn=50),
            ("A", None, OTHER, 26),
            ("A", None, EVENT, 4),
        ],
        # Few events of all are missed, and the share of errors of all is told elsewhere.
        [*four("A", tp=100, fn=4, fp=50, tn=100), *four("B", tp=100, fn=0, fp=50, tn=100)],
        # Of few A, by outcome and decision, the other feature is missing.
        [
            *four("A", "x", tp=50, fn=50, fp=50, tn=50),
            *four("B", "x", tp=50, fn=50, fp=50, tn=50),
            *four("A", None, tp=2, fn=2, fp=2, tn=2),
            *four("B", None, tp=50, fn=50, fp=50, tn=50),
        ],
    ],
)
def test_of_two_outcomes_by_number(lines):
    scored, bundle = counted(*lines)
    assert given_away(shared(bundle), Kinds(scored, EVENT, (OTHER,))) == []


@pytest.mark.parametrize(
    "lines",
    [
        # Nobody of c is mistaken, and what is left has one answer.
        of_groups(A={("c", "a"): ("c", "a", 0), ("c", "b"): ("c", "b", 0), ("a", "c"): ("a", "c", 5)}, B={}),
        # Few of those of unknown outcome are predicted as b.
        [*of_groups(A={}, B={}), ("A", None, "a", 24), ("A", None, "b", 6)],
    ],
)
def test_of_several_classes_by_number(lines):
    scored, bundle = counted(*lines, classes=CLASSES)
    assert given_away(shared(bundle), Kinds(scored, EVENT, ("a",))) == []
