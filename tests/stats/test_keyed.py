"""Row keys and keyed randomness: laws that hold for every table."""

import hashlib
import json
import struct
import unicodedata

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from explainaudit.errors import DataRefused
from explainaudit.stats import keyed
from explainaudit.stats.keyed import data_digest, draws, random_state, row_keys, uniforms

TYPES = {"count": "integer", "amount": "number", "open": "boolean", "name": "text", "day": "date"}

ROWS = st.lists(
    st.tuples(
        st.none() | st.integers(-(2**63), 2**63 - 1),
        st.none() | st.floats(allow_infinity=False, allow_nan=False),
        st.none() | st.booleans(),
        st.none() | st.text(max_size=4),
        st.none() | st.integers(0, 10**9),
    ),
    min_size=1,
    max_size=12,
)


def table(rows):
    count, amount, is_open, name, day = zip(*rows, strict=True)
    return pd.DataFrame(
        {
            "count": pd.array(count, dtype="Int64"),
            "amount": np.array([np.nan if value is None else value for value in amount], dtype=float),
            "open": pd.array(is_open, dtype="boolean"),
            "name": pd.Series(name, dtype="str"),
            "day": pd.to_datetime(pd.Series(day, dtype="Int64"), unit="s").astype("datetime64[us]"),
        }
    )


@settings(derandomize=True, deadline=None, max_examples=60)
@given(rows=ROWS, data=st.data())
def test_neither_row_order_nor_column_order_changes_the_set_of_keys(rows, data):
    frame = table(rows)
    keys = row_keys(frame, TYPES)
    assert len(set(keys)) == len(frame)
    order = data.draw(st.permutations(range(len(frame))))
    columns = data.draw(st.permutations(list(frame.columns)))
    moved = row_keys(frame.iloc[list(order)][list(columns)].reset_index(drop=True), TYPES)
    assert set(moved) == set(keys)
    assert data_digest(moved, dict(reversed(TYPES.items()))) == data_digest(keys, TYPES)


@settings(derandomize=True, deadline=None, max_examples=40)
@given(rows=ROWS, data=st.data())
def test_a_subset_keeps_its_draws(rows, data):
    keys = row_keys(table(rows), TYPES)
    some = data.draw(st.lists(st.integers(0, len(keys) - 1), unique=True))
    whole = draws(keys, seed=3, purpose="sample")
    assert np.array_equal(draws(keys[some], seed=3, purpose="sample"), whole[some])


@settings(derandomize=True, deadline=None, max_examples=60)
@given(rows=ROWS, data=st.data())
def test_any_changed_cell_changes_the_key(rows, data):
    column = data.draw(st.integers(0, 4))
    other = data.draw(ROWS)[0][column]
    changed = list(rows[0])
    changed[column] = other
    before, after = table([rows[0]]), table([changed])
    if not before.equals(after) and not _same_text(rows[0][3], changed[3], column):
        same_zero = column == 1 and rows[0][1] == other
        assert (row_keys(before, TYPES)[0] == row_keys(after, TYPES)[0]) is same_zero


def _same_text(one, two, column):
    if column != 3 or one is None or two is None:
        return False
    return unicodedata.normalize("NFC", one) == unicodedata.normalize("NFC", two)


def test_the_key_is_the_documented_digest():
    frame = pd.DataFrame({"b": np.array([1.5]), "a": np.array([7])})
    cells = b"\x01" + struct.pack("<q", 7) + b"\x02" + struct.pack("<d", 1.5)
    content = hashlib.sha256(b"row" + json.dumps(["a", "b"]).encode() + cells).digest()
    expected = hashlib.sha256(content + bytes(8)).hexdigest()
    assert row_keys(frame, {"b": "number", "a": "integer"}).tolist() == [expected]


def test_equal_content_in_other_clothes_has_one_key():
    def key(frame, kind):
        return row_keys(frame, {"x": kind})[0]

    assert key(pd.DataFrame({"x": [-0.0]}), "number") == key(pd.DataFrame({"x": [0.0]}), "number")
    assert key(pd.DataFrame({"x": ["é"]}), "text") == key(pd.DataFrame({"x": ["e\u0301"]}), "text")
    nullable = pd.DataFrame({"x": pd.array([5], dtype="Int64")})
    assert key(pd.DataFrame({"x": [5]}), "integer") == key(nullable, "integer")
    assert key(pd.DataFrame({"x": [1]}), "integer") != key(pd.DataFrame({"x": ["1"]}), "text")
    assert key(pd.DataFrame({"x": [""]}, dtype="str"), "text") != key(
        pd.DataFrame({"x": [None]}, dtype="str"), "text"
    )


