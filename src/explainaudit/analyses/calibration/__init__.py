"""Do its numbers mean what they say?"""

import numpy as np
import pandas as pd

from explainaudit.analyses.calibration.groups import by_group
from explainaudit.analyses.calibration.one import Predicted, expected_error, figures, reliability
from explainaudit.analyses.calibration.pictures import reliability_figure
from explainaudit.analysis import Analysis, Needs, Settings
from explainaudit.errors import NotApplicable
from explainaudit.records.dossier import Figure
from explainaudit.records.evidence import Evidence, Limitation, Plot
from explainaudit.records.measure import Measure, MeasureSpec
from explainaudit.records.message import Message, Name, Param
from explainaudit.records.responses import Responses
from explainaudit.records.table import Cell, Table, column
from explainaudit.records.verdict import Flag, Verdicts
from explainaudit.stats.design import Design
from explainaudit.stats.rates import fact
from explainaudit.wording.writer import Writer


class CalibrationSettings(Settings):
    """Bins of the reliability table, and when a gap deserves a flag.

    ``in_the_large`` is in points of probability, or for a regression in standard deviations of the
    outcome.
    """

    bins: int = 10
    bin_rows: int = 20
    in_the_large: float = 0.02


def measure(responses: Responses, settings: CalibrationSettings) -> Evidence:
    """Hold predictions against what was observed, on the rows of known outcome.

    Raises `NotApplicable` without such rows, or where scores are no probabilities.
    """
    scored = responses.scored
    labelled = scored[scored["label"].notna()].reset_index(drop=True)
    if labelled.empty or Design.of(labelled).total <= 0:
        raise NotApplicable("input_missing")
    measures: list[Measure] = []
    tables: list[Table] = []
    limitations: list[Limitation] = []
    plots: list[Plot] = []
    parts = list(_parts(labelled, responses))
    whole: list[Measure] = []
    for name, of in parts:
        within = {"class": name} if len(parts) > 1 else {}
        table, bins = reliability(of, (settings.bins, settings.bin_rows), f"reliability:{name}", within)
        found = figures(of, within)
        if of.probability and (error := expected_error(bins, within)) is not None:
            found.append(error)
        whole += found
        grouped = by_group(of, labelled, responses, within)
        tables += [table, *grouped[0]]
        measures += [*found, *bins, *grouped[1]]
        limitations += grouped[2]
        plots.append(_histogram(of, table))
    clip = fact("calibration", "spread", _spread(parts[0][1]))
    return Evidence(
        analysis="calibration",
        answer=_answer(_furthest(whole), parts[0][1]),
        measures=(*measures, clip),
        tables=(_figures_table(whole, parts[0][1]), *tables),
        limitations=_distinct(limitations),
        plots=tuple(plots),
    )


def _distinct(limitations: list[Limitation]) -> tuple[Limitation, ...]:
    """Return each limitation once: the same groups are too small for every class."""
    found: dict[str, Limitation] = {}
    for each in limitations:
        said = each.message.model_dump_json()
        known = found.get(said)
        together = each.measures if known is None else known.measures + each.measures
        found[said] = each.model_copy(update={"measures": together})
    return tuple(found.values())


def _parts(labelled: pd.DataFrame, responses: Responses) -> list[tuple[str, Predicted]]:
    """Return outcomes and predictions: of the event, of every class, or of the target."""
    design = Design.of(labelled)
    if responses.task.type == "regression":
        label = labelled["label"].to_numpy(dtype=np.float64)
        predicted = labelled["score"].to_numpy(dtype=np.float64)
        return [(responses.task.target, Predicted(label, predicted, design, probability=False))]
    binary = responses.task.type == "binary"
    names = (str(responses.task.event),) if binary else responses.model.classes
    found = []
    for name in names:
        score = labelled["score" if binary else f"score:{name}"].to_numpy(dtype=np.float64)
        if score.min() < 0 or score.max() > 1:
            raise NotApplicable("not_applicable")
        outcome = np.asarray(labelled["label"] == name, dtype=np.float64)
        found.append((name, Predicted(outcome, score, design, probability=True)))
    return found


def _spread(of: Predicted) -> float:
    """Return what a gap is measured by: 1 for probabilities, the outcome's standard deviation otherwise."""
    return 1.0 if of.probability else float(of.outcome.std())


