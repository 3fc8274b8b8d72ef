"""The search for slices against brute force over all combinations; merging, depth, ties."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explainaudit.stats import slice_search
from explainaudit.stats.slice_levels import Levels
from explainaudit.stats.slice_search import Candidate, distinct, search
from explainaudit.stats.slice_sums import Tally

FEWEST = 12


@st.composite
def tables(draw):
    """Levels of up to four columns, a tally of every kind, and weights."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    n = draw(st.integers(60, 300))
    columns = [
        Levels(f"c{place}", rng.integers(0, 4, n).astype(np.intp), ("a", None, "c")) for place in range(4)
    ]
    columns = columns[: draw(st.integers(1, 4))]
    weight = rng.uniform(0.2, 3, n) if draw(st.booleans()) else np.ones(n)
    known = rng.integers(0, 2, n).astype(np.intp)
    groups = rng.integers(0, 4, n).astype(np.intp)
    hit = rng.integers(0, 2, n).astype(float)
    tallies = [
        Tally(known, np.where(known, rng.normal(size=n), 0.0), 1, "mean", FEWEST),
        Tally(known, np.where(known, rng.normal(size=n), 0.0), 1, "distance", FEWEST),
        Tally(groups, np.where(groups, hit, 0.0), 3, "shortfall", 5),
    ]
    return columns, tallies, weight


def part_of(frame, rows):
    """Rows, mean and the inverse of the number they are worth."""
    few = frame[rows]
    if few.empty:
        return 0, np.nan, np.nan
    return len(few), np.average(few["v"], weights=few["w"]), (few["w"] ** 2).sum() / few["w"].sum() ** 2


def spread_of(frame, rows):
    few = frame[rows]
    return np.cov(few["v"], aweights=few["w"], ddof=0) if len(few) else np.nan


def brute(columns, tally, weight, part, inside):
    """The score of one slice, by its definition."""
    frame = pd.DataFrame({"v": tally.values, "w": weight})
    mine = tally.part == part
    parts = [(mine, 1)]
    if tally.by == "shortfall":
        parts.append(((tally.part > 0) & ~mine, -1))
    here = there = own = both = 0.0
    for rows, sign in parts:
        n, mean, behind = part_of(frame, rows & inside)
        m, other, beyond = part_of(frame, rows & ~inside)
        if min(n, m) < tally.fewest:
            return None
        spread = spread_of(frame, rows)
        here, there = here + sign * mean, there + sign * other
        own, both = own + spread * behind, both + spread * (behind + beyond)
    if tally.by == "mean":
        return (here - there) / np.sqrt(both)
    if tally.by == "distance":
        return (abs(here) - abs(there)) / np.sqrt(both)
    return min(-here / np.sqrt(own), (there - here) / np.sqrt(both))


def all_slices(columns, fewest):
    """Every cell of every combination of columns with enough rows, by pandas' groupby."""
    frame = pd.DataFrame({str(place): each.codes for place, each in enumerate(columns)})
    found = {}
    for size in (1, 2, 3):
        for chosen in combinations(frame, size):
            groups = frame.groupby(chosen[0] if size == 1 else list(chosen)).indices
            for levels, rows in groups.items():
                cell = (levels,) if size == 1 else levels
                if len(rows) >= fewest and 0 not in cell:
                    found[tuple(zip(map(int, chosen), map(int, cell), strict=True))] = rows
    return found


@settings(derandomize=True, deadline=None, max_examples=15)
@given(tables())
def test_search_is_brute_force(made):
    columns, tallies, weight = made
    found = search(columns, tallies, weight, fewest=FEWEST)
    slices = all_slices(columns, FEWEST)
    assert found.cells == len(slices)
    for tally, ranked in zip(tallies, found.ranked, strict=True):
        expected = {}
        for conditions, places in slices.items():
            inside = np.isin(np.arange(len(weight)), places)
            for part in range(1, tally.parts + 1):
                score = brute(columns, tally, weight, part, inside)
                if score is not None and score > 1e-9:
                    expected[part, conditions] = score
        got = {(each.part, each.conditions): each.excess for each in ranked if each.excess > 1e-9}
        assert got == pytest.approx(expected, rel=1e-8)
        scores = [each.excess for each in ranked]
        assert scores == sorted(scores, reverse=True)


def test_of_equal_slices_the_one_of_fewer_columns_comes_first():
    codes = np.repeat([1, 2], 50)
    columns = [Levels(name, codes, ("x", "y")) for name in ("first", "twin")]
    tally = Tally(np.ones(100, dtype=np.intp), (codes == 2).astype(float), 1, "mean", 10)
    (ranked,) = search(columns, [tally], np.ones(100), fewest=10).ranked
    assert [each.conditions for each in ranked] == [((0, 2),), ((1, 2),), ((0, 2), (1, 2))]
    (first,) = distinct(columns, ranked, 10)
    assert first == Candidate(1, ((0, 2),), ranked[0].excess, merged=2)


def test_slices_of_half_the_same_rows_are_two():
    first, second = np.array([1] * 30 + [2] * 30), np.array([1] * 10 + [2] * 20 + [1] * 10 + [2] * 20)
    columns = [Levels("a", first, ("x", "y")), Levels("b", second, ("x", "y"))]
    same, half, more = (Candidate(1, each, 1.0) for each in (((0, 1),), ((0, 1), (1, 2)), ((1, 2),)))
    assert [each.merged for each in distinct(columns, [same, half], 9)] == [1]  # 20 of 30
    assert [each.merged for each in distinct(columns, [same, more], 9)] == [0, 0]  # 20 of 50
    other = Candidate(2, same.conditions, 1.0)
    assert distinct(columns, [same, other], 9) == [same, other]
    assert distinct(columns, [same, more], 1) == [same]


def test_depth_is_what_can_be_afforded(monkeypatch):
    rng = np.random.default_rng(0)
    columns = [Levels(str(place), rng.integers(1, 3, 200), ("x", "y")) for place in range(6)]
    tally = Tally(np.ones(200, dtype=np.intp), rng.normal(size=200), 1, "mean", 5)

    def looked():
        found = search(columns, [tally], np.ones(200), fewest=10)
        return found.depth, found.tuples

    assert looked() == (3, 6 + 15 + 20)
    monkeypatch.setattr(slice_search, "WORK", 2 * 200 * 40)
    assert looked() == (2, 6 + 15)
    monkeypatch.setattr(slice_search, "WORK", 1)
    assert looked() == (1, 6)


def test_a_tuple_with_an_empty_part_is_not_looked_at():
    codes = np.zeros(100, dtype=np.intp)
    columns = [Levels("none", codes, ("x",)), Levels("a", codes + 1, ("x",)), Levels("b", codes + 1, ("x",))]
    found = search(columns, [], np.ones(100), fewest=10)
    assert (found.tuples, found.cells) == (3 + 1, 3)


def test_values_that_do_not_vary_make_no_slice():
    columns = [Levels("a", np.repeat([1, 2], 50), ("x", "y"))]
    tally = Tally(np.ones(100, dtype=np.intp), np.full(100, 0.1), 1, "distance", 5)
    assert search(columns, [tally], np.ones(100), fewest=10).ranked == ((),)
