"""How well the score orders the rows of each group: the area under the ROC curve."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from explainaudit.analyses.fairness.groups import Group, Grouping, label_of
from explainaudit.records.measure import Measure
from explainaudit.records.message import Message, Name
from explainaudit.records.table import Table, column
from explainaudit.stats.discrimination import smaller_class, weighted_auc
from explainaudit.stats.rates import count
from explainaudit.stats.tiers import outcomes_tier, smallest_cell


def group_aucs(grouping: Grouping, scored: pd.DataFrame, event: str) -> list[Measure]:
    """Return the area of every group with its interval (DeLong); n/e where outcomes are of one kind alone."""
    known = scored["label"].notna().to_numpy()
    actual = (scored["label"] == event).to_numpy(dtype=bool, na_value=False)
    score = scored["score"].to_numpy(dtype=np.float64)
    measures = []
    for group in grouping.groups:
        rows = group.rows[known[group.rows]]
        design, had = group.design.among(known[group.rows]), actual[rows]
        events, n = int(had.sum()), len(rows)
        found = weighted_auc(had, score[rows], design)
        fewest = 0.0 if found is None else smaller_class(had, design)
        made = Measure(
            analysis="fairness",
            metric="group_auc",
            dimensions=group.dimensions,
            value=None if found is None else found[0],
            reason="not_estimable" if found is None else None,
            interval=None if found is None else found[1],
            n=n,
            unit="score",
            tier="not_estimable"
            if found is None
            else outcomes_tier(fewest, max(fewest, design.worth() - fewest)),
            estimand="people_like_these",
            kind="score",
            smallest_cell=smallest_cell(events, n - events),
        )
        measures += [made, count("fairness", "group_events", events, group.dimensions)]
    return measures


def auc_table(groups: Sequence[Group], measures: Sequence[Measure]) -> Table:
    """Return one feature's areas, each with the rows and the events that it rests on."""
    found = {(each.metric, str(each.dimensions)): each for each in measures}
    rows = []
    for group in groups:
        area, events = (found[metric, str(group.dimensions)] for metric in ("group_auc", "group_events"))
        rows.append(
            (label_of(group.dimensions), area.ref("n"), events.ref(), area.ref(), area.ref("interval"))
        )
    feature = groups[0].feature
    headings = ("known", "group_events", "group_auc", "interval")
    return Table(
        name=f"auc:{feature}",
        caption=Message(key="table.fairness.auc", params={"feature": Name(text=feature)}),
        columns=(column("group", "value"), *(column(name, "small_cell", numeric=True) for name in headings)),
        rows=tuple(rows),
        of_labels=True,
    )
