"""Chapters made from the whole bundle: the first page, the limitations, the record, the statements."""

import datetime
import hashlib
from functools import cache

import pytest

from explainaudit.analyses import ANALYSES
from explainaudit.composing import compose
from explainaudit.composing.limitations import ORDER, limitations
from explainaudit.composing.results import ROWS, key_results
from explainaudit.judging import judge
from explainaudit.records.bundle import Bundle, Environment
from explainaudit.records.dossier import Dossier
from explainaudit.records.evidence import Evidence
from explainaudit.records.message import Message, Name
from explainaudit.records.plan import Criterion, Documents, Human, Statement
from explainaudit.records.statements import STATEMENT_KEYS
from explainaudit.records.verdict import Verdicts
from explainaudit.wording.writer import Writer
from handmade import audited, bundle_of, people, refs

ENVIRONMENT = Environment(
    date="2026-01-02",
    versions={"shap": "0.51.0", "python": "3.11"},
    isolation="isolation.process",
    engine="local",
    platform="x",
    cpu="x",
    blas="x",
    files={"sample.parquet": "5" * 64},
)


@cache
def whole() -> Dossier:
    return composed()


def composed(bundle: Bundle | None = None, verdicts: Verdicts | None = None, **human) -> Dossier:
    known = audited()
    records = (bundle or known[0], verdicts or known[1], ENVIRONMENT, Human(**human))
    return compose(records, "restricted", ANALYSES)


def codes(bundle: Bundle, verdicts: Verdicts, which="restricted") -> list[str]:
    return [each.code for each in limitations(bundle, verdicts, "isolation.none", which)]


def test_sections_come_in_the_order_of_the_analyses_with_their_own_verdicts_and_flags():
    dossier = whole()
    assert [section.analysis for section in dossier.sections] == [each.name for each in ANALYSES]
    for section in dossier.sections:
        judged = [each.criterion.measure.partition(".")[0] for each in section.verdicts.verdicts]
        assert set(judged) <= {section.analysis}
    total = [each for section in dossier.sections for each in section.verdicts.verdicts]
    assert len(total) == len(dossier.verdicts.verdicts)
    flags = [flag.code for section in dossier.sections for flag in section.verdicts.flags]
    assert sorted(flags) == sorted(flag.code for flag in dossier.verdicts.flags)


def test_an_analysis_that_failed_has_a_section_without_figures_and_a_limitation_first():
    bundle, _ = audited()
    gap = Evidence(analysis="importance", answer=Message(key="not_assessed.failed"), not_assessed="failed")
    rest = tuple(gap if found.analysis == "importance" else found for found in bundle.evidence)
    broken = bundle.model_copy(update={"evidence": rest})
    dossier = composed(broken, judge(broken, (), ANALYSES))
    section = next(each for each in dossier.sections if each.analysis == "importance")
    assert section.figures == ()
    assert dossier.limitations[0].code == "failed"
    assert dossier.limitations[0].touches == ("importance",)


def test_limitations_are_ordered_by_weight_and_complete():
    bundle, verdicts = audited()
    found = codes(bundle, verdicts)
    places = [ORDER.index(code) if code in ORDER else len(ORDER) for code in found]
    assert places == sorted(places)
    of_analyses = [each.code for evidence in bundle.evidence for each in evidence.limitations]
    assert sorted(found) == sorted([*of_analyses, "isolation"])
    assert "no_criteria" in codes(bundle, Verdicts())
    assert "withheld" in codes(bundle, verdicts, "shareable")


def test_what_was_assumed_is_a_limitation():
    bundle, verdicts = audited()
    plan = bundle.provenance.plan.model_copy(update={"assumed": ("task.event", "decision.threshold")})
    assumed = bundle.model_copy(update={"provenance": bundle.provenance.model_copy(update={"plan": plan})})
    found = limitations(assumed, verdicts, "isolation.none", "restricted")
    said = [each.message.key for each in found if each.code == "assumed"]
    assert said == ["limitation.assumed.task.event", "limitation.assumed.decision.threshold"]


def test_every_criterion_stands_on_the_first_page_before_other_figures():
    bundle, verdicts = audited()
    table, numbers = key_results(bundle, verdicts)
    assert len(table.rows) >= len(verdicts.verdicts)
    for row, verdict in zip(table.rows, verdicts.verdicts, strict=False):
        assert row[-1] == Message(key=f"status.{verdict.status}")
        if verdict.measures:
            assert row[1] == bundle.measures()[verdict.measures[0]].ref()
    known = set(bundle.measures()) | {number.id for number in numbers}
    assert set().union(*(refs(cell) for row in table.rows for cell in row)) <= known


