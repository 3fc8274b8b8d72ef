"""Two runs by command line, in different folders, time zones, locales and hash seeds: the same bytes."""

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from explainaudit.analyses import ANALYSES
from explainaudit.wording.catalogue import catalogue
from handmade import UNEXPLAINED

COMMAND = [sys.executable, "-c", "from explainaudit.cli import main; main()"]
WORDS = catalogue("en")
QUESTIONS = [WORDS[f"question.{name}"] for name in (each.name for each in ANALYSES)]


@dataclass(frozen=True)
class Run:
    cwd: Path
    output: Path
    code: int
    told: str
    error: str

    def files(self) -> dict[str, bytes]:
        editions = (self.output / name for name in ("restricted", "shareable"))
        return {
            str(file.relative_to(self.output)): file.read_bytes()
            for edition in editions
            for file in edition.rglob("*")
            if file.is_file()
        }


def start(cwd: Path, words: list[str], place: dict[str, str]) -> subprocess.Popen[str]:
    cwd.mkdir(parents=True)
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "encoding": "utf-8"}
    named = {**os.environ, "HOME": str(cwd), "MPLCONFIGDIR": str(cwd / "matplotlib"), **place}
    return subprocess.Popen([*COMMAND, "run", *words], cwd=cwd, env=named, **pipes)


def ended(cwd: Path, output: str, running: subprocess.Popen[str]) -> Run:
    told, error = running.communicate(timeout=300)
    return Run(cwd, cwd / output, running.returncode, told, error)


@pytest.fixture(scope="module")
def plan(small, tmp_path_factory):
    criterion = {"measure": "fairness.impact_ratio", "dimensions": {"sensitive": "sex"}, "at_least": 0.1}
    return small.plan(tmp_path_factory.mktemp("plan"), criteria=[criterion])


@pytest.fixture(scope="module")
def both(plan, tmp_path_factory):
    """Two runs of one plan that share nothing else, side by side."""
    here = tmp_path_factory.mktemp("here") / "a"
    there = tmp_path_factory.mktemp("elsewhere") / "b" / "ünï cödé"
    words = [os.path.relpath(plan, here), "--output", "dossier", "--workers", "1"]
    place = {"TZ": "Asia/Kathmandu", "PYTHONHASHSEED": "1", "LC_ALL": "C", "SOURCE_DATE_EPOCH": "1767398400"}
    first = start(here, words, place)
    words = [str(plan), "--output", "../mine", "--workers", "2", "--date", "2026-01-03", "--quiet", "--json"]
    place = {"TZ": "America/Anchorage", "PYTHONHASHSEED": "77", "LC_ALL": "de_DE.UTF-8"}
    second = start(there, words, place)
    return ended(here, "dossier", first), ended(there, "../mine", second)


@pytest.fixture(scope="module")
def first(both):
    return both[0]


@pytest.fixture(scope="module")
def second(both):
    return both[1]


def test_the_bytes_are_the_same(first, second):
    one, other = first.files(), second.files()
    assert one.keys() == other.keys()
    assert {"restricted/packet.pdf", "shareable/packet.html", "restricted/tables/shap.parquet"} <= one.keys()
    assert [name for name in one if one[name] != other[name]] == ["restricted/measured.json"]


def test_no_place_and_no_person_stands_in_the_pages(first, plan):
    hidden = [str(plan.parent), str(first.cwd), "Kathmandu", os.uname().nodename]
    for name, content in first.files().items():
        if not name.endswith((".pdf", ".parquet")):
            assert [word for word in hidden if word in content.decode()] == [], name


def test_stdout_ends_with_the_pages(first):
    assert first.code == 0
    lines = first.told.splitlines()
    assert lines[-4:] == [
        f"dossier/{edition}/packet.{kind}"
        for edition in ("restricted", "shareable")
        for kind in ("pdf", "html")
    ]
    assert all((first.cwd / line).is_file() for line in lines[-4:])
    assert lines[0].startswith(WORDS["status.meets"])
    assert not set(QUESTIONS) & set(lines)


def test_stderr_holds_the_questions_alone(first):
    """Each once, in the order of the work: rows are explained before the analyses measure."""
    assert sorted(first.error.splitlines()) == sorted(QUESTIONS)


def test_quiet_is_silent_and_json_is_json(second):
    assert second.error == ""
    result = json.loads(second.told)
    assert result["exit_code"] == second.code == 0
    assert result["errors"] == []
    assert [verdict["status"] for verdict in result["verdicts"]] == ["meets"]
    assert [(second.cwd / page).is_file() for page in result["pages"]] == [True] * 4


def test_the_rung_is_recorded_and_printed(first):
    files = first.files()
    for edition in ("restricted", "shareable"):
        assert json.loads(files[f"{edition}/environment.json"])["isolation"] == "isolation.process"
        html = " ".join(re.sub(r"<[^>]+>", "", files[f"{edition}/packet.html"].decode()).split())
        assert WORDS["isolation.process"] in html


def test_without_pango_the_html_stands(small, tmp_path):
    stub = tmp_path / "stub"
    stub.mkdir()
    (stub / "weasyprint.py").write_text("raise OSError('cannot load library libpango-1.0-0')\n")
    path = os.pathsep.join([str(stub), os.environ.get("PYTHONPATH", "")])
    words = [
        str(
            small.plan(
                tmp_path,
                analyses=UNEXPLAINED,
            )
        ),
        "--output",
        "out",
        "--quiet",
    ]
    cwd = tmp_path / "cwd"
    without = ended(cwd, "out", start(cwd, words, {"PYTHONPATH": path}))
    assert without.code == 9
    assert without.error.startswith("E910: ")
    assert "libpango-1.0-0" in without.error.splitlines()[0]
    assert without.error.splitlines()[1:] == [f"  {WORDS['error.E910.mend']}"]
    assert without.told.splitlines()[-2:] == ["out/restricted/packet.html", "out/shareable/packet.html"]
    files = without.files()
    for edition in ("restricted", "shareable"):
        assert files[f"{edition}/packet.html"].rstrip().endswith(b"</html>")
        assert {
            f"{edition}/{name}.json" for name in ("bundle", "verdicts", "environment", "human")
        } <= files.keys()
    assert not [name for name in files if name.endswith(".pdf")]
