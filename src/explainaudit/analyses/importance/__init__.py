"""What moves its output?"""

from explainaudit.analyses.importance.cards import lime_card, shap_card
from explainaudit.analyses.importance.cases import case_measures, case_table, overview_table, unexplained
from explainaudit.analyses.importance.pictures import case_figure, ranking_figure
from explainaudit.analyses.importance.quality import OVER_CASES, OVER_ROWS, quality_measures, quality_table
from explainaudit.analyses.importance.ranking import leading, ranking_measures, ranking_table
from explainaudit.analysis import Analysis, Needs, Settings
from explainaudit.errors import NotApplicable
from explainaudit.records.dossier import Figure
from explainaudit.records.evidence import Evidence, Limitation
from explainaudit.records.measure import Measure, MeasureSpec
from explainaudit.records.message import Message, Param
from explainaudit.records.responses import ExplainFacts, Responses
from explainaudit.records.verdict import Flag, Level, Verdicts
from explainaudit.wording.writer import Writer

# A model that answers alike for all rows has no scale; rounding alone must not be called a gap.
_FLAT = 1e-6


class ImportanceSettings(Settings):
    """Below which an explanation deserves a flag; how rows are explained stands under ``explain``."""

    additivity: float = 1e-6
    fidelity: float = 0.5
    stability: float = 0.8
    agreement: float = 0.5


def measure(responses: Responses, _settings: ImportanceSettings) -> Evidence:
    """Rank the columns by mean |SHAP|, and set SHAP and LIME side by side for the cases.

    Raises `NotApplicable` where nothing was explained.
    """
    if responses.explained is None:
        raise NotApplicable("not_applicable")
    shap, lime = responses.case_attributions
    population = responses.attributions[0]
    ranking = ranking_measures(population, seed=responses.seed)
    cases = case_measures(responses.cases, shap, lime)
    quality = quality_measures(responses.explained, population, cases)
    cards = (shap_card(responses, quality), lime_card(responses, quality))
    return Evidence(
        analysis="importance",
        answer=leading(ranking),
        measures=(*ranking, *cases, *quality, *(fact for _, facts in cards for fact in facts)),
        tables=(
            ranking_table(ranking, population.unit),
            quality_table("quality", OVER_ROWS, quality),
            quality_table("case_quality", OVER_CASES, quality),
            overview_table(responses.cases, cases),
            *(case_table(case, shap, lime, cases) for case in responses.cases),
        ),
        cards=tuple(card for card, _ in cards),
        limitations=(
            *_limitations(responses.explained, quality),
            *unexplained(responses.cases, lime, cases),
        ),
    )


def _limitations(explained: ExplainFacts, quality: list[Measure]) -> list[Limitation]:
    by_name = {each.metric: each for each in quality}
    params: dict[str, Param] = {"n": by_name["explained"].ref(), "all": by_name["population"].ref()}
    found = [Limitation(code="associations", message=Message(key="limitation.associations"))]
    if explained.rows < explained.population:
        found.append(
            Limitation(
                code="explained_sample", message=Message(key="limitation.explained_sample", params=params)
            )
        )
    if explained.background == "sample":
        found.append(
            Limitation(code="background_sample", message=Message(key="limitation.background_sample"))
        )
    return [each.model_copy(update={"touches": ("importance",)}) for each in found]


def judge(evidence: Evidence, settings: ImportanceSettings) -> tuple[Flag, ...]:
    """Flag values that do not add up, and explanations that do not fit, hold still or agree."""
    found = {each.metric: each for each in evidence.measures if not each.dimensions}
    flags = []
    residual, scale = found["additivity_max"], found["output_scale"]
    if (residual.value or 0.0) > settings.additivity * max(scale.value or 0.0, _FLAT):
        flags.append(_flag("SHAP01", "serious", residual))
    limits = (
        ("lime_fidelity", settings.fidelity, "LIME01"),
        ("lime_stability", settings.stability, "LIME02"),
        ("agreement_top", settings.agreement, "AGRE01"),
    )
    for metric, limit, code in limits:
        value = found[metric].value
        if value is not None and value < limit:
            flags.append(_flag(code, "caution", found[metric]))
    return tuple(flags)


def _flag(code: str, level: Level, deciding: Measure) -> Flag:
    message = Message(key=f"flag.{code}", params={"value": deciding.ref()})
    return Flag(code=code, level=level, message=message, measures=(deciding.id,))


def draw(evidence: Evidence, _verdicts: Verdicts, writer: Writer) -> tuple[Figure, ...]:
    """Draw the ranking, and SHAP beside LIME for every case."""
    cases = [table for table in evidence.tables if table.name.startswith("case:")]
    ranking = evidence.table("ranking")
    figures = [ranking_figure(evidence, ranking, writer)] if ranking is not None else []
    return (*figures, *(case_figure(evidence, table, writer) for table in cases))


IMPORTANCE = Analysis(
    name="importance",
    settings=ImportanceSettings,
    needs=lambda _settings: Needs(attributions=True),
    measures=(
        MeasureSpec(
            metric="mean_abs_shap", unit="score", kind="attribution", better="neither", dimensions=("column",)
        ),
        MeasureSpec(metric="additivity_max", unit="number", kind="quality", better="lower"),
        MeasureSpec(metric="lime_fidelity", unit="score", kind="quality", better="higher"),
        MeasureSpec(metric="lime_stability", unit="score", kind="quality", better="higher"),
        MeasureSpec(metric="agreement_top", unit="share", kind="quality", better="higher"),
    ),
    measure=measure,
    judge=judge,
    draw=draw,
)
