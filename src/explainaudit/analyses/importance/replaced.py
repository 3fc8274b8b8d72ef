"""Permutation importance, beside mean |SHAP|: what the model loses when a column is replaced."""

import numpy as np

from explainaudit.records.effect import PermutedLosses
from explainaudit.records.measure import Measure
from explainaudit.records.message import Message, Name, Series
from explainaudit.records.table import Cell, Table, column
from explainaudit.stats.design import Design, mean_of
from explainaudit.stats.rates import fact

SHOWN = 20


def loss_measures(losses: PermutedLosses, design: Design, ranking: list[Measure]) -> list[Measure]:
    """Return the mean increase of the loss for every set of columns, and how both rankings go together."""
    n = design.number()
    found = []
    for place, columns in enumerate(losses.sets):
        value, interval = mean_of(losses.increase[:, place], design)
        metric = "permutation" if len(columns) == 1 else "permutation_cluster"
        about = {"column": columns[0]} if len(columns) == 1 else {"cluster": ", ".join(columns)}
        found.append(
            Measure(
                analysis="importance",
                metric=metric,
                dimensions=about,
                value=value,
                interval=interval,
                n=n,
                unit="score",
                estimand="people_like_these",
                kind="attribution",
                smallest_cell=n,
            )
        )
    correlation = _together(found, ranking)
    agreement = Measure(
        analysis="importance",
        metric="permutation_agreement",
        value=correlation,
        reason=None if correlation is not None else "not_estimable",
        n=n,
        unit="score",
        kind="quality",
        smallest_cell=n,
    )
    return [*found, agreement, fact("importance", "permutation_repeats", losses.repeats)]


def _together(found: list[Measure], ranking: list[Measure]) -> float | None:
    """Return Spearman's correlation over the columns of both rankings; ``None`` with fewer than three."""
    from scipy.stats import spearmanr

    means = {
        each.dimensions["column"]: each.value
        for each in ranking
        if each.metric == "mean_abs_shap" and "class" not in each.dimensions
    }
    alone = {each.dimensions["column"]: each.value for each in found if each.metric == "permutation"}
    names = [name for name in alone if name in means]
    both = [np.array([given[name] for name in names], dtype=np.float64) for given in (means, alone)]
    if len(names) < 3 or not all(np.ptp(each) > 0 for each in both):
        return None
    return float(spearmanr(both[0], both[1]).statistic)


def loss_table(losses: PermutedLosses, measures: list[Measure], ranking: list[Measure]) -> Table:
    """Return the increases, largest first, with the rank by mean |SHAP| beside."""
    ranks = {each.dimensions["column"]: each for each in ranking if each.metric == "rank"}
    alone = [each for each in measures if each.metric == "permutation"]
    ordered = sorted(alone, key=lambda each: (-(each.value or 0.0), each.dimensions["column"]))[:SHOWN]
    rows: list[tuple[Cell, ...]] = [
        (
            Name(text=each.dimensions["column"]),
            each.ref("n"),
            each.ref(),
            each.ref("interval"),
            ranks[each.dimensions["column"]].ref(),
        )
        for each in ordered
    ]
    by_name = {each.metric: each for each in measures}
    return Table(
        name="permutation",
        caption=Message(key=f"table.importance.permutation_{losses.loss}"),
        columns=(
            column("column", "value"),
            *(column(name, "small_cell", numeric=True) for name in ("n", "increase", "interval")),
            column("shap_rank", "value", numeric=True),
        ),
        rows=tuple(rows),
        of_labels=True,
        notes=(
            Message(
                key="note.permutation",
                params={
                    "repeats": by_name["permutation_repeats"].ref(),
                    "spearman": by_name["permutation_agreement"].ref(),
                },
            ),
        ),
    )


def cluster_table(losses: PermutedLosses, measures: list[Measure]) -> Table:
    """Return the clusters of associated columns, and what the model loses when each is replaced as one."""
    found = {each.dimensions["cluster"]: each for each in measures if each.metric == "permutation_cluster"}
    rows: list[tuple[Cell, ...]] = []
    for columns in losses.sets:
        if len(columns) > 1:
            each = found[", ".join(columns)]
            names = Series(items=tuple(Name(text=name) for name in columns))
            rows.append((Message(key="list.of", params={"items": names}), each.ref(), each.ref("interval")))
    return Table(
        name="clusters",
        caption=Message(key="table.importance.clusters"),
        columns=(
            column("cluster_columns", "value"),
            *(column(name, "small_cell", numeric=True) for name in ("increase", "interval")),
        ),
        rows=tuple(rows[:SHOWN]),
        notes=(Message(key="note.clusters"),),
        of_labels=True,
    )
