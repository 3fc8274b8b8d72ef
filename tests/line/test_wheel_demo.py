"""The wheel, alone in an environment and far from the repository, runs its demo."""

import importlib.util
import json
import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = [
    pytest.mark.whole,
    pytest.mark.skipif(importlib.util.find_spec("build") is None, reason="needs build"),
]


def call(*command, cwd, **place):
    done = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env={"PATH": os.defpath, "HOME": str(cwd), **place},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return done


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT]
    call(*build, cwd=folder)
    (file,) = folder.glob("*.whl")
    return file


def test_the_demo_runs_from_an_installed_wheel(wheel, tmp_path):
    place = tmp_path / "venv"
    venv.create(place, symlinks=True)
    (site,) = place.glob("lib/python3*/site-packages")
    target = ["--no-deps", "--no-index", "--no-compile", "--quiet", "--target", site]
    call(sys.executable, "-m", "pip", "install", *target, wheel, cwd=tmp_path)
    # The libraries come from the environment of the tests; a path file there is not read from here.
    libraries = Path(next(path for path in sys.path if (Path(path) / "numpy").is_dir()))
    (site / "libraries.pth").write_text(f"{libraries}\n")
    python, cwd = place / "bin" / "python", tmp_path / "cwd"
    cwd.mkdir()
    where = call(python, "-c", "import explainaudit; print(explainaudit.__file__)", cwd=cwd).stdout.strip()
    assert Path(where).parent == site / "explainaudit"
    start = "from explainaudit.cli import main; main()"
    done = call(python, "-c", start, "demo", "credit", "--output", "out", "--date", "2026-01-02", cwd=cwd)
    assert done.returncode == 1  # a criterion of the sample is not met, as it is meant to be
    pages = done.stdout.splitlines()[-4:]
    assert [(cwd / page).stat().st_size > 10_000 for page in pages] == [True] * 4
    evidence = json.loads((cwd / "out" / "restricted" / "bundle.json").read_bytes())["evidence"]
    assert {found["not_assessed"] for found in evidence} == {None}


def test_children_find_a_package_that_lies_on_the_path(wheel, small, tmp_path):
    target = tmp_path / "target"
    pip = [sys.executable, "-m", "pip", "install", "--no-deps", "--no-index", "--no-compile", "--quiet"]
    call(*pip, "--target", target, wheel, cwd=tmp_path)
    seen = tmp_path / "seen"
    source = f"lambda rows: (open({str(seen)!r}, 'w').write(__import__('explainaudit').__file__), rows)[1]"
    block, consent = small.crooked(tmp_path, source)
    plan = small.plan(tmp_path, model=block)
    start = "from explainaudit.cli import main; main()"
    pin = ["--allow-pickle", "--model-sha256", consent.model_sha256]
    call(sys.executable, "-c", start, "check", plan, *pin, cwd=tmp_path, PYTHONPATH=str(target))
    assert Path(seen.read_text()).parent == target / "explainaudit"
