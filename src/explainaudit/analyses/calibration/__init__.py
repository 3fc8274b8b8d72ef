"""Do its numbers mean what they say?"""

import numpy as np
import pandas as pd

from explainaudit.analyses.calibration.card import calibration_card
from explainaudit.analyses.calibration.group_bins import group_bins
from explainaudit.analyses.calibration.groups import by_group
from explainaudit.analyses.calibration.one import Predicted, binned, events_of, figures
from explainaudit.analyses.calibration.pictures import group_figures, histogram, reliability_figure
from explainaudit.analyses.calibration.tables import SHOWN, bins_table, classes_table, figures_table
from explainaudit.analysis import Analysis, Needs, Settings
from explainaudit.errors import NotApplicable
from explainaudit.records.dossier import Figure
from explainaudit.records.evidence import Evidence, Limitation
from explainaudit.records.measure import Measure, MeasureSpec
from explainaudit.records.message import Message, Name, Param
from explainaudit.records.responses import Responses
from explainaudit.records.table import Table, resting_on_labels
from explainaudit.records.verdict import Flag, Verdicts
from explainaudit.stats.design import Design, people
from explainaudit.stats.tiers import size_tier
from explainaudit.wording.writer import Writer

FEWEST_BINS = 5


class CalibrationSettings(Settings):
    """Bins of the reliability table, and when a gap deserves a flag.

    ``bins`` is the number of bins at most (fewer for each of several classes) and ``bin_rows`` the
    fewest rows of one. ``in_the_large`` is in points of probability, or for a regression in standard
    deviations of the outcome.
    """

    bins: int = 10
    bin_rows: int = 20
    in_the_large: float = 0.02


