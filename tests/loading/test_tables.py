"""Reading tables: what is typed how, and every fault refused with its place and without a value."""

import datetime
import decimal
import os

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from explainaudit.errors import AuditError, DataRefused, UsageError
from explainaudit.loading.tables import read_table, table_of
from explainaudit.records.plan import DataSource
from explainaudit.stats.keyed import row_keys
from explainaudit.wording.writer import explain_error


def source(**options):
    return DataSource(sample="sample.csv", **options)


@pytest.fixture
def read(tmp_path):
    def reading(content, **options):
        path = tmp_path / "people.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_table(path, source(**options))

    return reading


@pytest.fixture
def read_arrow(tmp_path):
    def reading(columns, **options):
        path = tmp_path / "people.bin"  # told by content, not by its name
        parquet.write_table(pa.table(columns), path)
        return read_table(path, source(**options))

    return reading


def keys(notes):
    return [note.key.removeprefix("loading.note.") for note in notes]


def test_types_are_guessed_on_the_whole_column(read):
    table = read(
        "count,amount,country,code,member,day\n1,1.5,NA,00123,true,2020-01-31\n,-2e3,FR,12,FALSE,\n7,,NO,5,True,2021-02-03\n"
    )
    assert table.types == {
        "count": "integer",
        "amount": "number",
        "country": "text",
        "code": "text",
        "member": "boolean",
        "day": "date",
    }
    frame = table.frame
    assert frame["count"].dtype == "Int64"
    assert frame["count"].isna().tolist() == [False, True, False]
    assert frame["amount"].tolist()[:2] == [1.5, -2000.0]
    assert frame["country"].tolist() == ["NA", "FR", "NO"]
    assert frame["country"].dtype == "str"
    assert frame["code"].tolist() == ["00123", "12", "5"]
    assert frame["member"].tolist() == [True, False, True]
    assert frame["day"].tolist()[0] == pd.Timestamp("2020-01-31")
    assert frame["day"].isna().tolist() == [False, True, False]
    assert keys(table.notes) == ["looks_missing", "leading_zeros"]


def test_large_integers_beside_a_missing_one_stay_exact(read):
    column = read("id,x\n9007199254740993,1\n,2\n").frame["id"]
    assert int(column[0]) == 9007199254740993
    assert column.isna()[1]


def test_integers_beyond_64_bits_stay_text(read):
    table = read("id,x\n99999999999999999999,1\n1,2\n")
    assert table.types["id"] == "text"
    assert keys(table.notes) == ["long_integers"]


def test_only_the_declared_texts_mean_missing(read):
    table = read("x,y\n1,a\nNA,\n-,b\n", na_values=("NA", "-"))
    assert table.types["x"] == "integer"
    assert table.frame["x"].isna().tolist() == [False, True, True]
    assert table.frame["y"].tolist() == ["a", "", "b"]  # the empty text is no longer declared


def test_declared_types_stand_above_the_guess(read):
    table = read(
        "a,b,c,d\n01,1,0,2020-05-06\n02,2,1,2020-05-07\n",
        types={"a": "integer", "b": "number", "c": "boolean", "d": "text", "zz": "text"},
    )
    assert list(table.types.values()) == ["integer", "number", "boolean", "text"]
    assert table.frame["a"].tolist() == [1, 2]
    assert table.frame["c"].tolist() == [False, True]
    assert keys(table.notes) == ["types_unused"]


def test_a_semicolon_file_with_decimal_commas(read):
    table = read("a;b\n1,5;x\n-2,25;y\n", delimiter=";", decimal=",")
    assert table.frame["a"].tolist() == [1.5, -2.25]


def test_times_with_zones_become_utc(read):
    table = read("t,x\n2020-01-01T12:00:00+02:00,1\n2020-01-01 10:00:00Z,2\n")
    assert table.frame["t"].tolist() == [pd.Timestamp("2020-01-01 10:00:00")] * 2


def test_a_byte_order_mark_is_skipped_and_noted(read):
    table = read("\ufeffa,b\n1,2\n")
    assert list(table.frame.columns) == ["a", "b"]
    assert keys(table.notes) == ["byte_order_mark"]


