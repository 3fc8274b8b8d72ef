"""The shareable edition of a whole audit: what may not be read is nowhere in its records."""

import math
import re

import pytest

from explainaudit.analyses import ANALYSES
from explainaudit.composing import compose
from explainaudit.edition import edition
from explainaudit.judging import judge
from explainaudit.records.bundle import Bundle, Environment
from explainaudit.records.measure import Measure
from explainaudit.records.plan import Human
from explainaudit.records.table import RowTable, column
from explainaudit.records.verdict import Verdicts
from handmade import CRITERIA, audited, bundle_of, people, refs

ENVIRONMENT = Environment(
    date="2026-01-02",
    versions={"explainaudit": "0"},
    isolation="isolation.none",
    engine="here",
    platform="x",
    cpu="x",
    blas="x",
    files={},
)


def shared(min_cell: int = 11) -> tuple[Bundle, Verdicts]:
    return edition(*audited(), "shareable", min_cell)


def withheld(bundle: Bundle) -> list[Measure]:
    """Return the measures of the restricted bundle that the shareable one does not show."""
    after = bundle.measures()
    return [
        each
        for each in audited()[0].measures().values()
        if each.value is not None and (each.id not in after or after[each.id].value is None)
    ]


def numbers_in(*records: Bundle | Verdicts) -> set[float]:
    """Return every number in the JSON text of records, digits inside of texts included."""
    text = "".join(record.canonical().decode() for record in records)
    return {float(number) for number in re.findall(r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?", text)}


def test_restricted_is_everything_as_it_is():
    bundle, verdicts = audited()
    assert edition(bundle, verdicts, "restricted", 11) == (bundle, verdicts)


def test_no_small_cell_and_no_case_has_a_number():
    bundle, _ = shared()
    for each in bundle.measures().values():
        shown = each.value is not None or each.interval is not None or each.n is not None
        assert not (
            shown and each.kind != "fact" and (each.smallest_cell is None or 1 <= each.smallest_cell <= 10)
        )
        assert "case" not in each.dimensions
    assert not [
        table.name for found in bundle.evidence for table in found.tables if table.name.startswith("case")
    ]


def test_no_digit_of_a_withheld_figure_is_left():
    bundle, verdicts = shared()
    gone = withheld(bundle)
    assert {"selection_rate", "impact_ratio", "tpr", "group_share", "shap", "lime_fidelity"} <= {
        each.metric for each in gone
    }
    left = numbers_in(bundle, verdicts)
    visible = {each.value for each in bundle.measures().values()}
    # Equal counts have equal intervals: an end that is shown elsewhere stands for that.
    intervals = (each.interval for each in bundle.measures().values() if each.interval is not None)
    visible |= {end for interval in intervals for end in (interval.low, interval.high)}
    # So do the limits that were declared.
    visible |= {limit for each in CRITERIA for limit in (each.at_least, each.at_most) if limit is not None}
    # A point of a curve that many persons stand behind may be where a withheld rate lies.
    plots = (plot for found in bundle.evidence for plot in found.plots)
    visible |= {number for plot in plots for points in plot.series.values() for number in points}
    for each in (each for each in gone if each.kind != "fact"):  # a threshold rests on nobody
        ends = (each.interval.low, each.interval.high) if each.interval else ()
        for number in {each.value, *ends} - visible:
            if not number.is_integer():  # 0, 1 and other round numbers stand for themselves elsewhere
                assert number not in left, each.id


def test_no_plot_of_single_rows_or_without_its_table_is_left():
    bundle, _ = shared()
    before = {plot.name for found in audited()[0].evidence for plot in found.plots}
    assert {name.partition(":")[0] for name in before} >= {"cloud", "rows", "effect", "curves"}
    for found in bundle.evidence:
        tables = {table.name for table in found.tables}
        for plot in found.plots:
            assert plot.smallest_cell == 0 or plot.smallest_cell >= 11
            assert plot.table in tables
    left = {plot.name.partition(":")[0] for found in bundle.evidence for plot in found.plots}
    assert "effect" in left
    assert not left & {"cloud", "rows", "curves"}


def test_what_is_hidden_withholds_its_table():
    """Figures by group go by what they cross, and may stand elsewhere; of all others the whole table goes."""
    bundle, _ = shared()
    before = {
        (found.analysis, table.name): set().union(*(refs(cell) for row in table.rows for cell in row))
        for found in audited()[0].evidence
        for table in found.tables
    }
    after = {(found.analysis, table.name) for found in bundle.evidence for table in found.tables}
    values = bundle.measures()
    for table, names in before.items():
        shown = {name for name in names if name in values and values[name].value is not None}
        if table not in after:
            assert shown < names, table
            assert table[0] == "calibration" or all("sensitive" in values[name].dimensions for name in shown)
    hidden = {name for _, name in before.keys() - after}
    assert {"outcomes:region", "errors:tpr:region", "reproduction:region", "groups:region", "cases"} <= hidden
    assert {"outcomes:sex", "ranking", "confusion", "identity"} <= {name for _, name in after}


def test_every_reference_that_is_left_has_a_measure():
    bundle, verdicts = shared()
    known = set(bundle.measures())
    for found in bundle.evidence:
        said = [found.answer, *(each.message for each in found.limitations)]
        said += [line.fact for card in found.cards for line in card.lines]
        for table in found.tables:
            said += [table.caption, *table.notes, *(cell for row in table.rows for cell in row)]
        assert set().union(*(refs(each) for each in said)) <= known
    for verdict in verdicts.verdicts:
        own = {number.id for number in verdict.numbers}
        assert refs(verdict.message) | set(verdict.measures) <= known | own
    for flag in verdicts.flags:
        assert refs(flag.message) | set(flag.measures) <= known


def test_verdicts_keep_their_status_and_lose_what_they_rest_on():
    before, (_, after) = audited()[1], shared()
    assert [each.status for each in after.verdicts] == [each.status for each in before.verdicts]
    assert after.criteria == before.criteria
    said = [each.message.key for each in after.verdicts if each.dimensions.get("sensitive") == "region"]
    assert set(said) <= {"verdict.withheld_limit", "verdict.nothing"}
    region = next(each for each in after.verdicts if each.dimensions == {"sensitive": "region"})
    assert region.measures == ()


def test_the_vocabulary_to_publish_has_no_small_group():
    bundle, verdicts = audited()
    spoken = bundle.model_copy(update={"vocabulary": ("bad", "region", "=west", "x")})
    assert edition(spoken, verdicts, "shareable", 11)[0].vocabulary == ("bad", "region", "=west")
    assert edition(spoken, verdicts, "shareable", 7)[0].vocabulary == spoken.vocabulary


def test_a_small_group_is_not_even_named():
    named = re.compile(r'group\\?": ?\\?"x\\?"|"text": "x"')
    before = "".join(record.canonical().decode() for record in audited())
    assert named.search(before)
    assert not named.search("".join(record.canonical().decode() for record in shared()))


def test_flags_that_rest_on_what_is_withheld_are_left_out():
    bundle, after = shared()
    values = bundle.measures()
    assert after.flags
    for flag in after.flags:
        assert all(values[name].value is not None for name in flag.measures)
    # With the missing group of sex at 60 rows the flag stays; at 10 rows of 100 it must not.
    small = bundle_of(people(n=100))
    scored = people(n=100).scored
    assert scored["group:sex"].isna().sum() == 60
    judged = judge(small, CRITERIA, ANALYSES)
    _, kept = edition(small, judged, "shareable", 61)
    assert "FAIR02" in {flag.code for flag in judged.flags}
    assert "FAIR02" not in {flag.code for flag in kept.flags}


def test_rows_of_persons_are_left_out():
    bundle, verdicts = audited()
    rows = RowTable(name="shap", columns=(column("case", "identifies"),), rows=40, file="x", digest="0" * 64)
    kept, _ = edition(bundle.model_copy(update={"row_tables": (rows,)}), verdicts, "shareable", 11)
    assert kept.row_tables == ()


def test_an_edition_of_the_edition_is_itself():
    assert edition(*shared(), "shareable", 11) == shared()


@pytest.mark.parametrize("min_cell", [2, 11, 50, 10**6])
def test_a_larger_smallest_cell_shows_less(min_cell):
    shown = [
        {
            each.id
            for each in edition(*audited(), "shareable", size)[0].measures().values()
            if each.value is not None and each.metric != "tables_withheld"
        }
        for size in (min_cell, min_cell + 5)
    ]
    assert shown[1] <= shown[0]


def test_the_dossier_draws_and_says_only_what_is_there():
    bundle, verdicts = shared()
    dossier = compose((bundle, verdicts, ENVIRONMENT, Human()), "shareable", ANALYSES)
    figures = {(section.analysis, figure.table) for section in dossier.sections for figure in section.figures}
    tables = {(found.analysis, table.name) for found in bundle.evidence for table in found.tables}
    assert figures <= tables
    assert {("fairness", "outcomes:sex"), ("importance", "ranking")} <= figures
    gone = [each for each in withheld(bundle) if each.kind == "rate" and each.dimensions.get("group") == "x"]
    drawn = "".join(figure.svg for section in dossier.sections for figure in section.figures)
    assert gone
    assert not [each.id for each in gone if f"{each.value:.3f}" in drawn and not math.isclose(each.value, 1)]
    assert ">x<" not in drawn
