"""Which stages run, in which order; what is finished is not done again; what fails costs its section."""

import dataclasses
from pathlib import Path

import pytest

from explainaudit import pipeline, stages
from explainaudit.analyses import ANALYSES
from explainaudit.engine.here import Here
from explainaudit.engine.schedule import ASKED
from explainaudit.errors import AnalysisFailed, DataRefused, ModelFailed
from explainaudit.records.stage import StageCall
from explainaudit.stages import Room, measuring
from explainaudit.surroundings import environment

NAMES = [analysis.name for analysis in ANALYSES]
ALL = [
    "describe",
    "score/sample-000000",
    "score/sample-000001",
    "select",
    "explain/cases",
    "explain/check",
    "explain/rows000000",
    "explain/effects",
    "explain/losses",
    "explain/flips",
    *(f"measure/{name}" for name in NAMES),
]
NEEDS = {each.name: each.needs(each.settings()) for each in ANALYSES}
EXPLAINED = {name for name, needs in NEEDS.items() if needs.attributions}
ASKING = {name for name, needs in NEEDS.items() if any(getattr(needs, kind) for kind in ASKED)}
NO_QUESTIONS = dict.fromkeys(sorted(ASKING), False)
PARTS = {"partition_rows": 100, "explain": {"rows": 8}}


class Counting(Here):
    """An engine that notes what it is asked, and stops before a stage as a kill would."""

    def __init__(self, *, stop_before: str | None = None) -> None:
        super().__init__(Room())
        self.asked: list[str] = []
        self.stop_before = stop_before

    def run(self, calls, finished):
        errors = {}
        for call in calls:
            name = f"{call.stage}/{call.part}".strip("/")
            if name == self.stop_before:
                (part := Path(f"{call.out}.part")).mkdir()
                (part / "torn.parquet").write_bytes(b"PAR1")
                raise KeyboardInterrupt
            self.asked.append(name)
            errors |= super().run([call], finished)
        return errors


@pytest.fixture(scope="module")
def whole(small, tmp_path_factory):
    """An uninterrupted run: its stages folder, its engine and its audit."""
    folder, engine = tmp_path_factory.mktemp("whole"), Counting()
    return folder, engine, small.audit(folder, engine, **PARTS)


def test_every_stage_runs_once_in_order(whole):
    folder, engine, _ = whole
    assert engine.asked == ALL
    assert {path.name for path in folder.iterdir()} == {name.replace("/", "-") for name in ALL}


@pytest.mark.parametrize(
    "stop", ["score/sample-000001", "select", "explain/rows000000", "measure/importance"]
)
def test_a_stopped_run_goes_on_where_it_stopped(small, whole, tmp_path, stop):
    with pytest.raises(KeyboardInterrupt):
        small.audit(tmp_path, Counting(stop_before=stop), **PARTS)
    again = Counting()
    audit = small.audit(tmp_path, again, **PARTS)
    assert again.asked == ALL[ALL.index(stop) :]
    assert audit.bundle.canonical() == whole[2].bundle.canonical()
    assert not list(tmp_path.glob("*.part"))


def test_a_finished_run_asks_nothing_again(small, whole):
    folder, _, audit = whole
    engine = Counting()
    assert small.audit(folder, engine, **PARTS).bundle == audit.bundle
    assert engine.asked == []


def test_progress_counts_rows_and_ends_at_its_total(small, tmp_path):
    heard: dict[str, list[tuple[int, int]]] = {}
    schedule = small.schedule(tmp_path, **PARTS)
    schedule.progress = lambda name, done, total: heard.setdefault(name, []).append((done, total))
    pipeline.measure(schedule, environment_of(schedule))
    assert set(heard) == set(NAMES)
    assert heard["performance"][:3] == [(0, 200), (100, 200), (200, 200)]
    for steps in heard.values():
        assert steps == sorted(steps)
        assert all(done <= total for done, total in steps)
        assert steps[-1][0] == steps[-1][1]


def environment_of(schedule):
    import datetime

    return environment(datetime.date(2026, 1, 2), schedule.engine.name, schedule.engine.isolation, {})