def test_utf16_is_read_when_declared(read):
    assert read("a,b\n1,ü\n".encode("utf-16"), encoding="utf-16").frame["b"][0] == "ü"


def test_similar_names_and_empty_columns_are_noted(read):
    table = read("Age,age ,x\n1,2,\n")
    assert keys(table.notes) == ["similar_names", "empty_column"]
    assert table.types["x"] == "number"
    assert np.isnan(table.frame["x"][0])


def test_quoted_line_breaks_and_delimiters_are_values(read):
    table = read('a,b\n"x,\ny","say ""hi"""\n')
    assert table.frame.iloc[0].tolist() == ["x,\ny", 'say "hi"']


CSV_FAULTS = [
    ("", {}, "E401", {}),
    (" \n\n", {}, "E401", {}),
    ("a,b\n1,2\n".encode("utf-16"), {}, "E402", {"encoding": "utf-16"}),
    ("a,b\n1,x\n2,SECRETü\n".encode("latin-1"), {}, "E403", {"line": 3, "offset": 16}),
    ("a,b\n1,\x00\n", {}, "E404", {"line": 2, "column": 3}),
    ("a,b\n", {}, "E405", {}),
    ("a,b,a\n1,2,3\n", {}, "E406", {"column": "a", "first": 1, "second": 3}),
    ("\u00e9,e\u0301\n1,2\n", {}, "E407", {"first": "U+00E9", "second": "U+0065 U+0301"}),
    ("a, \n1,2\n", {}, "E408", {"position": 2}),
    ("a;b\n1;2\n", {}, "E409", {"found": "';'"}),
    ("a\tb\n1\t2\n", {}, "E409", {"found": "'\\t'"}),
    ("a,b\n1,2\n1,2,SECRET\n", {}, "E410", {"line": 3, "expected": 2, "seen": 3}),
    ("a,b\n1,2,3\n4,5,6\n", {}, "E410", {"line": 2, "expected": 2, "seen": 3}),
    ("a,b\n1,2\n3\n", {}, "E410", {"line": 3, "expected": 2, "seen": 1}),
    ('a,b\n1,2\n"SECRET,3\n4,5\n', {}, "E411", {"line": 3}),
    ("a,b\n1,2\ninf,3\n", {}, "E412", {"column": "a", "row": 2}),
    ("a,b\n1,2\n1e400,3\n", {}, "E412", {"column": "a", "row": 2}),
    ("a,b\n1,2\n-Infinity,3\n", {"types": {"a": "number"}}, "E412", {"column": "a", "row": 2}),
    ("a,b\n1,2\n2,3\nSECRET,4\n", {}, "E413", {"column": "a", "row": 3, "count": 1}),
    ('a,b\n"999",2\n"1,000",3\n', {}, "E414", {"column": "a", "row": 2}),
    ("a;b\n1,5;2\n", {"delimiter": ";"}, "E414", {"column": "a", "row": 1}),
    ("a;b\n1.000,5;2\n", {"delimiter": ";", "decimal": ","}, "E414", {"column": "a", "row": 1}),
    ("a,b\n01/02/2020,1\n", {"types": {"a": "date"}}, "E415", {"column": "a", "row": 1}),
    ("a,b\n2020-02-01,1\n2020-02-31,1\n", {}, "E415", {"column": "a", "row": 2}),
    (
        "a,b\n2020-01-01T10:00Z,1\n2020-01-01T10:00,1\n",
        {"types": {"a": "date"}},
        "E416",
        {"column": "a", "row": 2},
    ),
    (
        "a,b\n1,x\nSECRET,y\n",
        {"types": {"a": "integer"}},
        "E417",
        {"column": "a", "row": 2, "type": "integer"},
    ),
    ("a,b\n1.5,x\n", {"types": {"a": "integer"}}, "E417", {"row": 1}),
    ("a,b\n99999999999999999999,x\n", {"types": {"a": "integer"}}, "E417", {"row": 1}),
    ("a,b\nmaybe,x\n", {"types": {"a": "boolean"}}, "E417", {"row": 1}),
    (b"PAR1 and then nothing", {}, "E419", {}),
    (b"PK\x03\x04 SECRET", {}, "E420", {"format": "zip"}),
    (b"\x1f\x8b SECRET", {}, "E420", {"format": "gzip"}),
]


