"""Are the groups' answers explained alike?"""

from explainaudit.analyses.parity.columns import columns_of
from explainaudit.analyses.parity.fidelity import fit_of
from explainaudit.analyses.parity.fidelity_table import fitted
from explainaudit.analyses.parity.groups import ENOUGH, groups_of
from explainaudit.analyses.parity.pictures import fidelity_figure
from explainaudit.analyses.parity.ranking import importances_of, order_of
from explainaudit.analyses.parity.words import answer, too_few
from explainaudit.analysis import Analysis, Needs, Settings
from explainaudit.errors import NotApplicable
from explainaudit.records.dossier import Figure
from explainaudit.records.evidence import Evidence, Limitation
from explainaudit.records.measure import Measure, MeasureSpec
from explainaudit.records.message import Message, Name, Param
from explainaudit.records.responses import Responses
from explainaudit.records.table import Table
from explainaudit.records.verdict import Flag, Verdicts
from explainaudit.wording.writer import Writer

LEVEL = 0.05


class ParitySettings(Settings):
    """Nothing to set; how rows are explained stands under ``explain``."""


def measure(responses: Responses, _settings: ParitySettings) -> Evidence:
    """Compare importances and LIME's fit between the groups of each sensitive feature.

    Raises `NotApplicable` without sensitive features, or where nothing was explained.
    """
    if not responses.sensitive:
        raise NotApplicable("input_missing")
    if not responses.attributions:
        raise NotApplicable("not_applicable")
    of = importances_of(responses)
    fits: dict[str, Table] = {}
    measures: list[Measure] = []
    if responses.compared:
        fits, measures = fitted(responses, responses.sensitive, fit_of(responses))
    tables: list[Table] = []
    limitations: list[Limitation] = []
    for feature in responses.sensitive:
        groups = groups_of(responses, feature, of.keys, of.design)
        order, found = order_of(groups, of)
        tables.append(order)
        measures += found
        told = [group for group in groups if group.tier in ENOUGH]
        if told:
            columns, more = columns_of(told, of, responses.attributions[0].unit)
            tables.append(columns)
            measures += more
        tables += [fits[feature.column]] if fits else []
        limitations += too_few([group for group in groups if group not in told])
    return Evidence(
        analysis="parity",
        answer=answer(measures),
        measures=tuple(measures),
        tables=tuple(tables),
        limitations=tuple(limitations),
    )


def judge(evidence: Evidence, _settings: ParitySettings) -> tuple[Flag, ...]:
    """Flag groups in which LIME fits worse than in all others, beyond chance over all comparisons."""
    flags = []
    for each in evidence.measures:
        if each.metric != "fidelity_difference" or each.value is None or each.interval is None:
            continue
        p = evidence.measure("fidelity_p", **each.dimensions).value
        if p is not None and p < LEVEL and each.interval.high < 0:
            params: dict[str, Param] = {
                "feature": Name(text=each.dimensions["sensitive"]),
                "group": Name(text=each.dimensions["group"]),
                "gap": each.ref(),
                "interval": each.ref("interval"),
            }
            message = Message(key="flag.PRTY01", params=params)
            flags.append(Flag(code="PRTY01", level="caution", message=message, measures=(each.id,)))
    return tuple(flags)


def draw(evidence: Evidence, _verdicts: Verdicts, writer: Writer) -> tuple[Figure, ...]:
    """Draw how well LIME fits in each group of a feature."""
    tables = (each for each in evidence.tables if each.name.startswith("fidelity:"))
    figures = (fidelity_figure(evidence, table, writer) for table in tables)
    return tuple(each for each in figures if each is not None)


def _spec(metric: str, kind: str, unit: str, better: str, *more: str, judged: bool = True) -> MeasureSpec:
    given = {"metric": metric, "unit": unit, "kind": kind, "better": better, "judged": judged}
    return MeasureSpec.model_validate({**given, "dimensions": ("sensitive", "group", *more)})


PARITY = Analysis(
    name="parity",
    settings=ParitySettings,
    needs=lambda _settings: Needs(attributions=True),
    measures=(
        _spec("rank_agreement", "quality", "score", "higher", judged=False),
        _spec("mean_abs_shap", "attribution", "score", "neither", "column"),
        _spec("rank", "attribution", "count", "neither", "column", judged=False),
        _spec("lime_fidelity", "quality", "score", "higher"),
        _spec("fidelity_difference", "difference", "score", "nearer_zero"),
        _spec("fidelity_p", "difference", "p_value", "neither"),
        _spec("lime_stability", "quality", "share", "higher"),
    ),
    measure=measure,
    judge=judge,
    draw=draw,
)
