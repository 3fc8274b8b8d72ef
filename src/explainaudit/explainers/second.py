"""A second algorithm over the same question, so that additivity is not the only check."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from explainaudit.explainers.ask import Ask, Questions, keyed_seed
from explainaudit.explainers.explain import (
    ENUMERATED_COLUMNS,
    Found,
    Keys,
    choose_algorithm,
    players_of,
    values_by,
)
from explainaudit.explainers.sampling import MOST_ROUNDS
from explainaudit.explainers.second_by_shap import by_shap
from explainaudit.explainers.tree_path_values import path_base, path_values
from explainaudit.explainers.tree_walks import REPEATS, walked
from explainaudit.records.inside import Inside, Trees
from explainaudit.stats.keyed import data_digest, row_keys

CHECKED_ROWS = 50
EVALUATIONS = 4_000_000
WALKED_NODES = 1_000_000_000
OF_SHAP = 8
AGAIN, REPEATED = 5, 16  # doubtful rows that are sampled again, and how often
# So many standard errors apart that 50 rows of 25 columns do not get there by chance.
FAR = 6.0
_ROUNDING, _SINGLE = 1e-6, 1e-4
Floats = NDArray[np.float64]
Places = NDArray[np.intp]
# Values by both algorithms: for a seed, and the places of some of the rows.
Both = Callable[[int, Places], tuple[Found, Found]]


@dataclass(frozen=True)
class Second:
    """What a second algorithm says of some rows.

    Attributes
    ----------
    algorithm : str
        What it is called.
    rows, background : int
        Rows compared, and reference rows of the comparison: as many as the evaluations allow. Path-dependent
        values have no reference rows.
    gap : float
        Largest absolute difference, in the unit of the values.
    off : int
        Rows in which a value differs by more than rounding, or than sampling explains.
    interactions : ndarray of shape (k, n, d(d − 1)/2), optional
        Exact interaction values of the rows, where they were enumerated.
    evaluations : int
        Model evaluations that both algorithms took.
    trees, all_trees : int
        Of path-dependent values: how many of the first trees both algorithms were given, of how many.
    """

    algorithm: str
    rows: int
    background: int
    gap: float
    off: int
    interactions: Floats | None
    evaluations: int
    trees: int = 0
    all_trees: int = 0


def second_opinion(ask: Ask, rows: pd.DataFrame, keys: Keys) -> Second:
    """Explain rows by the algorithm in use and by another, against one background, and compare.

    A model that is read is enumerated, or sampled where it has more than 12 columns. Enumeration is
    compared with `shap.ExactExplainer`, sampling with `shap.PermutationExplainer`. Path-dependent values
    are enumerated or sampled too, of trees that are walked, as many of the first as the work allows.

    Parameters
    ----------
    ask : Ask
        The question.
    rows : DataFrame of shape (n, …)
        A keyed choice of the rows explained.
    keys : ndarray of shape (n,)
        Their row keys.
    """
    if ask.inside is not None and ask.values == "path_dependent":
        return _along_paths(ask, ask.inside, rows[ask.names], keys)
    first = choose_algorithm(ask.inside, len(ask.columns))
    other = _other(ask.inside, len(ask.columns))
    held = _reference(ask.inside, len(ask.columns), len(ask.background), len(rows))
    few = replace(ask, background=ask.background.iloc[:held])
    questions = Questions(few)

    def both(seed: int, places: Places) -> tuple[Found, Found]:
        asked, some = replace(few, seed=seed), (rows.iloc[places].reset_index(drop=True), keys[places])
        if ask.inside is None:
            theirs = by_shap(asked, *some, questions)
        else:
            theirs = values_by(choose_algorithm(None, len(ask.columns)), asked, *some, questions)
        return values_by(first, asked, *some, questions), theirs

    rounding = _SINGLE if few.inside is not None and few.inside.single else _ROUNDING
    gap, off, mine, theirs = _judged(both, ask.seed, len(rows), rounding)
    return Second(
        algorithm=other,
        rows=len(rows),
        background=held,
        gap=gap,
        off=off,
        interactions=theirs.pairs if theirs.pairs is not None else mine.pairs,
        evaluations=questions.evaluations,
    )


def _along_paths(ask: Ask, inside: Inside, rows: pd.DataFrame, keys: Keys) -> Second:
    """Compare path-dependent values with those of the game that walking the trees answers."""
    if not isinstance(inside.sum, Trees):
        raise TypeError("path-dependent values are of trees")
    encoded, player = inside.encode(rows), players_of(ask, inside)

    def work(columns: int, nodes: int) -> bool:
        hybrids = 2**columns if columns <= ENUMERATED_COLUMNS else 2 * MOST_ROUNDS * columns * REPEATS
        return len(rows) * hybrids * nodes <= WALKED_NODES

    walk = walked(ask, inside.sum, player, encoded, work=work)
    other = choose_algorithm(None, len(walk.players))
    questions = Questions(walk.ask)

    def both(seed: int, places: Places) -> tuple[Found, Found]:
        asked, some = replace(walk.ask, seed=seed), walk.rows.iloc[places].reset_index(drop=True)
        theirs = values_by(other, asked, some, keys[places], questions)
        values = path_values(walk.trees, player, encoded[places], len(ask.columns))
        mine = Found(values, np.repeat(path_base(walk.trees)[:, None], len(places), axis=1))
        return mine, _widened(theirs, walk.players, len(ask.columns))

    gap, off, _, _ = _judged(both, ask.seed, len(rows), _ROUNDING)
    return Second(
        algorithm=f"walked_{other}",
        rows=len(rows),
        background=0,
        gap=gap,
        off=off,
        interactions=None,
        evaluations=0,
        trees=len(walk.trees.roots),
        all_trees=len(inside.sum.roots),
    )


def _widened(found: Found, columns: NDArray[np.intp], all_columns: int) -> Found:
    """Return values of some columns as values of all of them: the others have none."""
    arrays = []
    for some in (found.values, found.errors):
        wide = np.zeros((*found.values.shape[:2], all_columns))
        if some is not None:
            wide[..., columns] = some
        arrays.append(wide)
    return Found(arrays[0], found.base, arrays[1])


def checking_evaluations(inside: Inside | None, columns: int, background_rows: int, rows: int) -> int:
    """Return about how many model evaluations `second_opinion` takes where so many rows are explained."""
    checked = min(rows, CHECKED_ROWS)
    held = _reference(inside, columns, background_rows, checked)
    return checked * held * _each(columns) * (1 if inside is not None else 2)


def _other(inside: Inside | None, columns: int) -> str:
    if inside is not None:
        return choose_algorithm(None, columns)
    return "shap.ExactExplainer" if columns <= ENUMERATED_COLUMNS else "shap.PermutationExplainer"


def _each(columns: int) -> int:
    """Return the model evaluations for a row and a reference row."""
    return int(2**columns) if columns <= ENUMERATED_COLUMNS else 2 * MOST_ROUNDS * columns


def _reference(inside: Inside | None, columns: int, background_rows: int, rows: int) -> int:
    """Return the number of reference rows; shap asks about one row at a time, so it is given few."""
    most = min(background_rows, max(2, EVALUATIONS // (_each(columns) * max(1, rows))))
    return most if inside is not None else min(most, OF_SHAP)


def _judged(both: Both, seed: int, rows: int, rounding: float) -> tuple[float, int, Found, Found]:
    """Return the largest gap, in how many rows values are apart, and the values of both algorithms.

    A sampled value whose error looks small, because what is rare was not drawn, may seem to be apart:
    doubtful rows are sampled again, many times, before they count.
    """
    mine, theirs = both(seed, np.arange(rows))
    apart = _apart(mine, theirs, rounding)
    doubtful = np.flatnonzero(apart)[:AGAIN]
    if len(doubtful) and not (mine.errors is None and theirs.errors is None):
        runs = [both(keyed_seed(seed, "again", str(run)), doubtful) for run in range(REPEATED)]
        still = _apart(_mean([run[0] for run in runs]), _mean([run[1] for run in runs]), rounding)
        apart[doubtful] = still
        apart &= still.any()
    gap = float(np.abs(mine.values - theirs.values).max(initial=0.0))
    return gap, int(apart.sum()), mine, theirs


def _apart(mine: Found, other: Found, rounding: float) -> NDArray[np.bool_]:
    """Return the rows in which a gap is beyond rounding, at the output's scale, and sampling errors.

    What one column of a row is given wrongly another lacks, so no error of a row is far below their mean.
    """
    scale = np.abs(mine.base + mine.values.sum(axis=2)).max(axis=1, initial=1.0)[:, None, None]
    squares = np.zeros(mine.values.shape)
    for found in (mine, other):
        if found.errors is not None:
            squares += np.maximum(found.errors**2, (found.errors**2).mean(axis=2, keepdims=True))
    gaps = np.abs(mine.values - other.values)
    return np.asarray((gaps > rounding * scale + FAR * np.sqrt(squares)).any(axis=(0, 2)))


def _mean(runs: Sequence[Found]) -> Found:
    """Return the mean of runs, and its standard error from how far they are apart; exact runs are one."""
    if runs[0].errors is None:
        return runs[0]
    values = np.array([run.values for run in runs])
    return Found(values.mean(axis=0), runs[0].base, values.std(axis=0, ddof=1) / np.sqrt(len(runs)))


def background_digest(ask: Ask) -> str:
    """Return the digest of the reference rows."""
    types = {column.name: column.type for column in ask.columns}
    return data_digest(row_keys(ask.background, types, None), types)
