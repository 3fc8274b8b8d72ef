"""Paper: tagged, numbered, the same bytes twice; anything the engine warns of is a failure."""

import builtins
import io
import json
import logging

import pytest
from fabricated import fabricated

from explainaudit.errors import OutputFailed
from explainaudit.rendering.html import render_html
from explainaudit.rendering.pdf import render_pdf
from explainaudit.wording.writer import explain_error

pypdf = pytest.importorskip("pypdf")
weasyprint = pytest.importorskip("weasyprint", exc_type=(ImportError, OSError))

SMALL = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>t</title></head><body>{}</body></html>'
)


@pytest.fixture(scope="module")
def pdf(dossier):
    return render_pdf(render_html(dossier), dossier)


@pytest.fixture(scope="module")
def reader(pdf):
    return pypdf.PdfReader(io.BytesIO(pdf))


def test_every_page_is_numbered(reader):
    pages = len(reader.pages)
    assert pages > 8
    for number, page in enumerate(reader.pages, start=1):
        assert f"Page {number} of {pages}" in page.extract_text()


def test_the_lines_that_run(reader, dossier):
    for page in reader.pages[1:]:
        text = page.extract_text()
        assert "DRAFT until signed" in text
        assert "Classification not provided" in text
        assert f"Dossier {dossier.bundle_digest[:12]}" in text
        assert dossier.bundle.provenance.model.digest[:12] in text


def test_the_summary_is_one_page(reader):
    assert "Key results" in reader.pages[1].extract_text()
    assert "Flags raised by the tool" in reader.pages[1].extract_text()
    assert "Questions and answers" in reader.pages[2].extract_text()[:200]
    assert "Contents" in reader.pages[3].extract_text()[:200]


def test_it_is_tagged_titled_and_bookmarked(reader, dossier):
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert "Consumer credit default score" in reader.metadata.title
    titles = [entry.title for entry in reader.outline if not isinstance(entry, list)]
    assert len(titles) == 3 + 1 + len(dossier.sections) + 4  # cover to purpose, contents, analyses, the end


def test_the_bundle_is_attached(reader, dossier):
    (name,) = reader.attachments
    assert name == "bundle.json"
    (content,) = reader.attachments[name]
    assert content == dossier.bundle.canonical()
    assert json.loads(content)["schema_version"] == dossier.bundle.schema_version


def test_only_the_documents_fonts(reader):
    names = set()
    for page in reader.pages:
        names |= {
            str(font.get_object()["/BaseFont"]) for font in page["/Resources"].get("/Font", {}).values()
        }
    assert names
    assert {name.partition("+")[2].removesuffix("-Bold") for name in names} == {"Audit-Text", "Audit-Sans"}


def test_equal_inputs_give_equal_bytes(pdf):
    again = fabricated()
    assert render_pdf(render_html(again), again) == pdf


@pytest.mark.parametrize(
    "body",
    [
        '<img alt="a" src="http://127.0.0.1:9/x.png">',
        '<img alt="a" src="file:///etc/hostname">',
        '<p style="no-such-property: 1">a</p>',
        '<a rel="attachment" href="file:///etc/hostname">a</a>',
        '<style>@import url("http://127.0.0.1:9/x.css");</style><p>a</p>',
        '<style>@font-face { font-family:x; src: url("explainaudit-font:../../secret.ttf") }</style>',
        '<img alt="a" src="data:image/svg+xml,<svg xmlns=\'http://www.w3.org/2000/svg\'>'
        "<image href='http://127.0.0.1:9/x.png'/></svg>\">",
    ],
    ids=[
        "remote image",
        "local file",
        "unknown property",
        "attachment",
        "import",
        "font outside",
        "image in svg",
    ],
)
def test_what_the_engine_would_leave_out_is_refused(dossier, body):
    with pytest.raises(OutputFailed) as refused:
        render_pdf(SMALL.format(body), dossier)
    assert refused.value.code == "E911"
    assert all(explain_error(refused.value))


def test_a_missing_library_names_the_remedy(dossier, monkeypatch):
    importing = builtins.__import__

    def without_pango(name, *args, **kwargs):
        if name == "weasyprint":
            raise OSError("cannot load library 'libpango-1.0-0'\nmore")
        return importing(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without_pango)
    with pytest.raises(OutputFailed) as missing:
        render_pdf(SMALL.format("<p>a</p>"), dossier)
    what, mend = explain_error(missing.value)
    assert missing.value.code == "E910"
    assert missing.value.exit_code == 9
    assert "cannot load library" in what
    assert "more" not in what
    assert "apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0" in mend


def test_the_engines_log_is_left_as_it_was(dossier):
    logger = logging.getLogger("weasyprint")
    before = (logger.level, logger.propagate, logger.handlers[:])
    render_pdf(SMALL.format("<p>a</p>"), dossier)
    assert (logger.level, logger.propagate, logger.handlers) == before


@pytest.mark.parametrize(("size", "points"), [("A4", (595, 842)), ("Letter", (612, 792))])
def test_the_page_has_the_size_asked_for(dossier, size, points):
    documents = dossier.human.documents.model_copy(update={"page_size": size})
    human = dossier.human.model_copy(update={"documents": documents})
    pdf = render_pdf(SMALL.format("<p>a</p>"), dossier.model_copy(update={"human": human}))
    (page,) = pypdf.PdfReader(io.BytesIO(pdf)).pages
    assert (round(page.mediabox.width), round(page.mediabox.height)) == points
