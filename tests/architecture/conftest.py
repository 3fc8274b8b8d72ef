"""The project as these tests see it: a folder of files, and the source as syntax trees."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "explainaudit"


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def trees() -> dict[Path, ast.Module]:
    """Every module under ``src``, by its path relative to the package."""
    files = sorted(SOURCE.rglob("*.py"))
    return {file.relative_to(SOURCE): ast.parse(file.read_text(encoding="utf-8")) for file in files}


@pytest.fixture(scope="session")
def pages() -> dict[Path, str]:
    """Every template, by its path relative to ``templates``."""
    folder = ROOT / "templates"
    return {
        file.relative_to(folder): file.read_text(encoding="utf-8") for file in sorted(folder.rglob("*.html"))
    }