@pytest.mark.parametrize(("content", "options", "code", "params"), CSV_FAULTS)
def test_faults_are_refused_with_their_place(read, content, options, code, params):
    with pytest.raises(DataRefused) as refused:
        read(content, **options)
    assert refused.value.code == code
    assert refused.value.where == "people.csv"
    assert refused.value.params | params == refused.value.params
    what, mend = explain_error(refused.value)
    assert "SECRET" not in what + mend


@pytest.mark.parametrize(
    ("options", "code"),
    [({"encoding": "utf-99"}, "E254"), ({"encoding": "rot13"}, "E254"), ({"decimal": ","}, "E255")],
)
def test_options_that_cannot_be_are_usage_errors(read, options, code):
    with pytest.raises(UsageError) as wrong:
        read("a,b\n1,2\n", **options)
    assert wrong.value.code == code


def test_paths(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path, code in [
        (tmp_path / "none.csv", "E251"),
        (tmp_path, "E252"),
        (tmp_path / "a\x00b", "E253"),
        (tmp_path / "pipe", "E258"),
    ]:
        with pytest.raises(UsageError) as wrong:
            read_table(path, source())
        assert wrong.value.code == code


def test_parquet_types(read_arrow):
    stamp = datetime.datetime(2020, 1, 1, 12, tzinfo=datetime.timezone(datetime.timedelta(hours=2)))
    table = read_arrow(
        {
            "small": pa.array([1, None], pa.int8()),
            "id": pa.array([9007199254740993, None], pa.int64()),
            "real": pa.array([0.5, None], pa.float32()),
            "price": pa.array([decimal.Decimal("1.25"), None], pa.decimal128(5, 2)),
            "flag": pa.array([True, None]),
            "word": pa.array(["NA", None]).dictionary_encode(),
            "day": pa.array([datetime.date(2020, 1, 2), None]),
            "time": pa.array([stamp, None], pa.timestamp("ns", "Europe/Berlin")),
            "void": pa.nulls(2),
            "__index_level_0__": pa.array([5, 6]),
        }
    )
    assert list(table.types.values()) == [
        "integer",
        "integer",
        "number",
        "number",
        "boolean",
        "text",
        "date",
        "date",
        "number",
    ]
    first = table.frame.iloc[0]
    assert (first["small"], int(table.frame["id"][0]), first["price"]) == (1, 9007199254740993, 1.25)
    assert first["flag"] is np.True_ or first["flag"] is True
    assert first["word"] == "NA"
    assert first["time"] == pd.Timestamp("2020-01-01 10:00")
    assert table.frame.isna().iloc[1].all()
    assert keys(table.notes) == ["index_dropped", "decimal", "time_zone", "empty_column"]


@pytest.mark.parametrize(
    ("column", "options", "code", "params"),
    [
        (pa.array([[1], [2]]), {}, "E418", {"type": "list<element: int64>"}),
        (pa.array([{"a": 1}, {"a": 2}]), {}, "E418", {"column": "x"}),
        (pa.array([b"a", b"b"]), {}, "E418", {"type": "binary"}),
        (pa.array([1.0, float("inf")]), {}, "E412", {"row": 2}),
        (pa.array([1, 2**63], pa.uint64()), {}, "E417", {"row": 2, "type": "integer"}),
        (pa.array([1.0, 2.5]), {"types": {"x": "integer"}}, "E417", {"row": 2}),
        (pa.array(["1", "SECRET"]), {"types": {"x": "integer"}}, "E417", {"row": 2}),
        (pa.array([1, 2]), {"types": {"x": "date"}}, "E417", {"type": "date"}),
    ],
)
def test_parquet_faults(read_arrow, column, options, code, params):
    with pytest.raises(DataRefused) as refused:
        read_arrow({"x": column}, **options)
    assert refused.value.code == code
    assert refused.value.params | params == refused.value.params


def test_parquet_declared_types(read_arrow):
    table = read_arrow(
        {"code": pa.array([1, 2]), "whole": pa.array([1.0, None]), "day": pa.array(["2020-01-01", None])},
        types={"code": "text", "whole": "integer", "day": "date"},
    )
    assert table.frame["code"].tolist() == ["1", "2"]
    assert table.frame["whole"].dtype == "Int64"
    assert table.frame["day"][0] == pd.Timestamp("2020-01-01")


def test_a_truncated_or_empty_parquet_file(tmp_path):
    path = tmp_path / "t.parquet"
    parquet.write_table(pa.table({"a": [1, 2, 3]}), path)
    whole = path.read_bytes()
    for cut in (8, len(whole) // 2, len(whole) - 5):
        path.write_bytes(whole[:cut])
        with pytest.raises(DataRefused) as refused:
            read_table(path, source())
        assert refused.value.code == "E419"
    parquet.write_table(pa.table({"a": pa.array([], pa.int64())}), path)
    with pytest.raises(DataRefused) as refused:
        read_table(path, source())
    assert refused.value.code == "E405"


def test_a_frame_from_memory():
    frame = pd.DataFrame(
        {
            0: np.array([1, 2], dtype=object),
            "c": pd.Categorical(["x", None]),
            "n": pd.array([1, None], dtype="Int64"),
        },
        index=[7, 9],
    )
    before = frame.copy(deep=True)
    table = table_of(frame, {}, "sample")
    assert table.types == {"0": "integer", "c": "text", "n": "integer"}
    assert table.frame.index.tolist() == [0, 1]
    assert keys(table.notes) == ["labels_as_text"]
    pd.testing.assert_frame_equal(frame, before)


def test_a_frame_of_mixed_objects_is_refused():
    with pytest.raises(DataRefused) as refused:
        table_of(pd.DataFrame({"x": [1, "SECRET"]}), {}, "sample")
    assert (refused.value.code, refused.value.params) == ("E425", {"column": "x"})
    with pytest.raises(DataRefused) as twice:
        table_of(pd.DataFrame([[1, 2]], columns=["a", "a"]), {}, "sample")
    assert twice.value.code == "E406"


def test_half_a_surrogate_pair_is_refused():
    """Such text can stand in no file: it comes of decoding with surrogateescape."""
    texts = pd.Series(["y", "x\ud800"], dtype=object)
    columns = pd.Index(["a\ud800"], dtype=object)
    for frame in (pd.DataFrame({"a": texts}), pd.DataFrame([[1.0]], columns=columns)):
        with pytest.raises(DataRefused) as refused:
            table_of(frame, {}, "sample")
        assert refused.value.code == "E426"
        what, _ = explain_error(refused.value)
        what.encode()


def test_csv_parquet_and_memory_give_the_same_keys(tmp_path):
    frame = pd.DataFrame(
        {
            "whole": [1, 2, 3],
            "real": [0.1, np.nan, 1e-300],
            "word": pd.Series(["ä", None, "NA"], dtype="str"),
            "flag": [True, False, True],
            "day": pd.to_datetime(["2020-01-01", "2020-06-30", None]),
        }
    )
    frame.to_csv(tmp_path / "t.csv", index=False)
    frame.to_parquet(tmp_path / "t.parquet")
    tables = [read_table(tmp_path / name, source()) for name in ("t.csv", "t.parquet")]
    tables.append(table_of(frame, {}, "sample"))
    found = {tuple(row_keys(table.frame, table.types)) for table in tables}
    assert len(found) == 1
    assert all(table.types == tables[0].types for table in tables)


@settings(derandomize=True, deadline=None, max_examples=80)
@given(values=st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=8))
def test_floats_survive_a_csv_file_bit_for_bit(tmp_path_factory, values):
    path = tmp_path_factory.mktemp("f") / "f.csv"
    path.write_text("x,y\n" + "".join(f"{value!r},a\n" for value in values))
    assert read_table(path, source()).frame["x"].tolist() == values


@settings(derandomize=True, deadline=None, max_examples=200)
@given(content=st.binary(max_size=200) | st.text(alphabet='ab1,."\n\t;-éNA', max_size=60).map(str.encode))
def test_whatever_the_bytes_are_it_is_read_or_refused(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("b") / "b.csv"
    path.write_bytes(content)
    try:
        table = read_table(path, source())
    except AuditError as refused:
        explain_error(refused)  # raises where a sentence or a parameter is missing
    else:
        assert list(table.types) == list(table.frame.columns)
