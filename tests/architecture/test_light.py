"""Asking for help costs about what Click costs: nothing heavy is imported before there is work."""

import subprocess
import sys

import pytest

HEAVY = {
    "numpy", "pandas", "matplotlib", "sklearn", "shap", "lime", "jinja2", "weasyprint", "scipy",
    "statsmodels", "pyarrow", "pydantic", "skops", "joblib", "numba",
}  # fmt: skip

IMPORT = """
import sys
import explainaudit
print(*sys.modules)
"""

COMMAND = """
import contextlib, io, sys
from explainaudit.cli import main
shown = io.StringIO()
with contextlib.redirect_stdout(shown):
    try:
        code = main()
    except SystemExit as end:
        code = end.code
assert not code, code
assert shown.getvalue().strip(), "nothing was shown"
print(*sys.modules)
"""


def loaded(program: str, *arguments: str) -> set[str]:
    """Return the modules that a fresh interpreter holds after a program."""
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def test_the_package_is_light() -> None:
    assert loaded(IMPORT) & HEAVY == set()


@pytest.mark.parametrize(
    "arguments", [["--help"], ["-h"], ["--version"], ["run", "--help"], ["demo", "--help"]], ids=" ".join
)
def test_help_is_light(arguments: list[str]) -> None:
    assert loaded(COMMAND, *arguments) & HEAVY == set()


def test_the_check_sees_what_is_loaded() -> None:
    assert loaded(IMPORT + "import json, pydantic\nprint(*sys.modules)") & HEAVY == {"pydantic"}