def _furthest(whole: list[Measure]) -> Measure:
    """Return the calibration in the large that is furthest from 0."""
    return max(
        (each for each in whole if each.metric == "in_the_large"), key=lambda each: abs(each.value or 0.0)
    )


def _answer(large: Measure, of: Predicted) -> Message:
    params: dict[str, Param] = {"gap": large.ref(), "interval": large.ref("interval"), "n": large.ref("n")}
    if "class" in large.dimensions:
        params["class"] = Name(text=large.dimensions["class"])
        return Message(key="answer.calibration.class", params=params)
    return Message(key=f"answer.calibration.{'probability' if of.probability else 'target'}", params=params)


def _figures_table(whole: list[Measure], of: Predicted) -> Table:
    several = any("class" in each.dimensions for each in whole)
    rows: list[tuple[Cell, ...]] = []
    for each in whole:
        name = (Name(text=each.dimensions["class"]),) if several else ()
        label = Message(key=f"measure.calibration.{each.metric}")
        meaning = () if several else (Message(key=f"meaning.calibration_{each.metric}"),)
        rows.append((*name, label, *meaning, each.ref("n"), each.ref(), each.ref("interval")))
    return Table(
        name="figures",
        caption=Message(key=f"table.calibration.figures_{'probability' if of.probability else 'target'}"),
        columns=(
            *((column("class", "value"),) if several else ()),
            column("measure", "value"),
            *(() if several else (column("meaning", "value"),)),
            *(column(name, "small_cell", numeric=True) for name in ("n", "value", "interval")),
        ),
        rows=tuple(rows),
        notes=(Message(key="note.calibration"),),
    )


def _histogram(of: Predicted, table: Table) -> Plot:
    counts, edges = np.histogram(of.predicted, bins=20, range=(0, 1) if of.probability else None)
    return Plot(
        name=f"histogram:{table.name}",
        table=table.name,
        identifies=False,
        series={
            "count": tuple(float(number) for number in counts),
            "edge": tuple(float(edge) for edge in edges),
        },
    )


def judge(evidence: Evidence, settings: CalibrationSettings) -> tuple[Flag, ...]:
    """Flag predictions that are too high or too low on average, and a slope that is not one."""
    flags = []
    limit = settings.in_the_large * (evidence.measure("spread").value or 1.0)
    for each in evidence.measures:
        if each.interval is None or "group" in each.dimensions or each.value is None:
            continue
        params: dict[str, Param] = {"value": each.ref(), "interval": each.ref("interval")}
        beyond = each.interval.low > limit or each.interval.high < -limit
        if each.metric == "in_the_large" and beyond:
            flags.append(_flag("CAL01", each, params))
        if each.metric == "slope" and not each.interval.low <= 1 <= each.interval.high:
            flags.append(_flag("CAL02", each, params))
    return tuple(flags)


def _flag(code: str, deciding: Measure, params: dict[str, Param]) -> Flag:
    of = "_class" if "class" in deciding.dimensions else ""
    if of:
        params["class"] = Name(text=deciding.dimensions["class"])
    message = Message(key=f"flag.{code}{of}", params=params)
    return Flag(code=code, level="caution", message=message, measures=(deciding.id,))


def draw(evidence: Evidence, _verdicts: Verdicts, writer: Writer) -> tuple[Figure, ...]:
    """Draw predicted against observed, with the spread of the predictions."""
    tables = [table for table in evidence.tables if table.name.startswith("reliability:")]
    return tuple(reliability_figure(evidence, table, writer) for table in tables)


def _spec(metric: str, unit: str, better: str, *dimensions: str) -> MeasureSpec:
    return MeasureSpec.model_validate(
        {"metric": metric, "unit": unit, "kind": "score", "better": better, "dimensions": dimensions}
    )


_OF = ("class", "sensitive", "group")
CALIBRATION = Analysis(
    name="calibration",
    settings=CalibrationSettings,
    needs=lambda _settings: Needs(),
    measures=(
        _spec("in_the_large", "points", "nearer_zero", *_OF),
        _spec("oe_ratio", "ratio", "nearer_one", *_OF),
        _spec("slope", "score", "nearer_one", *_OF),
        _spec("intercept", "score", "nearer_zero", *_OF),
        _spec("ece", "points", "lower", "class"),
        _spec("bin_observed", "share", "neither", "class", "bin"),
    ),
    measure=measure,
    judge=judge,
    draw=draw,
)