def failed_in(audit):
    """Return the analyses that failed; on so few rows some have nothing to say."""
    reasons = {found.analysis: found.not_assessed for found in audit.bundle.evidence}
    return {name: reason for name, reason in reasons.items() if reason == "failed"}


def failing(name, problem):
    """Return the analyses, one of which fails to measure."""

    def fail(_responses, _settings):
        raise problem

    return tuple(dataclasses.replace(each, measure=fail) if each.name == name else each for each in ANALYSES)


@pytest.mark.parametrize(
    "failure",
    [
        ("data", ZeroDivisionError()),
        ("performance", DataRefused("E441", where="city", rows=3)),
        ("importance", MemoryError()),
        ("fairness", ModelFailed("E651", where="measure fairness", signal="SIGKILL")),
    ],
)
def test_an_analysis_that_fails_costs_its_section_alone(small, whole, tmp_path, monkeypatch, failure):
    name, problem = failure
    monkeypatch.setattr(measuring, "ANALYSES", failing(name, problem))
    audit = small.audit(tmp_path, **PARTS)
    missing = failed_in(audit)
    assert missing == {name: "failed"}
    for found in whole[2].bundle.evidence:
        if found.analysis != name:
            assert audit.bundle.of(found.analysis) == found
    cause, gap = audit.errors
    assert cause.code == getattr(problem, "code", "E700")
    assert (type(gap), gap.code, gap.where) == (AnalysisFailed, "E301", name)
    assert f"measure-{name}" not in {path.name for path in tmp_path.iterdir()}


@pytest.mark.parametrize("stage", ["select", "cases", "rows000000"])
def test_rows_that_cannot_be_explained_cost_those_alone_that_want_them(small, tmp_path, monkeypatch, stage):
    stage_of = dict(stages.STAGES)

    def fail(call: StageCall, room: Room) -> None:
        if stage in (call.stage, call.part):
            raise ModelFailed("E610", rows=3, problem="ValueError")
        stage_of[call.stage](call, room)

    monkeypatch.setitem(stages.STAGES, "explain", fail)
    monkeypatch.setitem(stages.STAGES, "select", fail)
    audit = small.audit(tmp_path, **PARTS)
    missing = failed_in(audit)
    lost = ASKING if stage == "select" else EXPLAINED
    assert missing == dict.fromkeys(sorted(lost), "failed")
    assert [error.code for error in audit.errors] == ["E610", *["E301"] * len(lost)]
    assert audit.bundle.row_tables == ()


@pytest.mark.parametrize(
    ("part", "name"), [("effects", "effects"), ("losses", "importance"), ("flips", "individual")]
)
def test_a_further_question_that_fails_costs_one_section(small, tmp_path, monkeypatch, part, name):
    explain = stages.STAGES["explain"]

    def fail(call: StageCall, room: Room) -> None:
        if call.part == part:
            raise ModelFailed("E610", rows=3, problem="ValueError")
        explain(call, room)

    monkeypatch.setitem(stages.STAGES, "explain", fail)
    audit = small.audit(tmp_path, **PARTS)
    missing = failed_in(audit)
    assert missing == {name: "failed"}


@pytest.mark.parametrize("stage", ["describe", "score"])
def test_nothing_can_be_shown_without_answers(small, tmp_path, monkeypatch, stage):
    def fail(call: StageCall, room: Room) -> None:
        raise ModelFailed("E610", rows=3, problem="ValueError")

    monkeypatch.setitem(stages.STAGES, stage, fail)
    with pytest.raises(ModelFailed, match="E610"):
        small.audit(tmp_path)
    assert stage not in {path.name.partition("-")[0] for path in tmp_path.iterdir()}


def test_questions_that_no_analysis_wants_are_not_asked(small, tmp_path):
    engine = Counting()
    audit = small.audit(tmp_path, engine, analyses=NO_QUESTIONS)
    assert not [name for name in engine.asked if name.startswith(("select", "explain"))]
    assert not {f"measure/{name}" for name in ASKING} & set(engine.asked)
    assert audit.bundle.of("importance").not_assessed == "not_requested"
    assert audit.errors == ()
