"""The output folder of a run: locked while written, continued when it is the same run, else refused.

<output>/.stages/      finished stages of the run, so that an interrupted one goes on
<output>/restricted/   the dossier with everything in it
<output>/shareable/    the dossier without small cells and single rows
"""

import fcntl
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from explainaudit.errors import OutputFailed, UsageError

EDITIONS = ("restricted", "shareable")
STAGES = ".stages"
_LOCK = ".lock"
_OURS = {STAGES, _LOCK, *EDITIONS, *(f".{name}.{kind}" for name in EDITIONS for kind in ("part", "old"))}


@contextmanager
def opened(output: Path, key: str, *, overwrite: bool) -> Iterator[Path]:
    """Lock an output folder for the run named by ``key`` and give its stages folder.

    Raises
    ------
    UsageError
        If the folder holds anything but an unfinished or finished run of the same key (unless
        ``overwrite``, which replaces another run but never touches foreign files), or if another
        run holds it.
    OutputFailed
        If the folder cannot be written.
    """
    try:
        output.mkdir(parents=True, exist_ok=True)
        with (output / _LOCK).open("w") as lock:
            _hold(lock.fileno(), output)
            try:
                stages = _stages(output, key, overwrite=overwrite)
                try:
                    yield stages
                finally:
                    # A run refused before it finished a stage leaves nothing to go on from.
                    if not any(entry.is_dir() for entry in stages.iterdir()):
                        shutil.rmtree(stages)
            finally:
                (output / _LOCK).unlink(missing_ok=True)
    except OSError as error:
        raise _unwritable(output, error) from error


def deliver(output: Path, edition: str, files: Mapping[str, bytes]) -> Path:
    """Write an edition's files and put the finished folder in place of the old one.

    Raises `OutputFailed` when the folder cannot be written; the old edition then still stands.
    """
    part, old, final = output / f".{edition}.part", output / f".{edition}.old", output / edition
    try:
        shutil.rmtree(part, ignore_errors=True)
        for name, content in sorted(files.items()):
            write(part / name, content)
        if final.exists():
            shutil.rmtree(old, ignore_errors=True)
            final.replace(old)
        if edition == "restricted":
            part.chmod(0o700)
        part.replace(final)
    except OSError as error:
        if old.exists() and not final.exists():
            old.replace(final)
        raise _unwritable(output, error) from error
    shutil.rmtree(old, ignore_errors=True)
    return final


def write(path: Path, content: bytes) -> None:
    """Write a file so that it is on disk before anything refers to it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _unwritable(output: Path, error: OSError) -> OutputFailed:
    return OutputFailed("E901", where=str(output), kind=os.strerror(error.errno or 0))


def _hold(descriptor: int, output: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise UsageError("E222", where=str(output)) from None


def _stages(output: Path, key: str, *, overwrite: bool) -> Path:
    stages = output / STAGES
    mark = stages / "run"
    present = {entry.name for entry in output.iterdir()} - {_LOCK}
    same = mark.is_file() and mark.read_text(encoding="ascii") == key
    if present and not same:
        if not overwrite or present - _OURS:
            raise UsageError("E221", where=str(output))
        for name in present:
            shutil.rmtree(output / name)
    stages.mkdir(mode=0o700, exist_ok=True)
    for unfinished in stages.glob("*.part"):
        shutil.rmtree(unfinished)
    write(mark, key.encode("ascii"))
    return stages
