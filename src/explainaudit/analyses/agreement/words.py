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


def word_of(found: dict[str, Measure], *, sound: bool) -> str:
    """Return ``usable``, ``with_care`` or ``not_usable``, or ``unknown`` where a test gave no value."""
    words = {_word(found[metric], lowest, care) for metric, lowest, care in LADDER}
    if not sound or "not_usable" in words:
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


def ladder_table(found: dict[str, Measure], *, sound: bool) -> tuple[Table, list[Measure]]:
    """Return the decision table with what was found, and the limits it prints."""
    limits: list[Measure] = []
    additivity = "usable" if sound else "not_usable"
    rows: list[tuple[Cell, ...]] = [
        (
            Message(key="measure.agreement.additivity_max"),
            None,  # it stands above, over many rows; beside figures of six cases an edition would withhold it
            Message(key="ladder.not_additive"),
            None,
            Message(key=f"ladder.{additivity}"),
        )
    ]
    for metric, lowest, care in LADDER:
        bounds = {"not_usable": lowest, "with_care": care}
        made = {word: _limit(found[metric], word, at) for word, at in bounds.items() if at is not None}
        limits += made.values()
        below = {
            word: Message(key="ladder.below", params={"limit": each.ref()}) for word, each in made.items()
        }
        word = Message(key=f"ladder.{_word(found[metric], lowest, care)}")
        label = Message(key=f"measure.agreement.{metric}")
        rows.append((label, found[metric].ref(), below.get("not_usable"), below["with_care"], word))
    table = Table(
        name="ladder",
        caption=Message(key="table.agreement.ladder"),
        columns=(
            column("test", "value"),
            column("value", "small_cell", numeric=True),
            *(column(name, "value") for name in ("not_usable", "with_care", "word")),
        ),
        rows=tuple(rows),
        notes=(Message(key="note.ladder"),),
    )
    return table, limits


def _limit(of: Measure, word: str, value: float) -> Measure:
    """Return a limit of the table as a measure, so that the printed number has a record."""
    about = {"of": of.metric, "word": word}
    return Measure(
        analysis="agreement", metric="limit", dimensions=about, value=value, unit=of.unit, kind="fact"
    )
