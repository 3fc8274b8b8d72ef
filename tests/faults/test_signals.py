"""Ctrl-C and SIGTERM in the middle of a run: the right code, no orphan, a folder that goes on."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from handmade import UNEXPLAINED

WAITING = """lambda rows: rows if len(rows) < 100 or not __import__('os').path.exists({flag!r}) else (
    open({pid!r}, 'w').write(str(__import__('os').getpid())), __import__('time').sleep(600))"""


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_stopped_run_is_resumed_by_the_same_command(small, tmp_path, number, code):
    pid, flag, out, scratch = (tmp_path / name for name in ("pid", "flag", "out", "scratch"))
    block, consent = small.crooked(tmp_path, WAITING.format(pid=str(pid), flag=str(flag)))
    plan = small.plan(tmp_path, model=block, analyses=UNEXPLAINED)
    command = [
        sys.executable,
        "-c",
        "from explainaudit.cli import main; main()",
        "run",
        str(plan),
        "--output",
        str(out),
        "--quiet",
    ]
    command += ["--date", "2026-01-02", "--allow-pickle", "--model-sha256", consent.model_sha256]
    flag.touch()
    scratch.mkdir()
    place = {**os.environ, "TMPDIR": str(scratch)}
    running = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=place)
    deadline = time.monotonic() + 60
    while not (pid.is_file() and pid.read_text()) and running.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)
    child = int(pid.read_text())
    running.send_signal(number)
    said, told = running.communicate(timeout=60)
    assert running.returncode == code
    assert told.startswith(f"E{code}: ")
    assert (said, len(told.splitlines())) == ("", 2)
    assert not Path(f"/proc/{child}").exists()
    assert list(scratch.iterdir()) == []
    assert {path.name for path in out.iterdir()} == {".stages"}
    finished = out / ".stages" / "describe" / "described.json"
    first = finished.stat()
    flag.unlink()
    again = subprocess.run(command, capture_output=True, text=True, check=False, env=without_pango(tmp_path))
    assert again.returncode == 9
    assert os.path.samestat(finished.stat(), first)
    assert {path.name for path in out.iterdir()} == {".stages", "restricted", "shareable"}
    assert not list((out / ".stages").glob("*.part"))


def without_pango(folder):
    """An environment whose WeasyPrint cannot load its libraries, which also saves the time of the PDF."""
    (folder / "stub").mkdir()
    (folder / "stub" / "weasyprint.py").write_text("raise OSError('cannot load library libpango')\n")
    path = os.pathsep.join([str(folder / "stub"), os.environ.get("PYTHONPATH", "")])
    return {**os.environ, "PYTHONPATH": path}
