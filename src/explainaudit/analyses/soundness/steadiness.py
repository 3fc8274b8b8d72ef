"""Does the model answer alike when it is asked again, and leave the rows it is given alone?"""

from explainaudit.records.evidence import Evidence
from explainaudit.records.measure import Measure, Unit
from explainaudit.records.message import Message
from explainaudit.records.responses import Responses
from explainaudit.records.table import Table, column
from explainaudit.records.verdict import Flag, Level

# Beyond this share of the largest answer a difference is no rounding of float32.
ROUNDING = 1e-5


def steadiness_measures(responses: Responses) -> list[Measure]:
    """Return the largest differences between two answers for one row, and whether the rows were changed."""
    asked = responses.steadiness
    if asked is None:
        return []
    gap = asked.gap if asked.gap > ROUNDING * asked.scale else 0.0
    found = [
        _measure("repeat_gap", gap, asked.rows, "number"),
        _measure("rows_written", float(asked.writes), asked.rows, "count"),
    ]
    explained = responses.explained
    if explained is not None:
        largest = responses.scored["score"].abs().max() if responses.task.type == "regression" else 1.0
        moved = explained.moved if explained.moved > ROUNDING * largest else 0.0
        found.append(_measure("answers_moved", moved, explained.rows, "number"))
    return found


def _measure(metric: str, value: float, rows: int, unit: Unit) -> Measure:
    return Measure(
        analysis="soundness",
        metric=metric,
        value=value,
        n=rows,
        unit=unit,
        kind="quality",
        smallest_cell=rows,
    )


def steadiness_table(found: list[Measure]) -> Table:
    """Return what came of asking twice."""
    return Table(
        name="steadiness",
        caption=Message(key="table.soundness.steadiness"),
        columns=(
            column("test", "value"),
            column("meaning", "value"),
            column("n", "small_cell", numeric=True),
            column("value", "small_cell", numeric=True),
        ),
        rows=tuple(
            (
                Message(key=f"measure.soundness.{each.metric}"),
                Message(key=f"meaning.{each.metric}"),
                each.ref("n"),
                each.ref(),
            )
            for each in found
        ),
    )


def steadiness_flags(evidence: Evidence) -> tuple[Flag, ...]:
    """Flag a model that answers otherwise when asked again, or that writes into what it is given."""
    levels: dict[str, tuple[str, Level]] = {
        "repeat_gap": ("SOUND03", "serious"),
        "answers_moved": ("SOUND05", "serious"),
        "rows_written": ("SOUND04", "caution"),
    }
    return tuple(
        Flag(
            code=levels[each.metric][0],
            level=levels[each.metric][1],
            message=Message(key=f"flag.{levels[each.metric][0]}", params={"value": each.ref()}),
            measures=(each.id,),
        )
        for each in evidence.measures
        if each.metric in levels and each.value
    )
