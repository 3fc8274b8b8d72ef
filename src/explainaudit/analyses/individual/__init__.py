"""Would the same person in another group be answered alike?"""

from explainaudit.analyses.individual.alike import pairs_of, people_of
from explainaudit.analyses.individual.answers import answer
from explainaudit.analyses.individual.figures import ANALYSIS
from explainaudit.analyses.individual.flipped import Flipped, flipped
from explainaudit.analyses.individual.paired import CHANCE, TESTED, Compared, compared, corrected
from explainaudit.analyses.individual.tables import flip_tables, pair_tables
from explainaudit.analyses.individual.words import flip_notes, left_open, pairs_card, score_note
from explainaudit.analysis import Analysis, Needs, Settings
from explainaudit.errors import NotApplicable
from explainaudit.records.dossier import Figure
from explainaudit.records.evidence import Card, Evidence
from explainaudit.records.measure import Measure, MeasureSpec, Unit
from explainaudit.records.message import Message, Name, Param
from explainaudit.records.responses import Responses
from explainaudit.records.table import Table
from explainaudit.records.verdict import Flag, Verdicts
from explainaudit.stats.design import Design
from explainaudit.stats.rates import count
from explainaudit.wording.writer import Writer


class IndividualSettings(Settings):
    """From which share of changed decisions on a flip deserves attention."""

    changed: float = 0.01


def measure(responses: Responses, _settings: IndividualSettings) -> Evidence:
    """Say what changes with a sensitive input alone, and how nearest rows of other groups are answered.

    Raises `NotApplicable` without sensitive features, or without a row.
    """
    if not responses.sensitive or responses.scored.empty or responses.rows is None:
        raise NotApplicable("input_missing")
    features = {each.column: each for each in responses.sensitive}
    flips = [flipped(responses, flip, features[flip.column]) for flip in responses.flips]
    people = people_of(responses, responses.rows)
    unit: Unit = "target" if responses.task.type == "regression" else "score"
    pairs = [
        compared(people, found, unit)
        for feature in responses.sensitive
        for found in pairs_of(responses, people, feature)
    ]
    adjusted, unknown = corrected(pairs), _unknown(responses, flips)
    notes, measures = flip_notes(responses, flips)
    tables, more = flip_tables(flips, notes)
    of_pairs, facts, cards = _of_pairs(responses, pairs, adjusted)
    measures += [
        *(each for found in flips for each in found.measures),
        *(each for found in pairs for each in found.figures.values()),
        *adjusted,
        *unknown,
        *more,
        *facts,
    ]
    inputs = {each.name for each in responses.columns if each.role == "input"}
    return Evidence(
        analysis=ANALYSIS,
        answer=answer(flips, pairs, adjusted, an_input=not inputs.isdisjoint(features)),
        measures=tuple(measures),
        tables=(*tables, *of_pairs),
        cards=tuple(cards),
        limitations=tuple(left_open(responses, flips, pairs, unknown)),
    )


def _of_pairs(
    responses: Responses, pairs: list[Compared], adjusted: list[Measure]
) -> tuple[list[Table], list[Measure], list[Card]]:
    if not pairs:
        return [], [], []
    card, facts = pairs_card(pairs)
    tables: list[Table] = []
    for feature in dict.fromkeys(each.pairs.feature for each in pairs):
        found = [each for each in pairs if each.pairs.feature == feature]
        tests = [each for each in adjusted if each.dimensions["sensitive"] == feature]
        made, more = pair_tables(found, tests, score_note(responses))
        tables += made
        facts += more
    return tables, facts, [card]


def _unknown(responses: Responses, flips: list[Flipped]) -> list[Measure]:
    """Return how many rows lack a feature that was flipped, where there are any."""
    somebody = Design.of(responses.scored)
    found = []
    for each in flips:
        column = each.flip.column
        missing = responses.scored[f"group:{column}"].isna().to_numpy()
        found.append(count(ANALYSIS, "flip_unknown", somebody.number(missing), {"sensitive": column}))
    return [each for each in found if each.value]


def judge(evidence: Evidence, settings: IndividualSettings) -> tuple[Flag, ...]:
    """Flag features whose flip changes decisions, and groups answered otherwise than their partners."""
    flags = []
    for each in evidence.measures:
        low = each.interval.low if each.interval is not None else 0.0
        enough = each.tier in {"reportable", "indicative"}
        if each.metric == "flip_changed" and enough and low > settings.changed:
            flags.append(_flag("INDV01", each, {"n": each.ref("n")}))
    flagged: set[tuple[str, str]] = set()
    for name in TESTED:
        for each in evidence.measures:
            if each.metric != f"pair_{name}" or each.value is None:
                continue
            about = each.dimensions["sensitive"], each.dimensions["group"]
            p = evidence.measure(f"pair_{name}_p", **each.dimensions).value
            if p is not None and p < CHANCE and about not in flagged:
                flagged.add(about)
                flags.append(
                    _flag(_second(each), each, {"group": Name(text=about[1]), "pairs": each.ref("n")})
                )
    return tuple(flags)


def _second(deciding: Measure) -> str:
    if deciding.metric == "pair_difference":
        return "INDV02"
    return "INDV02_prediction" if deciding.unit == "target" else "INDV02_score"


def _flag(key: str, deciding: Measure, params: dict[str, Param]) -> Flag:
    said: dict[str, Param] = {
        "feature": Name(text=deciding.dimensions["sensitive"]),
        "value": deciding.ref(),
        "interval": deciding.ref("interval"),
        **params,
    }
    message = Message(key=f"flag.{key}", params=said)
    return Flag(code=key.partition("_")[0], level="caution", message=message, measures=(deciding.id,))


def draw(_evidence: Evidence, _verdicts: Verdicts, _writer: Writer) -> tuple[Figure, ...]:
    """Draw nothing: the tables are short."""
    return ()


def _spec(metric: str, kind: str, unit: str, better: str, *dimensions: str) -> MeasureSpec:
    return MeasureSpec.model_validate(
        {
            "metric": metric,
            "unit": unit,
            "kind": kind,
            "better": better,
            "dimensions": ("sensitive", *dimensions),
        }
    )


INDIVIDUAL = Analysis(
    name=ANALYSIS,
    settings=IndividualSettings,
    needs=lambda _settings: Needs(rows=True, flips=True),
    measures=(
        _spec("flip_changed", "rate", "share", "lower"),
        _spec("flip_to_favourable", "rate", "share", "lower"),
        _spec("flip_from_favourable", "rate", "share", "lower"),
        _spec("flip_size", "difference", "score", "lower"),
        _spec("flip_mean_into", "difference", "score", "nearer_zero", "to"),
        _spec("pairs_matched", "count", "count", "neither", "group"),
        _spec("pair_changed", "rate", "share", "lower", "group"),
        _spec("pair_difference", "difference", "points", "nearer_zero", "group"),
        _spec("pair_score_difference", "difference", "score", "nearer_zero", "group"),
    ),
    measure=measure,
    judge=judge,
    draw=draw,
)
