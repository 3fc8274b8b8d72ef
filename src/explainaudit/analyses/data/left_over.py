"""What was left over when a table of groups was joined to the sample."""

from explainaudit.records.measure import Measure
from explainaudit.records.message import Message
from explainaudit.records.responses import Responses
from explainaudit.records.table import Table, column
from explainaudit.stats.rates import count
from explainaudit.stats.tiers import smallest_cell


def left_over(responses: Responses) -> tuple[Table, list[Measure]] | None:
    """Return how many rows have no line in the table of groups, and the reverse; ``None`` without one.

    A table of its own: a small count in it withholds no other in the shareable edition.
    """
    joined = responses.joined
    if joined is None:
        return None
    matched = len(responses.scored) - joined.rows_without
    # Beside the number of rows, either count gives the other away.
    found = (("rows_without_groups", joined.rows_without), ("lines_without_row", joined.lines_without))
    measures = [
        count("data", name, k).model_copy(update={"smallest_cell": smallest_cell(k, matched)})
        for name, k in found
    ]
    table = Table(
        name="left_over",
        caption=Message(key="table.data.left_over"),
        columns=(column("rows_that", "value"), column("n", "small_cell", numeric=True)),
        rows=tuple((Message(key=f"measure.data.{each.metric}"), each.ref()) for each in measures),
    )
    return table, measures
