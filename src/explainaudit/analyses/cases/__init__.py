"""Why did it decide these cases?"""

from explainaudit.analyses.cases.pictures import case_figure
from explainaudit.analyses.cases.tables import case_measures, case_table, overview_table, unexplained
from explainaudit.analysis import Analysis, Needs, Settings
from explainaudit.errors import NotApplicable
from explainaudit.records.dossier import Figure
from explainaudit.records.evidence import Evidence
from explainaudit.records.measure import MeasureSpec, Unit
from explainaudit.records.message import Message
from explainaudit.records.responses import Responses
from explainaudit.records.verdict import Flag, Verdicts
from explainaudit.stats.rates import fact
from explainaudit.wording.writer import Writer


class CasesSettings(Settings):
    """Nothing to set: the rules by which cases are chosen are fixed before the run."""


def measure(responses: Responses, _settings: CasesSettings) -> Evidence:
    """Set SHAP and LIME side by side for the cases.

    Raises `NotApplicable` where nothing was explained.
    """
    if not responses.cases or not responses.case_shap:
        raise NotApplicable("not_applicable")
    score: Unit = "target" if responses.task.type == "regression" else "probability"
    found = case_measures(responses.cases, responses.case_shap, responses.case_lime, score)
    shown = fact("cases", "shown", len(responses.cases))
    return Evidence(
        analysis="cases",
        answer=Message(key="answer.cases", params={"n": shown.ref()}),
        measures=(shown, *found),
        tables=(
            overview_table(responses.cases, found),
            *(case_table(case, responses.case_shap, found) for case in responses.cases),
        ),
        limitations=unexplained(responses.cases, responses.case_lime, found),
    )


def judge(_evidence: Evidence, _settings: CasesSettings) -> tuple[Flag, ...]:
    """Raise nothing: a single case is no rule."""
    return ()


def draw(evidence: Evidence, _verdicts: Verdicts, writer: Writer) -> tuple[Figure, ...]:
    """Draw SHAP beside LIME for every case."""
    tables = [table for table in evidence.tables if table.name.startswith("case:")]
    return tuple(case_figure(evidence, table, writer) for table in tables)


def _spec(metric: str, unit: str, kind: str, better: str, *more: str) -> MeasureSpec:
    """Return a figure of one case: it has no interval, and no criterion is declared for it."""
    given = {"metric": metric, "unit": unit, "kind": kind, "better": better, "judged": False}
    return MeasureSpec.model_validate({**given, "dimensions": ("case", *more)})


CASES = Analysis(
    name="cases",
    settings=CasesSettings,
    needs=lambda _settings: Needs(attributions=True),
    measures=(
        _spec("case_score", "score", "attribution", "neither"),
        _spec("shap", "score", "attribution", "neither", "column"),
        _spec("lime_contribution", "score", "attribution", "neither", "column"),
        _spec("case_residual", "number", "quality", "lower"),
        _spec("case_fidelity", "score", "quality", "higher"),
        _spec("case_stability", "share", "quality", "higher"),
        _spec("case_overlap", "share", "quality", "higher"),
    ),
    measure=measure,
    judge=judge,
    draw=draw,
)
