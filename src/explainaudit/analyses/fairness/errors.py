"""For whom it errs: error rates of groups, each over its own denominator."""

import numpy as np
import pandas as pd

from explainaudit.analyses.fairness.groups import Group, label_of
from explainaudit.records.measure import Measure
from explainaudit.records.message import Message, Name
from explainaudit.records.table import Cell, Table, column
from explainaudit.stats.rates import rated
from explainaudit.stats.tiers import error_rate_tier

ERROR_RATES = ("tpr", "fpr", "fnr", "fdr", "for")


def error_rates(groups: list[Group], scored: pd.DataFrame, event: str) -> list[Measure]:
    """Return every error rate of every group, over its own denominator."""
    known = scored["label"].notna().to_numpy()
    actual = (scored["label"] == event).to_numpy(dtype=bool, na_value=False)
    predicted = scored["event_predicted"].to_numpy(dtype=bool)
    parts = {
        "tpr": (predicted, known & actual),
        "fpr": (predicted, known & ~actual),
        "fnr": (~predicted, known & actual),
        "fdr": (~actual, known & predicted),
        "for": (actual, known & ~predicted),
    }
    measures = []
    for metric in ERROR_RATES:
        hit, among = parts[metric]
        for group in groups:
            inside = among[group.rows]
            labelled, events = known[group.rows], (known & actual)[group.rows]
            sure = error_rate_tier(int(labelled.sum()), int(events.sum()), of=int(inside.sum()))
            of_group = hit[group.rows][inside]
            design = group.design.among(inside)
            measures.append(rated("fairness", metric, of_group, design, group.dimensions, tier=sure))
    return measures


def error_table(feature: str, errors: list[Measure]) -> Table:
    """Return one feature's error rates, a row per rate and group."""
    rows: list[tuple[Cell, ...]] = [
        (
            Message(key=f"measure.fairness.{each.metric}"),
            label_of(each.dimensions),
            each.ref("n"),
            each.ref(),
            each.ref("interval"),
        )
        for each in errors
    ]
    return Table(
        name=f"errors:{feature}",
        caption=Message(key="table.fairness.errors", params={"feature": Name(text=feature)}),
        columns=(
            column("rate", "value"),
            column("group", "value"),
            *(column(name, "small_cell", numeric=True) for name in ("of_n", "value", "interval")),
        ),
        rows=tuple(rows),
        notes=(Message(key="note.error_rates"),),
    )


def parted(
    groups: list[Group], labels: pd.Series, names: tuple[str, ...], kind: str
) -> tuple[Table, list[Measure]]:
    """Return the share of each name within each group: of bands, or of predicted classes."""
    values = labels.to_numpy(dtype=object)
    measures = [
        rated(
            "fairness",
            f"{kind}_rate",
            values[group.rows] == name,
            group.design,
            {**group.dimensions, kind: name},
        )
        for name in names
        for group in groups
    ]
    return _by_name(groups[0].feature, measures, kind), measures


def recalls(groups: list[Group], scored: pd.DataFrame, names: tuple[str, ...]) -> tuple[Table, list[Measure]]:
    """Return the recall of each class within each group, over its own rows of the class."""
    label, predicted = scored["label"].to_numpy(dtype=object), scored["predicted"].to_numpy(dtype=object)
    measures = []
    for name in names:
        for group in groups:
            inside = np.asarray(label[group.rows] == name, dtype=bool)
            hit = np.asarray(predicted[group.rows][inside] == name, dtype=bool)
            known = int(scored["label"].notna().to_numpy()[group.rows].sum())
            sure = error_rate_tier(known, int(inside.sum()), of=int(inside.sum()))
            about = {**group.dimensions, "class": name}
            measures.append(rated("fairness", "recall", hit, group.design.among(inside), about, tier=sure))
    return _by_name(groups[0].feature, measures, "recall"), measures


SHOWN = 24


def _by_name(feature: str, measures: list[Measure], kind: str) -> Table:
    dimension = "class" if kind == "recall" else kind
    rows: list[tuple[Cell, ...]] = [
        (
            Name(text=each.dimensions[dimension]),
            label_of(each.dimensions),
            each.ref("n"),
            each.ref(),
            each.ref("interval"),
        )
        for each in measures
    ]
    return Table(
        name=f"{kind}:{feature}",
        caption=Message(key=f"table.fairness.{kind}", params={"feature": Name(text=feature)}),
        columns=(
            column(dimension, "value"),
            column("group", "value"),
            *(column(name, "small_cell", numeric=True) for name in ("of_n", "value", "interval")),
        ),
        rows=tuple(rows[:SHOWN]),
        notes=(Message(key="note.more_lines"),) if len(rows) > SHOWN else (),
    )
