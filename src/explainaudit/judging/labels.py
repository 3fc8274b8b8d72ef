"""Flags on labels: outcomes known of some alone, known late, or known of one side of the decision."""

from explainaudit.records.bundle import Bundle
from explainaudit.records.evidence import Evidence
from explainaudit.records.measure import Measure
from explainaudit.records.message import Message, Name, Ref
from explainaudit.records.plan import Task
from explainaudit.records.table import Table
from explainaudit.records.verdict import Flag

# Of one side of the decision less than this share of what is known of the other.
FAR_BELOW = 0.5


def label_flags(bundle: Bundle) -> list[Flag]:
    """Return LABL01 for every analysis that rests on labels of some alone, LABL02, and DATA05.

    A flag rests on a measure of each analysis that it is about, so that it stands in its section.
    """
    task = bundle.provenance.plan.task
    rests_on = {found.analysis: best for found in bundle.evidence if (best := _best(found)) is not None}
    flags = []
    if task.labels == "decided favourably":
        for analysis, measure in rests_on.items():
            message = Message(key="flag.LABL01", params={"question": Message(key=f"question.{analysis}")})
            flags.append(Flag(code="LABL01", level="caution", message=message, measures=(measure.id,)))
    if task.label_delay_days and rests_on:
        message = Message(key="flag.LABL02", params={"days": Name(text=str(task.label_delay_days))})
        measures = tuple(measure.id for measure in rests_on.values())
        flags.append(Flag(code="LABL02", level="note", message=message, measures=measures))
    return [*flags, *_unsaid(bundle, task)]


def known_of_one_side(bundle: Bundle) -> bool:
    """Return whether outcomes are known only of those decided favourably, by the plan or by the data."""
    if bundle.provenance.plan.task.labels != "everyone":
        return True
    evidence = bundle.of("data")
    found = evidence.measures if evidence is not None else ()
    known = {each.dimensions["decided"]: each.value for each in found if each.metric == "label_known"}
    return known.get("unfavourable") == 0 and bool(known.get("favourable"))


def _best(evidence: Evidence) -> Measure | None:
    """Return a measure of the table that rests on labels and is least likely to be withheld."""
    by_id = {measure.id: measure for measure in evidence.measures}
    tables = [_measures(table, by_id) for table in evidence.tables if table.of_labels]
    found = [of_table for of_table in tables if of_table]
    if not found:
        return None
    # A feature with a small group is withheld whole, whatever its other groups rest on.
    fewest: dict[str | None, int] = {}
    for each in evidence.measures:
        if each.metric == "group_size" and each.value:
            feature = each.dimensions["sensitive"]
            fewest[feature] = min(fewest.get(feature, int(each.value)), int(each.value))

    def safe(of_table: list[Measure]) -> int:
        cells = [each.smallest_cell or 0 for each in of_table]
        features = {each.dimensions.get("sensitive") for each in of_table}
        return min([*cells, *(fewest[name] for name in features if name in fewest)])

    return max(found, key=safe)[0]


def _measures(table: Table, by_id: dict[str, Measure]) -> list[Measure]:
    """Return the measures in a table's cells that rest on somebody."""
    names = (cell.measure for row in table.rows for cell in row if isinstance(cell, Ref))
    return [by_id[name] for name in names if name in by_id and by_id[name].kind != "fact"]


def _unsaid(bundle: Bundle, task: Task) -> list[Flag]:
    """Flag labels that are plainly known of one side of the decision, where the plan says of everyone."""
    evidence = bundle.of("data")
    if evidence is None or task.labels != "everyone":
        return []
    known = {each.dimensions["decided"]: each for each in evidence.measures if each.metric == "label_known"}
    if len(known) < 2:
        return []
    good, other = known["favourable"], known["unfavourable"]
    if good.interval is None or other.interval is None:
        return []
    if other.interval.high >= FAR_BELOW * good.interval.low:
        return []
    params = {
        "favourable_share": good.ref(),
        "unfavourable_share": other.ref(),
        "interval": other.ref("interval"),
    }
    message = Message.model_validate({"key": "flag.DATA05", "params": params})
    return [Flag(code="DATA05", level="caution", message=message, measures=(other.id, good.id))]
