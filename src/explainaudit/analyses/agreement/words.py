"""Three words for how far explanations can be trusted, by a printed table; the worst row wins."""

from explainaudit.records.measure import Measure
from explainaudit.records.message import Message
from explainaudit.records.table import Cell, Table, column

# Metric, the limit below which it is not usable (none for agreement), and with care (decisions 11.11).
LADDER: tuple[tuple[str, float | None, float], ...] = (
    ("lime_fidelity", 0.3, 0.5),
    ("lime_stability", 0.5, 0.8),
    ("agreement_top", None, 0.5),
)


def word_of(found: dict[str, Measure], *, adds_up: bool) -> str:
    """Return ``usable``, ``with_care`` or ``not_usable``, or ``unknown`` where a test gave no value."""
    words = {_word(found[metric], lowest, care) for metric, lowest, care in LADDER}
    if not adds_up or "not_usable" in words:
        return "not_usable"
    if "with_care" in words:
        return "with_care"
    return "unknown" if "unknown" in words else "usable"


def _word(measure: Measure, lowest: float | None, care: float) -> str:
    if measure.value is None:
        return "unknown"
    if lowest is not None and measure.value < lowest:
        return "not_usable"
    return "with_care" if measure.value < care else "usable"


def ladder_table(found: dict[str, Measure], *, adds_up: bool) -> tuple[Table, list[Measure]]:
    """Return the decision table with what was found, and the limits it prints."""
    limits: list[Measure] = []

    def limit(metric: str, kind: str, value: float) -> Cell:
        made = Measure(
            analysis="agreement",
            metric="limit",
            dimensions={"of": metric, "word": kind},
            value=value,
            unit=found[metric].unit,
            kind="fact",
        )
        limits.append(made)
        return Message(key="ladder.below", params={"limit": made.ref()})

    additivity = "usable" if adds_up else "not_usable"
    rows: list[tuple[Cell, ...]] = [
        (
            Message(key="measure.agreement.additivity_max"),
            found["additivity_max"].ref(),
            Message(key="ladder.not_additive"),
            None,
            Message(key=f"ladder.{additivity}"),
        )
    ]
    for metric, lowest, care in LADDER:
        rows.append(
            (
                Message(key=f"measure.agreement.{metric}"),
                found[metric].ref(),
                None if lowest is None else limit(metric, "not_usable", lowest),
                limit(metric, "with_care", care),
                Message(key=f"ladder.{_word(found[metric], lowest, care)}"),
            )
        )
    table = Table(
        name="ladder",
        caption=Message(key="table.agreement.ladder"),
        columns=(
            column("test", "value"),
            column("value", "small_cell", numeric=True),
            column("not_usable", "value"),
            column("with_care", "value"),
            column("word", "value"),
        ),
        rows=tuple(rows),
        notes=(Message(key="note.ladder"),),
    )
    return table, limits