def test_without_criteria_the_first_page_has_the_usual_figures_once():
    bundle, _ = audited()
    table, numbers = key_results(bundle, Verdicts())
    assert numbers == ()
    first = [row[1].measure for row in table.rows]
    assert len(first) == len(set(first)) <= ROWS
    assert bundle.of("performance").measure("auc").id in first
    criterion = Criterion(measure="performance.auc", at_least=0.5)
    table, _ = key_results(bundle, judge(bundle, [criterion], ANALYSES))
    assert [row[1].measure for row in table.rows].count(bundle.of("performance").measure("auc").id) == 1


def test_two_limits_for_one_measure_print_their_own_number():
    bundle = bundle_of(people())
    criteria = [Criterion(measure="performance.auc", at_least=limit) for limit in (0.61, 0.62)]
    table, numbers = key_results(bundle, judge(bundle, criteria, ANALYSES))
    writer = Writer(bundle.measures() | {number.id: number for number in numbers})
    assert [writer.cell_text(row[4]) for row in table.rows[:2]] == ["at least 0.610", "at least 0.620"]


def test_the_first_page_says_whether_verdicts_are_adjusted_for_their_number():
    bundle = bundle_of(people())
    criteria = [Criterion(measure="performance.auc", at_least=0.6)]
    for familywise, said in ((False, "note.expected_false"), (True, "note.familywise")):
        table, numbers = key_results(bundle, judge(bundle, criteria, ANALYSES, familywise=familywise))
        assert [note.key for note in table.notes] == [said]
        assert "1 verdict" in Writer({number.id: number for number in numbers}).text(table.notes[0])


def test_a_judged_impact_ratio_stands_beside_the_limits_that_decide():
    bundle = bundle_of(people())
    criteria = [Criterion(measure="fairness.impact_ratio", at_least=0.8)]
    table, _ = key_results(bundle, judge(bundle, criteria, ANALYSES))
    for row in table.rows[: len(bundle.provenance.plan.sensitive)]:
        assert bundle.measures()[row[1].measure].metric == "impact_ratio"
        assert row[2] is None or bundle.measures()[row[2].measure].metric == "impact_ratio_decisive"
    assert "note.deciding_limits" in [note.key for note in table.notes]


def test_a_limit_for_a_signed_figure_is_printed_as_points_either_way():
    bundle = bundle_of(people())
    criteria = [Criterion(measure="fairness.difference", at_most=0.1)]
    table, numbers = key_results(bundle, judge(bundle, criteria, ANALYSES))
    writer = Writer(bundle.measures() | {number.id: number for number in numbers})
    assert writer.cell_text(table.rows[0][4]) == "at most 10.0 points either way"


def test_statements_are_provided_or_not():
    statement = Statement(text="x", author="Owner", date=datetime.date(2026, 1, 1))
    dossier = composed(statements={"owner": statement}, documents=Documents(classification="Internal"))
    provided = {field.key for field in dossier.statements if field.provided}
    assert provided == {"owner", "criteria", "classification"}
    assert tuple(field.key for field in dossier.statements) == STATEMENT_KEYS
    bare = composed(verdicts=Verdicts())
    assert [field.key for field in bare.statements if field.provided] == []


def test_the_record_names_plan_model_tables_and_versions():
    dossier = whole()
    cells = {cell.text for row in dossier.reproducibility.rows for cell in row if isinstance(cell, Name)}
    bundle = dossier.bundle
    wanted = {
        bundle.provenance.plan.fingerprint(),
        bundle.provenance.model.digest,
        "0.51.0",
        "3.11",
    }
    assert wanted | {table.digest for table in bundle.provenance.tables} <= cells
    assert "5" * 64 not in cells  # of files: their bytes may differ where the rows are the same
    assert {cell for cell in cells if "local" in cell} == set()  # the engine is never printed


def test_the_dossier_is_named_by_its_bundle():
    dossier = whole()
    assert dossier.bundle_digest == hashlib.sha256(dossier.bundle.canonical()).hexdigest()


@pytest.mark.parametrize("name", [analysis.name for analysis in ANALYSES])
def test_every_figure_stands_beside_its_table(name):
    dossier = whole()
    section = next(each for each in dossier.sections if each.analysis == name)
    for figure in section.figures:
        assert section.evidence.table(figure.table) is not None
        assert figure.svg.startswith("<")
        for message in (figure.caption, figure.alt):
            assert refs(message) <= set(dossier.bundle.measures())


@pytest.mark.parametrize("rung", ["isolation.process", "isolation.none"])
@pytest.mark.parametrize(("kind", "is_code"), [("skops", False), ("pickle", True), ("joblib (zlib)", True)])
def test_how_the_model_ran_is_a_limitation(rung, kind, is_code):
    bundle, verdicts = audited()
    model = bundle.provenance.model.model_copy(update={"format": kind})
    provenance = bundle.provenance.model_copy(update={"model": model})
    found = limitations(bundle.model_copy(update={"provenance": provenance}), verdicts, rung, "restricted")
    keys = [each.message.key for each in found]
    assert f"limitation.{rung}" in keys
    assert ("limitation.code" in keys) == is_code
