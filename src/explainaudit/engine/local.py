"""Runs stages in local child processes: own process, limits, cleared environment."""

import contextlib
import json
import os
import queue
import signal
import site
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from typing import IO, cast

from explainaudit.engine.watch import Finished
from explainaudit.errors import AuditError, ModelFailed
from explainaudit.records.stage import StageCall


class Child:
    """One confined process that runs stage after stage, and is replaced when it dies."""

    def __init__(self, scratch: Path) -> None:
        self._scratch = scratch
        self._process: subprocess.Popen[str] | None = None
        self.peak_memory_mb = 0.0

    def ask(self, call: StageCall, seconds: int) -> AuditError | None:
        """Run one stage in the child and return its error, if any."""
        process = self._alive()
        requests, answers = cast(IO[str], process.stdin), cast(IO[str], process.stdout)
        expired = threading.Event()

        def expire() -> None:
            expired.set()
            process.kill()

        timer = threading.Timer(seconds, expire)
        timer.daemon = True
        timer.start()
        try:
            requests.write(call.model_dump_json() + "\n")
            requests.flush()
            if line := answers.readline():
                message = json.loads(line)
                if "error" in message:
                    return AuditError.from_json(message["error"])
                self.peak_memory_mb = max(self.peak_memory_mb, float(message["finished"]))
                return None
        except BrokenPipeError:
            pass
        except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError):
            # A model that got hold of the channel can say anything; the child is not heard again.
            self.kill()
            self.close()
            return ModelFailed("E654", where=call.stage)
        finally:
            timer.cancel()
        return self._died(call, process, seconds if expired.is_set() else None)

    def close(self) -> None:
        """End the child."""
        if self._process is None:
            return
        with contextlib.suppress(BrokenPipeError):
            if self._process.stdin is not None:
                self._process.stdin.close()
        try:
            self._process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._process = None

    def kill(self) -> None:
        """Stop the child at once. Whoever waits for its answer finds it dead, and closes it."""
        if (process := self._process) is not None:
            process.kill()

    def _alive(self) -> subprocess.Popen[str]:
        if self._process is None or self._process.poll() is not None:
            self._process = subprocess.Popen(
                [sys.executable, "-s", "-P", "-m", "explainaudit.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL if "EXPLAINAUDIT_DEBUG" not in os.environ else None,
                env=cleared_environment(self._scratch),
                cwd=self._scratch,
                text=True,
                encoding="utf-8",
                start_new_session=True,
            )
        return self._process

    def _died(self, call: StageCall, process: subprocess.Popen[str], seconds: int | None) -> ModelFailed:
        status = process.wait()
        self.close()
        stage = f"{call.stage} {call.part}".strip()
        if seconds is not None:
            return ModelFailed("E652", where=stage, seconds=seconds)
        name = signal.Signals(-status).name if status < 0 else f"exit {status}"
        return ModelFailed("E651", where=stage, signal=name)


class Local:
    """Schedules stages over a fixed number of children."""

    name = "local"
    isolation = "isolation.process"

    def __init__(self, children: int, seconds: int) -> None:
        self._scratch = tempfile.TemporaryDirectory(prefix="explainaudit-")
        self._children = [Child(Path(self._scratch.name)) for _ in range(children)]
        self._seconds = seconds
        self._stopped = False

    @property
    def peak_memory_mb(self) -> float:
        """The largest memory that a child has used."""
        return max(child.peak_memory_mb for child in self._children)

    def run(self, calls: list[StageCall], finished: Finished) -> dict[str, AuditError]:
        """Run all calls over the children, telling of each that finishes; return the errors by folder."""
        waiting: queue.SimpleQueue[StageCall] = queue.SimpleQueue()
        for call in calls:
            waiting.put(call)
        errors: dict[str, AuditError] = {}

        def work(child: Child) -> None:
            with contextlib.suppress(queue.Empty):
                while not self._stopped:
                    call = waiting.get_nowait()
                    error = child.ask(call, self._seconds)
                    if error is None:
                        finished(call)
                    else:
                        errors[call.out] = error

        if calls:
            self._together(work, self._children[: len(calls)])
        return errors

    def close(self) -> None:
        """End all children and remove their scratch folder."""
        for child in self._children:
            child.close()
        self._scratch.cleanup()

    def _together(self, work: Callable[[Child], None], children: list[Child]) -> None:
        with ThreadPoolExecutor(len(children)) as pool:
            futures = [pool.submit(work, child) for child in children]
            try:
                # Waiting in short turns keeps the main thread able to hear an interrupt.
                while wait(futures, timeout=0.2).not_done:
                    pass
            except BaseException:
                self._stopped = True
                while not all(future.done() for future in futures):
                    for child in children:
                        child.kill()
                    wait(futures, timeout=0.2)
                raise
        for future in futures:
            future.result()


def cleared_environment(scratch: Path) -> dict[str, str]:
    """Return the whole environment of a child: nothing of the user's, one thread per library.

    A package that lies outside of the interpreter's own folders must be named, or no child finds it.
    """
    package = str(Path(__file__).parents[2])
    return {
        **({} if package in site.getsitepackages() else {"PYTHONPATH": package}),
        "PATH": "/usr/bin:/bin",
        "HOME": str(scratch),
        "TMPDIR": str(scratch),
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "PYTHONHASHSEED": "0",
        "PYTHONUTF8": "1",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "LOKY_MAX_CPU_COUNT": "1",
        "MPLCONFIGDIR": str(scratch),
        "NUMBA_CACHE_DIR": str(scratch),
    }
