"""Under every table that rests on labels stands of whom, and how late, they are known."""

import pytest

from explainaudit.analyses import ANALYSES
from explainaudit.composing import compose
from explainaudit.judging import judge
from explainaudit.records.bundle import Environment
from explainaudit.records.plan import Human, Task
from explainaudit.rendering.html import render_html
from handmade import audited

ENVIRONMENT = Environment(
    date="2026-01-02",
    versions={"explainaudit": "0"},
    isolation="isolation.process",
    engine="local",
    platform="x",
    cpu="x",
    blas="x",
    files={},
)
SELECTED = "known only of persons once decided favourably"


def composed(**task):
    bundle, _ = audited()
    plan = bundle.provenance.plan
    asked = plan.model_copy(update={"task": Task(**(plan.task.model_dump() | task))})
    bundle = bundle.model_copy(update={"provenance": bundle.provenance.model_copy(update={"plan": asked})})
    return compose((bundle, judge(bundle, (), ANALYSES), ENVIRONMENT, Human()), "restricted", ANALYSES)


def caveats(dossier):
    return {
        (section.analysis, table.name): [note.key for note in table.notes if note.key.startswith("caveat.")]
        for section in dossier.sections
        for table in section.evidence.tables
    }


@pytest.mark.parametrize(
    ("task", "keys"),
    [
        ({}, []),
        ({"label_delay_days": 0}, []),
        ({"labels": "decided favourably"}, ["caveat.labels_selected"]),
        ({"label_delay_days": 90}, ["caveat.label_delay"]),
        (
            {"labels": "decided favourably", "label_delay_days": 90},
            ["caveat.labels_selected", "caveat.label_delay"],
        ),
    ],
)
def test_tables_of_labels_alone_are_marked(task, keys):
    dossier = composed(**task)
    marked = caveats(dossier)
    for section in dossier.sections:
        for table in section.evidence.tables:
            assert marked[section.analysis, table.name] == (keys if table.of_labels else [])
    codes = [each.code for each in dossier.limitations]
    assert ("labels_selected" in codes) == ("labels" in task)


def test_the_page_says_it_under_each_of_them():
    dossier = composed(labels="decided favourably", label_delay_days=90)
    page = render_html(dossier)
    tables = sum(table.of_labels for section in dossier.sections for table in section.evidence.tables)
    assert tables > 5
    assert page.count('<li class="caveat">') == 2 * tables
    assert page.count(SELECTED) >= tables
    assert 'class="name">90</bdi> days after the decision' in page
