"""The accumulator of group counts: one pass or many, in any order, gives the same sums."""

import itertools
import json

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from explainaudit.stats.group_counts import CELLS, MISSING, add, merge, zero
from handmade import EVENT, OTHER, scored_frame

NAMES = ["a", "missing", "", "=x", "true", None]


@st.composite
def frames(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    rows = draw(st.integers(1, 60))
    columns = {name: rng.choice(NAMES[draw(st.integers(0, 5)) :], size=rows) for name in ("sex", "region")}
    label = rng.choice([EVENT, OTHER, None], size=rows)
    return scored_frame(label, rng.uniform(size=rows) < 0.4, **columns)


def parts(scored, cuts):
    edges = [0, *sorted(cut % (len(scored) + 1) for cut in cuts), len(scored)]
    return [scored.iloc[low:high] for low, high in itertools.pairwise(edges)]


@settings(derandomize=True, deadline=None, max_examples=60)
@given(frames(), st.lists(st.integers(0, 100), max_size=4), st.randoms(use_true_random=False))
def test_partitions_merge_to_the_whole_in_any_order(scored, cuts, random):
    whole = add(zero(), scored)
    pieces = parts(scored, cuts)
    chained, states = zero(), [add(zero(), piece) for piece in pieces]
    for piece in pieces:
        chained = add(chained, piece)
    random.shuffle(states)
    merged = zero()
    for state in states:
        merged = merge(merged, state)
    assert chained == merged == whole
    assert json.loads(json.dumps(whole)) == whole


def test_the_law_of_an_accumulator():
    first = scored_frame([EVENT, OTHER], [True, True], sex=["a", "b"])
    second = scored_frame([EVENT, None], [False, True], sex=["a", None])
    together = merge(add(zero(), first), add(zero(), second))
    assert together == add(add(zero(), first), second)
    assert add(zero(), first) == {"sex": {"=a": add_cells(tp=1, n=1), "=b": add_cells(fp=1, n=1)}}
    assert together["sex"][MISSING] == add_cells(n=1)


def add_cells(**counts: int) -> dict[str, int]:
    return dict.fromkeys(CELLS, 0) | counts


@settings(derandomize=True, deadline=None, max_examples=30)
@given(frames())
def test_cells_of_a_group_reconcile(scored):
    for feature, groups in add(zero(), scored).items():
        assert sum(cells["n"] for cells in groups.values()) == len(scored)
        labelled = sum(cells[name] for cells in groups.values() for name in ("tp", "fp", "fn", "tn"))
        assert labelled == scored["label"].notna().sum()
        assert sum(cells["selected"] for cells in groups.values()) == scored["favourable"].sum()
        assert (MISSING in groups) is bool(scored[f"group:{feature}"].isna().any())


def test_no_rows_and_no_features_count_nothing():
    empty = scored_frame([], [], sex=[])
    assert add(zero(), empty) == {}
    assert add(zero(), scored_frame([EVENT], [True])) == {}
    some = add(zero(), scored_frame([EVENT], [True], sex=["a"]))
    assert merge(some, zero()) == merge(zero(), some) == merge(add(zero(), empty), some) == some


def test_without_a_favourable_decision_nobody_is_selected():
    scored = scored_frame([EVENT, OTHER], [True, False], sex=["a", "a"])
    scored["favourable"] = scored["favourable"].where([False, False])
    assert add(zero(), scored)["sex"]["=a"] == add_cells(n=2, tp=1, tn=1)


def test_the_input_is_left_alone():
    scored = scored_frame([EVENT, None], [True, False], sex=["a", None])
    before = scored.copy(deep=True)
    add(zero(), scored)
    assert scored.equals(before)
