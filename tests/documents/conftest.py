"""Two whole runs, each made once: the sample model's audit, and one whose every name is hostile."""

import datetime
import io
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import hostile as hostile_audit
import pytest
from html_tree import read

from explainaudit import pipeline
from explainaudit.analyses import ANALYSES
from explainaudit.engine.local import Local
from explainaudit.planning import read_plan
from explainaudit.progress import silent
from explainaudit.surroundings import samples_root

DATE = datetime.date(2026, 1, 2)


@dataclass(frozen=True)
class Edition:
    """One edition's folder, read in every way a test may want."""

    name: str
    folder: Path

    def bytes(self, file):
        return (self.folder / file).read_bytes()

    @property
    def files(self):
        return {str(path.relative_to(self.folder)): path for path in self.folder.rglob("*") if path.is_file()}

    @cached_property
    def html(self):
        return self.bytes("packet.html").decode()

    @cached_property
    def page(self):
        return read(self.html)

    @cached_property
    def bundle(self):
        return json.loads(self.bytes("bundle.json"))

    @cached_property
    def verdicts(self):
        return json.loads(self.bytes("verdicts.json"))

    @cached_property
    def environment(self):
        return json.loads(self.bytes("environment.json"))

    @cached_property
    def human(self):
        return json.loads(self.bytes("human.json"))

    @cached_property
    def pdf(self):
        pypdf = pytest.importorskip("pypdf")
        pytest.importorskip("weasyprint", exc_type=(ImportError, OSError))
        return pypdf.PdfReader(io.BytesIO(self.bytes("packet.pdf")))

    @cached_property
    def paper(self):
        """The text of each page of the PDF."""
        return [page.extract_text() for page in self.pdf.pages]

    @property
    def measures(self):
        """Every measure of the bundle, and the verdicts' own, as JSON."""
        found = [measure for evidence in self.bundle["evidence"] for measure in evidence["measures"]]
        own = [number for verdict in self.verdicts["verdicts"] for number in verdict["numbers"]]
        return [*found, *own, *self.verdicts["numbers"]]


@dataclass(frozen=True)
class Run:
    """A finished run: its outcome, its folder, and both editions."""

    outcome: pipeline.Outcome
    folder: Path
    restricted: Edition
    shareable: Edition

    @property
    def editions(self):
        return (self.restricted, self.shareable)


def audited(plan, output, workers):
    engine = Local(workers, 300)
    try:
        outcome = pipeline.run(read_plan(plan, ANALYSES), output, engine, pipeline.Options(date=DATE), silent)
    finally:
        engine.close()
    editions = (Edition(name, output / name) for name in ("restricted", "shareable"))
    return Run(outcome, output, *editions)


@pytest.fixture(scope="session")
def credit(tmp_path_factory):
    """The sample model's audit."""
    output = tmp_path_factory.mktemp("credit") / "dossier"
    return audited(samples_root() / "credit" / "audit.yaml", output, 2)


@pytest.fixture(scope="session")
def hostile(tmp_path_factory):
    """The audit of `hostile`: names, values, statements and words that try to break out."""
    folder = tmp_path_factory.mktemp("hostile")
    return audited(hostile_audit.write(folder), folder / "dossier", 1)


@pytest.fixture(params=["credit", "hostile"])
def run(request):
    """Each of the two runs."""
    return request.getfixturevalue(request.param)


@pytest.fixture(params=["restricted", "shareable"])
def edition(request, run):
    """Each edition of each run."""
    return getattr(run, request.param)
