"""The HTML on paper: tagged, numbered, with the bundle attached. The only module that names WeasyPrint."""

import datetime
import hashlib
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from string import Formatter
from typing import TYPE_CHECKING, Any

from explainaudit.charts.fonts import FACES, font_file
from explainaudit.errors import OutputFailed
from explainaudit.records.dossier import Dossier
from explainaudit.rendering.templates import template_root
from explainaudit.wording.catalogue import catalogue

if TYPE_CHECKING:
    from weasyprint import Attachment

FONT_SCHEME = "explainaudit-font:"


def render_pdf(html: str, dossier: Dossier) -> bytes:
    """Return the HTML as a tagged PDF (PDF/UA-1), with the edition's bundle attached.

    Nothing is fetched: images come from data addresses, fonts from matplotlib's wheel. Equal
    inputs give equal bytes; the only date in the file is the dossier's own.

    Parameters
    ----------
    html : str
        What `explainaudit.rendering.html.render_html` returned.
    dossier : Dossier
        The same dossier, for its page size, its date and its bundle.

    Returns
    -------
    bytes
        The PDF.

    Raises
    ------
    OutputFailed
        E910 when WeasyPrint or Pango cannot be loaded; E911 when the engine reported anything at
        all: a refused address, an unknown property, a character without a glyph.
    """
    weasyprint = _engine()
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import FatalURLFetchingError

    fonts, fetcher = FontConfiguration(), _fetcher()
    try:
        with _nothing_reported():
            sheet = weasyprint.CSS(string=_paged_css(dossier), font_config=fonts, url_fetcher=fetcher)
            page = weasyprint.HTML(string=html, url_fetcher=fetcher, base_url=None)
            written = page.write_pdf(
                stylesheets=[sheet],
                font_config=fonts,
                attachments=[_bundle(dossier)],
                pdf_variant="pdf/ua-1",
                pdf_identifier=hashlib.sha256(html.encode()).digest()[:16],
                presentational_hints=False,
            )
    except FatalURLFetchingError as refused:
        raise OutputFailed("E911", detail=str(refused)) from None
    return bytes(written)


def pdf_version() -> str | None:
    """Return the version of the PDF library, or ``None`` where it cannot be used."""
    try:
        return str(_engine().__version__)
    except OutputFailed:
        return None


def _engine() -> Any:
    try:
        import weasyprint
    except (ImportError, OSError) as missing:
        lines = str(missing).strip().splitlines()
        raise OutputFailed("E910", detail=lines[0] if lines else type(missing).__name__) from missing
    return weasyprint


def _fetcher() -> Any:
    """Return a fetcher that reads data addresses and the document's fonts, and refuses all else."""
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

    class DenyAll(URLFetcher):  # type: ignore[misc]  # WeasyPrint is untyped
        def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
            if url.startswith(FONT_SCHEME):
                return URLFetcherResponse(url, body=font_file(url.removeprefix(FONT_SCHEME)).read_bytes())
            if not url.lower().startswith("data:"):
                raise FatalURLFetchingError(url[:80])
            return super().fetch(url, headers)

    return DenyAll(allowed_protocols={"data"}, allow_redirects=False)


class _Refusing(logging.Handler):
    """Keeps the first thing that the engine warned of."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.first: str | None = None

    def emit(self, record: logging.LogRecord) -> None:
        self.first = self.first or record.getMessage()


@contextmanager
def _nothing_reported() -> Iterator[None]:
    """Turn any warning of the engine into E911: it would otherwise go on with the piece missing."""
    logger, handler = logging.getLogger("weasyprint"), _Refusing()
    level, propagate, others = logger.level, logger.propagate, logger.handlers[:]
    logger.setLevel(logging.WARNING)
    logger.propagate = False
    logger.handlers[:] = [handler]
    try:
        yield
    finally:
        logger.setLevel(level)
        logger.propagate = propagate
        logger.handlers[:] = others
    if handler.first is not None:
        raise OutputFailed("E911", detail=handler.first[:200])


def _bundle(dossier: Dossier) -> "Attachment":
    from weasyprint import Attachment

    moment = datetime.datetime.fromisoformat(dossier.environment.date)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=datetime.UTC)
    return Attachment(
        string=dossier.bundle.canonical(),
        name="bundle.json",
        description=catalogue("en")["document.attachment_bundle"],
        created=moment,
        modified=moment,
        relationship="Data",
    )


def _paged_css(dossier: Dossier) -> str:
    """Return the rules for paper with faces, page size and the words of the page number filled in."""
    faces = "\n".join(
        f'@font-face {{ font-family: "{family}"; font-weight: {weight}; src: url("{FONT_SCHEME}{file}") }}'
        for family, weight, file in FACES
    )
    pieces = []
    for text, field, _, _ in Formatter().parse(catalogue("en")["document.page_of"]):
        pieces.append(f'"{text}"')
        if field:
            pieces.append(f"counter({field})")
    css = (template_root() / "paged.css").read_text(encoding="utf-8")
    tokens = {
        "@faces@": faces,
        "@size@": dossier.human.documents.page_size,
        "@page_of@": " ".join(pieces),
    }
    for token, text in tokens.items():
        css = css.replace(token, text)
    return css
