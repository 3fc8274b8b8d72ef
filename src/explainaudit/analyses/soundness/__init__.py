"""How is it built, and does it behave as expected?"""

from typing import Literal

from pydantic import Field

from explainaudit.analyses.soundness.benchmark import benchmark
from explainaudit.analyses.soundness.makeup import kind_of, model_table, parameter_table
from explainaudit.analyses.soundness.signs import expected_of, sign_table
from explainaudit.analyses.soundness.steadiness import steadiness_flags, steadiness_measures, steadiness_table
from explainaudit.analysis import Analysis, Needs, Settings
from explainaudit.records.dossier import Figure
from explainaudit.records.evidence import Evidence, Limitation
from explainaudit.records.measure import Measure, MeasureSpec
from explainaudit.records.message import Message, Name, Param
from explainaudit.records.responses import Responses
from explainaudit.records.verdict import Flag, Verdicts
from explainaudit.stats.direction import way
from explainaudit.wording.writer import Writer

LOWER_IS_BETTER = {"log_loss", "rmse", "mae"}


Sign = Literal["increasing", "decreasing"]


class SoundnessSettings(Settings):
    """Which way each input is expected to push the output; with several classes, the score of each."""

    expected_sign: dict[str, Sign | dict[str, Sign]] = Field({})


def measure(responses: Responses, settings: SoundnessSettings) -> Evidence:
    """Say what the model is made of, which way its inputs push, and how far it is from a linear model."""
    kind, facts = model_table(responses)
    asked = steadiness_measures(responses)
    signs, directions = sign_table(responses, settings.expected_sign)
    compared = benchmark(responses)
    gap = None if compared is None else next(each for each in compared[1] if each.metric == "benchmark_gap")
    name = Name(text=kind_of(responses))
    answer = Message(key="answer.soundness_alone", params={"estimator": name})
    if gap is not None:
        params: dict[str, Param] = {
            "estimator": name,
            "measure": Message(key=f"measure.performance.{gap.dimensions['of']}"),
            "gap": gap.ref(),
            "interval": gap.ref("interval"),
        }
        answer = Message(key="answer.soundness", params=params)
    return Evidence(
        analysis="soundness",
        answer=answer,
        measures=(*facts, *asked, *directions, *(compared[1] if compared is not None else ())),
        tables=(
            kind,
            *((steadiness_table(asked),) if asked else ()),
            *((compared[0],) if compared is not None else ()),
            signs,
            *((parameter_table(responses),) if responses.model.makeup.parameters else ()),
        ),
        limitations=tuple(_limitations(responses, settings, compared is None)),
    )


def _limitations(responses: Responses, settings: SoundnessSettings, alone: bool) -> list[Limitation]:
    found = []
    if alone:
        message = Message(key="limitation.no_benchmark")
        found.append(Limitation(code="no_benchmark", message=message, touches=("soundness",)))
    if not settings.expected_sign:
        message = Message(key="limitation.no_expected_sign")
        found.append(Limitation(code="no_expected_sign", message=message, touches=("soundness",)))
    unknown = sorted(
        settings.expected_sign.keys() - {each.name for each in responses.columns if each.role == "input"}
    )
    for name in unknown:
        message = Message(key="limitation.unknown_sign", params={"column": Name(text=name)})
        found.append(Limitation(code="unknown_sign", message=message, touches=("soundness",)))
    return found


def judge(evidence: Evidence, settings: SoundnessSettings) -> tuple[Flag, ...]:
    """Flag inputs that push against expectation, and a model that a linear one is as good as."""
    flags = list(steadiness_flags(evidence))
    for each in evidence.measures:
        if each.metric == "direction" and each.value is not None:
            declared = expected_of(
                settings.expected_sign, each.dimensions["column"], each.dimensions.get("class")
            )
            seen = way(each.value, each.interval)
            if declared is not None and seen not in {"mixed", declared}:
                params: dict[str, Param] = {
                    "column": Name(text=each.dimensions["column"]),
                    "value": each.ref(),
                    "expected": Message(key=f"sign.{declared}"),
                }
                flags.append(_flag("SOUND01", "caution", each, params))
    gaps = [each for each in evidence.measures if each.metric == "benchmark_gap"]
    if gaps and _as_good(gaps[0]):
        params = {
            "measure": Message(key=f"measure.performance.{gaps[0].dimensions['of']}"),
            "gap": gaps[0].ref(),
            "interval": gaps[0].ref("interval"),
        }
        flags.append(_flag("SOUND02", "note", gaps[0], params))
    return tuple(flags)


def _as_good(gap: Measure) -> bool:
    """Return whether the benchmark is not shown to be worse than the model."""
    if gap.interval is None:
        return False
    return gap.interval.high >= 0 if gap.dimensions["of"] in LOWER_IS_BETTER else gap.interval.low <= 0


def _flag(code: str, level: Literal["note", "caution"], deciding: Measure, params: dict[str, Param]) -> Flag:
    message = Message(key=f"flag.{code}", params=params)
    return Flag(code=code, level=level, message=message, measures=(deciding.id,))


def draw(_evidence: Evidence, _verdicts: Verdicts, _writer: Writer) -> tuple[Figure, ...]:
    """Draw nothing: the tables are short."""
    return ()


SOUNDNESS = Analysis(
    name="soundness",
    settings=SoundnessSettings,
    needs=lambda _settings: Needs(rows=True, training=True, attributions=True),
    measures=(
        MeasureSpec(metric="complexity", unit="count", kind="fact", better="neither", dimensions=("part",)),
        MeasureSpec(
            metric="direction",
            unit="score",
            kind="attribution",
            better="neither",
            dimensions=("column", "class"),
        ),
        MeasureSpec(metric="repeat_gap", unit="number", kind="quality", better="lower", judged=False),
        MeasureSpec(metric="answers_moved", unit="number", kind="quality", better="lower", judged=False),
        MeasureSpec(metric="rows_written", unit="count", kind="quality", better="lower", judged=False),
        MeasureSpec(metric="benchmark_gap", unit="score", kind="score", better="neither", dimensions=("of",)),
    ),
    measure=measure,
    judge=judge,
    draw=draw,
)
