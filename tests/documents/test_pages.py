"""Whole pages: sound structure, links that arrive, figures with their tables, gaps counted on page one."""

import itertools
import re

import pytest
from html_tree import read

from explainaudit.analyses import ANALYSES
from explainaudit.charts import bars, intervals
from explainaudit.composing import compose
from explainaudit.records.bundle import Bundle
from explainaudit.records.plan import Human
from explainaudit.rendering import pages
from explainaudit.rendering.html import render_html

pytestmark = pytest.mark.whole


@pytest.fixture(scope="module")
def unstated(hostile):
    """Return the hostile run's pages when nobody stated anything."""
    audit = hostile.outcome.audit
    files, errors = pages(
        compose((audit.bundle, audit.verdicts, audit.environment, Human()), "restricted", ANALYSES)
    )
    return read(files["packet.html"].decode()), files, errors


def outline(page):
    return [int(node.tag[1]) for node in page.all("h1", "h2", "h3", "h4", "h5", "h6")]


def test_headings_go_down_one_step_at_a_time(edition):
    levels = outline(edition.page)
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


def test_links_arrive(edition):
    names = [node["id"] for node in edition.page.walk() if node["id"]]
    assert len(names) == len(set(names))
    links = [node["href"] for node in edition.page.all("a")]
    assert links
    assert {link[1:] for link in links if link.startswith("#")} <= set(names)
    for attribute in ("aria-labelledby", "aria-describedby", "headers", "for"):
        assert {node[attribute] for node in edition.page.walk() if node[attribute]} <= set(names)


def test_every_question_has_its_chapter(run):
    asked = [evidence["analysis"] for evidence in run.restricted.bundle["evidence"]]
    assert asked == [analysis.name for analysis in ANALYSES]
    for each in run.editions:
        for analysis in asked:
            section = each.page.one(f"s-{analysis}")
            (lead,) = section.all("p", cls="lead")
            assert lead.text
            assert section.all("h2")[0].text.endswith("?")


def test_every_figure_has_words_and_its_table_beside_it(edition):
    figures = edition.page.all("figure")
    assert figures
    for figure in figures:
        (image,) = figure.all("img")
        assert len(image["alt"].split()) > 5
        (caption,) = figure.all("figcaption")
        (link,) = caption.all("a")
        section = next(node for node in figure.above() if node.tag == "section")
        assert section.one(link["href"][1:]).tag == "table"


def test_every_section_table_is_a_file(edition):
    """What a page tabulates can be read without the page, and no table is missing from it."""
    for analysis in ANALYSES:
        tables = edition.page.one(f"s-{analysis.name}").all("table")
        files = [name for name in edition.files if name.startswith(f"tables/{analysis.name}-")]
        assert len(files) == len(tables)
        # Of few rows per group the shareable edition of the hostile audit keeps no table of these.
        assert tables or (edition.name, analysis.name) in {
            ("shareable", "calibration"),
            ("shareable", "cases"),
            ("shareable", "individual"),
        }


def together(text):
    return "".join(text.split())


def test_alternative_text_has_the_numbers_of_its_exhibit(credit):
    """Alternative text cannot carry `<data>`: each of its numbers stands as such beside it."""
    checked = 0
    for each in credit.editions:
        for image in each.page.all("img"):
            exhibit = next(node for node in image.above() if "exhibit" in node.classes)
            beside = {together(node.text) for node in exhibit.all("data")}
            names = [together(node.text) for node in exhibit.all("bdi")]
            for number in re.findall(r"[+−]?\d(?:[\d.\u202f]*\d)?(?:\u202f%)?", image["alt"]):
                found = together(number)
                assert found in beside or any(found in name for name in names), image["alt"]
                checked += 1
    assert checked > 10


def numbers_in(value):
    if isinstance(value, bool | str) or value is None:
        return
    if isinstance(value, int | float):
        yield float(value)
    else:
        for item in value:
            yield from numbers_in(item)


def test_figures_draw_what_their_tables_print(credit, monkeypatch):
    drawn = []

    def noting(*args, **kwargs):
        given = {number for value in (*args, *kwargs.values()) for number in numbers_in(value)}
        drawn.append(given - {1.0})  # the reference group stands at one
        return "<svg/>"

    for module, name in ((intervals, "interval_dots"), (intervals, "forest"), (bars, "paired_bars")):
        monkeypatch.setattr(module, name, noting)
    audit = credit.outcome.audit
    dossier = compose((audit.bundle, audit.verdicts, audit.environment, audit.human), "restricted", ANALYSES)
    known = dossier.bundle.measures()
    limits = {criterion.at_least for criterion in audit.verdicts.criteria}
    figures = [
        (section, figure)
        for section in dossier.sections
        for figure in section.figures
        if figure.svg == "<svg/>"
    ]
    assert len(figures) == len(drawn) > 10
    for (section, figure), numbers in zip(figures, drawn, strict=True):
        table = section.evidence.table(figure.table)
        printed = set(limits)
        for cell in itertools.chain.from_iterable(table.rows):
            measure = known.get(getattr(cell, "measure", ""))
            if measure is not None:
                ends = (measure.interval.low, measure.interval.high) if measure.interval else ()
                printed |= {measure.value, *ends}
                if measure.unit == "points" and measure.value is not None:
                    printed |= {100.0 * number for number in (measure.value, *ends)}
        assert numbers
        assert numbers <= printed, figure.name


def missing_listed(page):
    return [item for box in page.all("div", cls="missing") for item in box.all("li")]


def test_missing_statements_are_counted_on_page_one(edition):
    (box,) = edition.page.all("p", cls="gap-box")
    missing, total = (int(node["value"].partition(".")[0]) for node in box.all("data"))
    assert total == 43
    stated = {*edition.human["statements"], "criteria"}  # declared criteria are a statement
    assert missing == len(missing_listed(edition.page)) == total - len(stated)
    assert len({item.text for item in missing_listed(edition.page)}) == missing


def test_nothing_stated_is_a_whole_dossier_too(unstated):
    page, files, errors = unstated
    assert errors == []
    (box,) = page.all("p", cls="gap-box")
    counted = int(box.all("data")[0]["value"].partition(".")[0])
    # The criteria come with the plan; everything else is missing.
    assert counted == len(missing_listed(page)) == 42
    assert page.all(cls="stated") == []
    assert page.all("h1")[0].text == "Model audit dossier"
    levels = outline(page)
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    assert files["packet.pdf"].startswith(b"%PDF")


def test_nothing_judged_is_said(hostile):
    """Without a criterion the summary and the limitations say that nothing is judged."""
    audit = hostile.outcome.audit
    verdicts = audit.verdicts.model_copy(update={"criteria": (), "verdicts": ()})
    evidence = tuple(each.model_copy(update={"limitations": ()}) for each in audit.bundle.evidence)
    bundle = Bundle.model_validate(audit.bundle.model_copy(update={"evidence": evidence}))
    page = read(render_html(compose((bundle, verdicts, audit.environment, Human()), "restricted", ANALYSES)))
    assert "No criterion was declared" in page.one("summary").text
    assert "No criterion was declared" in page.one("limitations").text
    assert page.all(cls="verdicts") == []
