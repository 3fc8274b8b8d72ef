"""Sampled Shapley values for models that can be neither read nor enumerated, each with its standard error."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from explainaudit.explainers.ask import BATCH_ROWS, Ask, Questions, keyed_seed
from explainaudit.stats.sampling import folded_excess

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

FIRST_ROUNDS, MOST_ROUNDS = 8, 16
LEADING = 10
LARGEST_BIAS = 0.05


def sampling_evaluations(columns: int, background_rows: int) -> int:
    """Return the most model evaluations that sampling asks for one row."""
    return 1 + MOST_ROUNDS * 2 * max(columns - 1, 0) * background_rows


class Sampling:
    """Antithetic permutation sampling (Mitchell et al. 2022), a permutation for each reference row.

    In each round every reference row b is turned into the row explained x, one column after another in
    an order of its own and again in the reverse order; a column's two steps are averaged. Values are the
    mean over reference rows and rounds, so that base and values add up exactly. Reference rows are not
    drawn, only orders are: the variance between the rounds of each reference row gives the standard
    error. Columns in which x and b agree cost nothing.

    Rounds double until the mean absolute value of the leading columns is inflated by less than 5 %
    (decisions 11.6), each row for itself, and end at sixteen.
    """

    def __init__(self, ask: Ask, questions: Questions) -> None:
        self._ask, self._questions = ask, questions
        self._background = ask.background[ask.names]
        self._base = _answers(self._background, questions)

    def explain(self, rows: pd.DataFrame, keys: NDArray[np.str_]) -> tuple[Floats, Floats, Floats]:
        """Return values (k, n, d), base values (k, n) and standard errors (k, n, d)."""
        rows = rows[self._ask.names].reset_index(drop=True)
        size, outputs = rows.shape, len(self._ask.outputs)
        values, errors = np.zeros((outputs, *size)), np.zeros((outputs, *size))
        drawing = [_Drawn(self._ask.seed, str(key), len(self._background), size[1]) for key in keys]
        pool = pd.concat([self._background, rows], ignore_index=True)
        ends = (
            np.concatenate([_answers(rows.iloc[[place]], self._questions) for place in range(len(rows))])
            if len(rows)
            else np.empty((0, outputs))
        )
        running = list(range(len(rows)))
        rounds = FIRST_ROUNDS
        while running and rounds <= MOST_ROUNDS:
            new = rounds if rounds == FIRST_ROUNDS else rounds // 2
            paths = [
                _Paths(drawing[row].orders(new), _codes_differ(pool, len(self._background), row))
                for row in running
            ]
            answers = self._ask_about(pool, running, paths)
            for row, path, answer in zip(running, paths, answers, strict=True):
                drawing[row].add(path.steps(answer, self._base, ends[row]))
                values[:, row], errors[:, row] = drawing[row].result()
            running = [row for row in running if _inflated(values[:, row], errors[:, row])]
            rounds *= 2
        return values, np.repeat(self._base.mean(axis=0)[:, None], len(rows), axis=1), errors

    def _ask_about(self, pool: pd.DataFrame, rows: list[int], paths: list["_Paths"]) -> list[Floats]:
        """Return what the model answers on the paths of many rows, asked together."""
        first = len(self._background)
        places = np.concatenate([path.places(first + row) for row, path in zip(rows, paths, strict=True)])
        answers = _taken(pool, places, self._questions)
        ends = np.cumsum([path.asked for path in paths])[:-1]
        return np.split(answers, ends)


class _Drawn:
    """Orders drawn for one row, and the sums over the rounds so far."""

    def __init__(self, seed: int, key: str, background: int, columns: int) -> None:
        self._draw = np.random.default_rng(keyed_seed(seed, "shap_permutation", key))
        self._shape = (background, columns)
        self._found: list[Floats] = []

    def orders(self, rounds: int) -> Ints:
        """Return orders of shape (rounds, 2, background, columns), each with its reverse."""
        orders = self._draw.random((rounds, *self._shape)).argsort(axis=2)
        return np.stack([orders, orders[..., ::-1]], axis=1)

    def add(self, steps: Floats) -> None:
        """Take in what the columns changed, shape (rounds · 2 · background, columns, k)."""
        pairs = steps.reshape(-1, 2, *self._shape, steps.shape[-1]).mean(axis=1)
        self._found.append(pairs)

    def result(self) -> tuple[Floats, Floats]:
        """Return values and standard errors of shape (k, columns)."""
        found = np.concatenate(self._found)
        spread = found.var(axis=0, ddof=1).sum(axis=0) / len(found)
        return found.mean(axis=(0, 1)).T, np.sqrt(spread).T / self._shape[0]


class _Paths:
    """Ways from reference rows to one row, and the hybrids on them that have to be asked about."""

    def __init__(self, orders: Ints, differ: NDArray[np.bool_]) -> None:
        rounds, both, background, columns = orders.shape
        self._orders = orders.reshape(-1, columns)
        self._reference = np.tile(np.arange(background), rounds * both)
        self._moved = np.take_along_axis(differ[self._reference], self._orders, axis=1)
        self._count = self._moved.cumsum(axis=1)
        self._path, self._step = np.nonzero(self._moved & (self._count < self._count[:, -1:]))
        self.asked = len(self._path)

    def places(self, own: int) -> Ints:
        """Return for each hybrid and column the row of the pool that it takes its value from."""
        rank = self._orders.argsort(axis=1)[self._path]
        return np.where(rank <= self._step[:, None], own, self._reference[self._path][:, None])

    def steps(self, answers: Floats, starts: Floats, end: Floats) -> Floats:
        """Return what each column changed on each path, shape (paths, columns, k)."""
        paths, columns = self._orders.shape
        reached = np.zeros((paths, columns + 1, answers.shape[1]))
        reached[:, 0] = starts[self._reference]
        reached[np.arange(paths), self._count[:, -1]] = end
        reached[self._path, self._count[self._path, self._step]] = answers
        # Where nothing differs the reference row is the row itself, and no step changes anything.
        after = np.take_along_axis(reached, self._count[:, :, None], axis=1)
        before = np.take_along_axis(reached, (self._count - self._moved)[:, :, None], axis=1)
        changed = np.where(self._moved[:, :, None], after - before, 0.0)
        found = np.empty_like(changed)
        np.put_along_axis(found, self._orders[:, :, None], changed, axis=1)
        return found


def _codes_differ(pool: pd.DataFrame, background: int, row: int) -> NDArray[np.bool_]:
    """Return whether each reference row differs from the row explained, by column; missing equals missing."""
    own = pool.iloc[[background + row]]
    columns = []
    for name in pool.columns:
        labels, _ = pd.factorize(
            pd.concat([pool[name].iloc[:background], own[name]], ignore_index=True), use_na_sentinel=False
        )
        columns.append(labels[:-1] != labels[-1])
    return np.column_stack(columns)


def _inflated(values: Floats, errors: Floats) -> bool:
    """Return whether the leading columns of some output are inflated by more than 5 %."""
    leading = np.argsort(-np.abs(values), axis=1, kind="stable")[:, :LEADING]
    held = np.take_along_axis(values, leading, axis=1)
    excess = folded_excess(held, np.take_along_axis(errors, leading, axis=1)).sum(axis=1)
    return bool((excess > LARGEST_BIAS * np.abs(held).sum(axis=1)).any())


def _answers(frame: pd.DataFrame, questions: Questions) -> Floats:
    batches = [
        questions(frame.iloc[start : start + BATCH_ROWS]) for start in range(0, len(frame), BATCH_ROWS)
    ]
    return np.concatenate(batches)


def _taken(pool: pd.DataFrame, places: Ints, questions: Questions) -> Floats:
    """Return answers about rows whose cells are taken from rows of the pool, in batches."""
    answers = [np.empty((0, 0))]
    for start in range(0, max(1, len(places)), BATCH_ROWS):
        some = places[start : start + BATCH_ROWS]
        taken = {
            name: pd.Series(pool[name].array.take(some[:, column]), copy=False)
            for column, name in enumerate(pool.columns)
        }
        answers.append(questions(pd.DataFrame(taken, copy=False)))
    return np.concatenate(answers[1:])
