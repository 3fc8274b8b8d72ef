"""What is built holds what is tracked: every page, every sample, the licence, and nothing that lay around."""

import subprocess
import sys
import tarfile
import zipfile
from email.parser import HeaderParser
from pathlib import Path

import pytest


def tracked(root: Path, folder: str) -> set[str]:
    """Return the files of a folder that git knows; all of them where the project is not a git checkout."""
    asked = subprocess.run(
        ["git", "ls-files", "-z", folder],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    if (root / ".git").exists() and asked.returncode == 0:
        return set(asked.stdout.split("\0")) - {""}
    files = (
        path for path in (root / folder).rglob("*") if path.is_file() and "__pycache__" not in path.parts
    )
    return {path.relative_to(root).as_posix() for path in files}


@pytest.fixture(scope="module")
def built(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(root)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="module")
def wheel(built: Path) -> zipfile.ZipFile:
    (file,) = built.glob("*.whl")
    return zipfile.ZipFile(file)


@pytest.fixture(scope="module")
def sdist(built: Path) -> set[str]:
    (file,) = built.glob("*.tar.gz")
    with tarfile.open(file) as archive:
        return {name.partition("/")[2] for name in archive.getnames()}


@pytest.mark.parametrize("folder", ["templates", "sample_models"])
def test_wheel_holds_the_tracked_files(wheel: zipfile.ZipFile, root: Path, folder: str) -> None:
    shipped = {name.removeprefix("explainaudit/") for name in wheel.namelist()}
    expected = tracked(root, folder)
    assert expected
    assert {name for name in shipped if name.startswith(f"{folder}/")} == expected


def test_wheel_holds_the_package(wheel: zipfile.ZipFile, root: Path) -> None:
    outside = ("explainaudit/templates/", "explainaudit/sample_models/")
    shipped = {
        f"src/{name}"
        for name in wheel.namelist()
        if name.startswith("explainaudit/") and not name.startswith(outside)
    }
    assert shipped == tracked(root, "src")
    assert "src/explainaudit/py.typed" in shipped


def test_wheel_says_what_it_is(wheel: zipfile.ZipFile, root: Path) -> None:
    (licence,) = [name for name in wheel.namelist() if name.endswith(".dist-info/licenses/LICENSE")]
    assert wheel.read(licence) == (root / "LICENSE").read_bytes()
    (metadata,) = [name for name in wheel.namelist() if name.endswith(".dist-info/METADATA")]
    headers = HeaderParser().parsestr(wheel.read(metadata).decode())
    assert headers["License-Expression"] == "Apache-2.0"
    assert headers["Requires-Python"] == ">=3.11"


def test_sdist_builds_and_tests_itself(sdist: set[str], root: Path) -> None:
    wanted = {
        "LICENSE",
        "README.md",
        "Makefile",
        "constraints.txt",
        "pyproject.toml",
        ".ci/environment",
        ".ci/run",
    }
    for folder in ("src", "templates", "sample_models", "tests", "docs"):
        wanted |= tracked(root, folder)
    assert wanted - sdist == set()
