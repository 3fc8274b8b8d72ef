"""Counts of decisions and errors per group, added partition by partition."""

import pandas as pd

CELLS = ("n", "selected", "tp", "fp", "fn", "tn")
MISSING = "missing"
Counts = dict[str, int]
State = dict[str, dict[str, Counts]]


def zero() -> State:
    """Return the counts of no rows."""
    return {}


def add(state: State, scored: pd.DataFrame) -> State:
    """Return ``state`` with the rows of ``scored`` counted in.

    Parameters
    ----------
    state : dict
        Feature, then group, then cell. A group's name has the prefix ``=``, so that no group can
        be taken for `MISSING`.
    scored : DataFrame
        ``label``, ``predicted``, ``event_predicted``, ``favourable``, and ``group:<feature>``.
    """
    labelled = scored["label"].notna()
    right = (scored["label"] == scored["predicted"]).fillna(value=False).astype(bool)
    event = scored["event_predicted"].astype(bool)
    cells = pd.DataFrame(
        {
            "n": True,
            "selected": scored["favourable"].fillna(value=False).astype(bool),
            "tp": labelled & right & event,
            "fp": labelled & ~right & event,
            "fn": labelled & ~right & ~event,
            "tn": labelled & right & ~event,
        }
    )
    counted: State = {}
    for name in scored.columns:
        if name.startswith("group:"):
            group = ("=" + scored[name].astype("str")).where(scored[name].notna(), MISSING)
            sums = cells.groupby(group.to_numpy(dtype=object)).sum()
            counted[name.removeprefix("group:")] = {
                str(key): {cell: int(row[cell]) for cell in CELLS} for key, row in sums.iterrows()
            }
    return merge(state, counted)


def merge(earlier: State, later: State) -> State:
    """Return the sum of two states."""
    total: State = {}
    for state in (earlier, later):
        for feature, groups in state.items():
            for group, counts in groups.items():
                sums = total.setdefault(feature, {}).setdefault(group, dict.fromkeys(CELLS, 0))
                for cell, number in counts.items():
                    sums[cell] += number
    return {feature: dict(sorted(groups.items())) for feature, groups in sorted(total.items())}
