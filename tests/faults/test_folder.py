"""The output folder: continued, refused or replaced; never torn, never somebody else's loss."""

import errno
import os
from pathlib import Path

import pytest

from explainaudit import folder
from explainaudit.errors import DataRefused, OutputFailed, UsageError

OLD = {"bundle.json": b"old", "packet.html": b"old", "tables/a.csv": b"old"}
NEW = {"bundle.json": b"new", "packet.html": b"new", "tables/b.csv": b"new"}


def content(path: Path) -> dict[str, bytes]:
    return {
        str(file.relative_to(path)): file.read_bytes() for file in sorted(path.rglob("*")) if file.is_file()
    }


def finished_run(output: Path, key: str = "key") -> None:
    with folder.opened(output, key, overwrite=False) as stages:
        (stages / "describe").mkdir()
        (stages / "describe" / "described.json").write_text("kept")
    folder.deliver(output, "restricted", OLD)


def test_a_new_folder_is_made_and_unlocked(tmp_path):
    with folder.opened(tmp_path / "a" / "b", "key", overwrite=False) as stages:
        assert stages.stat().st_mode & 0o777 == 0o700
        assert (tmp_path / "a" / "b" / ".lock").exists()
        (stages / "describe").mkdir()
    assert {path.name for path in (tmp_path / "a" / "b").iterdir()} == {".stages"}


def test_the_same_run_is_continued_and_its_leftovers_swept(tmp_path):
    finished_run(tmp_path)
    (tmp_path / ".stages" / "score-000000.part").mkdir()
    (tmp_path / ".stages" / "score-000000.part" / "torn").write_bytes(b"PAR1")
    with folder.opened(tmp_path, "key", overwrite=False) as stages:
        assert (stages / "describe" / "described.json").read_text() == "kept"
        assert not list(stages.glob("*.part"))
    assert content(tmp_path / "restricted") == OLD


def test_another_run_is_refused_and_left_alone(tmp_path):
    finished_run(tmp_path, "other")
    before = content(tmp_path)
    with pytest.raises(UsageError, match="E221"), folder.opened(tmp_path, "key", overwrite=False):
        raise AssertionError("never opened")
    assert content(tmp_path) == before


def test_overwrite_replaces_another_run(tmp_path):
    finished_run(tmp_path, "other")
    with folder.opened(tmp_path, "key", overwrite=True) as stages:
        assert {path.name for path in stages.iterdir()} == {"run"}
        assert {path.name for path in tmp_path.iterdir()} == {".stages", ".lock"}


@pytest.mark.parametrize("overwrite", [False, True])
@pytest.mark.parametrize("beside", [True, False])
def test_foreign_files_are_never_touched(tmp_path, overwrite, beside):
    if beside:
        finished_run(tmp_path, "other")
    (tmp_path / "thesis.tex").write_text("mine")
    before = content(tmp_path)
    with pytest.raises(UsageError, match="E221"), folder.opened(tmp_path, "key", overwrite=overwrite):
        raise AssertionError("never opened")
    assert content(tmp_path) == before


def test_two_runs_do_not_share_a_folder(tmp_path):
    with folder.opened(tmp_path, "key", overwrite=False) as stages:
        for overwrite in (False, True):
            with pytest.raises(UsageError, match="E222"), folder.opened(tmp_path, "key", overwrite=overwrite):
                raise AssertionError("never opened")
        assert stages.is_dir()
        assert (tmp_path / ".lock").exists()
    with folder.opened(tmp_path, "key", overwrite=False):
        pass


def test_a_folder_below_a_file_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(OutputFailed) as caught,
        folder.opened(tmp_path / "file" / "out", "key", overwrite=False),
    ):
        raise AssertionError("never opened")
    assert (caught.value.code, caught.value.exit_code) == ("E901", 9)
    assert caught.value.params["kind"] == os.strerror(errno.ENOTDIR)


def breaking(monkeypatch, owner, name, at):
    """Let the call number ``at`` of a function fail as on a full disk; return the calls made so far."""
    real, calls = getattr(owner, name), []

    def call(*given, **named):
        calls.append(given)
        if len(calls) == at:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(*given, **named)

    monkeypatch.setattr(owner, name, call)
    return calls


@pytest.mark.parametrize(
    ("owner", "name", "times"),
    [(os, "fsync", 3), (Path, "open", 3), (Path, "replace", 2), (Path, "mkdir", 3)],
)
def test_a_full_disk_leaves_the_old_edition_whole(tmp_path, monkeypatch, owner, name, times):
    for at in range(1, times + 1):
        output = tmp_path / str(at)
        folder.deliver(output, "restricted", OLD)
        with monkeypatch.context() as patch:
            breaking(patch, owner, name, at)
            with pytest.raises(OutputFailed, match="E901"):
                folder.deliver(output, "restricted", NEW)
        assert content(output / "restricted") == OLD
        assert folder.deliver(output, "restricted", NEW) == output / "restricted"
        assert content(output) == {f"restricted/{file}": text for file, text in NEW.items()}


class Killed(BaseException):
    """The process is gone: nothing is caught, nothing is tidied."""


@pytest.mark.parametrize("name", ["fsync", "replace"])
def test_a_kill_leaves_a_whole_edition_and_the_next_run_tidies(tmp_path, monkeypatch, name):
    owner, times = (os, 3) if name == "fsync" else (Path, 2)
    for at in range(1, times + 1):
        output, calls = tmp_path / str(at), []
        folder.deliver(output, "restricted", OLD)
        real = getattr(owner, name)

        def die(*given, real=real, calls=calls, at=at):
            calls.append(given)
            if len(calls) == at:
                raise Killed
            return real(*given)

        with monkeypatch.context() as patch:
            patch.setattr(owner, name, die)
            with pytest.raises(Killed):
                folder.deliver(output, "restricted", NEW)
        whole = [content(path) for path in output.iterdir()]
        assert OLD in whole
        folder.deliver(output, "restricted", NEW)
        assert content(output) == {f"restricted/{file}": text for file, text in NEW.items()}


def test_a_run_that_was_refused_at_once_leaves_the_folder_free(tmp_path):
    out = tmp_path / "dossier"
    with pytest.raises(DataRefused), folder.opened(out, "first", overwrite=False):
        raise DataRefused("E455", where="sample")
    with folder.opened(out, "second", overwrite=False) as stages:
        assert stages.is_dir()
