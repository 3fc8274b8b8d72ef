"""Tables as CSV: the numbers as their headings have them, headings that differ, and marks of few records."""

import csv
import io

import pytest

from explainaudit.analyses import ANALYSES
from explainaudit.composing import compose
from explainaudit.records.bundle import Environment
from explainaudit.records.message import Ref
from explainaudit.records.plan import Human
from explainaudit.rendering.csv_files import csv_files
from handmade import audited

IS_X = dict.fromkeys(("date", "isolation", "engine", "platform", "cpu", "blas"), "isolation.none")
ENVIRONMENT = Environment(versions={"explainaudit": "0"}, files={}, **IS_X | {"date": "2026-01-02"})


@pytest.fixture(scope="module")
def written():
    """Return the fairness tables of a dossier, each with the lines of its file."""
    dossier = compose((*audited(), ENVIRONMENT, Human()), "restricted", ANALYSES)
    files = csv_files(dossier)
    (section,) = (each for each in dossier.sections if each.analysis == "fairness")
    measures = {each.id: each for each in section.evidence.measures}
    found = []
    for number, table in enumerate(section.evidence.tables, start=1):
        text = files[f"tables/fairness-{number:02d}.csv"].decode()
        found.append((table, list(csv.reader(io.StringIO(text)))))
    return measures, found


def test_differences_of_shares_are_points_as_their_heading_says(written):
    measures, tables = written
    seen = 0
    for table, (headings, *lines) in tables:
        for row, line in zip(table.rows, lines, strict=True):
            refs = (cell for cell in row if isinstance(cell, Ref) and cell.part == "value")
            for measure in (measures[ref.measure] for ref in refs):
                if measure.unit == "points" and measure.value is not None:
                    numbers = [float(each) for each in line if each.lstrip("-").replace(".", "").isdigit()]
                    assert 100 * measure.value in [pytest.approx(each, abs=1e-9) for each in numbers]
                    seen += 1
        assert len({len(line) for line in (headings, *lines)}) == 1
    assert seen > 5


def test_no_two_columns_of_a_file_are_called_alike(written):
    for _, (headings, *_lines) in written[1]:
        assert len(set(headings)) == len(headings)


def test_few_records_are_marked_in_the_file_as_on_the_page(written):
    measures, tables = written
    marked = 0
    for table, (headings, *lines) in tables:
        for row, line in zip(table.rows, lines, strict=True):
            refs = (cell for cell in row if isinstance(cell, Ref) and cell.part == "value")
            tiers = {measures[ref.measure].tier for ref in refs if measures[ref.measure].value is not None}
            if "insufficient" in tiers:
                assert line[-1] == "too few to compare (‡)"
            elif "indicative" in tiers:
                assert line[-1] == "few (†)"
            elif headings[-1].startswith("Records behind"):
                assert line[-1] == ""
            marked += headings[-1].startswith("Records behind")
    assert marked
