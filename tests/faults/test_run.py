"""A run as a whole: its exit code, what it leaves, and what `render` makes of it."""

import dataclasses
import json
import os
import sys

import pytest

from explainaudit import pipeline
from explainaudit.analyses import ANALYSES
from explainaudit.engine.here import Here
from explainaudit.errors import OutputFailed, UsageError
from explainaudit.pipeline import Options
from explainaudit.progress import silent
from explainaudit.records.bundle import Bundle, Environment
from explainaudit.records.plan import Human
from explainaudit.records.stage import Consent
from explainaudit.records.verdict import Verdicts
from explainaudit.stages import Room, measuring
from handmade import UNEXPLAINED

FEW = {"analyses": UNEXPLAINED}
EDITIONS = ("restricted", "shareable")


class Asked(Here):
    """An engine that counts the stages it is asked for."""

    def __init__(self):
        super().__init__(Room())
        self.stages = 0

    def run(self, calls, finished):
        self.stages += len(calls)
        return super().run(calls, finished)


@pytest.fixture(autouse=True)
def _no_paper(monkeypatch):
    """Paper is tested elsewhere and takes seconds; a PDF here is its HTML again."""
    monkeypatch.setattr(
        sys.modules["explainaudit.rendering.pages"], "render_pdf", lambda html, _: html.encode()
    )


@pytest.fixture
def run(small, tmp_path):
    def go(output=None, engine=None, **changes):
        options = {name: changes.pop(name) for name in ("overwrite", "fail_on") if name in changes}
        settings = Options(date=small.date, consent=Consent(), **options)
        request = small.request(**changes)
        return pipeline.run(request, output or tmp_path / "out", engine or Asked(), settings, silent)

    return go


def content(path):
    return {str(file.relative_to(path)): file.read_bytes() for file in path.rglob("*") if file.is_file()}


def test_a_finished_run_is_not_measured_again(run, tmp_path):
    assert run(**FEW).exit_code == 0
    before = content(tmp_path / "out")
    engine = Asked()
    again = run(engine=engine, **FEW)
    assert engine.stages == 0
    assert again.errors == ()
    after = content(tmp_path / "out")
    changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    assert changed <= {"restricted/measured.json"}


def test_words_and_criteria_measure_nothing_again(run, tmp_path):
    run(**FEW)
    bundle = (tmp_path / "out" / "restricted" / "bundle.json").read_bytes()
    engine = Asked()
    criterion = {"measure": "performance.auc", "at_least": 0.999}
    outcome = run(engine=engine, words={"person": "borrower"}, criteria=[criterion], **FEW)
    assert engine.stages == 0
    assert outcome.exit_code == 1
    assert (tmp_path / "out" / "restricted" / "bundle.json").read_bytes() == bundle


def test_other_digests_are_another_run(run, small, tmp_path):
    run(**FEW)
    before = content(tmp_path / "out")
    with pytest.raises(UsageError, match="E221"):
        run(seed=5, **FEW)
    assert content(tmp_path / "out") == before
    more = tmp_path / "more.parquet"
    small.sample.head(150).to_parquet(more)
    with pytest.raises(UsageError, match="E221"):
        run(data={"sample": str(more)}, **FEW)
    outcome = run(data={"sample": str(more)}, overwrite=True, **FEW)
    assert outcome.audit.bundle.provenance.tables[0].rows == 150


def test_nothing_is_measured_where_nothing_can_be_written(run, tmp_path):
    (tmp_path / "file").write_text("")
    engine = Asked()
    with pytest.raises(OutputFailed, match="E901"):
        run(output=tmp_path / "file" / "out", engine=engine)
    assert engine.stages == 0


def test_a_missing_model_stops_before_anything_is_made(run, tmp_path):
    with pytest.raises(UsageError, match="E217"):
        run(model={"path": str(tmp_path / "none.skops")})
    assert list(tmp_path.iterdir()) == []


def test_a_device_is_no_file_and_is_not_read(run):
    with pytest.raises(UsageError, match="E258"):
        run(model={"path": os.devnull})


def broken(monkeypatch):
    def fail(_responses, _settings):
        raise ZeroDivisionError

    replaced = tuple(
        dataclasses.replace(each, measure=fail) if each.name == "fairness" else each for each in ANALYSES
    )
    monkeypatch.setattr(measuring, "ANALYSES", replaced)


NOT_MET = {"criteria": [{"measure": "performance.auc", "at_least": 0.999}]}