def test_a_large_integer_beside_a_missing_one_stays_exact():
    close = pd.DataFrame({"x": pd.array([9007199254740993, None], dtype="Int64")})
    near = pd.DataFrame({"x": pd.array([9007199254740992, None], dtype="Int64")})
    assert row_keys(close, {"x": "integer"})[0] != row_keys(near, {"x": "integer"})[0]


def test_equal_rows_are_told_apart_by_occurrence():
    keys = row_keys(pd.DataFrame({"x": [1, 1, 1, 2]}), {"x": "integer"})
    assert len(set(keys)) == 4
    assert set(row_keys(pd.DataFrame({"x": [1]}), {"x": "integer"})) < set(keys)


def test_with_a_row_id_only_the_id_matters():
    first = pd.DataFrame({"id": ["a", "b"], "x": [1, 2]})
    second = pd.DataFrame({"id": ["b", "a"], "x": [9, 9]})
    types = {"id": "text", "x": "integer"}
    assert row_keys(first, types, "id").tolist() == row_keys(second, types, "id").tolist()[::-1]


def test_row_ids_must_be_there_and_unique():
    types = {"id": "text"}
    with pytest.raises(DataRefused) as twice:
        row_keys(pd.DataFrame({"id": ["a", "b", "a"]}), types, "id")
    assert (twice.value.code, twice.value.where) == ("E422", "id")
    assert twice.value.params == {"first": 1, "row": 3, "count": 1}
    with pytest.raises(DataRefused) as missing:
        row_keys(pd.DataFrame({"id": ["a", None]}), types, "id")
    assert missing.value.code == "E423"


def test_the_block_size_does_not_matter(monkeypatch):
    frame = pd.DataFrame({"x": np.arange(50) % 7, "t": [f"t{i % 3}" for i in range(50)]})
    types = {"x": "integer", "t": "text"}
    whole = row_keys(frame, types)
    monkeypatch.setattr(keyed, "BLOCK_ROWS", 7)
    assert np.array_equal(row_keys(frame, types), whole)


def test_the_schema_is_part_of_the_digest():
    keys = row_keys(pd.DataFrame({"x": [1]}), {"x": "integer"})
    assert data_digest(keys, {"x": "integer"}) != data_digest(keys, {"x": "number"})


def test_draws_are_the_documented_mix():
    key = "0123456789abcdef" * 4
    digest = hashlib.sha256(json.dumps([5, "fold"]).encode()).digest()
    mask = 2**64 - 1

    def mixed(bits):
        bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9 & mask
        bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EB & mask
        return bits ^ (bits >> 31)

    first, second = (int.from_bytes(digest[at : at + 8], "little") for at in (0, 8))
    expected = mixed((mixed(0x0123456789ABCDEF ^ first) + second) & mask)
    assert draws(np.array([key]), seed=5, purpose="fold").tolist() == [expected]
    assert 0 <= random_state(5, "fold") < 2**32
    assert random_state(5, "fold") != random_state(5, "pool")


def test_uniforms_look_uniform_and_purposes_independent():
    keys = row_keys(pd.DataFrame({"x": np.arange(20_000)}), {"x": "integer"})
    one, two = (uniforms(keys, seed=1, purpose=purpose) for purpose in ("one", "two"))
    other = uniforms(keys, seed=2, purpose="one")
    assert one.min() >= 0
    assert one.max() < 1
    assert stats.kstest(one, "uniform").pvalue > 0.001
    assert abs(np.corrcoef(one, two)[0, 1]) < 0.03
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.03
    assert abs(np.corrcoef(one, np.arange(20_000))[0, 1]) < 0.03


def test_no_rows_have_no_keys():
    empty = pd.DataFrame({"x": np.array([], dtype=np.int64)})
    keys = row_keys(empty, {"x": "integer"})
    assert keys.shape == (0,)
    assert draws(keys, seed=1, purpose="p").shape == (0,)
