"""The contract of an analysis: one question, and three functions that each see less than the one before."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from explainaudit.records.dossier import Figure
from explainaudit.records.evidence import Evidence
from explainaudit.records.measure import MeasureSpec
from explainaudit.records.plan import Measuring
from explainaudit.records.record import Record
from explainaudit.records.verdict import Flag, Verdicts

if TYPE_CHECKING:
    from explainaudit.records.responses import Responses
    from explainaudit.wording.writer import Writer


@dataclass(frozen=True)
class Needs:
    """What to gather for an analysis beside the scored rows.

    Attributes
    ----------
    rows : bool
        The typed rows of the sample.
    training : bool
        The training table, scored, and its typed rows.
    attributions : bool
        SHAP values of a sample of rows; SHAP and LIME of the cases.
    effects : bool
        Answers with one input moved.
    losses : bool
        Losses with inputs replaced by those of other rows.
    flips : bool
        Answers with a sensitive input set to the value of other groups.
    """

    rows: bool = False
    training: bool = False
    attributions: bool = False
    effects: bool = False
    losses: bool = False
    flips: bool = False


class Settings(Record):
    """Settings of an analysis; a subclass adds fields, which become a block of ``audit.yaml``."""


@dataclass(frozen=True)
class Analysis:
    """One question about the auditee, as a record of functions.

    Attributes
    ----------
    name : str
        The file name in ``analyses/`` and in ``templates/sections/``. Its question is the
        catalogue's ``question.<name>``.
    settings : type of Settings
        Settings block of the plan.
    needs : callable
        ``needs(settings) -> Needs``.
    measures : tuple of MeasureSpec
        Every figure that the analysis may make.
    measure : callable
        ``measure(responses, settings) -> Evidence``. May raise `NotApplicable`.
    judge : callable
        ``judge(evidence, settings) -> flags``.
    draw : callable
        ``draw(evidence, verdicts, writer) -> figures``: the verdicts give the lines of criteria, the
        writer words labels inside the picture.
    """

    name: str
    settings: type[Settings]
    needs: Callable[[Any], Needs]
    measures: tuple[MeasureSpec, ...]
    measure: Callable[["Responses", Any], Evidence]
    judge: Callable[[Evidence, Any], tuple[Flag, ...]]
    draw: Callable[[Evidence, Verdicts, "Writer"], tuple[Figure, ...]]


def settings_of(analysis: Analysis, measuring: Measuring) -> Any:
    """Return the settings of one analysis under a plan."""
    return analysis.settings.model_validate(measuring.analyses.get(analysis.name) or {})
