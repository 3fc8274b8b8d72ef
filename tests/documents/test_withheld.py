"""The shareable edition shows no person: no case, no row key, no small count, no value of a row."""

import hostile as hostile_audit
import pandas as pd
import pytest

from explainaudit.records.measure import Measure, anchor
from explainaudit.surroundings import samples_root

pytestmark = pytest.mark.whole


@pytest.fixture(params=["credit", "hostile"])
def rows(request):
    """Return a run with the table it audited, the id column, and other columns that name a row."""
    run = request.getfixturevalue(request.param)
    if request.param == "hostile":
        return run, hostile_audit.sample(), [hostile_audit.BELL, hostile_audit.IMAGE]
    return run, pd.read_parquet(samples_root() / "credit" / "sample.parquet"), ["loan id"]


def readable(edition):
    """Return everything a reader can get out of an edition, by name: files, the PDF's text, attachments."""
    found = {name: path.read_bytes() for name, path in edition.files.items() if name != "packet.pdf"}
    found["packet.html, as read"] = edition.page.text.encode()
    found["packet.pdf, as read"] = "\n".join(edition.paper).encode()
    for name, contents in edition.pdf.attachments.items():
        found[f"packet.pdf: {name}"] = b"".join(contents)
    return found


def test_what_may_be_shared_has_no_row(rows):
    run, table, naming = rows
    keys = pd.read_parquet(run.restricted.folder / "tables" / "shap.parquet", columns=["row key"])["row key"]
    values = {str(value) for column in naming for value in table[column]} | set(keys)
    secret = [value.encode() for value in values if len(value) >= 4]
    assert len(secret) > len(table)
    for name, content in readable(run.shareable).items():
        assert [value for value in secret if value in content] == [], name
    # The needle is one that can be found: row keys do stand in the restricted row tables.
    assert keys[0].encode() in run.restricted.bytes("tables/shap.parquet")


def test_what_may_be_shared_has_no_case(run):
    edition = run.shareable
    assert [name for name in edition.files if name.endswith((".parquet", "measured.json"))] == []
    assert edition.bundle["row_tables"] == []
    assert edition.page.all(cls="case") == []
    assert "Case 1" not in edition.page.text
    assert "Case 1" not in "\n".join(edition.paper)
    for measure in edition.measures:
        assert "case" not in measure["dimensions"] or measure["value"] is None
    tables = [table for evidence in edition.bundle["evidence"] for table in evidence["tables"]]
    assert not [table["name"] for table in tables if table["name"].startswith("case")]
    marks = {column["mark"] for table in tables for column in table["columns"]}
    assert marks <= {"value", "small_cell"}


def test_the_restricted_edition_has_what_the_other_withholds(run):
    edition = run.restricted
    assert len(edition.page.all(cls="case")) == 6
    assert {"tables/shap.parquet", "tables/lime.parquet"} <= set(edition.files)
    assert "Case 6" in "\n".join(edition.paper)
    assert "withholds single cases" not in edition.page.text
    assert "withholds single cases" in run.shareable.page.text
    assert "withholds single cases" in "\n".join(run.shareable.paper)


def small(measure):
    """Return the counts of persons from 1 to 10 that a reader can take from a measure."""
    counts = []
    if measure["n"] is not None and measure["kind"] != "fact":
        counts.append(measure["n"])
    if measure["value"] is not None and measure["kind"] == "count":
        counts.append(round(measure["value"]))
    if measure["value"] is not None and measure["kind"] == "rate" and measure["n"]:
        selected = round(measure["value"] * measure["n"])
        counts += [selected, measure["n"] - selected]
    return [count for count in counts if 1 <= count <= 10]


def test_no_small_count_is_shared(run):
    """Nor one that a rate and its denominator give away."""
    found = {measure["metric"]: small(measure) for measure in run.shareable.measures if small(measure)}
    assert found == {}
    assert [measure for measure in run.restricted.measures if small(measure)]


def test_no_small_count_is_printed(run):
    """The same, read from the page itself: counts of persons, and the numbers out of which rates are."""
    known = {}
    for found in run.shareable.measures:
        measure = Measure.model_validate(found)
        known[anchor(measure.id)] = measure
    for node in run.shareable.page.all("data"):
        measure = known.get(node["data-measure"])
        if measure is None or measure.kind == "fact" or not node["value"]:
            continue
        if node["data-part"] == "n" or (node["data-part"] == "value" and measure.kind == "count"):
            assert not 1 <= round(float(node["value"])) <= 10, measure.id


def test_tables_and_attachments_withhold_alike(run):
    """What the page withholds stands in no CSV: a shared file has as many tables as the page has."""
    shown = [table for evidence in run.shareable.bundle["evidence"] for table in evidence["tables"]]
    assert len([name for name in run.shareable.files if name.endswith(".csv")]) == len(shown)
    assert len(run.shareable.page.all("img")) < len(run.restricted.page.all("img"))


def test_a_small_group_is_not_in_any_shared_table(hostile):
    small_group = hostile_audit.SMALL_GROUP
    for measure in hostile.shareable.measures:
        if measure["dimensions"].get("group") == small_group:
            assert measure["value"] is None
            assert measure["n"] is None
            assert measure["interval"] is None
    shown = {
        measure["metric"]: measure["value"]
        for measure in hostile.restricted.measures
        if measure["dimensions"].get("group") == small_group
    }
    assert shown["group_size"] == 5
