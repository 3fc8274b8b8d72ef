"""The door of SHAP: rows in, one `Attribution` for each output out, and the model evaluations it took.

| what is known of the model | algorithm | exact |
| --- | --- | --- |
| coefficients behind an encoding column by column | ``linear``: closed form | yes |
| trees behind an encoding column by column | ``trees``: every leaf, a raw column being one player | yes |
| the same, where the plan asks for it | ``path_dependent``: every leaf, without a background | yes |
| nothing, up to 12 columns | ``enumeration`` of all coalitions | yes |
| nothing, more columns | ``permutation``: antithetic sampling | no, with its error |

What is known holds for one output: a forest adds up to probabilities, a booster to log-odds.
"""

from typing import Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from explainaudit.explainers.ask import Ask, Questions
from explainaudit.explainers.enumeration import Enumeration
from explainaudit.explainers.sampling import Sampling, sampling_evaluations
from explainaudit.explainers.tree_path_values import has_cover, path_base, path_values
from explainaudit.explainers.tree_paths import LONGEST, path_lengths
from explainaudit.explainers.tree_values import tree_values
from explainaudit.records.attribution import Attribution
from explainaudit.records.inside import Inside, Linear, Trees

Algorithm = Literal["linear", "trees", "path_dependent", "enumeration", "permutation"]
Keys = NDArray[np.str_]
Floats = NDArray[np.float64]

ENUMERATED_COLUMNS = 12
FEWEST_ROWS, MOST_ROWS = 50, 2000
MOST_READ_ROWS = 10_000
PATH_STEPS = 2_000_000_000
_SINGLE, _DOUBLE = 1e-4, 1e-6


class Found(NamedTuple):
    """Values (k, n, d) and base values (k, n); standard errors or pairs where an algorithm has them."""

    values: Floats
    base: Floats
    errors: Floats | None = None
    pairs: Floats | None = None


def choose_algorithm(inside: Inside | None, columns: int, values: str = "interventional") -> Algorithm:
    """Return how SHAP values of a model with so many raw columns are computed."""
    if values == "path_dependent":
        return "path_dependent"
    if inside is not None:
        return "linear" if isinstance(inside.sum, Linear) else "trees"
    return "enumeration" if columns <= ENUMERATED_COLUMNS else "permutation"


def readable(inside: Inside) -> bool:
    """Return whether values can be read: no path of a tree asks about more than 64 raw columns."""
    return isinstance(inside.sum, Linear) or path_lengths(inside.sum, inside.player)[1] <= LONGEST


def has_path_values(inside: Inside | None) -> bool:
    """Return whether there are path-dependent values: of trees that say what training weight went where."""
    return inside is not None and has_cover(inside.sum)


