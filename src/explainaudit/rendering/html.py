"""A dossier as one HTML file: no script, nothing fetched, one style sheet that the page pins by hash."""

import base64
import hashlib

from markupsafe import Markup

from explainaudit.charts.fonts import covered
from explainaudit.records.dossier import Dossier
from explainaudit.rendering.counts import all_measures
from explainaudit.rendering.layout import lay_out
from explainaudit.rendering.templates import environment, template_root
from explainaudit.wording.writer import Writer

ID_DIGITS = 12


def render_html(dossier: Dossier) -> str:
    """Return the audit packet as one offline HTML document.

    Equal dossiers give equal text. Every word passes through the `Writer`; the page holds no
    script, and its content security policy admits the one style sheet by its hash and images from
    data addresses, and nothing else.

    Parameters
    ----------
    dossier : Dossier
        One edition of everything to be shown.

    Returns
    -------
    str
        HTML.

    Raises
    ------
    OutputFailed
        E912 when the templates are missing.
    """
    measures = all_measures(dossier)
    writer = Writer(measures, dossier.human.words, covered=covered())
    css = style_sheet(dossier)
    return environment(writer, measures).get_template("packet.html").render(
        dossier=dossier,
        layout=lay_out(dossier),
        css=Markup(css),  # noqa: S704 - our own file; the accent is checked to be six hex digits
        style_hash=base64.b64encode(hashlib.sha256(css.encode()).digest()).decode(),
        dossier_id=dossier.bundle_digest[:ID_DIGITS],
        digits=ID_DIGITS,
    )  # fmt: skip


def style_sheet(dossier: Dossier) -> str:
    """Return the page's style sheet in the organisation's accent colour."""
    css = (template_root() / "page.css").read_text(encoding="utf-8")
    return "\n" + css.replace("@accent@", dossier.human.documents.accent)
