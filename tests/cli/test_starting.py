"""The commands for somebody who has no plan yet: each answers, and what it writes can be used."""

import json
import pickle
import re
from pathlib import Path

from ruamel.yaml import YAML

from explainaudit import cli, console
from explainaudit.analyses import ANALYSES
from explainaudit.planning import plan_schema
from explainaudit.records.bundle import Bundle
from explainaudit.surroundings import samples_root


def test_init_then_check(say, small, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    model, table = small.folder / "model.skops", small.folder / "sample.parquet"
    code, told, error = say("init", model, table, "--for", "lending", "--training", table)
    assert (code, error) == (0, "")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["audit.schema.json", "audit.yaml"]
    plan = YAML(typ="safe", pure=True).load(Path("audit.yaml"))
    assert plan["task"] == {"type": "binary", "target": "outcome", "event": "default"}
    assert plan["data"]["row_id"] == "id"
    assert [each["column"] for each in plan["sensitive"]] == ["sex"]
    assert (tmp_path / plan["model"]["path"]).samefile(model)
    for line in ("- task.target: outcome", "- decision.favourable", "check audit.yaml"):
        assert line in told
    code, told, error = say("check", "audit.yaml")
    assert (code, told) == (2, "")
    assert re.match(r"E238: audit.yaml:\d+: decision.favourable", error)
    code, told, error = say("check", "audit.yaml", "--set", "decision.favourable=no event", "--json")
    assert (code, error) == (0, "")
    described = json.loads(told)["described"]
    assert described["plan"]["decision"]["favourable"] == "no event"


def test_the_schema_is_beside_the_plan(say, small, tmp_path):
    words = ("init", small.folder / "model.skops", small.folder / "sample.parquet")
    code, told, _ = say(*words, "-o", tmp_path / "one.yaml", "--json")
    assert code == 0
    found = json.loads(told)
    assert found["confirm"] == ["decision.favourable"]
    assert {"key": "task.target", "value": "outcome"} in found["guessed"]
    assert json.loads(Path(found["schema"]).read_bytes()) == plan_schema(ANALYSES)
    first = Path(found["plan"]).read_text(encoding="utf-8").splitlines()[0]
    assert first == f"# yaml-language-server: $schema={Path(found['schema']).name}"
    assert say(*words, "-o", tmp_path / "two.yaml")[0] == 0
    Path(found["schema"]).write_text("mine", encoding="utf-8")
    assert say(*words, "-o", tmp_path / "three.yaml")[2].startswith("E243: ")
    assert not (tmp_path / "three.yaml").exists()


def test_init_overwrites_only_when_told(say, small, tmp_path):
    (path := tmp_path / "audit.yaml").write_text("mine", encoding="utf-8")
    words = ("init", small.folder / "model.skops", small.folder / "sample.parquet", "-o", path)
    code, told, error = say(*words)
    assert (code, told, error[:6]) == (2, "", "E243: ")
    assert path.read_text(encoding="utf-8") == "mine"
    assert say(*words, "--overwrite")[0] == 0
    assert path.read_text(encoding="utf-8") != "mine"


def test_init_knows_the_columns(say, small, tmp_path):
    words = ("init", small.folder / "model.skops", small.folder / "sample.parquet", "-o", tmp_path / "a.yaml")
    code, _, error = say(*words, "--target", "outcom")
    assert (code, error[:6]) == (2, "E245: ")
    assert "`outcome`" in error
    code, _, error = say(*words[:-1], tmp_path / "none" / "a.yaml")
    assert (code, error[:6]) == (9, "E901: ")
    assert "a.yaml" in error


def test_init_loads_a_pickle_with_consent_alone(say, small, tmp_path):
    block, consent = small.crooked(tmp_path, "lambda rows: rows")
    words = ("init", block["path"], small.folder / "sample.parquet", "-o", tmp_path / "audit.yaml")
    assert say(*words)[2].startswith("E501: ")
    code, told, _ = say(*words, "--allow-pickle", "--model-sha256", consent.model_sha256)
    assert code == 0
    assert f"--allow-pickle --model-sha256 {consent.model_sha256}" in told


def test_inspect_runs_nothing(say, small, tmp_path):
    code, told, error = say("inspect", small.folder / "model.skops", "--json")
    assert (code, error) == (0, "")
    found = json.loads(told)
    assert (found["format"], found["runs_code"]) == ("skops", False)
    (path := tmp_path / "model.pkl").write_bytes(pickle.dumps(Mark(str(tmp_path / "ran"))))
    code, told, error = say("inspect", path)
    assert (code, error) == (0, "")
    assert "  posix.mkdir (called)" in told.splitlines()
    assert found["digest"] not in told
    assert not (tmp_path / "ran").exists()


class Mark:
    """Pickles as a call that leaves a folder behind."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        import os

        return os.mkdir, (self.path,)


def test_analyses_lists_what_a_criterion_may_name(say):
    code, told, error = say("analyses")
    assert (code, error) == (0, "")
    listed = json.loads(say("analyses", "--json")[1])["analyses"]
    assert [each["name"] for each in listed] == [analysis.name for analysis in ANALYSES]
    for analysis, each in zip(ANALYSES, listed, strict=True):
        taken = [spec for spec in analysis.measures if spec.takes_criterion]
        names = [f"{analysis.name}.{spec.metric}" for spec in taken]
        assert [measure["name"] for measure in each["measures"]] == names
        assert all(re.search(rf"^    {name}(?: \(.*\))?: \S", told, re.MULTILINE) for name in names)
        defaults = analysis.settings().model_dump()
        assert {setting["name"]: setting["default"] for setting in each["settings"]} == defaults
        assert each["needs"][0] == "scores"


def test_schemas_are_printed_and_written(say, tmp_path):
    assert json.loads(say("schema")[1]) == plan_schema(ANALYSES)
    assert json.loads(say("schema", "--bundle")[1]) == Bundle.model_json_schema()
    path = tmp_path / "schema.json"
    assert say("schema", "-o", path) == (0, f"{path}\n", "")
    assert json.loads(path.read_bytes()) == plan_schema(ANALYSES)
    assert say("schema", "-o", path)[2].startswith("E243: ")
    assert say("schema", "-o", path, "--bundle", "--overwrite")[0] == 0
    assert json.loads(path.read_bytes()) == Bundle.model_json_schema()


def test_set_changes_the_shorthand_too(say, monkeypatch, tmp_path):
    requests = []

    def stopped(request, *_):
        requests.append(request)
        raise RuntimeError

    monkeypatch.setattr(console.pipeline, "run", stopped)
    words = (
        "run",
        "--model",
        "m",
        "--data",
        "d",
        "--target",
        "t",
        "--sensitive",
        "age",
        "-o",
        tmp_path / "out",
    )
    favourable = ("--favourable", "event")
    assert (
        say(*words, *favourable, "--set", "sensitive.0.edges=[18,30]", "--set", "decision.threshold=0.3")[0]
        == 70
    )
    (request,) = requests
    assert request.plan.measuring.sensitive[0].edges == (18, 30)
    assert request.plan.measuring.decision.cut == 0.3
    assert request.plan.measuring.assumed == ("task.event",)


def test_help_names_the_samples():
    for folder in samples_root().glob("*/audit.yaml"):
        assert f"`{folder.parent.name}`" in cli.cli.commands["demo"].help