def rows_for_budget(inside: Inside | None, columns: int, background_rows: int, budget: int) -> int:
    """Return how many rows are explained: a function of the model and of declared sizes only.

    A budget of model evaluations, counted before equal ones are merged, explains between 50 and 2,000.
    A model that is read is not asked: all rows are explained, up to 10,000, or as many as make two
    thousand million steps through its trees.
    """
    if inside is None:
        return min(max(budget // _evaluations_each(None, columns, background_rows), FEWEST_ROWS), MOST_ROWS)
    if isinstance(inside.sum, Linear):
        return MOST_READ_ROWS
    steps = max(1, path_lengths(inside.sum, inside.player)[0])
    return min(max(PATH_STEPS // steps, FEWEST_ROWS), MOST_READ_ROWS)


def evaluations_for(inside: Inside | None, columns: int, background_rows: int, rows: int) -> int:
    """Return the most model evaluations that explaining so many rows asks for."""
    return rows * (1 + _evaluations_each(inside, columns, background_rows))


def _evaluations_each(inside: Inside | None, columns: int, background_rows: int) -> int:
    if inside is not None:
        return 0
    if choose_algorithm(inside, columns) == "enumeration":
        return int(2**columns) * background_rows
    return sampling_evaluations(columns, background_rows)


def explain_shap(
    ask: Ask, rows: pd.DataFrame, keys: Keys, inclusion: Floats
) -> tuple[tuple[Attribution, ...], int]:
    """Explain rows with SHAP values on raw columns, of the kind that the question names.

    Parameters
    ----------
    ask : Ask
        The question.
    rows : DataFrame of shape (n, …)
        Rows to explain, typed; columns that are no inputs are ignored.
    keys : ndarray of shape (n,)
        Row keys: draws depend on them, never on positions.
    inclusion : ndarray of shape (n,)
        Probability with which each row was chosen.

    Returns
    -------
    tuple of tuple of Attribution and int
        The values, one attribution for each output, and the model evaluations they took. ``prediction``
        is asked apart, of the row as it stands, so that additivity also checks the coding.
    """
    questions = Questions(ask)
    algorithm = choose_algorithm(ask.inside, len(ask.columns), ask.values)
    found = values_by(algorithm, ask, rows, keys, questions)
    prediction = predictions(ask, rows, questions)
    attributions = tuple(
        Attribution(
            method="shap",
            algorithm=algorithm,
            output=output,
            unit=ask.unit,
            columns=tuple(ask.names),
            keys=keys,
            values=found.values[k],
            base=found.base[k],
            prediction=prediction[:, k],
            inclusion=inclusion,
            spread=None if found.errors is None else found.errors[k],
            tolerance=_SINGLE if ask.inside is not None and ask.inside.single else _DOUBLE,
        )
        for k, output in enumerate(ask.outputs)
    )
    return attributions, questions.evaluations


def values_by(algorithm: Algorithm, ask: Ask, rows: pd.DataFrame, keys: Keys, questions: Questions) -> Found:
    """Return SHAP values by one algorithm; of a model that is asked, or of one whose inside is known."""
    rows = rows[ask.names]
    if algorithm == "permutation":
        values, base, errors = Sampling(ask, questions).explain(rows, keys)
        return Found(values, base, errors)
    if algorithm == "enumeration":
        exact = Enumeration(ask, questions)
        each = [exact.explain(rows.iloc[[place]]) for place in range(len(rows))]
        k, n, d = len(ask.outputs), len(rows), len(ask.columns)
        return Found(
            np.array([one.values for one in each]).reshape(n, k, d).transpose(1, 0, 2),
            np.array([one.base for one in each]).reshape(n, k).T,
            None,
            np.array([one.interactions for one in each]).reshape(n, k, d * (d - 1) // 2).transpose(1, 0, 2),
        )
    if ask.inside is None:
        raise ValueError("nothing is known of the inside of this model")
    if algorithm == "path_dependent":
        return _along_paths(ask, ask.inside, rows)
    return _read(ask, ask.inside, rows, questions)


def _read(ask: Ask, inside: Inside, rows: pd.DataFrame, questions: Questions) -> Found:
    """Return exact values of a model that is read; the base is its own mean over the background."""
    reference, encoded = inside.encode(ask.background[ask.names]), inside.encode(rows)
    n, d = len(rows), len(ask.columns)
    players = players_of(ask, inside)
    if isinstance(inside.sum, Linear):
        player = players == np.arange(d)[:, None]
        moved = encoded - reference.mean(axis=0)
        values = np.array([(moved * own) @ player.T for own in inside.sum.coefficients]).reshape(-1, n, d)
    else:
        values = tree_values(inside.sum, players, encoded, reference, d)
    base = questions(ask.background[ask.names]).mean(axis=0)
    return Found(values, np.repeat(base[:, None], n, axis=1))


def _along_paths(ask: Ask, inside: Inside, rows: pd.DataFrame) -> Found:
    """Return exact path-dependent values; the base is what the trees answer when nothing is known."""
    if not isinstance(inside.sum, Trees):
        raise TypeError("path-dependent values are of trees")
    values = path_values(inside.sum, players_of(ask, inside), inside.encode(rows), len(ask.columns))
    return Found(values, np.repeat(path_base(inside.sum)[:, None], len(rows), axis=1))


def players_of(ask: Ask, inside: Inside) -> NDArray[np.intp]:
    """Return the column of the question that each encoded column is made from, shape (m,)."""
    # By name: the model may have its inputs in another order than the file.
    return np.array([ask.names.index(name) for name in inside.inputs], dtype=np.intp)[inside.player]


def predictions(ask: Ask, rows: pd.DataFrame, questions: Questions) -> Floats:
    """Return the model's answers (n, k) for the rows as they stand."""
    if not len(rows):
        return np.empty((0, len(ask.outputs)))
    return questions(rows[ask.names].reset_index(drop=True))