@pytest.mark.parametrize(
    "happened",
    [
        ({}, False, True, 0),
        ({}, True, True, 3),
        (NOT_MET, False, True, 1),
        (NOT_MET, True, True, 1),
        ({}, False, False, 9),
        (NOT_MET, True, False, 9),
        ({"fail_on": ("not-assessed",)}, False, True, 1),
        ({"fail_on": ("FAIR99",)}, False, True, 0),
    ],
)
def test_the_exit_code_of_a_run(run, tmp_path, monkeypatch, happened):
    changes, fails, paper, code = happened
    if fails:
        broken(monkeypatch)
    if not paper:
        monkeypatch.setattr(sys.modules["explainaudit.rendering.pages"], "render_pdf", no_paper)
    outcome = run(**FEW, **changes)
    assert outcome.exit_code == code
    assert [error.code for error in outcome.errors] == ["E700", "E301"] * fails + ["E910"] * (not paper)
    for edition in EDITIONS:
        written = content(tmp_path / "out" / edition)
        assert ("packet.pdf" in written) == paper
        evidence = json.loads(written["bundle.json"])["evidence"]
        reasons = {found["analysis"]: found["not_assessed"] for found in evidence}
        assert reasons["fairness"] == ("failed" if fails else None)
        assert reasons["data"] is reasons["performance"] is None
    assert [page.name for page in outcome.pages] == ["packet.pdf", "packet.html"][not paper :] * 2


def no_paper(_html, _dossier):
    raise OutputFailed("E910", detail="no Pango")


def test_render_needs_neither_model_nor_data(small, run, tmp_path):
    for file in small.folder.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    data = {name: str(tmp_path / f"{name}.parquet") for name in ("sample", "background")}
    run(model={"path": str(tmp_path / "model.skops")}, data=data, documents={"title": "Kredite"})
    for file in small.folder.iterdir():
        (tmp_path / file.name).unlink()
    before = content(tmp_path / "out")
    for edition in EDITIONS:
        (tmp_path / "out" / edition / "packet.html").unlink()
        (tmp_path / "out" / edition / "packet.pdf").unlink()
    outcome = pipeline.render(tmp_path / "out")
    assert outcome.exit_code == 0
    assert content(tmp_path / "out") == before


def test_render_of_the_shareable_edition_alone(run, tmp_path):
    run(**FEW)
    before = content(tmp_path / "out" / "shareable")
    (tmp_path / "sent").mkdir()
    (tmp_path / "out" / "shareable").rename(tmp_path / "sent" / "shareable")
    pipeline.render(tmp_path / "sent")
    assert content(tmp_path / "sent" / "shareable") == before
    assert [path.name for path in (tmp_path / "sent").iterdir()] == ["shareable"]


MODEL = {"digest": None, "format": "memory", "estimator": "E"}
MADE = {"model": MODEL, "tables": [], "plan": {"task": {"target": "t"}}, "evaluations": 0}
PLACE = {"date": "2026-01-02", "versions": {}, "isolation": "isolation.none", "engine": "here", "files": {}}
GOOD = {
    "bundle": json.dumps({"provenance": MADE, "evidence": []}).encode(),
    "verdicts": b"{}",
    "environment": json.dumps(PLACE | {"platform": "", "cpu": "", "blas": ""}).encode(),
    "human": b"{}",
}


def test_the_records_damaged_below_are_whole():
    for name, record in zip(GOOD, (Bundle, Verdicts, Environment, Human), strict=True):
        record.model_validate_json(GOOD[name])


def test_render_where_there_is_no_dossier(tmp_path):
    for folder in (tmp_path, tmp_path / "none"):
        with pytest.raises(UsageError, match="E223"):
            pipeline.render(folder)


@pytest.mark.parametrize("name", ["bundle", "verdicts", "environment", "human"])
@pytest.mark.parametrize("damage", [b"{", b"[]", b'{"surprise": 1}', b"\xff"])
def test_render_of_damaged_records(tmp_path, name, damage):
    (tmp_path / "restricted").mkdir()
    for record, good in GOOD.items():
        (tmp_path / "restricted" / f"{record}.json").write_bytes(damage if record == name else good)
    with pytest.raises(UsageError, match="E224"):
        pipeline.render(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["restricted"]


@pytest.mark.parametrize("name", ["verdicts", "environment", "human"])
def test_render_of_missing_records(tmp_path, name):
    (tmp_path / "restricted").mkdir()
    for record in GOOD.keys() - {name}:
        (tmp_path / "restricted" / f"{record}.json").write_bytes(GOOD[record])
    with pytest.raises(UsageError, match="E224"):
        pipeline.render(tmp_path)


def test_render_into_a_folder_that_cannot_be_written(run, tmp_path):
    run(**FEW)
    (tmp_path / "out" / ".restricted.part").write_text("in the way")
    before = content(tmp_path / "out")
    with pytest.raises(OutputFailed, match="E901"):
        pipeline.render(tmp_path / "out")
    assert content(tmp_path / "out") == before


def test_the_rung_is_recorded_and_printed(run, tmp_path):
    run(**FEW)
    said = json.loads((tmp_path / "out" / "restricted" / "environment.json").read_bytes())
    assert said["isolation"] == "isolation.none"
    for edition in EDITIONS:
        html = (tmp_path / "out" / edition / "packet.html").read_text(encoding="utf-8")
        assert "the model was supplied in memory" in html
