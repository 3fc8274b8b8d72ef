"""Whatever a model does to its process, the parent lives, names it, and hears nothing else from it."""

import json
import os
import signal
import time
from pathlib import Path

import pytest

from explainaudit import worker
from explainaudit.engine.local import Child, Local, cleared_environment
from explainaudit.engine.schedule import Schedule
from explainaudit.errors import AuditError, ModelFailed
from explainaudit.records.plan import Measuring, Task
from explainaudit.records.stage import StageCall

# A model is asked about 50 rows at first, and then about all 200: a crooked one misbehaves over these.
DIE = (
    "lambda rows: rows if len(rows) < 100 else (__import__('os').kill(__import__('os').getpid(), 9), rows)[1]"
)
LEAVE = "lambda rows: rows if len(rows) < 100 else (__import__('os')._exit(3), rows)[1]"
SLEEP = "lambda rows: rows if len(rows) < 100 else (__import__('time').sleep(600), rows)[1]"
SWELL = "lambda rows: rows if len(rows) < 100 else (bytearray(10**12), rows)[1]"
NAN = (
    "lambda rows: rows if len(rows) < 100 else "
    "rows.assign(income=float('nan'), **{'open debts': float('inf')})"
)
SPEAK = "lambda rows: (print('{\"finished\": 1}', flush=True), __import__('os').write(1, b'{}\\n'), rows)[2]"
LISTEN = (
    "lambda rows: rows if __import__('sys').stdin.read() == __import__('os').read(0, 9).decode() else None"
)
LOOK = """lambda rows: (
    __import__('json').dump(
        [open('/proc/self/environ').read(), __import__('os').getcwd(), __import__('os').path.expanduser('~'),
         __import__('explainaudit').__file__, __import__('resource').getrlimit(9),
         __import__('resource').getrlimit(4), __import__('os').getpid(), __import__('os').getsid(0)],
        open({path!r}, 'w')
    ), rows)[1]"""


@pytest.fixture
def scored(small, tmp_path):
    """Describe and score with a crooked model in one child; give the error, if any."""

    def run(source: str, seconds: int = 120, **limits: int) -> tuple[AuditError | None, Schedule]:
        block, consent = small.crooked(tmp_path / "model", source)
        engine = Local(1, seconds)
        schedule = small.schedule(tmp_path / "stages", engine, consent, model=block, limits=limits)
        try:
            schedule.score(schedule.describe())
        except AuditError as error:
            return error, schedule
        finally:
            engine.close()
        return None, schedule

    return run


def stages_of(tmp_path: Path) -> set[str]:
    return {path.name for path in (tmp_path / "stages").iterdir()}


@pytest.mark.parametrize(("source", "said"), [(DIE, "SIGKILL"), (LEAVE, "exit 3")])
def test_a_child_that_dies_is_a_model_that_failed(scored, tmp_path, source, said):
    error, schedule = scored(source)
    assert isinstance(error, ModelFailed)
    assert (error.code, error.where, error.params["signal"]) == ("E651", "score sample-000000", said)
    assert error.exit_code == 6
    assert stages_of(tmp_path) == {"describe"}
    assert schedule.seconds.keys() == {"describe", "score"}


def test_a_dead_child_is_replaced(small, tmp_path):
    block, consent = small.crooked(tmp_path, DIE)
    engine = Local(1, 120)
    try:
        bad = small.schedule(tmp_path / "bad", engine, consent, model=block)
        described = bad.describe()
        with pytest.raises(ModelFailed, match="E651"):
            bad.score(described)
        good = small.schedule(tmp_path / "good", engine)
        good.score(good.describe())
    finally:
        engine.close()
    assert (tmp_path / "good" / "score-sample-000000" / "scored.parquet").is_file()


def test_a_model_that_hangs_is_stopped(small, tmp_path):
    block, consent = small.crooked(tmp_path / "model", SLEEP)
    schedule = small.schedule(tmp_path / "stages", None, consent, model=block)
    schedule.describe()
    engine = Local(1, 120)
    schedule.engine = engine
    engine._seconds = 2
    try:
        with pytest.raises(ModelFailed) as caught:
            schedule.score(schedule.describe())
    finally:
        engine.close()
    assert (caught.value.code, caught.value.params) == ("E652", {"seconds": 2})
    assert stages_of(tmp_path) == {"describe"}


def test_a_model_that_swells_fails_alone(scored):
    error, _ = scored(SWELL, memory_mb=4096)
    assert (error.code, error.where, error.params) == ("E653", "score", {"limit": 4096})
    assert error.exit_code == 6


