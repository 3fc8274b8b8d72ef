"""One document for one edition, ready to be laid out."""

from typing import Literal

from explainaudit.records.bundle import Bundle, Environment
from explainaudit.records.evidence import Card, Evidence, Limitation
from explainaudit.records.measure import Measure
from explainaudit.records.message import Message
from explainaudit.records.plan import Human
from explainaudit.records.record import Record
from explainaudit.records.table import Table
from explainaudit.records.verdict import Verdicts

Edition = Literal["restricted", "shareable"]


class Figure(Record):
    """A picture with its caption, its alternative text and the table that holds its numbers."""

    name: str
    svg: str
    caption: Message
    alt: Message
    table: str


class Section(Record):
    """One analysis on the page: question, answer, and everything that is shown under it."""

    analysis: str
    question: Message
    evidence: Evidence
    figures: tuple[Figure, ...] = ()
    verdicts: Verdicts = Verdicts()


class Field(Record):
    """One statement asked of people: its key, and whether it was provided."""

    key: str
    label: Message
    provided: bool


class Dossier(Record):
    """Chapters made from the whole bundle, for one edition and language.

    ``numbers`` are the dossier's own figures (counts of what it contains), which stand in no bundle.
    """

    edition: Edition
    bundle: Bundle
    bundle_digest: str
    verdicts: Verdicts
    environment: Environment
    human: Human
    sections: tuple[Section, ...]
    key_results: Table
    statements: tuple[Field, ...]
    limitations: tuple[Limitation, ...]
    cards: tuple[Card, ...]
    methods: tuple[Table, ...]
    reproducibility: Table
    glossary: tuple[str, ...]
    numbers: tuple[Measure, ...] = ()
