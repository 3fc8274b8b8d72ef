"""For whom a model of several classes errs: each class against the rest, and the mean over the classes."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from explainaudit.analyses.fairness.compared import Comparison, Rated, gaps
from explainaudit.analyses.fairness.gaps import largest
from explainaudit.analyses.fairness.groups import Group, Grouping, label_of
from explainaudit.analyses.fairness.outcome_tables import p_of
from explainaudit.analyses.fairness.shares import by_name
from explainaudit.records.measure import Measure
from explainaudit.records.message import Message, Name, Ref
from explainaudit.records.responses import Responses
from explainaudit.records.table import Table, column
from explainaudit.stats.design import Design, influence_interval
from explainaudit.stats.tiers import error_rate_tier, smallest_cell

RATES = ("recall", "class_fpr")
Bools = NDArray[np.bool_]
Parts = dict[str, list[Rated]]


def one_against_rest(grouping: Grouping, scored: pd.DataFrame, names: Sequence[str]) -> dict[str, Parts]:
    """Return, for each class, recall and false positive rate of every group, over its own denominator."""
    known = scored["label"].notna().to_numpy()
    found: dict[str, Parts] = {}
    for name in names:
        of_class = (scored["label"] == name).to_numpy(dtype=bool, na_value=False)
        said = (scored["predicted"] == name).to_numpy(dtype=bool, na_value=False)
        parts: Parts = {metric: [] for metric in RATES}
        for group in grouping.groups:
            rows = group.rows[known[group.rows]]
            design = group.design.among(known[group.rows])
            worth = design.worth()
            for metric, among in zip(RATES, (of_class[rows], ~of_class[rows]), strict=True):
                of = design.among(among)
                sure = error_rate_tier(worth, of.worth())
                parts[metric].append(Rated(group, said[rows][among], of, sure, {"class": name}))
        found[name] = parts
    return found


def class_errors(
    grouping: Grouping, shown: Sequence[Group], responses: Responses, reference: str | None
) -> tuple[list[Table], list[Measure], list[Comparison], list[Measure]]:
    """Return the tables of recall, false positive rate and their means, with all that stands in them."""
    found = one_against_rest(grouping, responses.scored, responses.model.classes)
    tables: list[Table] = []
    measures: list[Measure] = []
    comparisons: list[Comparison] = []
    beside: list[Measure] = []
    for metric in RATES:
        lines = []
        for parts in found.values():
            apart, more = gaps(f"{metric}_difference", parts[metric], reference)
            shares = [each.measured(metric) for each in parts[metric]]
            lines += [
                (share, (share.ref("n"), share.ref(), share.ref("interval"), *_compared(gap)))
                for share, gap in zip(shares, apart, strict=True)
            ]
            measures += [*shares, *apart]
            beside += apart
            comparisons += more
        headings = ("of_n", "value", "interval", "difference", "interval_difference", "p_holm")
        table, facts = by_name(shown, lines, kind=metric, headings=headings)
        tables.append(table.model_copy(update={"of_labels": True}))
        measures += facts
    # A class that nobody has is no part of it.
    had = [parts for parts in found.values() if any(each.design.number() for each in parts["recall"])]
    odds = [parts[metric] for parts in had for metric in RATES]
    measures.append(largest(grouping.feature, "equalized_odds_difference", odds))
    table, means = _means(grouping.groups, shown, responses)
    return [*tables, table], [*measures, *means], comparisons, beside


def _compared(gap: Measure) -> tuple[Ref, ...]:
    return gap.ref(), gap.ref("interval"), p_of(gap, "p_holm")


def _means(
    groups: Sequence[Group], shown: Sequence[Group], responses: Responses
) -> tuple[Table, list[Measure]]:
    """Return recall and false positive rate of each group, as plain means over the classes (macro)."""
    names = list(responses.model.classes)
    actual = pd.Index(names).get_indexer(pd.Index(responses.scored["label"]))
    said = pd.Index(names).get_indexer(pd.Index(responses.scored["predicted"]))
    measures, rows = [], []
    wanted = {group.name for group in shown}
    for group in groups:
        known = actual[group.rows] >= 0
        places = group.rows[known]
        had, predicted = (each[places][:, None] == np.arange(len(names)) for each in (actual, said))
        design = group.design.among(known)
        made = [
            _mean(metric, group.dimensions, predicted, (among, design))
            for metric, among in (("macro_recall", had), ("macro_fpr", ~had))
        ]
        measures += made
        if group.name in wanted:
            cells = [part for each in made for part in (each.ref(), each.ref("interval"))]
            rows.append((label_of(group.dimensions), made[0].ref("n"), *cells))
    feature = groups[0].feature
    headings = ("known", "macro_recall", "interval", "macro_fpr", "interval_macro_fpr")
    table = Table(
        name=f"macro:{feature}",
        caption=Message(key="table.fairness.macro", params={"feature": Name(text=feature)}),
        columns=(column("group", "value"), *(column(name, "small_cell", numeric=True) for name in headings)),
        rows=tuple(rows),
        notes=(Message(key="note.macro"),),
        of_labels=True,
    )
    return table, measures


def _mean(metric: str, about: dict[str, str], said: Bools, of: tuple[Bools, Design]) -> Measure:
    """Return the mean over classes of the share of rows predicted as the class, among some rows for each.

    A row moves the mean through every class that it is among the rows of: by (1/C)·(said − share)·W/W_c.
    Where a class has no row to be a share of, the mean is not estimable.

    Parameters
    ----------
    said : ndarray of bool, shape (n, C)
        Which class each row is predicted as.
    of : (ndarray of bool, shape (n, C), Design)
        The rows that the share of each class is of, and the design of all n.
    """
    among, design = of
    weight = design.weight @ among
    value, interval = None, None
    if len(weight) and (weight > 0).all():
        shares = (design.weight @ (among & said)) / weight
        value = float(shares.mean())
        influence = (among * (said - shares) * (design.total / weight)).mean(axis=1)
        interval = influence_interval(value, influence, design, scale="logit")
    worth = [design.worth(each) for each in among.T]
    counts = [design.number(each) for each in (among & said).T] + [
        design.number(each) for each in (among & ~said).T
    ]
    return Measure(
        analysis="fairness",
        metric=metric,
        dimensions=about,
        value=value,
        reason="zero_denominator" if value is None else None,
        interval=interval,
        n=design.number(),
        unit="share",
        tier=error_rate_tier(design.worth(), min(worth, default=0.0)),
        estimand="people_like_these",
        kind="rate",
        smallest_cell=smallest_cell(*counts),
    )
