"""Answers with one input moved: to the ends of its bin, over the grid, to every level."""

import numpy as np
import pandas as pd

from explainaudit.explainers import effects as room
from explainaudit.explainers.effects import bins_of, edges_of, effects

KINDS = {"a": "number", "n": "integer", "w": "text", "t": "boolean"}


def table(rows=200, seed=1):
    draw = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "a": draw.normal(size=rows),
            "n": pd.Series(draw.integers(0, 4, rows), dtype="Int64"),
            "w": pd.Series(draw.choice(["x", "<y>", "z"], rows, p=[0.6, 0.3, 0.1]), dtype="str"),
            "t": draw.random(rows) < 0.3,
        }
    )
    frame.loc[:9, "a"] = np.nan
    return frame


def predict(frame):
    a = frame["a"].fillna(0.0).to_numpy(dtype=float)
    return 2 * a + a * frame["t"].to_numpy(dtype=float) + 3 * (frame["w"] == "x").to_numpy(dtype=float)


def asked(make_ask, row_keys, frame, question=predict):
    found, evaluations = effects(make_ask(question, frame, kinds=KINDS), frame, row_keys(len(frame)))
    return {each.column: each for each in found}, evaluations


def test_changes_are_answers_at_the_ends_of_the_rows_own_bin(make_ask, row_keys):
    frame = table()
    found = asked(make_ask, row_keys, frame)[0]["a"]
    rows = frame.iloc[[int(key, 16) for key in found.keys]].reset_index(drop=True)
    grid = np.array(found.grid)
    assert set(grid) <= set(frame["a"].dropna())  # observed values only
    for place, bin_number in enumerate(found.bins):
        if pd.isna(rows["a"][place]):
            assert (bin_number, found.change[place, 0]) == (-1, 0.0)
            continue
        low, high = grid[bin_number], grid[bin_number + 1]
        assert low <= rows["a"][place] <= high
        ends = pd.concat([rows.iloc[[place]]] * 2, ignore_index=True).assign(a=[low, high])
        assert found.change[place, 0] == np.diff(predict(ends))[0]


def test_curves_follow_whole_rows_over_the_grid(make_ask, row_keys):
    frame = table()
    found, _ = asked(make_ask, row_keys, frame)
    number, level = found["a"], found["w"]
    assert number.curves.shape == (50, len(number.grid), 1)
    assert level.grid == ("x", "<y>", "z")  # by frequency
    assert level.bins is None
    row = frame.iloc[[int(level.curve_keys[3], 16)]]
    expected = [float(predict(row.assign(w=each))[0]) for each in level.grid]
    np.testing.assert_allclose(level.curves[3, :, 0], expected)
    assert (found["n"].change == 0).all()
    assert (found["n"].curves == found["n"].curves[:, :1]).all()  # the model does not look at it


def test_the_model_is_asked_in_the_types_of_the_columns(make_ask, row_keys):
    frame, seen = table(), []

    def listen(rows):
        seen.append(rows)
        return predict(rows)

    _, evaluations = asked(make_ask, row_keys, frame, listen)
    assert evaluations == sum(len(rows) for rows in seen)
    assert {tuple(map(str, rows.dtypes)) for rows in seen} == {tuple(map(str, frame.dtypes))}


def test_no_answer_depends_on_the_order_of_rows(make_ask, row_digests, monkeypatch):
    monkeypatch.setattr(room, "EFFECT_ROWS", 40)
    frame, keys = table(), row_digests(200)
    ask = make_ask(predict, frame, kinds=KINDS)
    one, _ = effects(ask, frame, keys)
    other, _ = effects(ask, frame.iloc[::-1].reset_index(drop=True), keys[::-1])
    for first, second in zip(one, other, strict=True):
        assert first.grid == second.grid
        assert len(first.keys) == 40
        np.testing.assert_array_equal(first.keys, second.keys)
        np.testing.assert_array_equal(first.curves, second.curves)


def test_columns_without_variation_or_values_have_no_change(make_ask, row_keys):
    frame = pd.DataFrame({"same": np.full(30, 2.0), "void": np.full(30, np.nan)})
    found, _ = effects(make_ask(lambda f: np.zeros(len(f)), frame), frame, row_keys(30))
    assert [each.grid for each in found] == [(2.0,), ()]
    for each in found:
        assert (each.bins == -1).all()
        assert (each.change == 0).all()


def test_every_bin_holds_rows_whatever_the_ties():
    for some in ([0.0] * 90 + [1.0] * 5 + [2.0] * 5, list(range(7)), [5.0, 5.0], np.linspace(0, 1, 1000)):
        values = np.asarray(some, dtype=float)
        grid = edges_of(values)
        bins = bins_of(values, grid)
        assert len(grid) <= 21
        if len(grid) > 1:
            assert set(bins) == set(range(len(grid) - 1))
            assert (values >= grid[bins]).all()
            assert (values <= grid[bins + 1]).all()
