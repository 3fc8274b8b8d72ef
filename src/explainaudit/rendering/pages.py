"""All files of one edition's documents, and what went wrong with them."""

from explainaudit.errors import AuditError, OutputFailed
from explainaudit.records.dossier import Dossier
from explainaudit.rendering.csv_files import csv_files
from explainaudit.rendering.html import render_html
from explainaudit.rendering.pdf import render_pdf


def pages(dossier: Dossier) -> tuple[dict[str, bytes], list[AuditError]]:
    """Return the files of a dossier by name. Without a PDF library the HTML is made all the same."""
    html = render_html(dossier)
    files = {"packet.html": html.encode(), **csv_files(dossier)}
    try:
        files["packet.pdf"] = render_pdf(html, dossier)
    except OutputFailed as error:
        return files, [error]
    return files, []
