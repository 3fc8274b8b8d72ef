"""The key results: every declared criterion, then the figures a reader looks for first."""

from explainaudit.judging.naming import label_of
from explainaudit.records.bundle import Bundle
from explainaudit.records.measure import Measure, measure_id
from explainaudit.records.message import Message
from explainaudit.records.table import Cell, Table, column
from explainaudit.records.verdict import Verdict, Verdicts

ROWS = 7
ALWAYS: tuple[tuple[str, str], ...] = (
    ("performance", "auc"),
    ("performance", "accuracy"),
    ("performance", "mae"),
    ("agreement", "agreement_top"),
    ("agreement", "lime_fidelity"),
)


def key_results(bundle: Bundle, verdicts: Verdicts) -> tuple[Table, tuple[Measure, ...]]:
    """Return the table of page one, and the limits it prints, which stand in no bundle."""
    measures = bundle.measures()
    rows = [_judged(verdict, measures) for verdict in verdicts.verdicts]
    judged = {verdict.measures[0] for verdict in verdicts.verdicts if verdict.measures}
    for analysis, metric in ALWAYS:
        evidence = bundle.of(analysis)
        found = evidence.measures if evidence is not None else ()
        for measure in found:
            if (
                measure.metric == metric
                and not measure.dimensions
                and measure.id not in judged
                and len(rows) < ROWS
            ):
                rows.append((*_figure(measure), Message(key="result.no_criterion"), None))
    table = Table(
        name="key_results",
        caption=Message(key="table.key_results"),
        columns=(
            column("measure", "value"),
            *(column(name, "small_cell", numeric=True) for name in ("value", "interval", "n")),
            column("criterion", "value"),
            column("status", "value"),
        ),
        rows=tuple(rows),
        notes=(
            *_expected(verdicts),
            *_deciding(verdicts),
            *([Message(key="note.suppressed")] if _withheld(rows) else []),
        ),
    )
    own = (number for verdict in verdicts.verdicts for number in verdict.numbers)
    return table, (*own, *verdicts.numbers)


def _expected(verdicts: Verdicts) -> tuple[Message, ...]:
    """Return the note on how many verdicts there are, and what chance alone may do to them."""
    if not verdicts.numbers:
        return ()
    params = {number.metric: number.ref() for number in verdicts.numbers}
    said = "familywise" if verdicts.familywise else "expected_false"
    return (Message.model_validate({"key": f"note.{said}", "params": params}),)


def _deciding(verdicts: Verdicts) -> tuple[Message, ...]:
    judged = any(each.criterion.measure.endswith(".impact_ratio") for each in verdicts.verdicts)
    return (Message(key="note.deciding_limits"),) if judged else ()


def _withheld(rows: list[tuple[Cell, ...]]) -> bool:
    return any(isinstance(cell, Message) and cell.key == "symbol.suppressed" for row in rows for cell in row)


def _judged(verdict: Verdict, measures: dict[str, Measure]) -> tuple[Cell, ...]:
    status = Message(key=f"status.{verdict.status}")
    criterion = verdict.limit
    if not verdict.measures:
        held = (
            Message(key="symbol.suppressed") if verdict.message.key.startswith("verdict.withheld") else None
        )
        return (verdict.called, held, held, held, criterion, status)
    label, value, interval, n = _figure(measure := measures[verdict.measures[0]])
    if measure.metric == "impact_ratio":
        decisive = measures.get(measure_id(measure.analysis, "impact_ratio_decisive", measure.dimensions))
        interval = None if decisive is None or decisive.interval is None else decisive.ref("interval")
    return (label, value, interval, n, criterion, status)


def _figure(measure: Measure) -> tuple[Cell, ...]:
    interval = measure.ref("interval") if measure.interval is not None else None
    return (label_of(measure), measure.ref(), interval, measure.ref("n"))