def measure(responses: Responses, settings: CalibrationSettings) -> Evidence:
    """Hold predictions against what was observed, on the rows of known outcome.

    Raises `NotApplicable` without such rows, or where scores are no probabilities.
    """
    scored = responses.scored
    labelled = people(scored[scored["label"].notna()].reset_index(drop=True))
    if labelled.empty:
        raise NotApplicable("input_missing")
    parts = _parts(labelled, responses)
    several, first = len(parts) > 1, next(iter(parts.values()))
    number = min(settings.bins, max(FEWEST_BINS, SHOWN // len(parts)))
    whole: dict[str, list[Measure]] = {}
    bins: dict[str, list[Measure]] = {}
    for name, of in parts.items():
        within = {"class": name} if several else {}
        bins[name] = binned(of, number, settings.bin_rows, within)
        whole[name] = figures(of, within) + [each for each in bins[name] if each.metric == "ece"]
    tables, measures = _tables(whole, bins, parts)
    limitations: list[Limitation] = []
    for feature in responses.sensitive:
        table, found, few = by_group(parts, labelled, feature, responses)
        inside, points = group_bins(parts, labelled, feature, responses)
        tables, measures = [*tables, table, *inside], [*measures, *found, *points]
        limitations += few
    card, facts = calibration_card(list(parts.values()), number, settings.bin_rows)
    return Evidence(
        analysis="calibration",
        answer=_answer([each for found in whole.values() for each in found], first),
        measures=tuple({each.id: each for each in (*measures, *facts)}.values()),
        tables=resting_on_labels(tables),
        cards=(card,),
        limitations=tuple(limitations),
        plots=tuple(histogram(name if several else "", of) for name, of in parts.items()),
    )


def _parts(labelled: pd.DataFrame, responses: Responses) -> dict[str, Predicted]:
    """Return outcomes and predictions by output: of the event, of every class, or of the target."""
    design = Design.of(labelled)
    if responses.task.type == "regression":
        label = labelled["label"].to_numpy(dtype=np.float64)
        predicted = labelled["score"].to_numpy(dtype=np.float64)
        return {responses.task.target: Predicted(label, predicted, design, probability=False)}
    binary = responses.task.type == "binary"
    names = (str(responses.task.event),) if binary else responses.model.classes
    found = {}
    for name in names:
        score = labelled["score" if binary else f"score:{name}"].to_numpy(dtype=np.float64)
        if score.min() < 0 or score.max() > 1:
            raise NotApplicable("not_applicable")
        outcome = np.asarray(labelled["label"] == name, dtype=np.float64)
        found[name] = Predicted(outcome, score, design, probability=True)
    return found


def _tables(
    whole: dict[str, list[Measure]], bins: dict[str, list[Measure]], parts: dict[str, Predicted]
) -> tuple[list[Table], list[Measure]]:
    """Return the figures over all rows and the bins, and all measures behind them."""
    of = next(iter(parts.values()))
    measures = [each for found in (*whole.values(), *bins.values()) for each in found]
    reliability, facts = bins_table(bins, probability=of.probability)
    if len(parts) > 1:
        events = {name: events_of(part, {"class": name}) for name, part in parts.items()}
        table, more = classes_table({name: [*found, events[name]] for name, found in whole.items()})
        return [table, reliability], [*measures, *events.values(), *facts, *more]
    if not of.probability:
        measures.append(_spread(of))
    (found,) = whole.values()
    return [figures_table(found, probability=of.probability), reliability], [*measures, *facts]


def _spread(of: Predicted) -> Measure:
    """Return the standard deviation of the outcome, which a gap is held against."""
    centre = of.design.mean(of.outcome)
    return Measure(
        analysis="calibration",
        metric="outcome_sd",
        value=float(np.sqrt(of.design.mean((of.outcome - centre) ** 2))),
        n=of.known,
        unit="target",
        tier=size_tier(of.design.worth()),
        kind="score",
        smallest_cell=of.known,
    )


def _answer(whole: list[Measure], of: Predicted) -> Message:
    """Return the sentence about the output that is furthest off on average."""
    large = [each for each in whole if each.metric == "in_the_large"]
    furthest = max(large, key=lambda each: abs(each.value or 0.0))
    params: dict[str, Param] = {
        "gap": furthest.ref(),
        "interval": furthest.ref("interval"),
        "n": furthest.ref("n"),
    }
    if "class" in furthest.dimensions:
        params["class"] = Name(text=furthest.dimensions["class"])
        return Message(key="answer.calibration.class", params=params)
    return Message(key=f"answer.calibration.{'probability' if of.probability else 'target'}", params=params)


def judge(evidence: Evidence, settings: CalibrationSettings) -> tuple[Flag, ...]:
    """Flag predictions that are too high or too low on average, and a slope that is not one."""
    flags = []
    spread = next((each.value or 0.0 for each in evidence.measures if each.metric == "outcome_sd"), 1.0)
    limit = settings.in_the_large * spread
    for each in evidence.measures:
        if each.interval is None or "sensitive" in each.dimensions:
            continue
        low, high = each.interval.low, each.interval.high
        if each.metric == "in_the_large" and (low > limit or high < -limit):
            flags.append(_flag("CAL01", each, "_target" if each.unit == "target" else ""))
        # Predictions that are right to the last digit leave an interval of rounding alone.
        if each.metric == "slope" and not low - 1e-9 <= 1 <= high + 1e-9:
            flags.append(_flag("CAL02", each, ""))
    return tuple(flags)


def _flag(code: str, deciding: Measure, of: str) -> Flag:
    params: dict[str, Param] = {"value": deciding.ref(), "interval": deciding.ref("interval")}
    if "class" in deciding.dimensions:
        of = "_class"
        params["class"] = Name(text=deciding.dimensions["class"])
    message = Message(key=f"flag.{code}{of}", params=params)
    return Flag(code=code, level="caution", message=message, measures=(deciding.id,))


def draw(evidence: Evidence, _verdicts: Verdicts, writer: Writer) -> tuple[Figure, ...]:
    """Draw predicted against observed, with the spread of the predictions, and the same within groups."""
    figure = reliability_figure(evidence, writer)
    return (*(() if figure is None else (figure,)), *group_figures(evidence, writer))


def _spec(metric: str, unit: str, better: str, *dimensions: str, judged: bool = True) -> MeasureSpec:
    given = {"metric": metric, "unit": unit, "kind": "score", "better": better, "judged": judged}
    return MeasureSpec.model_validate({**given, "dimensions": dimensions})


_OF = ("class", "sensitive", "group")
CALIBRATION = Analysis(
    name="calibration",
    settings=CalibrationSettings,
    needs=lambda _settings: Needs(),
    measures=(
        _spec("in_the_large", "points", "nearer_zero", *_OF),
        _spec("oe_ratio", "number", "nearer_one", *_OF),
        _spec("slope", "score", "nearer_one", *_OF),
        _spec("intercept", "score", "nearer_zero", *_OF),
        _spec("ece", "share", "lower", "class", judged=False),
        _spec("bin_observed", "share", "neither", *_OF, "bin"),
    ),
    measure=measure,
    judge=judge,
    draw=draw,
)
