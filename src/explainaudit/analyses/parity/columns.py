"""The columns that lead in any group: mean |SHAP| and rank within each group."""

import numpy as np
from numpy.typing import NDArray

from explainaudit.analyses.parity.groups import Group, largest, left_out
from explainaudit.analyses.parity.ranking import Floats, Importances
from explainaudit.records.measure import Interval, Measure
from explainaudit.records.message import Message, Name
from explainaudit.records.table import Cell, Table, column

COLUMNS, LINES = 6, 24


def columns_of(groups: list[Group], of: Importances, unit: str) -> tuple[Table, list[Measure]]:
    """Return the six columns of best rank in any group, a line for each group.

    Parameters
    ----------
    groups : list of Group
        Those with enough rows, one at least.
    unit : str
        Unit of the SHAP values.
    """
    means = np.array([of.means(group.rows) for group in groups])
    # Equal means are ordered by name, as in the ranking over all rows.
    ranks = np.array([_ranks(each, of.columns) for each in means])
    overall = of.means(np.any([group.rows for group in groups], axis=0))
    first = sorted(range(len(of.columns)), key=lambda j: (ranks[:, j].min(), -overall[j], of.columns[j]))[
        :COLUMNS
    ]
    shown = [id(group) for group in largest(groups, LINES // 2)]
    measures: list[Measure] = []
    lines: list[tuple[Cell, ...]] = []
    for place in first:
        for group, rank in zip(groups, ranks[:, place], strict=True):
            about = {**group.dimensions, "column": of.columns[place]}
            size = _measure("mean_abs_shap", about, of.mean(group.rows, place), group)
            rated = _measure("rank", about, (float(rank), None), group)
            measures += [size, rated]
            if id(group) in shown:
                ends = (size.ref("n"), rated.ref(), size.ref(), size.ref("interval"))
                lines.append((Name(text=of.columns[place]), group.label, *ends))
    # Where not all columns fit, those that are shown have all their lines.
    fitting = lines[: LINES // len(shown) * len(shown)]
    notes, facts = left_out(f"columns:{groups[0].feature}", len(first) * len(groups) - len(fitting))
    return _table(groups[0].feature, unit, fitting, notes), [*measures, *facts]


def _ranks(means: Floats, columns: tuple[str, ...]) -> NDArray[np.intp]:
    order = sorted(range(len(columns)), key=lambda j: (-means[j], columns[j]))
    return np.argsort(order) + 1


def _measure(
    metric: str, dimensions: dict[str, str], found: tuple[float, Interval | None], group: Group
) -> Measure:
    return Measure(
        analysis="parity",
        metric=metric,
        dimensions=dimensions,
        value=found[0],
        interval=found[1],
        n=group.number,
        unit="score" if metric == "mean_abs_shap" else "count",
        tier=group.tier,
        estimand="people_like_these",
        kind="attribution",
        smallest_cell=group.cell,
    )


def _table(feature: str, unit: str, lines: list[tuple[Cell, ...]], notes: tuple[Message, ...]) -> Table:
    params = {"feature": Name(text=feature), "unit": Message(key=f"unit.{unit}")}
    numeric = ("n", "rank", "mean_abs_shap", "interval")
    return Table(
        name=f"columns:{feature}",
        caption=Message.model_validate({"key": "table.parity.columns", "params": params}),
        columns=(
            column("column", "value"),
            column("group", "value"),
            *(column(each, "small_cell", numeric=True) for each in numeric),
        ),
        rows=tuple(lines),
        notes=(Message(key="note.parity_columns"), *notes),
    )
