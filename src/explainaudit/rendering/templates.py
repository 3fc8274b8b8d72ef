"""Where the templates are, and the one environment that fills them: every word through the Writer."""

import base64
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from explainaudit.errors import OutputFailed
from explainaudit.records.measure import Measure, measure_id
from explainaudit.records.message import Message, Name, Ref
from explainaudit.records.table import Cell
from explainaudit.wording.catalogue import catalogue
from explainaudit.wording.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jinja2 import Environment

_DIGEST = re.compile("[0-9a-f]{64}")  # longer than a name may be, and never to be cut
CHIPS = {"status", "level"}  # messages of these families are shown as chips, text first


def template_root() -> Path:
    """Return the folder of the templates: inside the wheel, or the repository's own.

    Raises
    ------
    OutputFailed
        E912 when neither is there.
    """
    package = Path(__file__).parent.parent
    for folder in (package / "templates", package.parent.parent / "templates"):
        if (folder / "packet.html").is_file():
            return folder
    raise OutputFailed("E912")


def environment(writer: Writer, measures: "Mapping[str, Measure]") -> "Environment":
    """Return the environment of one document. Its filters are the only way to print anything.

    ``say`` a message · ``plain`` the same as text, for attributes · ``cell`` a table cell ·
    ``name`` a name from the user · ``line`` a statement in one line · ``short`` the same cut to a
    length · ``prose`` a statement in paragraphs · ``digest`` a digest · ``image`` an SVG as a data
    address. ``t(key)`` says a text of the catalogue, ``label(key)`` one that holds the document's
    own numbering, dates or digests, and ``count(metric)`` refers to one of the document's counts.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader(template_root()),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(
        say=writer.html,
        plain=writer.text,
        cell=lambda cell: _cell(writer, measures, cell),
        name=lambda text: writer.cell_html(Name(text=text)),
        short=lambda text, limit: writer.name(" ".join(text.split()), limit),
        line=lambda text: writer.cell_html(Name(text=" ".join(text.split()))),
        prose=lambda text: _prose(writer, text),
        digest=lambda text: Markup("<code>{}</code>").format(writer.name(text, None)),
        image=lambda svg: "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode(),
    )
    made.globals.update(
        t=lambda key, **params: writer.html(message(key, **params)),
        plain=lambda key, **params: writer.text(message(key, **params)),
        label=label,
        count=count,
    )
    return made


def message(key: str, **params: Any) -> Message:
    """Return a message; plain texts among its parameters are text from the user."""
    worded = {name: Name(text=value) if isinstance(value, str) else value for name, value in params.items()}
    return Message(key=key, params=worded)


def label(key: str, **values: str) -> Markup:
    """Return a catalogue text filled with the document's own numbering, dates or digests."""
    return escape(catalogue("en")[key]).format(**values)


def count(metric: str, **dimensions: str) -> Ref:
    """Return a reference to one of the document's own counts (see `explainaudit.rendering.counts`)."""
    return Ref(measure=measure_id("document", metric, dimensions))


def _cell(writer: Writer, measures: "Mapping[str, Measure]", cell: Cell) -> Markup:
    if cell is None:
        return writer.html(Message(key="symbol.not_applicable"))
    if isinstance(cell, Name) and _DIGEST.fullmatch(cell.text):
        return Markup("<code>{}</code>").format(cell.text)
    if isinstance(cell, Message) and cell.key.partition(".")[0] in CHIPS:
        family, _, value = cell.key.partition(".")
        return Markup('<span class="chip {}-{}">{}</span>').format(family, value, writer.html(cell))
    written = writer.cell_html(cell)
    if isinstance(cell, Ref) and cell.part == "value" and _few(measures[cell.measure]):
        mark = Message(key=f"legend_symbol.{measures[cell.measure].tier}")
        written += Markup('<span class="dagger">{}</span>').format(writer.html(mark))
    return written


def _few(measure: Measure) -> bool:
    return measure.value is not None and measure.tier in {"indicative", "insufficient"}


def _prose(writer: Writer, text: str) -> Markup:
    lines = (line.strip() for line in text.splitlines())
    paragraphs = (Markup("<p>{}</p>").format(writer.name(line, None)) for line in lines if line)
    return Markup("").join(paragraphs)
