"""A second algorithm over the same question, so that additivity is not the only check."""

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
from explainaudit.explainers.players import Players
from explainaudit.explainers.quiet import importing, undisturbed
from explainaudit.explainers.sampling import MOST_ROUNDS
from explainaudit.explainers.tree_path_values import path_base, path_values
from explainaudit.explainers.tree_walks import REPEATS, walked
from explainaudit.records.inside import Inside, Trees
from explainaudit.stats.keyed import data_digest, row_keys

CHECKED_ROWS = 50
EVALUATIONS = 4_000_000
WALKED_NODES = 1_000_000_000
OF_SHAP = 8
RUNS, PAIRS = 10, 1
# So many standard errors apart that 50 rows of 25 columns do not get there by chance.
FAR = 6.0
_ROUNDING, _SINGLE = 1e-6, 1e-4
Floats = NDArray[np.float64]


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
    mine = values_by(first, few, rows, keys, questions)
    if ask.inside is None:
        theirs = _by_shap(few, rows, keys, questions)
    else:
        theirs = values_by(choose_algorithm(None, len(ask.columns)), few, rows, keys, questions)
    gap, off = _apart(mine, theirs, _SINGLE if few.inside is not None and few.inside.single else _ROUNDING)
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
    theirs = values_by(other, walk.ask, walk.rows, keys, Questions(walk.ask))
    values = path_values(walk.trees, player, encoded, len(ask.columns))
    mine = Found(values, np.repeat(path_base(walk.trees)[:, None], len(rows), axis=1))
    gap, off = _apart(mine, _widened(theirs, walk.players, len(ask.columns)), _ROUNDING)
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


def _apart(mine: Found, other: Found, rounding: float) -> tuple[float, int]:
    """Return the largest gap, and in how many rows one is beyond what is allowed.

    Allowed are rounding, at the output's scale, and the sampling errors of both.
    """
    scale = np.abs(mine.base + mine.values.sum(axis=2)).max(axis=1, initial=1.0)[:, None, None]
    errors = [found.errors**2 for found in (mine, other) if found.errors is not None]
    allowed = rounding * scale + FAR * np.sqrt(sum(errors, np.zeros(mine.values.shape)))
    gaps = np.abs(mine.values - other.values)
    return float(gaps.max(initial=0.0)), int((gaps > allowed).any(axis=(0, 2)).sum())


def _by_shap(ask: Ask, rows: pd.DataFrame, keys: Keys, questions: Questions) -> Found:
    """Return values by shap's own model-agnostic explainers, on codes of the values of each column."""
    with importing():
        import shap

    players = Players(ask.background[ask.names])
    masker = shap.maskers.Independent(players.codes.astype(np.float64), max_samples=players.rows)
    shape = (len(ask.outputs), len(rows), len(ask.columns))
    exact = len(ask.columns) <= ENUMERATED_COLUMNS
    values, base, errors = np.empty(shape), np.empty(shape[:2]), np.zeros(shape)
    for place, key in enumerate(keys):
        row = rows[ask.names].iloc[[place]]
        codes = players.encode(row).astype(np.float64)

        def answer(coded: Floats, row: pd.DataFrame = row) -> Floats:
            return players.ask(coded.astype(np.intp), row, questions)

        with undisturbed():
            if exact:
                runs = [shap.ExactExplainer(answer, masker)(codes, max_evals=2 ** shape[2], silent=True)]
            else:
                varying = int((codes != players.codes).any(axis=0).sum())
                runs = [
                    shap.PermutationExplainer(
                        answer, masker, seed=keyed_seed(ask.seed, "second", str(key), run)
                    )(codes, max_evals=PAIRS * (2 * varying + 1), silent=True)
                    for run in range(RUNS)
                ]
        found = np.array([run.values[0].T for run in runs])
        values[:, place], base[:, place] = found.mean(axis=0), runs[0].base_values[0]
        if not exact:
            errors[:, place] = found.std(axis=0, ddof=1) / np.sqrt(RUNS)
    return Found(values, base, None if exact else errors)


def background_digest(ask: Ask) -> str:
    """Return the digest of the reference rows."""
    types = {column.name: column.type for column in ask.columns}
    return data_digest(row_keys(ask.background, types, None), types)
