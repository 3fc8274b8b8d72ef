"""Groups counted with pandas alone, and comparisons made of the counts: what fairness is held against."""

from itertools import combinations

import numpy as np
import pandas as pd
from scipy.stats import fisher_exact
from scipy.stats import t as student
from statsmodels.stats.proportion import proportions_ztest

from explainaudit.analyses.fairness import FAIRNESS
from explainaudit.records.evidence import Evidence
from explainaudit.records.group_columns import GroupColumn
from explainaudit.records.plan import joined_name
from grouped import EVENT, asked

HOSTILE = ("a", "missing", "", "=x", "×", " × ", "a × b", "nan", "group_missing", "b×")


def measured(scored: pd.DataFrame, kind: str = "binary", *, crossed=(), **other) -> Evidence:
    """Return the evidence of scored rows; columns ``stratum:…`` are strata."""
    strata = tuple(
        GroupColumn(column=name.removeprefix("stratum:")) for name in scored if name.startswith("stratum:")
    )
    found = asked(scored, kind, intersections=tuple(crossed), strata=strata, **other)
    return FAIRNESS.measure(found, FAIRNESS.settings())


def stratified(scored: pd.DataFrame, **strata) -> pd.DataFrame:
    """Return scored rows with strata."""
    found = {f"stratum:{name}": pd.Series(list(values), dtype="str") for name, values in strata.items()}
    return scored.assign(**found)


def joined(scored: pd.DataFrame, columns: tuple[str, ...]) -> pd.Series:
    """Return the group of each row, of one feature or of several at once; missing where one is."""
    parts = [scored[f"group:{name}"] for name in columns]
    known = pd.concat(parts, axis=1).notna().all(axis=1)
    names = [
        joined_name(cell) if len(parts) > 1 else cell[0]
        for cell in zip(*(part[known] for part in parts), strict=True)
    ]
    return pd.Series(names, index=scored.index[known], dtype=object).reindex(scored.index)


def about(feature: str, group: str | None) -> dict[str, str]:
    """Return the dimensions of a group's measures."""
    return {"sensitive": feature, **({"group_missing": "true"} if group is None else {"group": group})}


def pairs(counts: dict[str, tuple[int, int]]) -> dict[tuple[str, str], float]:
    """Return the p-value of every pair of (k, n): the z test, or Fisher's where numbers are small."""
    return {(a, b): two_rates(counts[a], counts[b]) for a, b in combinations(sorted(counts), 2)}


def two_rates(first: tuple[int, int], second: tuple[int, int]) -> float:
    (k1, n1), (k2, n2) = first, second
    hit, size = k1 + k2, n1 + n2
    if hit in {0, size}:
        return 1.0
    if min(n1, n2) < 30 or min(n1, n2) * min(hit, size - hit) / size < 5:
        return float(fisher_exact([[k1, n1 - k1], [k2, n2 - k2]])[1])
    return float(proportions_ztest([k1, k2], [n1, n2])[1])


def chosen_counts(scored: pd.DataFrame, group: pd.Series) -> dict[str, tuple[int, int]]:
    """Return (selected, size) of the groups that are large enough to compare."""
    chosen = scored["favourable"].astype(int)[group.notna()]
    pooled = chosen.mean()
    found = {name: (int(of.sum()), len(of)) for name, of in chosen.groupby(group)}
    return {name: (k, n) for name, (k, n) in found.items() if n >= 30 and n * min(pooled, 1 - pooled) >= 5}


def error_counts(scored: pd.DataFrame, group: pd.Series, rate: str) -> dict[str, tuple[int, int]]:
    """Return (k, n) of an error rate in the groups whose own denominator is large enough."""
    rows = scored[scored["label"].notna() & group.notna()]
    had, said = rows["label"] == EVENT, rows["event_predicted"]
    among, hit = {"tpr": (had, said), "fpr": (~had, said), "fdr": (said, ~had), "for": (~said, had)}[rate]
    found = hit[among].astype(int).groupby(group[rows.index][among])
    return {name: (int(of.sum()), len(of)) for name, of in found if len(of) >= 30}


def mean_pairs(scored: pd.DataFrame, group: pd.Series) -> dict[tuple[str, str], float]:
    """Return the p-value of every pair of mean scores: t with the fewer degrees of freedom of the two."""
    held = {name: of.to_numpy() for name, of in scored["score"].groupby(group) if len(of) >= 30}
    found = {}
    for a, b in combinations(sorted(held), 2):
        error = np.hypot(*(held[name].std(ddof=1) / len(held[name]) ** 0.5 for name in (a, b)))
        freedom = min(len(held[a]), len(held[b])) - 1
        if error > 1e-12:
            found[a, b] = 2 * student.sf(abs(held[a].mean() - held[b].mean()) / error, freedom)
    return found


def reference_of(counts: dict[str, tuple[int, int]]) -> str | None:
    """Return the group of the highest rate; of several the largest, and then the first."""
    if not any(k for k, _ in counts.values()):
        return None
    return min(counts, key=lambda name: (-counts[name][0] / counts[name][1], -counts[name][1], name))
