"""The PDF of a whole run: numbered, tagged, outlined, one page of summary, the bundle inside, equal twice."""

import re

import pytest

from explainaudit.analyses import ANALYSES
from explainaudit.composing import compose
from explainaudit.rendering import pages

pytest.importorskip("pypdf")
pytest.importorskip("weasyprint", exc_type=(ImportError, OSError))
pytestmark = pytest.mark.whole


def together(text):
    """Return text without spaces: a PDF keeps places, not spaces."""
    return re.sub(r"\s+", "", text)


def test_every_page_is_numbered_and_marked(edition):
    shown = edition.paper
    dossier = edition.page.all("dd")[0].text
    assert len(shown) > 10
    for number, text in enumerate(shown, start=1):
        assert f"Page {number} of {len(shown)}" in text
        assert f"Dossier {dossier}" in text
        assert edition.environment["date"] in text
        assert "DRAFT until signed" in text
        assert f"{edition.name} edition" in " ".join(text.split())


def test_no_page_is_empty(edition):
    for text in edition.paper:
        assert len(together(text)) > 250


def test_every_chapter_is_in_the_outline(edition):
    titles = [together(entry.title) for entry in edition.pdf.outline if not isinstance(entry, list)]
    assert titles == [together(heading.text) for heading in edition.page.all("h2")]
    for entry in edition.pdf.outline:
        if not isinstance(entry, list):
            start = edition.pdf.get_destination_page_number(entry)
            assert together(entry.title.partition(" ")[2][:20]) in together(edition.paper[start])


def test_the_summary_is_one_page(edition):
    """All of it stands on page two; every question with its answer follows, and then the contents."""
    summary = edition.page.one("summary")
    second = together(edition.paper[1])
    assert "1Summary" in second
    for block in summary.blocks():
        assert together(block) in second, block
    assert "Questions and answers" in edition.paper[2][:400]
    assert "Contents" in edition.paper[3][:400]
    assert not any("1Summary" in together(text) for text in (edition.paper[0], *edition.paper[4:]))


def test_the_same_key_results_as_on_screen(edition):
    rows = edition.page.one("key-results").all("tr")
    assert 4 <= len(rows) <= 8
    for row in rows:
        assert together(row.text) in together(edition.paper[1])


def test_the_same_answers_and_numbers_as_on_screen(edition):
    paper = together("".join(edition.paper))
    for lead in edition.page.all("p", cls="lead"):
        assert together(lead.text) in paper
    for node in edition.page.all("data"):
        assert together(node.text) in paper


def test_it_is_tagged_titled_and_in_a_language(edition):
    root = edition.pdf.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/StructTreeRoot"]
    assert root["/Lang"] == "en"
    assert edition.pdf.metadata.title == edition.page.all("title")[0].text
    assert str(edition.pdf.metadata.get("/CreationDate", "")).startswith("D:20260102")


def test_the_bundle_of_this_edition_is_attached(edition):
    assert list(edition.pdf.attachments) == ["bundle.json"]
    assert edition.pdf.attachments["bundle.json"] == [edition.bytes("bundle.json")]


def test_nothing_but_links_within_the_document(edition):
    for page in edition.pdf.pages:
        for note in page.get("/Annots", []):
            action = note.get_object().get("/A", {})
            assert "/URI" not in action
            assert action.get("/S") in {None, "/GoTo"}
    assert not {"/JavaScript", "/OpenAction", "/AA"} & set(edition.pdf.trailer["/Root"])


def test_no_debris_of_code(credit):
    said = [statement["text"] for statement in credit.restricted.human["statements"].values()]
    words = {"None", "nan", "NaN", "N/A", "Traceback"}
    stated = sum(len(re.findall(r"\bNone\b", text)) for text in said)
    for each in credit.editions:
        text = "\n".join(each.paper)
        found = re.findall(rf"(?<!\w)(?:{'|'.join(map(re.escape, words))})(?!\w)", text)
        assert found == ["None"] * stated
        assert "{'" not in text
        assert not re.findall(r"\d[.,]\d{7,}", text)


def test_the_same_records_give_the_same_bytes(hostile):
    audit = hostile.outcome.audit
    records = (audit.bundle, audit.verdicts, audit.environment, audit.human)
    files, errors = pages(compose(records, "restricted", ANALYSES))
    assert errors == []
    documents = {name for name in hostile.restricted.files if name.endswith((".html", ".pdf", ".csv"))}
    assert documents == set(files)
    for name, content in files.items():
        assert content == hostile.restricted.bytes(name), name
