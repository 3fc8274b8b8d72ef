"""Order, format, partitions, process count and engine change no number."""

import pandas as pd
import pytest

import explainaudit
from explainaudit.analyses import ANALYSES
from explainaudit.composing import compose
from explainaudit.engine.local import Local
from explainaudit.rendering.html import render_html
from explainaudit.surroundings import today
from handmade import UNEXPLAINED

PLATFORM = 1e-9  # relative: the same sums in another process may be summed by another kernel of BLAS


@pytest.fixture(scope="module")
def plain(small, tmp_path_factory):
    """The audit as planned, in this process."""
    return small.audit(tmp_path_factory.mktemp("stages"))


@pytest.fixture(scope="module")
def parted(small, tmp_path_factory):
    """The same in two partitions."""
    return small.audit(tmp_path_factory.mktemp("stages"), partition_rows=100)


@pytest.fixture(scope="module")
def one_child(small, tmp_path_factory):
    """The same two partitions, in one child."""
    return small.audit(tmp_path_factory.mktemp("stages"), Local(1, 300), partition_rows=100)


def numbers(audit):
    """Return every number of an audit by a name: measures, their intervals, counts."""
    found = {}
    for name, measure in audit.bundle.measures().items():
        found |= {(name, "value"): measure.value, (name, "n"): measure.n, (name, "tier"): measure.tier}
        if measure.interval is not None:
            found |= {(name, "low"): measure.interval.low, (name, "high"): measure.interval.high}
    return found


def assert_same_numbers(one, other):
    first, second = numbers(one), numbers(other)
    assert first.keys() == second.keys()
    assert len(first) > 100
    for name, value in first.items():
        expected = pytest.approx(value, rel=PLATFORM, abs=1e-12) if isinstance(value, float) else value
        assert second[name] == expected, name


def saved_as(frame, folder, write):
    """Save a table under a name that says nothing about its format or its order."""
    folder.mkdir()
    write(frame, folder / "sample.table")
    return {"data": {"sample": str(folder / "sample.table")}}


def parquet(frame, path):
    frame.to_parquet(path, index=False)


def csv(frame, path):
    frame.to_csv(path, index=False)


def test_no_analysis_is_missing(plain):
    found = [(found.analysis, found.not_assessed) for found in plain.bundle.evidence]
    # A search wants more than 200 rows.
    wanted = {"slices": "insufficient"}
    assert found == [(analysis.name, wanted.get(analysis.name)) for analysis in ANALYSES]
    assert plain.errors == ()


def test_two_children_give_the_bytes_of_one(small, one_child, tmp_path):
    two = small.audit(tmp_path, Local(2, 300), partition_rows=100)
    assert len(list(tmp_path.glob("score-*"))) == 2
    assert two.bundle.canonical() == one_child.bundle.canonical()
    assert two.verdicts.canonical() == one_child.verdicts.canonical()
    tables = {name for name in one_child.files if name.startswith("tables/")}
    assert tables == {"tables/lime.parquet", "tables/shap.parquet"}
    assert all(two.files[name] == one_child.files[name] for name in tables)


def test_children_and_this_process_agree(parted, one_child):
    assert_same_numbers(parted, one_child)
    assert parted.bundle.provenance == one_child.bundle.provenance
    assert (parted.environment.engine, one_child.environment.engine) == ("here", "local")


def test_partitions_merge(plain, parted):
    assert_same_numbers(plain, parted)
    prints = {audit.bundle.provenance.plan.fingerprint() for audit in (plain, parted)}
    assert len(prints) == 2


@pytest.mark.parametrize("row_id", ["id", None])
def test_order_of_rows_and_columns_does_not_matter(small, tmp_path, row_id):
    mixed = small.sample.sample(frac=1.0, random_state=4)[list(small.sample.columns[::-1])]
    bundles, pages = [], []
    for number, frame in enumerate((small.sample, mixed)):
        data = saved_as(frame, tmp_path / f"data{number}", parquet)["data"]
        audit = small.audit(tmp_path / f"stages{number}", data={**data, "row_id": row_id})
        bundles.append(audit.bundle.canonical())
        files = audit.environment.model_copy(update={"files": {"sample": str(number)}})
        records = (audit.bundle, audit.verdicts, files, audit.human)
        pages.append(render_html(compose(records, "restricted", ANALYSES)))
    assert bundles[0] == bundles[1]
    assert pages[0] == pages[1]  # although the files differ, byte by byte


def test_csv_and_parquet_of_the_same_table_agree(small, tmp_path):
    bundles = [
        small.audit(
            tmp_path / f"stages-{write.__name__}", **saved_as(small.sample, tmp_path / write.__name__, write)
        )
        for write in (parquet, csv)
    ]
    assert bundles[0].bundle.canonical() == bundles[1].bundle.canonical()


def test_a_model_in_memory_gives_the_numbers_of_its_file(small, tmp_path):
    filed = small.audit(tmp_path, data={"row_id": None})
    content = small.content()
    kept = {key: content[key] for key in ("task", "decision", "explain", "sensitive")}
    held = explainaudit.audit(model=small.model, data=small.sample, background=small.background, **kept)
    assert_same_numbers(filed, held)
    assert held.environment.isolation == "isolation.none"
    assert held.bundle.provenance.model.digest is None
    assert held.bundle.provenance.tables == filed.bundle.provenance.tables
    assert held.bundle.provenance.evaluations == filed.bundle.provenance.evaluations
    assert held.bundle.vocabulary == filed.bundle.vocabulary


def test_an_added_row_changes_no_explanation(small, tmp_path):
    more = pd.concat([small.sample, small.sample.head(1).assign(id="new", income=31.5)], ignore_index=True)
    found = {}
    for name, frame in {"fewer": small.sample, "more": more}.items():
        changes = saved_as(frame, tmp_path / name, parquet)
        small.audit(tmp_path / f"stages-{name}", explain={"rows": 40}, **changes)
        written = tmp_path / f"stages-{name}" / "measure-cases"
        found[name] = {
            method: pd.read_parquet(written / f"{method}.parquet")
            .set_index("row key")
            .drop(columns="inclusion probability")
            for method in ("shap", "lime")
        }
    for method, least in {"shap": 30, "lime": 3}.items():
        fewer, grown = found["fewer"][method], found["more"][method]
        both = fewer.index.intersection(grown.index)
        assert len(both) >= least
        pd.testing.assert_frame_equal(
            fewer.loc[both], grown.loc[both], check_exact=False, rtol=1e-12, atol=1e-12
        )


def test_the_bundle_knows_no_machine_and_no_clock(small, one_child):
    text = one_child.bundle.canonical().decode()
    assert str(small.folder) not in text
    assert "seconds" not in text
    assert "local" not in text.split()
    assert one_child.environment.date == "2026-01-02"
    assert '"date"' not in text.replace('"type": "date"', "")


def test_the_date_of_both_doors_is_that_of_source_date_epoch(small, monkeypatch, tmp_path):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1000000000")
    assert today().isoformat() == "2001-09-09"
    plan = small.plan(
        tmp_path,
        explain={"rows": 2, "background_rows": 2},
        analyses=UNEXPLAINED,
    )
    assert explainaudit.audit(plan).environment.date == "2001-09-09"
