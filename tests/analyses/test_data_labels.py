"""Of whom the outcome is known, and what joining a table of groups left over: counted again."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from explainaudit.analyses.data import DATA
from explainaudit.records.responses import ColumnFacts, JoinedGroups
from grouped import EVENT, OTHER, asked, binary, regression
from handmade import people

N = 200
RNG = np.random.default_rng(2)
DECIDED = RNG.random(N) < 0.4
LABELS = [EVENT if row % 3 else None for row in range(N)]


def measured(scored, **other):
    rows = pd.DataFrame({"x": np.arange(len(scored)), "y": scored["label"]})
    columns = (ColumnFacts(name="x", type="integer", role="input"),)
    return DATA.measure(asked(scored, rows=rows, columns=columns, **other), DATA.settings())


def shares(found):
    return {each.dimensions["decided"]: each for each in found.measures if each.metric == "label_known"}


def test_shares_of_known_outcomes_are_those_of_either_side():
    found = measured(binary(LABELS, DECIDED))
    known = pd.Series(LABELS).notna()
    expected = known.groupby(DECIDED).mean()  # the event is unfavourable
    got = shares(found)
    assert got["unfavourable"].value == pytest.approx(expected[True])
    assert got["favourable"].value == pytest.approx(expected[False])
    assert [got[side].n for side in ("favourable", "unfavourable")] == [
        int((~DECIDED).sum()),
        int(DECIDED.sum()),
    ]
    cells = [known[DECIDED].sum(), (~known[DECIDED]).sum()]
    assert got["unfavourable"].smallest_cell == min(cells)
    assert [row[0].key for row in found.table("labels_known").rows] == [
        "decided.favourable",
        "decided.unfavourable",
    ]


def test_weights_count():
    weight = RNG.integers(0, 4, N).astype(float)
    got = shares(measured(binary(LABELS, DECIDED, weight=weight)))
    known = pd.Series(LABELS).notna().to_numpy()
    for side, inside in (("favourable", ~DECIDED), ("unfavourable", DECIDED)):
        assert got[side].value == pytest.approx(np.average(known[inside], weights=weight[inside]))
        assert got[side].n == int((inside & (weight > 0)).sum())


def test_an_empty_side_is_not_estimable():
    got = shares(measured(binary(LABELS, np.zeros(N, dtype=bool))))
    assert (got["unfavourable"].value, got["unfavourable"].reason) == (None, "zero_denominator")


@pytest.mark.parametrize(
    "found",
    [
        measured(binary([OTHER] * N, DECIDED)),
        measured(regression([None, *np.arange(N - 1.0)], np.arange(float(N))), kind="regression"),
    ],
)
def test_nothing_is_said_where_all_are_known_or_nothing_is_favourable(found):
    assert shares(found) == {}
    assert found.table("labels_known") is None


def test_what_joining_left_over_is_counted_and_said():
    given = dataclasses.replace(people(), joined=JoinedGroups(rows_without=12, lines_without=0))
    found = DATA.measure(given, DATA.settings())
    assert found.measure("rows_without_groups").value == 12
    assert found.measure("lines_without_row").value == 0
    said = [each.message.key for each in found.limitations]
    assert "limitation.rows_without_groups" in said
    assert "limitation.lines_without_row" not in said
    lines = [row[0].key for row in found.table("left_over").rows]
    assert lines == ["measure.data.rows_without_groups", "measure.data.lines_without_row"]
    assert found.table("flow") == DATA.measure(people(), DATA.settings()).table("flow")
    without = DATA.measure(people(), DATA.settings())
    assert {each.metric for each in without.measures}.isdisjoint({"rows_without_groups", "lines_without_row"})