def test_nan_is_a_model_that_failed(scored, tmp_path):
    error, _ = scored(NAN)
    assert isinstance(error, ModelFailed)
    assert error.exit_code == 6
    assert stages_of(tmp_path) == {"describe"}


@pytest.mark.parametrize("source", [SPEAK, LISTEN])
def test_a_model_cannot_reach_the_channel(scored, tmp_path, source):
    assert scored(source)[0] is None
    assert stages_of(tmp_path) == {"describe", "score-sample-000000"}


def test_a_child_sees_nothing_of_its_user(scored, tmp_path, monkeypatch):
    monkeypatch.setenv("BANK_PASSWORD", "swordfish")
    monkeypatch.setenv("PYTHONSTARTUP", "/nowhere")
    assert scored(LOOK.format(path=str(tmp_path / "seen")), memory_mb=6000)[0] is None
    seen, cwd, home, package, memory, core, pid, session = json.loads((tmp_path / "seen").read_text())
    given = dict(entry.split("=", 1) for entry in seen.strip("\0").split("\0"))
    assert given == cleared_environment(Path(home))
    assert not {"BANK_PASSWORD", "PYTHONSTARTUP"} & set(given)
    assert home == cwd == given["HOME"] == given["TMPDIR"]
    assert Path(home) not in (Path.home(), Path.cwd())
    assert not Path(home).exists()  # scratch is gone with the engine
    assert package == worker.__file__.replace("worker.py", "__init__.py")
    assert memory == [6000 * 2**20] * 2
    assert core == [0, 0]
    assert session == pid != os.getsid(0)
    assert not Path(f"/proc/{pid}").exists()


def test_a_package_outside_of_the_interpreter_is_named(tmp_path, monkeypatch):
    package = str(Path(worker.__file__).parents[1])
    monkeypatch.setattr("site.getsitepackages", lambda: [])
    assert cleared_environment(tmp_path)["PYTHONPATH"] == package
    monkeypatch.setattr("site.getsitepackages", lambda: [package])
    assert "PYTHONPATH" not in cleared_environment(tmp_path)


@pytest.mark.parametrize(
    "answer",
    [
        "no JSON",
        "[1]",
        "3",
        '"finished"',
        "{}",
        '{"error": 1}',
        '{"error": {}}',
        '{"error": {"code": 5, "where": "", "params": {}}}',
        '{"error": {"code": "", "where": "", "params": {}}}',
        '{"finished": "much"}',
        '{"finished": [1]}',
    ],
)
def test_an_answer_that_is_none_ends_the_child(tmp_path, monkeypatch, answer):
    stub = tmp_path / "stub"
    stub.write_text(f"#!/bin/sh\nread line\nprintf '%s\\n' '{answer}'\nexec sleep 60\n")
    stub.chmod(0o700)
    monkeypatch.setattr("sys.executable", str(stub))
    child = Child(tmp_path)
    call = StageCall(stage="score", out=str(tmp_path), plan=Measuring(task=Task(target="t")))
    error = child.ask(call, 60)
    assert isinstance(error, ModelFailed)
    assert (error.code, error.where) == ("E654", "score")
    assert child._process is None


def test_a_child_ends_with_its_parent(small, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))  # a killed parent leaves its scratch behind
    source = LOOK.format(path=str(tmp_path / "seen")).replace(
        "rows)[1]", "__import__('time').sleep(600), rows)[2]"
    )
    block, consent = small.crooked(tmp_path / "model", source)
    parent = os.fork()
    if parent == 0:
        try:
            schedule = small.schedule(tmp_path / "stages", Local(1, 120), consent, model=block)
            schedule.score(schedule.describe())
        finally:
            os._exit(1)
    child = wait_for(lambda: pid_in(tmp_path / "seen"))
    assert Path(f"/proc/{child}").exists()
    os.kill(parent, signal.SIGKILL)
    os.waitpid(parent, 0)
    assert wait_for(lambda: not running(child))


def pid_in(path: Path) -> int | None:
    try:
        return json.loads(path.read_text())[6]
    except (OSError, ValueError):
        return None


def running(pid: int) -> bool:
    """Whether a process is there and no zombie, which is what an orphan is until it is waited for."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_for(asked):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if found := asked():
            return found
        time.sleep(0.05)
    raise AssertionError("waited in vain")


def test_a_lower_limit_of_the_system_is_kept(monkeypatch):
    set_to = {}
    monkeypatch.setattr("resource.getrlimit", lambda _: (2**31, 2**31))
    monkeypatch.setattr("resource.setrlimit", lambda which, size: set_to.update({which: size}))
    worker.limit(8192)
    assert set_to == {9: (2**31, 2**31), 4: (0, 0)}
