"""How well do the inputs tell the groups apart?"""

from explainaudit.analyses.proxies.associations import associated
from explainaudit.analyses.proxies.card import instrument_card
from explainaudit.analyses.proxies.halves import FEWEST, Groups, groups_of, halves_of
from explainaudit.analyses.proxies.prediction import other_inputs, predicted
from explainaudit.analysis import Analysis, Needs, Settings
from explainaudit.errors import NotApplicable
from explainaudit.records.dossier import Figure
from explainaudit.records.evidence import Evidence, Limitation
from explainaudit.records.measure import Measure, MeasureSpec
from explainaudit.records.message import Message, Name, Param, Series
from explainaudit.records.responses import Responses
from explainaudit.records.table import Table
from explainaudit.records.verdict import Flag, Verdicts
from explainaudit.wording.writer import Writer

NAMED = 20


class ProxiesSettings(Settings):
    """Above which area, with the whole interval, the inputs tell a group so well that it is noted."""

    telling: float = 0.7


def measure(responses: Responses, _settings: ProxiesSettings) -> Evidence:
    """Predict the groups of each sensitive feature from the other inputs, jointly and one by one.

    Raises `NotApplicable` without sensitive features, or without a row.
    """
    if not responses.sensitive or responses.scored.empty or responses.rows is None:
        raise NotApplicable("input_missing")
    halves = halves_of(responses)
    tables: list[Table] = []
    measures: list[Measure] = []
    limitations: list[Limitation] = []
    for feature in responses.sensitive:
        groups = groups_of(responses, feature, halves)
        alone = not other_inputs(responses, feature.column)
        measures += groups.left_out
        limitations += _limitations(groups, alone=alone)
        if len(groups.names) < 2 or alone:
            continue
        for table, found in (
            predicted(responses, responses.rows, groups, halves),
            associated(responses, responses.rows, groups),
        ):
            tables.append(table)
            measures += found
    card, facts = instrument_card(halves)
    if tables:
        message = Message(key="limitation.proxies_linear")
        limitations.append(Limitation(code="proxies_linear", message=message, touches=("proxies",)))
    return Evidence(
        analysis="proxies",
        answer=_answer(measures),
        measures=(*measures, *(facts if tables else ())),
        tables=tuple(tables),
        cards=(card,) if tables else (),
        limitations=tuple(limitations),
    )


def _answer(measures: list[Measure]) -> Message:
    """Return the sentence about the group that is told best."""
    areas = [each for each in measures if each.metric == "auc" and each.value is not None]
    if not areas:
        return Message(key="answer.proxies.none")
    best = max(areas, key=lambda each: each.value or 0.0)
    return Message(key="answer.proxies.best", params={**_said(best), "n": best.ref("n")})


def _said(area: Measure) -> dict[str, Param]:
    return {
        "feature": Name(text=area.dimensions["sensitive"]),
        "group": Name(text=area.dimensions["group"]),
        "auc": area.ref(),
        "interval": area.ref("interval"),
    }


def _limitations(groups: Groups, *, alone: bool) -> list[Limitation]:
    """Return what is not assessed of a feature: all of it, or the groups that are named."""
    params: dict[str, Param] = {"feature": Name(text=groups.feature)}
    if alone:
        message = Message(key="limitation.proxies_no_input", params=params)
        return [Limitation(code="proxies_no_input", message=message, touches=("proxies",))]
    found = []
    if len(groups.names) < 2:
        message = Message(key="limitation.proxies_one_group", params=params)
        found.append(Limitation(code="proxies_one_group", message=message, touches=("proxies",)))
    return [*found, *_left_out(groups)]


def _left_out(groups: Groups) -> list[Limitation]:
    """Return which groups are not predicted, for each reason: few rows, beyond the largest, or unknown."""
    by_reason: dict[str, list[Measure]] = {}
    for each in groups.left_out:
        few = "few" if (each.value or 0) < FEWEST else "beyond"
        by_reason.setdefault(few if "group" in each.dimensions else "unknown", []).append(each)
    found = []
    for why, left in by_reason.items():
        params: dict[str, Param] = {"feature": Name(text=groups.feature), "n": left[0].ref()}
        if why != "unknown":
            params = {"feature": Name(text=groups.feature), "groups": _named(left)}
        many = "_many" if why != "unknown" and len(left) > NAMED else ""
        message = Message(key=f"limitation.proxies_{why}{many}", params=params)
        rests = tuple(each.id for each in left)
        found.append(
            Limitation(code="proxies_left_out", message=message, touches=("proxies",), measures=rests)
        )
    return found


def _named(left: list[Measure]) -> Series:
    names = (Name(text=each.dimensions["group"]) for each in left[:NAMED])
    return Series(items=tuple(Message(key="label.quoted", params={"name": each}) for each in names))


def judge(evidence: Evidence, settings: ProxiesSettings) -> tuple[Flag, ...]:
    """Note the features of which the inputs tell a group well: the best told group of each."""
    best: dict[str, Measure] = {}
    for each in evidence.measures:
        if each.metric == "auc" and each.interval is not None and each.interval.low > settings.telling:
            feature = each.dimensions["sensitive"]
            if feature not in best or each.interval.low > _low(best[feature]):
                best[feature] = each
    return tuple(
        Flag(
            code="PROX01",
            level="note",
            message=Message(key="flag.PROX01", params=_said(each)),
            measures=(each.id,),
        )
        for each in best.values()
    )


def _low(area: Measure) -> float:
    return 0.0 if area.interval is None else area.interval.low


def draw(_evidence: Evidence, _verdicts: Verdicts, _writer: Writer) -> tuple[Figure, ...]:
    """Draw nothing: the tables are short."""
    return ()


PROXIES = Analysis(
    name="proxies",
    settings=ProxiesSettings,
    needs=lambda _settings: Needs(rows=True),
    measures=(
        MeasureSpec(
            metric="auc", unit="score", kind="score", better="neither", dimensions=("sensitive", "group")
        ),
        MeasureSpec(
            metric="association",
            unit="score",
            kind="score",
            better="neither",
            dimensions=("sensitive", "column"),
            judged=False,
        ),
    ),
    measure=measure,
    judge=judge,
    draw=draw,
)
