"""Where does it serve people less well?"""

from typing import Annotated

from pydantic import Field

from explainaudit.analyses.slices.card import slices_card
from explainaudit.analyses.slices.found import Slice, looked_at, slices_of, whole_of
from explainaudit.analyses.slices.halves import Halves, halves_of
from explainaudit.analyses.slices.limitations import limitations
from explainaudit.analyses.slices.pictures import gaps_figure
from explainaudit.analyses.slices.tables import slice_table
from explainaudit.analyses.slices.yardsticks import CRITERIA, Yardstick, worded, worse, yardsticks
from explainaudit.analysis import Analysis, Needs, Settings
from explainaudit.errors import NotApplicable
from explainaudit.records.dossier import Figure
from explainaudit.records.evidence import Evidence
from explainaudit.records.measure import Measure, MeasureSpec
from explainaudit.records.message import Message, Name, Param, Ref
from explainaudit.records.responses import Responses
from explainaudit.records.table import Table
from explainaudit.records.verdict import Flag, Verdicts
from explainaudit.stats.design import Design
from explainaudit.stats.rates import fact
from explainaudit.stats.slice_search import Searched, search
from explainaudit.wording.writer import Writer

LEVEL = 0.05


class SlicesSettings(Settings):
    """Rows that a slice needs in the half that is searched, and how many slices are shown."""

    fewest: Annotated[int, Field(ge=10)] = 50
    most: Annotated[int, Field(ge=6, le=50)] = 10


def measure(responses: Responses, settings: SlicesSettings) -> Evidence:
    """Search one half of the rows for slices, and estimate those found on the other half.

    Raises `NotApplicable` without a column that can be cut, with too few rows in a half, and where neither
    outcomes nor decisions of groups are known.
    """
    halves = halves_of(responses)
    if min(halves.searched.sum(), halves.estimated.sum()) < 2 * settings.fewest:
        raise NotApplicable("insufficient")
    against = yardsticks(responses, halves.scored, settings.fewest)
    if not against:
        raise NotApplicable("input_missing")
    searched = _search(halves, against, settings.fewest)
    found = slices_of(halves, against, searched, settings.most)
    tables, wholes = _tables(halves, against, found)
    card, facts = slices_card(looked_at(halves, searched))
    answer, counts = _answer(found)
    return Evidence(
        analysis="slices",
        answer=answer,
        measures=(*(one for each in found for one in each.measures.values()), *wholes, *facts, *counts),
        tables=tuple(tables),
        cards=(card,),
        limitations=limitations(responses, against),
    )


def _answer(found: list[Slice]) -> tuple[Message, list[Measure]]:
    """Return how many slices were found, could be compared and are worse, and these numbers."""
    compared = [each.measures for each in found if each.measures["gap"].value is not None]
    surely = sum(_surely_worse(each) for each in compared)
    numbers = {
        "n": ("shown", len(found)),
        "compared": ("compared", len(compared)),
        "worse": ("worse", surely),
    }
    facts = {name: fact("slices", f"slices_{metric}", value) for name, (metric, value) in numbers.items()}
    key = "all" if len(compared) == len(found) else "some" if compared else "none"
    params: dict[str, Param] = {name: each.ref() for name, each in facts.items()}
    return Message(key=f"answer.slices.{f'{key}_compared' if found else 'none'}", params=params), list(
        facts.values()
    )


def _search(halves: Halves, against: list[Yardstick], fewest: int) -> Searched:
    rows = halves.searched
    weight = Design.of(halves.scored).weight[rows]
    columns = [each.among(rows) for each in halves.columns]
    return search(columns, [each.tally.among(rows) for each in against], weight, fewest=fewest)


def _tables(
    halves: Halves, against: list[Yardstick], found: list[Slice]
) -> tuple[list[Table], list[Measure]]:
    tables, wholes = [], []
    for criterion in CRITERIA:
        mine = [each for each in found if each.yardstick.criterion == criterion]
        if mine:
            plain = [each for each in against if each.criterion == criterion and each.feature is None]
            whole = next((whole_of(halves, each) for each in plain), None)
            wholes += [] if whole is None else [whole]
            tables.append(slice_table(criterion, mine, whole))
    return tables, wholes


def judge(evidence: Evidence, _settings: SlicesSettings) -> tuple[Flag, ...]:
    """Flag slices that are worse than the other rows beyond chance, after Holm's correction."""
    measures = evidence.measures
    flags = []
    for table in evidence.tables:
        for row in table.rows:
            mine = {cell.measure for cell in row if isinstance(cell, Ref)}
            by_name = {each.metric.removeprefix("slice_"): each for each in measures if each.id in mine}
            if isinstance(row[0], Message) and "gap" in by_name and _surely_worse(by_name):
                flags.append(_flag(row[0], by_name))
    return tuple(flags)


def _surely_worse(measures: dict[str, Measure]) -> bool:
    p, inside, outside = (measures[name].value for name in ("holm", "value", "rest"))
    if p is None or inside is None or outside is None:
        return False
    return p < LEVEL and worse(measures["gap"].dimensions["criterion"], inside, outside)


def _flag(described: Message, measures: dict[str, Measure]) -> Flag:
    gap = measures["gap"]
    about = gap.dimensions
    params: dict[str, Param] = {
        "slice": described,
        "n": measures["n"].ref(),
        "inside": measures["value"].ref(),
        "elsewhere": measures["rest"].ref(),
        "gap": gap.ref(),
        "interval": gap.ref("interval"),
        "p": measures["holm"].ref(),
    }
    if "group" in about:
        params |= {"group": Name(text=about["group"]), "feature": Name(text=about["sensitive"])}
    message = Message(key=f"flag.SLIC01_{worded(about['criterion'], gap.unit)}", params=params)
    rests_on = (gap.id, measures["value"].id, measures["rest"].id, measures["holm"].id)
    return Flag(code="SLIC01", level="caution", message=message, measures=rests_on)


def draw(evidence: Evidence, _verdicts: Verdicts, writer: Writer) -> tuple[Figure, ...]:
    """Draw the gaps of the slices, one picture for each criterion."""
    figures = (gaps_figure(evidence, table, writer) for table in evidence.tables)
    return tuple(figure for figure in figures if figure is not None)


def _spec(metric: str, unit: str, kind: str, *dimensions: str, judged: bool = True) -> MeasureSpec:
    given = {"metric": metric, "unit": unit, "kind": kind, "better": "neither", "judged": judged}
    return MeasureSpec.model_validate({**given, "dimensions": dimensions})


ABOUT = ("criterion", "sensitive", "group", "slice")
SLICES = Analysis(
    name="slices",
    settings=SlicesSettings,
    needs=lambda _settings: Needs(rows=True),
    measures=(
        _spec("whole_value", "share", "score", "criterion"),
        _spec("slice_value", "share", "score", *ABOUT, judged=False),
        _spec("slice_rest", "share", "score", *ABOUT, judged=False),
        _spec("slice_gap", "points", "difference", *ABOUT, judged=False),
        _spec("slice_p", "p_value", "score", *ABOUT),
        _spec("slice_holm", "p_value", "score", *ABOUT),
    ),
    measure=measure,
    judge=judge,
    draw=draw,
)
