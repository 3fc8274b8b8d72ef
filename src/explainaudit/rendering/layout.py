"""What stands where: chapters and their numbers, exhibits and theirs, statements in their groups."""

import hashlib
from dataclasses import dataclass

from explainaudit.records.dossier import Dossier, Field, Figure, Section
from explainaudit.records.evidence import Card
from explainaudit.records.plan import Statement
from explainaudit.records.record import canonical_json
from explainaudit.records.table import Table

FIRST_ANALYSIS = 3  # after 0 cover, 1 summary, 2 purpose and responsibilities
ROWS_TOGETHER = 8  # a figure and its table of so many rows fit on one page

# A statement's group, by the first part of its key; stated limitations stand in their own chapter.
GROUPS = {
    "system": "system",
    "owner": "responsible",
    "developer": "responsible",
    "reviewer": "responsible",
    "approver": "responsible",
    "assurance": "responsible",
    "data": "data",
    "design": "design",
    "metrics": "design",
    "criteria": "design",
    "fairness": "fairness",
    "oversight": "oversight",
    "monitoring": "monitoring",
    "records": "monitoring",
    "classification": "monitoring",
}
STATED_LIMITS = ("system.out_of_scope", "system.boundaries", "data.gaps", "design.assumptions")


@dataclass(frozen=True)
class Drawn:
    """A figure with its number."""

    number: str
    figure: Figure


@dataclass(frozen=True)
class Exhibit:
    """A table with its number, and the figures drawn from it."""

    number: str
    table: Table
    drawn: tuple[Drawn, ...]

    @property
    def together(self) -> bool:
        """Whether figure and table stay on one page: they are small enough for it."""
        return len(self.drawn) <= 1 and len(self.table.rows) <= ROWS_TOGETHER

    @property
    def case(self) -> bool:
        """Whether the exhibit shows a single case."""
        return self.table.name.startswith("case:")


@dataclass(frozen=True)
class Chapter:
    """One analysis with its number and its exhibits in order."""

    number: int
    section: Section
    exhibits: tuple[Exhibit, ...]


@dataclass(frozen=True)
class Layout:
    """The order of the pages."""

    chapters: tuple[Chapter, ...]
    groups: tuple[tuple[str, tuple[Field, ...]], ...]
    stated_limits: tuple[Field, ...]
    limitations: int
    method: int
    reproducibility: int
    glossary: int
    cards: tuple[Card, ...]
    stated: dict[str, Statement]
    plan_digests: tuple[tuple[str, str], ...]


def lay_out(dossier: Dossier) -> Layout:
    """Return the layout of a dossier."""
    chapters = tuple(_chapter(FIRST_ANALYSIS + i, section) for i, section in enumerate(dossier.sections))
    after = FIRST_ANALYSIS + len(chapters)
    on_page = {card.name for section in dossier.sections for card in section.evidence.cards}
    return Layout(
        chapters=chapters,
        groups=_groups(dossier.statements),
        stated_limits=tuple(field for field in dossier.statements if field.key in STATED_LIMITS),
        limitations=after,
        method=after + 1,
        reproducibility=after + 2,
        glossary=after + 3,
        cards=tuple(card for card in dossier.cards if card.name not in on_page),
        stated=dict(dossier.human.statements),
        plan_digests=_plan_digests(dossier),
    )


def _plan_digests(dossier: Dossier) -> tuple[tuple[str, str], ...]:
    """Return the three digests of the plan: what to measure, criteria, and the human part."""
    verdicts = dossier.verdicts
    declared = [criterion.model_dump(mode="json") for criterion in verdicts.criteria]
    criteria = canonical_json({"entries": declared, "familywise": verdicts.familywise})
    return (
        ("measuring", dossier.bundle.provenance.plan.fingerprint()),
        ("criteria", hashlib.sha256(criteria).hexdigest()),
        ("human", dossier.human.fingerprint()),
    )


def _chapter(number: int, section: Section) -> Chapter:
    """Return a chapter with its exhibits numbered; a figure stands with its table or not at all."""
    exhibits, figures = [], 0
    for place, table in enumerate(section.evidence.tables, start=1):
        drawn = []
        for figure in section.figures:
            if figure.table == table.name:
                figures += 1
                drawn.append(Drawn(f"{number}.{figures}", figure))
        exhibits.append(Exhibit(f"{number}.{place}", table, tuple(drawn)))
    return Chapter(number, section, tuple(exhibits))


def _groups(fields: tuple[Field, ...]) -> tuple[tuple[str, tuple[Field, ...]], ...]:
    groups: dict[str, list[Field]] = {group: [] for group in GROUPS.values()}
    for field in fields:
        if field.key not in STATED_LIMITS:
            groups[GROUPS.get(field.key.partition(".")[0], "system")].append(field)
    return tuple((group, tuple(members)) for group, members in groups.items() if members)
