"""What the commands answer: on stdout the result, on stderr what is wrong and how far it is, and a code."""

import json
import re
import sys

import pandas as pd
import pytest
import skops.io

from explainaudit import cli, console, pipeline
from explainaudit._version import __version__
from explainaudit.wording.catalogue import catalogue

COMMANDS = ("run", "check", "render", "doctor", "demo", "init", "inspect", "analyses", "schema")
WORDS = catalogue("en")


@pytest.fixture
def numbered(small, tmp_path, monkeypatch):
    """The same model and table with labels 0 and 1, in the working directory."""
    from sklearn.base import clone

    features = list(small.model.feature_names_in_)
    sample = small.sample.assign(outcome=(small.sample["outcome"] == "default").astype(int)).drop(
        columns="id"
    )
    model = clone(small.model).fit(sample[features], sample["outcome"])
    skops.io.dump(model, tmp_path / "model.skops")
    sample.to_csv(tmp_path / "data.csv", index=False)
    monkeypatch.chdir(tmp_path)
    return ("--model", "model.skops", "--data", "data.csv", "--target", "outcome")


def test_help_and_version(say):
    assert say("--version") == (0, f"explainaudit, version {__version__}\n", "")
    code, told, error = say("-h")
    assert (code, error) == (0, "")
    assert told == say("--help")[1]
    assert all(re.search(rf"^  {command} ", told, re.MULTILINE) for command in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_stands_under_a_heading(say, command):
    code, told, error = say(command, "-h")
    assert (code, error) == (0, "")
    headings = re.findall(r"^(\S.*):$", told, re.MULTILINE)
    assert not {"Options", "Other"} & set(headings)
    assert "Output" in headings
    listed = {name for line in told.splitlines() for name in re.findall(r"^  (?:-\w, )?(--[\w-]+)", line)}
    declared = {
        max(param.opts, key=len) for param in cli.cli.commands[command].params if param.opts[0][0] == "-"
    }
    assert listed == declared | {"--help"}
    if command == "run":
        assert headings[:5] == ["Instead of a plan", "Changing a plan", "Output", "Verdict", "Engine"]
        assert headings[5] == "Safety"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["run"], None),
        (["run", "--nonsense"], None),
        (["nonsense"], None),
        (["render"], None),
        (["check"], "E215"),
        (["check", "none.yaml"], "E201"),
        (["check", "audit.yaml", "--target", "outcome"], "E216"),
        (["check", "audit.yaml", "--sensitive", "sex", "--favourable", "event"], "E216"),
        (["check", "--model", "m", "--data", "d"], "E215"),
        (["check", "--model", "m", "--data", "d", "--target", "t", "--sensitive", "sex"], "E206"),
        (["check", "--model", "m", "--data", "d", "--target", "t"], "E217"),
        (["render", "none"], "E223"),
        (["check", "--model", "m", "--data", "d", "--target", "t", "--set", "sead=1"], "E205"),
        (["demo", "nosuch", "--output", "out"], "E218"),
        (["demo", "--output", "out"], "E244"),
        (["init", "none.skops", "none.csv"], "E251"),
        (["init", "none.skops"], None),
        (["inspect", "none.skops"], "E251"),
    ],
)
def test_usage_ends_with_two_and_makes_nothing(say, tmp_path, monkeypatch, words, code):
    monkeypatch.chdir(tmp_path)
    ended, told, error = say(*words)
    assert ended == 2
    assert told == ""
    assert error.startswith(f"{code}: " if code else "Usage: ")
    assert "Traceback" not in error
    assert list(tmp_path.iterdir()) == []
    if code in {"E218", "E244"}:
        assert "credit" in error
    if code is not None:
        said, result, nothing = say(*words, "--json")
        assert (said, nothing) == (2, "")
        assert json.loads(result)["error"]["code"] == code


def test_check_counts_and_writes_nothing(say, small, tmp_path, monkeypatch):
    plan = small.plan(tmp_path / "plan", explain={"rows": 9})
    cwd = tmp_path / "cwd"
    cwd.mkdir()
    monkeypatch.chdir(cwd)
    before = sorted(tmp_path.rglob("*"))
    code, told, error = say("check", plan, "--json")
    assert (code, error) == (0, "")
    trial = json.loads(told)
    assert (trial["described"]["rows"], trial["scored"], trial["explained"]) == (200, 50, 9)
    assert trial["evaluations"] > 200
    code, told, error = say("check", plan)
    assert (code, error) == (0, "")
    lines = told.splitlines()
    assert "50 rows scored" in lines[0]
    assert lines[1].startswith("200 rows")
    assert lines[2].startswith("9 rows and 6 cases")
    assert re.sub(r"\D", "", lines[2]) == f"96{trial['evaluations']}"
    assert lines[3:] == [WORDS[f"question.{name}"] for name in trial["analyses"]]
    assert sorted(tmp_path.rglob("*")) == before


def test_check_predicts_what_a_run_asks(say, small, tmp_path):
    code, told, _ = say("check", small.plan(tmp_path / "plan"), "--json")
    assert code == 0
    trial = json.loads(told)
    asked = small.audit(tmp_path / "stages").bundle.provenance.evaluations
    assert asked <= trial["evaluations"]


def test_doctor_names_what_is_there(say):
    code, told, error = say("doctor")
    assert (code, error) == (0, "")
    for word in ("Python 3.", "scikit-learn ", "PDF: WeasyPrint ", "DejaVu", "memory and time limits"):
        assert word in told
    found = json.loads(say("doctor", "--json")[1])
    assert found["python"] == sys.version.split()[0]
    assert found["isolation"] == "isolation.process"


