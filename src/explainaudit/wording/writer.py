"""Messages and measures turned into text or HTML, in one language and the words of one field."""

from collections.abc import Callable, Container, Mapping
from string import Formatter

from markupsafe import Markup, escape

from explainaudit.errors import AuditError
from explainaudit.records.measure import Measure, anchor
from explainaudit.records.message import Message, Name, Param, Ref, Series
from explainaudit.records.plan import Words
from explainaudit.records.table import Cell
from explainaudit.wording.catalogue import catalogue
from explainaudit.wording.names import shown
from explainaudit.wording.numbers import format_declared, format_number

NAME_LIMIT = 60
LONG_WORD = 12


class Writer:
    """Words messages for one document.

    Parameters
    ----------
    measures : mapping of str to Measure
        Every measure that a message may refer to, by id.
    words : Words
        The plan's words for people and decisions.
    covered : container of int, optional
        Code points the document's fonts can draw.
    name_limit : int, optional
        Longest name shown, in characters; ``None`` for names whole.
    locale : str
        A folder of the catalogue.
    """

    def __init__(
        self,
        measures: Mapping[str, Measure],
        words: Words | None = None,
        *,
        covered: Container[int] | None = None,
        name_limit: int | None = NAME_LIMIT,
        locale: str = "en",
    ) -> None:
        self._measures = measures
        self._words = (words or Words()).model_dump()
        self._covered = covered
        self._name_limit = name_limit
        self._texts = catalogue(locale)
        self._anchored: set[str] = set()

    def text(self, message: Message) -> str:
        """Return a message as plain text."""
        return self._fill(message, lambda part: part, self.cell_text)

    def html(self, message: Message) -> Markup:
        """Return a message as HTML; numbers stand in ``<data data-measure value>``."""
        written = self._fill(message, lambda part: str(escape(part)), lambda cell: str(self.cell_html(cell)))
        return Markup(written)  # noqa: S704 - every part is escaped

    def cell_text(self, cell: Cell | Series) -> str:
        """Return a table cell or parameter as plain text."""
        match cell:
            case None:
                return ""
            case Name(text=text):
                return self.name(text, self._name_limit)
            case Ref():
                return self._number(cell)[0]
            case Message():
                return self.text(cell)
            case Series(items=items):
                return self._joined([self.cell_text(item) for item in items])

    def cell_html(self, cell: Cell | Series) -> Markup:
        """Return a table cell or parameter as HTML."""
        match cell:
            case None:
                return Markup("")
            case Name(text=text):
                seen = self.name(text, self._name_limit)
                # Only a long word may be cut anywhere: a short one cut in a narrow cell reads badly.
                classes = "name" if all(len(word) <= LONG_WORD for word in seen.split()) else "name long"
                return Markup('<bdi class="{}">{}</bdi>').format(classes, seen)
            case Ref():
                return self._data(cell)
            case Message():
                return self.html(cell)
            case Series(items=items):
                return Markup(self._joined([str(self.cell_html(item)) for item in items]))  # noqa: S704 - items are escaped

    def name(self, text: str, limit: int | None = NAME_LIMIT) -> str:
        """Return user text as it may be shown (see `explainaudit.wording.names.shown`)."""
        if not text.strip():
            text = self._texts["name.blank" if text else "name.empty"]
        return shown(text, covered=self._covered, limit=limit)

    def has(self, key: str) -> bool:
        """Return whether the catalogue knows a key."""
        return key in self._texts

    def anchors_start_anew(self) -> None:
        """Forget which anchors were given: the next document starts."""
        self._anchored.clear()

    def _fill(self, message: Message, literal: Callable[[str], str], param: Callable[[Param], str]) -> str:
        written = []
        for text, field, _, _ in Formatter().parse(self._template(message)):
            written.append(literal(text))
            if field is None:
                continue
            if field in message.params:
                written.append(param(message.params[field]))
            else:
                written.append(literal(self.name(self._words[field])))
        return "".join(written)

    def _template(self, message: Message) -> str:
        """Return the text of a key; ``key.one`` if there is one and the count ``n`` is one."""
        count = message.params.get("n")
        if isinstance(count, Ref) and f"{message.key}.one" in self._texts:
            measure = self._measures.get(count.measure)
            if measure is not None and measure.value == 1:
                return self._texts[f"{message.key}.one"]
        return self._texts[message.key]

    def _number(self, ref: Ref) -> tuple[str, str]:  # noqa: PLR0911 - one return per part
        """Return what a reader sees of a reference, and the exact value in machine form."""
        measure = self._measures[ref.measure]
        if ref.part == "n":
            if measure.reason == "suppressed" or measure.n is None:
                return self._missing(measure), ""
            return format_number(measure.n, "count"), repr(measure.n)
        if measure.value is None:
            return self._missing(measure), ""
        if ref.part == "value":
            declared = measure.analysis == "criteria" and measure.metric.startswith("at_")
            written = (format_declared if declared else format_number)(measure.value, measure.unit)
            return written, repr(measure.value)
        if measure.interval is None:
            return self._texts["symbol.not_applicable"], ""
        low, high = measure.interval.low, measure.interval.high
        if ref.part == "interval":
            ends = format_number(low, measure.unit), format_number(high, measure.unit)
            return self._texts["symbol.interval"].format(*ends), f"{low!r} {high!r}"
        end = low if ref.part == "low" else high
        return format_number(end, measure.unit), repr(end)

    def _missing(self, measure: Measure) -> str:
        key = f"symbol.{measure.reason}"
        return self._texts[key if key in self._texts else "symbol.not_estimable"]

    def _data(self, ref: Ref) -> Markup:
        seen, value = self._number(ref)
        name = anchor(ref.measure)
        identity = Markup("")
        if ref.part == "value" and name not in self._anchored:
            self._anchored.add(name)
            identity = Markup(' id="{}"').format(name)
        return Markup('<data{} data-measure="{}" data-part="{}" value="{}">{}</data>').format(
            identity, name, ref.part, value, seen
        )

    def _joined(self, items: list[str]) -> str:
        if len(items) < 2:
            return "".join(items)
        return self._texts["list.last"].format(self._texts["list.comma"].join(items[:-1]), items[-1])


def explain_error(error: AuditError, locale: str = "en") -> tuple[str, str]:
    """Return what is wrong and how to mend it, in words, for an error's code and parameters."""
    texts = catalogue(locale)
    params = {name: shown(str(value), limit=400) for name, value in error.params.items()}
    entry = f"error.{error.code}"
    fields = {"where": shown(error.where, limit=400), **params}
    return (
        Formatter().vformat(texts[f"{entry}.what"], (), fields),
        Formatter().vformat(texts[f"{entry}.mend"], (), fields),
    )
