"""How far can the explanations be trusted?"""

from explainaudit.analyses.agreement.card import lime_card
from explainaudit.analyses.agreement.quality import OVER_CASES, OVER_ROWS, quality_measures, quality_table
from explainaudit.analyses.agreement.words import ladder_table, word_of
from explainaudit.analysis import Analysis, Needs, Settings
from explainaudit.errors import NotApplicable
from explainaudit.records.dossier import Figure
from explainaudit.records.evidence import Evidence
from explainaudit.records.measure import Measure, MeasureSpec
from explainaudit.records.message import Message
from explainaudit.records.responses import Responses
from explainaudit.records.verdict import Flag, Level, Verdicts
from explainaudit.wording.writer import Writer

# A model that answers alike for all rows has no scale; rounding alone must not be called a gap.
_FLAT = 1e-6


class AgreementSettings(Settings):
    """Below which an explanation deserves a flag."""

    additivity: float = 1e-6
    fidelity: float = 0.5
    stability: float = 0.8
    agreement: float = 0.5


def measure(responses: Responses, settings: AgreementSettings) -> Evidence:
    """Say how well SHAP adds up, LIME fits and holds still, and how far the two agree.

    Raises `NotApplicable` where nothing was explained.
    """
    if responses.explained is None or not responses.case_lime:
        raise NotApplicable("not_applicable")
    quality = quality_measures(responses)
    found = {each.metric: each for each in quality}
    word = word_of(found, adds_up=_adds_up(found, settings.additivity))
    card, facts = lime_card(responses, found)
    ladder, limits = ladder_table(found, adds_up=_adds_up(found, settings.additivity))
    return Evidence(
        analysis="agreement",
        answer=Message(key=f"answer.agreement.{word}", params={"n": found["additivity_max"].ref("n")}),
        measures=(*quality, *facts, *limits),
        tables=(
            quality_table("quality", OVER_ROWS, quality),
            quality_table("case_quality", OVER_CASES, quality),
            ladder,
        ),
        cards=(card,),
    )


def _adds_up(found: dict[str, Measure], limit: float) -> bool:
    residual, scale = found["additivity_max"].value or 0.0, found["output_scale"].value or 0.0
    return residual <= limit * max(scale, _FLAT)


def judge(evidence: Evidence, settings: AgreementSettings) -> tuple[Flag, ...]:
    """Flag values that do not add up, and explanations that do not fit, hold still or agree."""
    found = {each.metric: each for each in evidence.measures if not each.dimensions}
    flags = []
    if not _adds_up(found, settings.additivity):
        flags.append(_flag("SHAP01", "serious", found["additivity_max"]))
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


def draw(_evidence: Evidence, _verdicts: Verdicts, _writer: Writer) -> tuple[Figure, ...]:
    """Draw nothing: the tables are short, and the cases show both methods side by side."""
    return ()


AGREEMENT = Analysis(
    name="agreement",
    settings=AgreementSettings,
    needs=lambda _settings: Needs(attributions=True),
    measures=(
        MeasureSpec(metric="additivity_max", unit="number", kind="quality", better="lower"),
        MeasureSpec(metric="output_scale", unit="number", kind="quality", better="neither"),
        MeasureSpec(metric="second_gap", unit="number", kind="quality", better="lower"),
        MeasureSpec(metric="sampling_error", unit="number", kind="quality", better="lower"),
        MeasureSpec(metric="lime_fidelity", unit="score", kind="quality", better="higher"),
        MeasureSpec(metric="lime_stability", unit="share", kind="quality", better="higher"),
        MeasureSpec(metric="agreement_top", unit="share", kind="quality", better="higher"),
        MeasureSpec(metric="agreement_first", unit="share", kind="quality", better="higher"),
        MeasureSpec(metric="agreement_sign", unit="share", kind="quality", better="higher"),
        MeasureSpec(metric="agreement_rank", unit="score", kind="quality", better="higher"),
    ),
    measure=measure,
    judge=judge,
    draw=draw,
)