def test_doctor_without_pango_says_what_to_run(say, monkeypatch):
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    code, told, _ = say("doctor")
    assert code == 0
    assert WORDS["doctor.no_pdf"] in told
    assert "apt-get install" in told


def test_shorthand_is_a_plan(say, numbered, small, tmp_path, monkeypatch):
    words = (*numbered, "--sensitive", "sex", "--favourable", "no event")
    monkeypatch.setattr(console.pipeline, "run", stopped := Stopped())
    assert say("run", *words, "--output", "out")[0] == 70
    (tmp_path / "audit.yaml").write_text(
        "version: 1\nmodel: {path: model.skops}\ndata: {sample: data.csv}\n"
        "task: {target: outcome, event: 1}\n"
        "sensitive: [sex]\ndecision: {favourable: no event, threshold: 0.5}\n"
    )
    assert say("run", "audit.yaml", "--output", "out")[0] == 70
    short, long = stopped.requests
    assert (
        short.files
        == long.files
        == {
            "model": tmp_path / "model.skops",
            "sample": tmp_path / "data.csv",
        }
    )
    assert short.plan.measuring.assumed == ("task.event", "decision.threshold")
    assert short.plan.measuring.task.event is None
    assert short.plan.measuring.decision.cut == long.plan.measuring.decision.cut == 0.5
    written = {"task": long.plan.measuring.task, "decision": long.plan.measuring.decision, "assumed": ()}
    assert short.plan.measuring.model_copy(update=written) == long.plan.measuring
    assert short.plan.criteria == long.plan.criteria
    assert short.plan.human == long.plan.human
    audits = []
    for number, request in enumerate((short, long)):
        schedule = small.schedule(tmp_path / f"stages{number}")
        few = {"analyses": dict.fromkeys(("soundness", "importance", "effects", "cases", "agreement"), None)}
        plan = request.plan.model_copy(update={"measuring": request.plan.measuring.model_copy(update=few)})
        schedule.request = type(request)(plan, request.files)
        audits.append(pipeline.measure(schedule, environment_of(small)))
    assert audits[0].bundle.provenance.plan.task.event == "1"
    assert audits[0].bundle.evidence == audits[1].bundle.evidence
    assert_assumptions_are_printed(audits, monkeypatch, tmp_path)


def assert_assumptions_are_printed(audits, monkeypatch, tmp_path):
    monkeypatch.setattr(
        sys.modules["explainaudit.rendering.pages"], "render_pdf", lambda html, _: html.encode()
    )
    sentences = [WORDS[f"limitation.assumed.{key}"] for key in ("task.event", "decision.threshold")]
    for audit, printed in zip(audits, (True, False), strict=True):
        pipeline.present(audit, tmp_path / f"out{printed}")
        html = (tmp_path / f"out{printed}" / "restricted" / "packet.html").read_text(encoding="utf-8")
        text = " ".join(re.sub(r"<[^>]+>", "", html).split())
        assert [plain(sentence) in text for sentence in sentences] == [printed, printed]


def plain(sentence):
    """Return the start of a sentence, up to its first parameter."""
    return sentence.partition("{")[0].strip()


class Stopped:
    """Stands for a run that is not made: keeps the request."""

    def __init__(self):
        self.requests = []

    def __call__(self, request, *_):
        self.requests.append(request)
        raise RuntimeError


def environment_of(small):
    from explainaudit.surroundings import environment

    return environment(small.date, "here", "isolation.none", {})


def test_check_prints_what_was_assumed(say, numbered):
    code, told, error = say("check", *numbered)
    assert (code, error) == (0, "")
    said = [plain(WORDS[f"limitation.assumed.{key}"]) for key in ("task.event", "decision.threshold")]
    assert all(sentence in told for sentence in said)


def test_other_labels_need_a_named_event(say, small, tmp_path):
    files = ("--model", small.folder / "model.skops", "--data", small.folder / "sample.parquet")
    code, told, error = say("run", *files, "--target", "outcome", "--output", tmp_path / "out", "--quiet")
    assert (code, told) == (2, "")
    assert error.startswith("E213: ")
    assert "outcome" in error


def test_a_pickle_needs_consent(say, small, tmp_path):
    block, consent = small.crooked(tmp_path, "lambda rows: rows")
    plan = small.plan(tmp_path, model=block)
    assert say("check", plan)[2].startswith("E501: ")
    assert say("check", plan, "--allow-pickle")[2].startswith("E502: ")
    code, _, error = say("check", plan, "--allow-pickle", "--model-sha256", "0" * 64)
    assert (code, error[:6]) == (5, "E503: ")
    pin = consent.model_sha256
    assert say("check", plan, "--allow-pickle", "--model-sha256", pin)[0] == 0


def test_bad_data_ends_with_four(say, small, tmp_path):
    path = tmp_path / "few.csv"
    pd.DataFrame({"income": [1.0], "outcome": ["default"]}).to_csv(path, index=False)
    code, told, error = say("check", small.plan(tmp_path, data={"sample": str(path), "row_id": None}))
    assert (code, told) == (4, "")
    assert re.match(r"E4\d\d: ", error)


def test_a_closed_stdout_is_no_traceback(monkeypatch, capsys):
    class Closed:
        def write(self, _):
            raise BrokenPipeError

    monkeypatch.setattr(sys, "stdout", Closed())
    assert console.reported({"as_json": True}, lambda: (1, {}, "")) == 1
    sys.stdout.close()
    assert capsys.readouterr().err == ""


def test_fail_on_knows_its_words(say, numbered, tmp_path):
    code, told, error = say("run", *numbered, "-o", tmp_path / "out", "--fail-on", "bogus")
    assert (code, told) == (2, "")
    assert "E225" in error
    assert "bogus" in error
    assert not (tmp_path / "out").exists()
