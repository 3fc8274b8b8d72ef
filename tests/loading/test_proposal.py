"""What a model and a table look like to somebody who starts a plan: counted, and read as it has to be."""

import numpy as np
import pandas as pd
import pytest
import skops.io

from explainaudit.errors import DataRefused, ModelRefused
from explainaudit.loading.dialect import read_as_found
from explainaudit.loading.proposal import sketch_of
from explainaudit.records.plan import DataSource
from explainaudit.records.sketch import Reading
from explainaudit.records.stage import Consent


@pytest.fixture
def files(tmp_path, logistic, numbers):
    skops.io.dump(logistic, tmp_path / "model.skops")
    return {"model": str(tmp_path / "model.skops"), "sample": str(tmp_path / "data.csv")}


def test_columns_are_counted(files, numbers):
    rng = np.random.default_rng(3)
    rows = len(numbers)
    table = numbers.assign(
        status=rng.choice(["good", "bad"], rows),
        age=rng.integers(18, 80, rows),
        signed=[f"{1 + i % 28}.02.2020" for i in range(rows)],
        left=[None if i % 4 else "2020-01-01" for i in range(rows)],
        member=rng.choice(["True", "False"], rows),
    )
    table.to_csv(files["sample"], index=False)
    found = sketch_of(files, Consent())
    columns = {column.name: column for column in found.columns}
    assert (found.rows, found.features, found.renamed, found.numbered_classes) == (rows, 3, False, False)
    assert found.model.classes == ("bad", "good")
    assert columns["status"].values == table["status"].value_counts().to_dict()
    assert columns["a"].values == {}
    assert columns["a"].distinct == table["a"].nunique()
    age = columns["age"]
    assert age.quantiles == tuple(table["age"].quantile([0, 0.25, 0.5, 0.75, 1], interpolation="lower"))
    assert (age.whole, columns["a"].whole) == (True, False)
    assert [name for name, column in columns.items() if column.other_dates] == ["signed"]
    assert (columns["left"].type, columns["left"].missing) == ("date", int(table["left"].isna().sum()))
    assert set(columns["member"].values) == {"true", "false"}


def test_lightgbm_gets_the_names_of_the_table(tmp_path, numbers, binary):
    lightgbm = pytest.importorskip("lightgbm")
    rows = numbers.rename(columns={"a": "a b"})
    parameters = {"objective": "binary", "verbose": -1, "num_threads": 1}
    lightgbm.train(parameters, lightgbm.Dataset(rows, binary), 2).save_model(tmp_path / "model.txt")
    rows.assign(y=binary).to_csv(tmp_path / "data.csv", index=False)
    found = sketch_of({"model": str(tmp_path / "model.txt"), "sample": str(tmp_path / "data.csv")}, Consent())
    assert found.model.inputs == ("a b", "b", "c")
    assert (found.renamed, found.numbered_classes) == (True, True)


def test_lacking_inputs_and_code_are_refused(files, numbers):
    numbers.drop(columns="b").to_csv(files["sample"], index=False)
    with pytest.raises(DataRefused) as caught:
        sketch_of(files, Consent())
    assert (caught.value.code, caught.value.params) == ("E430", {"columns": "b"})
    pd.to_pickle({}, files["model"])
    with pytest.raises(ModelRefused):
        sketch_of(files, Consent())


READINGS = {
    "plain": ("a,b\n1,x\n2,y\n", {}),
    "semicolons and commas": ("a;b\n1,5;x\n2,25;y\n", {"delimiter": ";", "decimal": ","}),
    "tabs": ("a\tb\n1\tx\n2\ty\n", {"delimiter": "\t"}),
    "question marks": ("a,b\n1,x\n?,?\n3,y\n4,x\n", {"na_values": ("", "?")}),
    "blanks before": ("a, b\n1, 2\n ?, 3\n4, NA\n", {"na_values": ("", " ?", " NA")}),
    "codes": ("a,b\n1,x\n2,y\n3b,y\n", {"text_columns": ("a",)}),
}


@pytest.mark.parametrize("name", READINGS)
def test_a_table_is_read_as_it_has_to_be(tmp_path, name):
    text, expected = READINGS[name]
    (path := tmp_path / "data.csv").write_text(text, encoding="utf-8")
    (table,), reading = read_as_found([path])
    assert reading == Reading(**expected)
    assert len(table.frame) == text.count("\n") - 1
    if name == "semicolons and commas":
        assert table.frame["a"].tolist() == [1.5, 2.25]


def test_the_reading_is_one_for_all_tables(tmp_path):
    (first := tmp_path / "first.csv").write_text("a,b\n1,x\n2,y\n", encoding="utf-8")
    (second := tmp_path / "second.csv").write_text("a,b\n1,x\n?,y\n3,y\n", encoding="utf-8")
    tables, reading = read_as_found([first, second])
    assert reading.na_values == ("", "?")
    assert [table.types["a"] for table in tables] == ["integer", "integer"]


def test_other_encodings(tmp_path):
    (path := tmp_path / "data.csv").write_bytes("a,b\n1,Köln\n2,Bonn\n".encode("cp1252"))
    (table,), reading = read_as_found([path])
    assert reading.encoding == "cp1252"
    assert table.frame["b"].tolist() == ["Köln", "Bonn"]
    path.write_bytes("a,b\n1,Köln\n2,Bonn\n".encode("utf-16"))
    assert read_as_found([path])[1].encoding == "utf-16"


def test_what_cannot_be_read_is_refused_as_ever(tmp_path):
    (path := tmp_path / "data.csv").write_text("a,b\n1,x,3\n", encoding="utf-8")
    with pytest.raises(DataRefused) as caught:
        read_as_found([path])
    assert caught.value.code == "E410"
    assert DataSource(sample="").na_values == ("",)


def test_what_is_no_text_in_any_encoding_is_said_to_be_none(tmp_path):
    (path := tmp_path / "t.csv").write_bytes(b"a,b\n1,\x81\x8d\xff\n")
    with pytest.raises(DataRefused) as refused:
        read_as_found([path])
    assert (refused.value.code, refused.value.where) == ("E427", "t.csv")
