"""How often is it right?"""

from explainaudit.analyses.performance.binary import RATES, binary
from explainaudit.analyses.performance.gap import known
from explainaudit.analyses.performance.losses import LOSSES, unit_of
from explainaudit.analyses.performance.multiclass import multiclass
from explainaudit.analyses.performance.pictures import curves_figure, sweep_figure, tenths_figure
from explainaudit.analyses.performance.regression import regression
from explainaudit.analysis import Analysis, Needs, Settings
from explainaudit.errors import NotApplicable
from explainaudit.records.dossier import Figure
from explainaudit.records.evidence import Evidence
from explainaudit.records.measure import Measure, MeasureSpec
from explainaudit.records.message import Message, Param
from explainaudit.records.responses import Responses
from explainaudit.records.table import resting_on_labels
from explainaudit.records.verdict import Flag, Level, Verdicts
from explainaudit.wording.writer import Writer

NAIVE = tuple(dict.fromkeys(name for names in LOSSES.values() for name in names))


class PerformanceSettings(Settings):
    """How much worse than on the training table deserves a flag: in AUC, or as a share of the loss."""

    gap_auc: float = 0.05
    gap_loss: float = 0.25


def measure(responses: Responses, _settings: PerformanceSettings) -> Evidence:
    """Compare predictions with labels, on the rows that have one.

    Raises `NotApplicable` when no row of positive weight has a label.
    """
    labelled = known(responses.scored)
    if labelled.empty:
        raise NotApplicable("input_missing")
    by_task = {"binary": binary, "multiclass": multiclass, "regression": regression}
    found = by_task[responses.task.type](labelled, responses)
    return found.model_copy(update={"tables": resting_on_labels(found.tables)})


def judge(evidence: Evidence, settings: PerformanceSettings) -> tuple[Flag, ...]:
    """Flag a ranking no better than chance, a model no better than a naive rule, and a gap to training."""
    by_name = {each.metric: each for each in evidence.measures if not each.dimensions}
    flags = []
    ranked = by_name.get("auc")
    if ranked is not None and ranked.interval is not None and ranked.interval.low <= 0.5:
        flags.append(
            _flag("PERF01", "serious", ranked, {"auc": ranked.ref(), "interval": ranked.ref("interval")})
        )
    gains = {each.dimensions["of"]: each for each in evidence.measures if each.metric == "naive_gain"}
    first = next((gains[name] for names in LOSSES.values() for name in names if name in gains), None)
    if first is not None and first.interval is not None and first.interval.low <= 0:
        params: dict[str, Param] = {
            "loss": Message(key=f"measure.performance.{first.dimensions['of']}"),
            "gain": first.ref(),
            "interval": first.ref("interval"),
        }
        flags.append(_flag("PERF02", "serious", first, params))
    return (*flags, *_gaps(evidence, settings))


def _gaps(evidence: Evidence, settings: PerformanceSettings) -> list[Flag]:
    gaps = {each.dimensions["of"]: each for each in evidence.measures if each.metric == "gap"}
    name = next((name for name in ("auc", "log_loss", "mse") if name in gaps), None)
    if name is None or (gap := gaps[name]).interval is None or gap.value is None:
        return []
    before = evidence.measure("on_training", of=name).value or 0.0
    worse = -gap.interval.high if name == "auc" else gap.interval.low
    by = -gap.value if name == "auc" else gap.value
    limit = settings.gap_auc if name == "auc" else settings.gap_loss * before
    if worse <= 0 or by <= limit:
        return []
    params: dict[str, Param] = {
        "measure": Message(key=f"measure.performance.{name}"),
        "gap": gap.ref(),
        "interval": gap.ref("interval"),
    }
    return [_flag("PERF03", "caution", gap, params)]


def _flag(code: str, level: Level, deciding: Measure, params: dict[str, Param]) -> Flag:
    message = Message(key=f"flag.{code}", params=params)
    return Flag(code=code, level=level, message=message, measures=(deciding.id,))


def draw(evidence: Evidence, _verdicts: Verdicts, writer: Writer) -> tuple[Figure, ...]:
    """Draw curves and thresholds of a score, or where the errors of a regression lie."""
    made = (draw_one(evidence, writer) for draw_one in (curves_figure, sweep_figure, tenths_figure))
    return tuple(figure for figure in made if figure is not None)


def _spec(
    metric: str, unit: str, kind: str, better: str, *dimensions: str, judged: bool = True
) -> MeasureSpec:
    given = {"metric": metric, "unit": unit, "kind": kind, "better": better, "judged": judged}
    return MeasureSpec.model_validate({**given, "dimensions": dimensions})


PERFORMANCE = Analysis(
    name="performance",
    settings=PerformanceSettings,
    needs=lambda _settings: Needs(training=True),
    measures=(
        *(_spec(name, "share", "rate", "neither") for name in RATES),
        _spec("auc", "score", "score", "higher", "class"),
        *(_spec(name, "score", "score", "higher") for name in ("gini", "ks", "pr_auc", "r2")),
        *(_spec(name, "score", "score", "lower") for name in ("brier", "log_loss", "error_rate")),
        _spec("expected_cost", "number", "score", "lower"),
        _spec("mae", "target", "score", "lower"),
        _spec("rmse", "target", "score", "lower"),
        _spec("mse", "target", "score", "lower"),
        _spec("bias", "target", "score", "nearer_zero"),
        _spec("median_error", "target", "score", "lower"),
        _spec("residual_quantile", "target", "score", "neither", "quantile"),
        _spec("tenth_bias", "target", "score", "nearer_zero", "tenth"),
        _spec("recall", "share", "rate", "higher", "class"),
        _spec("precision", "share", "rate", "higher", "class"),
        _spec("f1", "share", "score", "higher", "class"),
        *(_spec(f"macro_{name}", "share", "score", "higher") for name in ("recall", "precision", "f1")),
        _spec("macro_auc", "score", "score", "higher"),
        *(_spec(f"weighted_{name}", "share", "score", "higher") for name in ("precision", "f1")),
        *(_spec(f"naive_{name}", unit_of(name), "score", "lower") for name in NAIVE),
        _spec("naive_gain", "score", "score", "higher", "of"),
        _spec("gap", "score", "score", "nearer_zero", "of"),
        _spec("tenth_rate", "share", "rate", "neither", "tenth"),
        _spec("lift", "ratio", "ratio", "neither", "tenth", judged=False),
        _spec("gain", "share", "rate", "higher", "tenth"),
        _spec("band_share", "share", "rate", "neither", "band"),
        _spec("band_event_rate", "share", "rate", "neither", "band"),
    ),
    measure=measure,
    judge=judge,
    draw=draw,
)
