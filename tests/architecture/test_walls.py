"""The walls stand, and each of them is seen to fall when it is broken on purpose."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

LINT = "from importlinter.cli import lint_imports_command; lint_imports_command()"

# Contract, module, and an import that breaks this contract and no other. A module that has no place in
# the list of rooms breaks the first contract by being there.
BREACHES = [
    ("One way: each room knows only the rooms to its right", "records/measure.py", "explainaudit.stats"),
    ("One way: each room knows only the rooms to its right", "nowhere.py", "explainaudit.errors"),
    ("No analysis knows another", "analyses/data.py", "explainaudit.analyses.performance"),
    ("Presenting never reaches a model", "composing/__init__.py", "sklearn"),
    ("The parent never loads a model", "pipeline.py", "explainaudit.loading"),
    ("shap and lime are named in explainers only", "observing.py", "shap"),
    ("matplotlib only in charts", "rendering/__init__.py", "matplotlib"),
    ("WeasyPrint only in rendering.pdf", "composing/__init__.py", "weasyprint"),
    ("Click only in cli", "planning.py", "click"),
    ("No scikit-learn in stats", "stats/__init__.py", "sklearn"),
]


def lint(folder: Path) -> tuple[int, str]:
    """Run lint-imports on the package below ``folder``; return its exit code and what it printed."""
    environment = {**os.environ, "PYTHONPATH": str(folder / "src"), "NO_COLOR": "1"}
    command = [sys.executable, "-c", LINT, "--no-cache", "--no-logo"]
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, encoding="utf-8", check=False
    )
    return done.returncode, done.stdout + done.stderr


def test_walls_stand(root: Path) -> None:
    code, said = lint(root)
    assert code == 0, said


@pytest.mark.parametrize(("contract", "module", "imported"), BREACHES)
def test_a_broken_wall_is_seen(root: Path, tmp_path: Path, contract: str, module: str, imported: str) -> None:
    shutil.copytree(root / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(root / "pyproject.toml", tmp_path)
    victim = tmp_path / "src/explainaudit" / module
    with victim.open("a", encoding="utf-8") as file:
        file.write(f"\n\ndef breach() -> None:\n    import {imported}\n")
    code, said = lint(tmp_path)
    assert code != 0, said
    assert set(re.findall(r"^(.+) BROKEN\b", said, re.MULTILINE)) == {contract}, said
