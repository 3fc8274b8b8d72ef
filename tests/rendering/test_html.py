"""One offline page: pinned styles, no script, sound structure, numbers that lead back to measures."""

import base64
import hashlib
import itertools
import re
from html.parser import HTMLParser

import pytest
from fabricated import HOSTILE, fabricated

from explainaudit.charts.fonts import covered
from explainaudit.records.measure import anchor
from explainaudit.rendering.counts import all_measures
from explainaudit.rendering.html import render_html
from explainaudit.rendering.templates import template_root
from explainaudit.wording.catalogue import catalogue
from explainaudit.wording.names import shown
from explainaudit.wording.writer import NAME_LIMIT

VOID = {"meta", "img", "br", "hr", "link", "input"}


class Page(HTMLParser):
    """Elements in order, each with its attributes, its text and the elements it stands in."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.elements, self.open, self.errors = [], [], []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        element = {
            "tag": tag,
            "text": "",
            "in": [e["tag"] for e in self.open],
            **{f"@{k}": v or "" for k, v in attrs},
        }
        if len({name for name, _ in attrs}) != len(attrs):
            self.errors.append(("attribute twice", tag, attrs))
        self.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag):
        if not self.open or self.open[-1]["tag"] != tag:
            self.errors.append(("closed", tag, [e["tag"] for e in self.open]))
        else:
            self.open.pop()

    def handle_data(self, data):
        for element in self.open:
            element["text"] += data

    def all(self, *tags):
        return [element for element in self.elements if element["tag"] in tags]


@pytest.fixture(scope="module")
def html(dossier):
    return render_html(dossier)


@pytest.fixture(scope="module")
def page(html):
    return Page(html)


def test_elements_are_closed(page):
    assert page.errors == []
    assert page.open == []


def test_nothing_runs_and_nothing_is_fetched(page):
    assert page.all("script", "link", "iframe", "object", "embed", "form", "base") == []
    for element in page.elements:
        assert "@style" not in element
        assert not [name for name in element if name.startswith("@on")]
        assert element.get("@src", "data:").startswith("data:image/svg+xml;base64,") or "@src" not in element
        assert element.get("@href", "#").startswith("#")


def test_the_policy_pins_the_style_sheet(html, page):
    first, second = page.all("meta")[:2]
    assert first["@charset"] == "utf-8"
    assert second["@http-equiv"] == "Content-Security-Policy"
    assert "default-src 'none'" in second["@content"]
    (style,) = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"'sha256-{digest}'" in second["@content"]
    assert "url(" not in style
    assert "@accent@" not in style


def test_the_accent_is_the_organisations(dossier):
    documents = dossier.human.documents.model_copy(update={"accent": "#123456"})
    human = dossier.human.model_copy(update={"documents": documents})
    assert "--accent: #123456;" in render_html(dossier.model_copy(update={"human": human}))


def test_headings_go_down_one_step_at_a_time(page):
    levels = [int(heading["tag"][1]) for heading in page.all("h1", "h2", "h3", "h4", "h5", "h6")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


def test_landmarks_and_language(page):
    assert page.all("html")[0]["@lang"] == "en"
    assert page.all("title")[0]["text"]
    assert [len(page.all(tag)) for tag in ("header", "main", "nav")] == [1, 1, 1]
    assert all(element["in"][:2] == ["html", "body"] for element in page.all("main", "header"))


def test_identifiers_are_unique_and_links_arrive(page):
    identifiers = [element["@id"] for element in page.elements if "@id" in element]
    assert len(identifiers) == len(set(identifiers))
    targets = {element["@href"][1:] for element in page.all("a")}
    labels = {element["@aria-labelledby"] for element in page.elements if "@aria-labelledby" in element}
    assert targets | labels <= set(identifiers)


def test_no_identifier_comes_from_a_name(page):
    assert all(re.fullmatch(r"[a-z]+(-[a-z0-9]+)*", e["@id"]) for e in page.elements if "@id" in e)


def test_every_figure_has_words_and_a_table(page, dossier):
    figures = page.all("figure")
    assert len(figures) == sum(len(section.figures) for section in dossier.sections)
    assert all(image["@alt"].strip() for image in page.all("img"))
    assert len(page.all("figcaption")) == len(page.all("img")) == len(figures)
    tables = {table["@id"] for table in page.all("table")}
    sources = {link["@href"][1:] for link in page.all("a") if "figcaption" in link["in"]}
    assert sources <= tables


def test_every_table_is_titled_and_headed(page):
    tables = page.all("table")
    assert len(page.all("caption")) == len(tables)
    assert all(cell["@scope"] in {"col", "row"} for cell in page.all("th"))
    scrolling = [element for element in page.all("div") if "scroll" in element.get("@class", "").split()]
    assert len(scrolling) == len(tables) + len(page.all("img"))
    assert all(element["@tabindex"] == "0" and element["@role"] == "region" for element in scrolling)


def test_numbers_lead_back_to_measures(page, dossier):
    known = {anchor(identifier): measure for identifier, measure in all_measures(dossier).items()}
    numbers = page.all("data")
    assert numbers
    for number in numbers:
        measure = known[number["@data-measure"]]
        if number["@data-part"] == "value":
            assert number["@value"] == ("" if measure.value is None else repr(measure.value))


def test_numeric_cells_hold_only_measures(page):
    cells = [e for e in page.all("td") if e.get("@class") == "num"]
    assert cells
    outside = [cell["text"] for cell in cells if re.search(r"\d", cell["text"])]
    inside = [e["text"] for e in page.all("data") if "td" in e["in"] and re.search(r"\d", e["text"])]
    assert [text.rstrip("†") for text in outside] == inside


@pytest.mark.parametrize("name", HOSTILE)
def test_names_are_inert(page, html, name):
    assert name not in html or not set(name) & set('<>"&\u202e')
    assert shown(name, covered=covered(), limit=NAME_LIMIT) in {bdi["text"] for bdi in page.all("bdi")}


def test_a_name_is_shown_as_it_is(page):
    assert any(bdi["text"] == HOSTILE[0] for bdi in page.all("bdi"))
    assert any(bdi["text"] == HOSTILE[1] for bdi in page.all("bdi"))
    assert any(bdi["text"] == "gro⟨U+202E⟩up" for bdi in page.all("bdi"))


def test_missing_statements_are_counted_and_named(page, dossier):
    missing = sum(not field.provided for field in dossier.statements)
    (box,) = [p for p in page.all("p") if p.get("@class") == "gap-box"]
    assert box["text"].startswith(f"{missing} of {len(dossier.statements)} statements")
    boxes = [div["text"] for div in page.all("div") if div.get("@class") == "missing"]
    assert sum(len(re.findall(r"Legal basis for processing them", text)) for text in boxes) == 1


def test_statements_say_who_speaks(page):
    bylines = [p["text"] for p in page.all("p") if p.get("@class") == "byline"]
    assert bylines
    assert all(text.startswith("Stated by Head of credit risk, model owner, 2026-11-03") for text in bylines)


def test_nothing_stated_gives_a_whole_page():
    html = render_html(fabricated(statements=False))
    assert Page(html).errors == []
    assert "40 of 40" not in html  # numbers stand in <data>
    assert ">43</data> statements not provided" in html


def test_an_analysis_without_an_answer_says_why(page):
    (section,) = [s for s in page.all("section") if s.get("@id") == "s-drift"]
    assert "an input that it needs was not supplied" in section["text"]
    assert "No conclusion should be drawn from its absence." in section["text"]


def test_equal_dossiers_give_equal_pages(html):
    assert render_html(fabricated()) == html


def test_links_hold_text_only(page):
    """WeasyPrint tags an element inside a link as a second link, which PDF/UA refuses."""
    assert [element for element in page.elements if "a" in element["in"]] == []


def test_documents_have_no_idle_words():
    source = "".join(file.read_text(encoding="utf-8") for file in template_root().rglob("*.html"))
    families = [*re.findall(r'"(document\.\w*_)" ~', source), "document.restricted", "document.shareable"]
    written = set(re.findall(r'"(document\.\w+)"', source)) | {
        "document.page_of",
        "document.attachment_bundle",
    }
    idle = {key for key in catalogue("en") if key.startswith("document.")} - written
    assert {key for key in idle if not key.startswith(tuple(families))} == set()


def test_without_key_results_there_is_a_sentence_and_no_bare_header(dossier):
    bare = dossier.model_copy(update={"key_results": dossier.key_results.model_copy(update={"rows": ()})})
    html = render_html(bare)
    assert catalogue("en")["document.summary_results_none"] in html
    assert 'id="key-results"' not in html
    assert 'id="key-results"' in render_html(dossier)
