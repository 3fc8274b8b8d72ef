"""The document's own numbers: what it contains, counted, as measures like any other."""

from collections import Counter
from typing import get_args

from explainaudit.records.dossier import Dossier
from explainaudit.records.measure import Measure
from explainaudit.records.verdict import Level, Status


def own_counts(dossier: Dossier) -> dict[str, Measure]:
    """Return the counts printed on the cover and in the summary, by measure id."""
    verdicts = dossier.verdicts.verdicts
    statuses = Counter(verdict.status for verdict in verdicts)
    levels = Counter(flag.level for flag in dossier.verdicts.flags)
    counted = [
        _fact("statements", len(dossier.statements)),
        _fact("statements_missing", sum(not field.provided for field in dossier.statements)),
        _fact("analyses", len(dossier.sections)),
        _fact("analyses_assessed", sum(not section.evidence.not_assessed for section in dossier.sections)),
        _fact("criteria_declared", len(dossier.verdicts.criteria)),
        _fact("criteria", len(verdicts)),
        *(_fact("criteria_by_status", statuses[status], status=status) for status in get_args(Status)),
        *(_fact("flags", levels[level], level=level) for level in get_args(Level)),
    ]
    for table in dossier.bundle.provenance.tables:
        counted += [
            _fact("rows", table.rows, table=table.name),
            _fact("columns", table.columns, table=table.name),
        ]
    return {measure.id: measure for measure in counted}


def all_measures(dossier: Dossier) -> dict[str, Measure]:
    """Return every measure a page of this dossier may refer to, by id."""
    judged = [
        *dossier.verdicts.verdicts,
        *(v for section in dossier.sections for v in section.verdicts.verdicts),
    ]
    numbers = [number for verdict in judged for number in verdict.numbers]
    own = {number.id: number for number in (*numbers, *dossier.numbers)}
    shown = {measure.id: measure for section in dossier.sections for measure in section.evidence.measures}
    return {**dossier.bundle.measures(), **shown, **own, **own_counts(dossier)}


def _fact(metric: str, value: int, **dimensions: str) -> Measure:
    return Measure(
        analysis="document", metric=metric, dimensions=dimensions, value=value, unit="count", kind="fact"
    )
