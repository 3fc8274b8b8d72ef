"""What a model says of groups beside the favourable decision: score bands, predicted classes, recall."""

import numpy as np
import pandas as pd

from explainaudit.analyses.fairness.groups import SHOWN, Group, label_of, left_out
from explainaudit.records.measure import Measure
from explainaudit.records.message import Message, Name
from explainaudit.records.table import Cell, Table, column
from explainaudit.stats.rates import rated
from explainaudit.stats.tiers import error_rate_tier, tier

Found = tuple[Table, list[Measure]]


def parted(
    groups: list[Group], shown: list[Group], labels: pd.Series, names: tuple[str, ...], *, kind: str
) -> Found:
    """Return the share of each name within each group: ``kind`` is ``band`` or ``class``.

    The table has the groups ``shown``; the measures are of all.
    """
    everyone = np.any([group.rows for group in groups], axis=0)
    measures = []
    for name in names:
        hit = (labels == name).to_numpy(dtype=bool, na_value=False)
        pooled = float(hit[everyone].mean()) if everyone.any() else 0.0
        for group in groups:
            inside = hit[group.rows]
            sure = tier(group.design.worth(), int(inside.sum()), pooled=pooled)
            about = {**group.dimensions, kind: name}
            measures.append(rated("fairness", f"{kind}_rate", inside, group.design, about, tier=sure))
    return _table(shown, measures, kind, kind)


def recalls(groups: list[Group], shown: list[Group], scored: pd.DataFrame, names: tuple[str, ...]) -> Found:
    """Return the recall of each class within each group, over its own rows of the class."""
    known = scored["label"].notna().to_numpy()
    measures = []
    for name in names:
        of_class = (scored["label"] == name).to_numpy(dtype=bool, na_value=False)
        right = (scored["predicted"] == name).to_numpy(dtype=bool, na_value=False)
        for group in groups:
            inside = of_class[group.rows]
            design = group.design.among(inside)
            sure = error_rate_tier(group.design.worth(known[group.rows]), design.worth())
            about = {**group.dimensions, "class": name}
            measures.append(rated("fairness", "recall", right[group.rows][inside], design, about, tier=sure))
    return _table(shown, measures, "class", "recall")


def _table(groups: list[Group], measures: list[Measure], dimension: str, kind: str) -> Found:
    """Return a table by name and group; where it is too long, of the names in which groups differ most."""
    feature, wanted = groups[0].feature, {group.name for group in groups}
    by_name: dict[str, list[Measure]] = {}
    for each in measures:
        if each.dimensions.get("group") in wanted:
            by_name.setdefault(each.dimensions[dimension], []).append(each)
    apart = sorted(by_name, key=lambda name: -_spread(by_name[name]))
    kept = set(apart[: max(1, SHOWN // len(groups))])
    rows: list[tuple[Cell, ...]] = [
        (Name(text=name), label_of(each.dimensions), each.ref("n"), each.ref(), each.ref("interval"))
        for name, found in by_name.items()
        if name in kept
        for each in found
    ]
    notes, facts = left_out(f"{kind}:{feature}", len(measures) - len(rows))
    table = Table(
        name=f"{kind}:{feature}",
        caption=Message(key=f"table.fairness.{kind}", params={"feature": Name(text=feature)}),
        columns=(
            column(dimension, "value"),
            column("group", "value"),
            *(column(name, "small_cell", numeric=True) for name in ("of_n", "value", "interval")),
        ),
        rows=tuple(rows),
        notes=notes,
    )
    return table, [*measures, *facts]


def _spread(found: list[Measure]) -> float:
    """Return how far apart the groups are that rest on enough rows."""
    values = [
        each.value
        for each in found
        if each.value is not None and each.tier in {"reportable", "indicative"} and "group" in each.dimensions
    ]
    return max(values) - min(values) if values else -1.0
