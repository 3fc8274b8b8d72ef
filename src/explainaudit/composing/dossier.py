"""The dossier: sections with their figures, and the chapters made from the whole bundle."""

import hashlib
from collections.abc import Sequence

from explainaudit.analysis import Analysis
from explainaudit.charts.fonts import covered
from explainaudit.composing.caveats import with_caveats
from explainaudit.composing.limitations import limitations
from explainaudit.composing.methods import methods
from explainaudit.composing.record import reproducibility
from explainaudit.composing.results import key_results
from explainaudit.records.bundle import Bundle, Environment
from explainaudit.records.dossier import Dossier, Edition, Field, Section
from explainaudit.records.evidence import Evidence
from explainaudit.records.message import Message
from explainaudit.records.plan import Human
from explainaudit.records.statements import STATEMENT_KEYS
from explainaudit.records.verdict import Verdicts
from explainaudit.wording.writer import Writer

GLOSSARY: tuple[str, ...] = (
    "additivity",
    "agreement",
    "attribution",
    "background",
    "base_value",
    "criterion",
    "event",
    "favourable",
    "fidelity",
    "flag",
    "impact_ratio",
    "importance",
    "inconclusive",
    "interval",
    "lime",
    "measure",
    "not_estimable",
    "score_interval",
    "selection_rate",
    "sensitive_feature",
    "shap",
    "stability",
    "tier",
    "wilson_interval",
)
OF_DECISIONS = {"event", "favourable", "selection_rate"}


def compose(
    records: tuple[Bundle, Verdicts, Environment, Human], edition: Edition, analyses: Sequence[Analysis]
) -> Dossier:
    """Return the dossier of one edition.

    Parameters
    ----------
    records : tuple of Bundle, Verdicts, Environment and Human
        Bundle and verdicts as this edition's readers may see them (see `explainaudit.edition`).
    edition : {"restricted", "shareable"}
        Which edition it is.
    analyses : sequence of Analysis
        For their ``draw``, and for the order of the sections.
    """
    bundle, verdicts, environment, human = records
    numbers = [number for verdict in verdicts.verdicts for number in verdict.numbers]
    known = {**bundle.measures(), **{number.id: number for number in numbers}}
    writer = Writer(known, human.words, covered=covered())
    results, own = key_results(bundle, verdicts)
    record, facts = reproducibility(bundle, environment)
    return Dossier(
        edition=edition,
        bundle=bundle,
        bundle_digest=hashlib.sha256(bundle.canonical()).hexdigest(),
        verdicts=verdicts,
        environment=environment,
        human=human,
        sections=tuple(
            _section(analysis, with_caveats(found, bundle.provenance.plan.task), verdicts, writer)
            for analysis in analyses
            if (found := bundle.of(analysis.name)) is not None
        ),
        key_results=results,
        statements=tuple(_field(key, human, verdicts) for key in STATEMENT_KEYS),
        limitations=limitations(bundle, verdicts, environment.isolation, edition),
        cards=(),
        methods=methods(bundle, analyses),
        reproducibility=record,
        glossary=_glossary(bundle.provenance.plan.task.type),
        numbers=(*own, *facts),
    )


def _glossary(task: str) -> tuple[str, ...]:
    """Return the terms that a dossier explains: a regression has no decisions and no event."""
    return tuple(term for term in GLOSSARY if task != "regression" or term not in OF_DECISIONS)


def _section(analysis: Analysis, evidence: Evidence, verdicts: Verdicts, writer: Writer) -> Section:
    own = {measure.id for measure in evidence.measures}
    return Section(
        analysis=analysis.name,
        question=Message(key=f"question.{analysis.name}"),
        evidence=evidence,
        figures=() if evidence.not_assessed is not None else analysis.draw(evidence, verdicts, writer),
        verdicts=Verdicts(
            criteria=tuple(
                criterion
                for criterion in verdicts.criteria
                if criterion.measure.partition(".")[0] == analysis.name
            ),
            verdicts=tuple(
                verdict
                for verdict in verdicts.verdicts
                if verdict.criterion.measure.partition(".")[0] == analysis.name
            ),
            flags=tuple(flag for flag in verdicts.flags if not own.isdisjoint(flag.measures)),
        ),
    )


def _field(key: str, human: Human, verdicts: Verdicts) -> Field:
    provided = key in human.statements or (key == "criteria" and bool(verdicts.criteria))
    provided = provided or (key == "classification" and human.documents.classification is not None)
    return Field(key=key, label=Message(key=f"statement.{key}"), provided=provided)
