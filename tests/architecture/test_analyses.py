"""An analysis is three files: the module, its page, its words. None of them stands without the others."""

from pathlib import Path

import pytest

from explainaudit.analyses import ANALYSES
from explainaudit.wording.catalogue import catalogue


def names() -> list[str]:
    return sorted(analysis.name for analysis in ANALYSES)


def test_every_module_is_listed(root: Path) -> None:
    assert sorted(path.stem for path in (root / "src/explainaudit/analyses").glob("[!_]*")) == names()


def test_every_page_has_its_analysis(root: Path) -> None:
    assert sorted(path.stem for path in (root / "templates/sections").iterdir()) == names()


@pytest.mark.parametrize("analysis", ANALYSES, ids=lambda analysis: analysis.name)
def test_name_is_the_module_that_measures(analysis) -> None:
    assert analysis.measure.__module__.split(".")[:3] == ["explainaudit", "analyses", analysis.name]


@pytest.mark.parametrize("analysis", ANALYSES, ids=lambda analysis: analysis.name)
def test_question_is_in_the_catalogue(analysis) -> None:
    assert catalogue("en")[f"question.{analysis.name}"].endswith("?")


@pytest.mark.parametrize("analysis", ANALYSES, ids=lambda analysis: analysis.name)
def test_measures_are_registered_once(analysis) -> None:
    metrics = [spec.metric for spec in analysis.measures]
    assert metrics
    assert len(metrics) == len(set(metrics))
