"""How often is it right?"""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from explainaudit.analyses.performance.other_tasks import multiclass, regression
from explainaudit.analyses.performance.tables import confusion_table, figure_table
from explainaudit.analysis import Analysis, Needs, Settings
from explainaudit.errors import NotApplicable
from explainaudit.records.dossier import Figure
from explainaudit.records.evidence import Evidence, Limitation
from explainaudit.records.measure import Measure, MeasureSpec
from explainaudit.records.message import Message, Param
from explainaudit.records.responses import Responses
from explainaudit.records.verdict import Flag, Verdicts
from explainaudit.stats.confusion import Confusion
from explainaudit.stats.discrimination import auc
from explainaudit.stats.rates import count, rate
from explainaudit.stats.tiers import error_rate_tier, smallest_cell
from explainaudit.stats.weighting import mean_interval
from explainaudit.wording.writer import Writer

RATES = ("accuracy", "tpr", "fpr", "fnr", "tnr", "ppv", "npv", "selection", "prevalence")
_CLIP = 1e-15


class PerformanceSettings(Settings):
    """Nothing to set yet."""


def measure(responses: Responses, _settings: PerformanceSettings) -> Evidence:
    """Compare predictions with labels, on the rows that have one.

    Raises `NotApplicable` when no row has a label.
    """
    labelled = responses.scored[responses.scored["label"].notna()].reset_index(drop=True)
    if labelled.empty:
        raise NotApplicable("input_missing")
    by_task = {"binary": _binary, "multiclass": multiclass, "regression": regression}
    return by_task[responses.task.type](labelled, responses)


def _binary(labelled: pd.DataFrame, responses: Responses) -> Evidence:
    event = responses.task.event
    actual = (labelled["label"] == event).to_numpy()
    found = _confusion(actual, (labelled["predicted"] == event).to_numpy())
    cells = [
        count("performance", "confusion", getattr(found, cell), {"cell": cell})
        for cell in ("tp", "fn", "fp", "tn")
    ]
    counts = found.rates()
    positives = found.tp + found.fn
    rates = [
        rate("performance", name, counts[name], tier=error_rate_tier(found.n, positives, of=counts[name][1]))
        for name in RATES
    ]
    scores, limitations = _scores(actual, labelled["score"].to_numpy(dtype=np.float64))
    by_name = {each.metric: each for each in [*rates, *scores]}
    return Evidence(
        analysis="performance",
        answer=Message(
            key="answer.performance.binary",
            params={
                "accuracy": by_name["accuracy"].ref(),
                "interval": by_name["accuracy"].ref("interval"),
                "n": by_name["accuracy"].ref("n"),
                "tpr": by_name["tpr"].ref(),
                "fpr": by_name["fpr"].ref(),
            },
        ),
        measures=(*cells, *rates, *scores),
        tables=(
            confusion_table(cells),
            figure_table("rates", "rate", "of_n", rates),
            *([figure_table("scores", "measure", "n", scores)] if scores else []),
        ),
        limitations=limitations,
    )


def _confusion(actual: NDArray[np.bool_], predicted: NDArray[np.bool_]) -> Confusion:
    return Confusion(
        tp=int((actual & predicted).sum()),
        fp=int((~actual & predicted).sum()),
        fn=int((actual & ~predicted).sum()),
        tn=int((~actual & ~predicted).sum()),
    )


def _scores(
    actual: NDArray[np.bool_], score: NDArray[np.float64]
) -> tuple[list[Measure], tuple[Limitation, ...]]:
    """Return AUC, Brier score and log loss, each where it is estimable."""
    events = int(actual.sum())
    cell = smallest_cell(events, len(actual) - events)
    common: dict[str, Any] = {
        "analysis": "performance",
        "n": len(actual),
        "unit": "score",
        "estimand": "people_like_these",
        "tier": error_rate_tier(len(actual), events),
        "kind": "score",
        "smallest_cell": cell,
    }
    ranked = auc(actual, score)
    if ranked is None:
        one_class = Limitation(code="one_class", message=Message(key="limitation.one_class"))
        return [Measure(metric="auc", value=None, reason="not_estimable", **common)], (one_class,)
    probability = np.clip(score, _CLIP, 1 - _CLIP)
    loss = -np.log(np.where(actual, probability, 1 - probability))
    measures = [Measure(metric="auc", value=ranked[0], interval=ranked[1], **common)]
    if score.min() < 0 or score.max() > 1:
        return measures, ()
    for metric, values in (("brier", (score - actual) ** 2), ("log_loss", loss)):
        mean, interval = mean_interval(values)
        measures.append(Measure(metric=metric, value=mean, interval=interval, **common))
    return measures, ()


def judge(evidence: Evidence, _settings: PerformanceSettings) -> tuple[Flag, ...]:
    """Flag a ranking that cannot be told from chance."""
    ranked = next((each for each in evidence.measures if each.metric == "auc"), None)
    if ranked is None or ranked.interval is None or ranked.interval.low > 0.5:
        return ()
    message = Message(key="flag.PERF01", params={"auc": ranked.ref(), "interval": ranked.ref("interval")})
    return (Flag(code="PERF01", level="serious", message=message, measures=(ranked.id,)),)


def draw(evidence: Evidence, _verdicts: Verdicts, writer: Writer) -> tuple[Figure, ...]:
    """Draw every rate with its interval."""
    from explainaudit.charts.intervals import interval_dots

    if evidence.table("rates") is None:
        return ()
    rates = [evidence.measure(name) for name in RATES]
    svg = interval_dots(
        [writer.text(Message(key=f"measure.performance.{each.metric}")) for each in rates],
        [each.value for each in rates],
        [each.interval.low if each.interval else None for each in rates],
        [each.interval.high if each.interval else None for each in rates],
        x_label=writer.text(Message(key="axis.share")),
        as_share=True,
    )
    params: dict[str, Param] = {"n": rates[0].ref("n"), "accuracy": rates[0].ref()}
    caption = Message(key="figure.performance.rates", params=params)
    alt = Message(key="alt.performance.rates", params=params)
    return (Figure(name="rates", svg=svg, caption=caption, alt=alt, table="rates"),)


PERFORMANCE = Analysis(
    name="performance",
    settings=PerformanceSettings,
    needs=lambda _settings: Needs(),
    measures=(
        *(MeasureSpec(metric=name, unit="share", kind="rate", better="neither") for name in RATES),
        MeasureSpec(metric="auc", unit="score", kind="score", better="higher"),
        MeasureSpec(metric="brier", unit="score", kind="score", better="lower"),
        MeasureSpec(metric="log_loss", unit="score", kind="score", better="lower"),
        MeasureSpec(metric="mae", unit="target", kind="score", better="lower"),
        MeasureSpec(metric="bias", unit="target", kind="score", better="nearer_zero"),
        MeasureSpec(metric="mse", unit="target", kind="score", better="lower"),
        MeasureSpec(metric="recall", unit="share", kind="rate", better="higher", dimensions=("class",)),
        MeasureSpec(metric="precision", unit="share", kind="rate", better="higher", dimensions=("class",)),
    ),
    measure=measure,
    judge=judge,
    draw=draw,
)
