"""How far can the explanations be trusted?"""

from explainaudit.analyses.agreement.card import lime_card
from explainaudit.analyses.agreement.compared import OVER_COMPARED, compared_quality
from explainaudit.analyses.agreement.quality import OVER_ROWS, quality_table, shap_quality
from explainaudit.analyses.agreement.words import ladder_table, word_of
from explainaudit.analysis import Analysis, Needs, Settings
from explainaudit.errors import NotApplicable
from explainaudit.records.dossier import Figure
from explainaudit.records.evidence import Evidence, Limitation
from explainaudit.records.measure import Measure, MeasureSpec
from explainaudit.records.message import Message
from explainaudit.records.responses import Responses
from explainaudit.records.verdict import Flag, Level, Verdicts
from explainaudit.wording.writer import Writer


class AgreementSettings(Settings):
    """Below which an explanation deserves a flag."""

    additivity: float = 1e-6
    fidelity: float = 0.5
    stability: float = 0.8
    agreement: float = 0.5
    bias: float = 0.05


def measure(responses: Responses, settings: AgreementSettings) -> Evidence:
    """Say how well SHAP adds up, LIME fits and holds still, and how far the two agree.

    Raises `NotApplicable` where nothing was explained.
    """
    if responses.explained is None or not responses.compared:
        raise NotApplicable("not_applicable")
    quality = (*shap_quality(responses, settings.additivity), *compared_quality(responses))
    found = {each.metric: each for each in quality}
    sound = not any(found[metric].value for metric in ("additivity_off", "second_off"))
    word = word_of(found, sound=sound)
    card, facts = lime_card(responses, found)
    ladder, limits = ladder_table(found, sound=sound)
    return Evidence(
        analysis="agreement",
        answer=Message(key=f"answer.agreement.{word}", params={"n": found["additivity_max"].ref("n")}),
        measures=(*quality, *facts, *limits),
        tables=(
            quality_table("quality", OVER_ROWS, quality),
            quality_table("compared", OVER_COMPARED, quality),
            ladder,
        ),
        cards=(card,),
        limitations=tuple(
            Limitation(
                code=metric,
                message=Message(
                    key=f"limitation.{metric}",
                    params={"n": found[metric].ref(), "all": found[metric].ref("n")},
                ),
                touches=("importance", "cases", "agreement"),
            )
            for metric in ("additivity_off", "second_off")
            if found[metric].value
        ),
    )


def judge(evidence: Evidence, settings: AgreementSettings) -> tuple[Flag, ...]:
    """Flag values that do not add up, and explanations that do not fit, hold still or agree."""
    found = {each.metric: each for each in evidence.measures if not each.dimensions}
    flags = []
    for metric, deciding, code in (
        ("additivity_off", "additivity_max", "SHAP01"),
        ("second_off", "second_gap", "SHAP02"),
    ):
        if found[metric].value:
            flags.append(_flag(code, "serious", found[deciding]))
    bias = found.get("sampling_bias")
    if bias is not None and (bias.value or 0.0) > settings.bias:
        flags.append(_flag("SHAP03", "caution", bias))
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
        MeasureSpec(metric="additivity_max", unit="number", kind="quality", better="lower", judged=False),
        MeasureSpec(metric="additivity_off", unit="count", kind="quality", better="lower", judged=False),
        MeasureSpec(metric="output_scale", unit="number", kind="quality", better="neither", judged=False),
        MeasureSpec(metric="second_gap", unit="number", kind="quality", better="lower", judged=False),
        MeasureSpec(metric="second_off", unit="count", kind="quality", better="lower", judged=False),
        MeasureSpec(metric="sampling_error", unit="number", kind="quality", better="lower", judged=False),
        MeasureSpec(metric="sampling_bias", unit="share", kind="quality", better="lower", judged=False),
        MeasureSpec(metric="lime_fidelity", unit="score", kind="quality", better="higher", judged=False),
        MeasureSpec(metric="lime_stability", unit="share", kind="quality", better="higher", judged=False),
        MeasureSpec(metric="lime_settled", unit="share", kind="quality", better="higher", judged=False),
        MeasureSpec(metric="lime_outside", unit="share", kind="quality", better="lower", judged=False),
        MeasureSpec(metric="agreement_top", unit="share", kind="quality", better="higher"),
        MeasureSpec(metric="agreement_first", unit="share", kind="quality", better="higher"),
        MeasureSpec(metric="agreement_sign", unit="share", kind="quality", better="higher"),
        MeasureSpec(metric="agreement_rank", unit="score", kind="quality", better="higher"),
    ),
    measure=measure,
    judge=judge,
    draw=draw,
)
