"""Codes stand for exactly the typed values they were made from."""

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from explainaudit.explainers.players import Players

SIZE = st.integers(1, 8)
NUMBERS = st.floats(allow_nan=True, allow_infinity=False).map(lambda number: number + 0.0)
TEXTS = st.one_of(st.none(), st.text(st.characters(exclude_categories=["Cs"]), max_size=3))


@st.composite
def frames(draw):
    rows = draw(st.integers(2, 9))

    def column(values):
        return draw(st.lists(values, min_size=rows, max_size=rows))

    return pd.DataFrame(
        {
            "whole": pd.Series(column(st.integers(-(2**62), 2**62)), dtype="int64"),
            "maybe whole": pd.Series(column(st.one_of(st.none(), st.integers(-5, 5))), dtype="Int64"),
            "number": pd.Series(column(NUMBERS), dtype="float64"),
            "truth": pd.Series(column(st.booleans()), dtype="bool"),
            "maybe truth": pd.Series(column(st.one_of(st.none(), st.booleans())), dtype="boolean"),
            "text": pd.Series(column(TEXTS), dtype="str"),
        }
    )


@settings(derandomize=True, deadline=None, max_examples=60)
@given(frames(), st.data())
def test_decoding_gives_the_typed_frame_back(frame, data):
    cut = data.draw(st.integers(1, len(frame) - 1))
    background, rows = frame.iloc[:cut].reset_index(drop=True), frame.iloc[cut:]
    players = Players(background)
    for place in range(len(rows)):
        row = rows.iloc[[place]].reset_index(drop=True)
        pd.testing.assert_frame_equal(players.decode(players.encode(row), row), row, check_exact=True)
    own = rows.iloc[[0]]
    pd.testing.assert_frame_equal(players.decode(players.codes, own), background, check_exact=True)


@settings(derandomize=True, deadline=None, max_examples=30)
@given(frames())
def test_codes_are_equal_where_values_are(frame):
    codes = Players(frame).codes
    for place, name in enumerate(frame.columns):
        values = [None if pd.isna(value) else value for value in frame[name].tolist()]
        same = np.array([[one == other for other in values] for one in values])
        assert ((codes[:, [place]] == codes[:, place]) == same).all()


def test_codes_of_a_row_do_not_depend_on_other_rows():
    frame = pd.DataFrame({"a": [3.0, np.nan, 9.0, 1.0], "b": ["x", "y", None, "z"]})
    players = Players(frame.iloc[:2])
    together = players.encode(frame)
    alone = np.vstack([players.encode(frame.iloc[[place]]) for place in range(4)])
    assert (together == alone).all()


def test_a_new_value_has_the_code_after_the_background():
    players = Players(pd.DataFrame({"a": [1e9, 1e9 + 1, 1e9]}))
    assert players.codes[:, 0].tolist() == [0, 1, 0]
    assert players.encode(pd.DataFrame({"a": [1e9 + 2]})).tolist() == [[3]]
