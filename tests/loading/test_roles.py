"""Roles of columns, the event, labels, and the groups that a sensitive feature makes."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explainaudit.errors import DataRefused, UsageError
from explainaudit.loading.roles import groups, known_event, labels, require_columns, require_names, roles
from explainaudit.records.plan import DataSource, Measuring, SensitiveFeature, Task

AGE = SensitiveFeature(column="age", edges=(18, 30, 60))


def plan(*sensitive: str, **other) -> Measuring:
    return Measuring(
        task=Task(target="y"), sensitive=tuple(SensitiveFeature(column=name) for name in sensitive), **other
    )


def banded(values, edges, kind="integer") -> list:
    dtype = "Int64" if kind == "integer" else "float64"
    column = pd.Series(pd.array(values, dtype=dtype))
    found = groups(column, SensitiveFeature(column="age", edges=edges), kind, "sample")
    return [None if pd.isna(group) else group for group in found]


def test_inputs_come_in_the_order_of_the_model_and_the_others_by_name():
    types = {"y": "text", "income": "number", "sex": "text", "age": "integer", "id": "text", "note": "text"}
    found = roles(types, ("income", "age"), plan("sex", "age", data=DataSource(sample="s", row_id="id")))
    assert [(each.name, each.type, each.role, each.sensitive) for each in found] == [
        ("income", "number", "input", False),
        ("age", "integer", "input", True),
        ("id", "text", "row_id", False),
        ("note", "text", "other", False),
        ("sex", "text", "sensitive", True),
        ("y", "text", "target", False),
    ]


@pytest.mark.parametrize("lacking", ["y", "sex", "income"])
def test_a_column_that_is_not_there_is_named_with_the_nearest(lacking):
    types = {"y": "text", "sex": "text", "income": "number"}
    near = {f"{name}s" if name == lacking else name: kind for name, kind in types.items()}
    with pytest.raises(DataRefused, match="E450") as caught:
        require_columns(near, plan("sex"), ("income",), "sample.csv")
    assert caught.value.where == "sample.csv"
    assert caught.value.params == {"column": lacking, "nearest": f"{lacking}s"}
    require_columns(types, plan("sex"), ("income",), "sample.csv")


def test_an_input_that_is_a_date_is_refused():
    with pytest.raises(DataRefused, match="E451") as caught:
        require_columns({"y": "text", "since": "date"}, plan(), ("since",), "sample")
    assert caught.value.params == {"column": "since"}


def test_a_background_table_needs_the_inputs_only():
    require_names({"income": "number"}, ("income",), "background")
    with pytest.raises(DataRefused, match="E450") as caught:
        require_names({"incomes": "number"}, ("income",), "background")
    assert (caught.value.where, caught.value.params["nearest"]) == ("background", "incomes")


@pytest.mark.parametrize(
    ("event", "classes", "expected"),
    [
        ("bad", ("good", "bad"), ("bad", False)),
        ("0", ("0", "1"), ("0", False)),
        (None, ("0", "1"), ("1", True)),
        (None, ("1", "0"), ("1", True)),
        (None, ("false", "true"), ("true", True)),
    ],
)
def test_the_event_is_named_or_assumed(event, classes, expected):
    assert known_event(Task(target="y", event=event), classes) == expected


@pytest.mark.parametrize(
    ("event", "classes", "code"),
    [
        (None, ("no", "yes"), "E213"),
        (None, ("1", "2"), "E213"),
        (None, ("0", "true"), "E213"),
        ("default", ("good", "bad"), "E214"),
        ("1", ("false", "true"), "E214"),
        ("true", ("0", "1"), "E214"),
    ],
)
def test_an_event_that_is_no_label_or_cannot_be_assumed_is_refused(event, classes, code):
    with pytest.raises(UsageError, match=code) as caught:
        known_event(Task(target="y", event=event), classes)
    assert caught.value.where == "y"


@pytest.mark.parametrize(
    ("target", "classes", "expected"),
    [
        (pd.Series([1, 0, 1]), ("0", "1"), ["1", "0", "1"]),
        (pd.Series([1.0, np.nan, 0.0]), ("0", "1"), ["1", None, "0"]),
        (pd.Series(pd.array([1, None, 0], dtype="Int64")), ("0", "1"), ["1", None, "0"]),
        (pd.Series([True, False]), ("false", "true"), ["true", "false"]),
        (pd.Series(pd.array([True, None], dtype="boolean")), ("false", "true"), ["true", None]),
        (pd.Series(["bad", None, "good"], dtype="str"), ("bad", "good"), ["bad", None, "good"]),
        (pd.Series(["1", "0"], dtype="str"), ("0", "1"), ["1", "0"]),
        (pd.Series([np.nan, np.nan]), ("0", "1"), [None, None]),
        (pd.Series([None, None], dtype="str"), ("0", "1"), [None, None]),
        (pd.Series([1.5, 2.5]), ("1.5", "2.5"), ["1.5", "2.5"]),
    ],
)
def test_labels_are_text_and_missing_where_they_are_missing(target, classes, expected):
    found = labels(target, classes, "sample")
    assert [None if pd.isna(label) else label for label in found] == expected
    assert found.isna().tolist() == [label is None for label in expected]


def test_labels_that_the_model_does_not_know_are_counted_and_never_shown():
    target = pd.Series(["bad", "good", "secret", "other", None], dtype="str")
    with pytest.raises(DataRefused, match="E452") as caught:
        labels(target, ("bad", "good"), "sample")
    assert caught.value.params == {"count": 2, "classes": "bad, good"}
    with pytest.raises(DataRefused, match="E452"):
        labels(pd.Series([True, False]), ("0", "1"), "sample")


@pytest.mark.parametrize(
    "target",
    [
        pd.Series([1, 2]),
        pd.Series([1.5, np.nan]),
        pd.Series(pd.array([1, None], dtype="Int64")),
        pd.Series([True, False]),
    ],
)
def test_a_regression_takes_numbers(target):
    found = labels(target, (), "sample")
    assert found.dtype == "float64"
    assert found.isna().tolist() == target.isna().tolist()


@pytest.mark.parametrize(
    "target", [pd.Series(["a", "b"], dtype="str"), pd.to_datetime(pd.Series(["2024-01-01"]))]
)
def test_a_regression_refuses_anything_else(target):
    with pytest.raises(DataRefused, match="E457"):
        labels(target, (), "sample")


def test_bands_of_whole_numbers():
    found = banded([17, 18, 29, 30, 59, 60, 99, None, -5], (18, 30, 60))
    assert found == ["< 18", "18–29", "18–29", "30–59", "30–59", "60+", "60+", None, "< 18"]


def test_bands_of_fractions_are_half_open():
    found = banded([17.9, 18.0, 29.99, 30.0, 60.5, None], (18, 30, 60), "number")
    assert found == ["< 18", "[18, 30)", "[18, 30)", "[30, 60)", "60+", None]
    assert banded([0.05, 0.1], (0.1, 0.25), "number") == ["< 0.1", "[0.1, 0.25)"]


def test_edges_are_printed_exactly():
    found = banded([1234566, 1234567, 2345678, 10**15], (1234567, 2345678), "integer")
    assert found == ["< 1234567", "1234567–2345677", "2345678+", "2345678+"]
    found = banded([0.1234567, 5.0], (0.1234567, 0.12345675), "number")
    assert found == ["[0.1234567, 0.12345675)", "0.12345675+"]
    assert banded([3, 9], (2.5, 7.5)) == ["[2.5, 7.5)", "7.5+"]


@settings(derandomize=True, deadline=None)
@given(
    st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=6, unique=True).map(sorted),
    st.lists(st.integers(-(10**9) - 5, 10**9 + 5) | st.none(), min_size=1, max_size=30),
)
def test_each_value_lies_in_the_band_that_is_printed(edges, values):
    for value, band in zip(values, banded(values, tuple(edges)), strict=True):
        if value is None:
            assert band is None
        elif band.startswith("< "):
            assert value < int(band[2:]) == edges[0]
        elif band.endswith("+"):
            assert value >= int(band[:-1]) == edges[-1]
        else:
            low, high = (int(end) for end in band.split("–"))
            assert low <= value <= high
            assert (low in edges, high + 1 in edges) == (True, True)


@pytest.mark.parametrize(
    ("column", "kind", "expected"),
    [
        (pd.Series(["f", None, "m"], dtype="str"), "text", ["f", None, "m"]),
        (pd.Series(["missing", "", "nan"], dtype="str"), "text", ["missing", "", "nan"]),
        (pd.Series([1, 2, 1]), "integer", ["1", "2", "1"]),
        (pd.Series(pd.array([1, None], dtype="Int64")), "integer", ["1", None]),
        (pd.Series([True, False]), "boolean", ["true", "false"]),
        (pd.Series(pd.array([True, None], dtype="boolean")), "boolean", ["true", None]),
        (pd.Series([0.0, 1.0, np.nan]), "number", ["0", "1", None]),
        (pd.Series([None, None], dtype="str"), "text", [None, None]),
    ],
)
def test_groups_are_text_and_missing_where_they_are_missing(column, kind, expected):
    found = groups(column, SensitiveFeature(column="sex"), kind, "sample")
    assert [None if pd.isna(group) else group for group in found] == expected


@pytest.mark.parametrize(
    ("column", "kind", "refused"),
    [
        (pd.Series(range(50)), "integer", False),
        (pd.Series(range(51)), "integer", True),
        (pd.Series([str(i) for i in range(3000)], dtype="str"), "text", True),
        (pd.Series([0.5, 1.5, 2.5]), "number", True),
        (pd.Series([0.5, 1.5, np.nan]), "number", False),
    ],
)
def test_too_many_groups_ask_for_edges(column, kind, refused):
    feature = SensitiveFeature(column="age")
    if refused:
        with pytest.raises(DataRefused, match="E454") as caught:
            groups(column, feature, kind, "sample")
        assert (caught.value.where, caught.value.params["groups"]) == ("sample: age", column.nunique())
    else:
        assert len(groups(column, feature, kind, "sample")) == len(column)


@pytest.mark.parametrize("kind", ["text", "boolean", "date"])
def test_edges_need_numbers(kind):
    with pytest.raises(DataRefused, match="E453"):
        groups(pd.Series(["a"], dtype="str"), AGE, kind, "sample")
