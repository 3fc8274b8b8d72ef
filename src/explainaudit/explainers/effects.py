"""What the model answers when one input is moved: local differences for ALE, and whole curves."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from explainaudit.explainers.ask import BATCH_ROWS, Ask, Questions
from explainaudit.records.effect import Effect
from explainaudit.records.responses import ColumnFacts
from explainaudit.stats.keyed import draws

Floats = NDArray[np.float64]
Keys = NDArray[np.str_]

EFFECT_ROWS = 2000
BINS = 20
LEVELS = 12
CURVES, LEVEL_CURVES = 50, 500


def effects(ask: Ask, rows: pd.DataFrame, keys: Keys) -> tuple[tuple[Effect, ...], int]:
    """Return the effect of every input over a keyed sample of rows, and the evaluations it took.

    A number is moved to the ends of the bin it lies in (Apley and Zhu 2020); a few rows are followed
    over the whole grid (Goldstein et al. 2015). A category is moved to its commonest levels.

    Parameters
    ----------
    ask : Ask
        The question.
    rows : DataFrame of shape (n, …)
        Typed rows; columns that are no inputs are ignored.
    keys : ndarray of shape (n,)
        Row keys: the rows with the smallest keyed draws are taken.
    """
    questions = Questions(ask)
    order = np.argsort(draws(keys, seed=ask.seed, purpose="effects"), kind="stable")[:EFFECT_ROWS]
    sample, names = rows[ask.names].iloc[order].reset_index(drop=True), keys[order]
    found = []
    for column in ask.columns:
        moved = _Moved(ask, questions, sample, names, column)
        found.append(moved.number() if column.type in {"integer", "number"} else moved.category())
    return tuple(found), questions.evaluations


def effect_evaluations(columns: Sequence[ColumnFacts], rows: int) -> int:
    """Return the most model evaluations that the effects of these inputs take on a table of so many rows."""
    numbers = sum(column.type in {"integer", "number"} for column in columns)
    asked, curves, levels = (min(rows, most) for most in (EFFECT_ROWS, CURVES, LEVEL_CURVES))
    return numbers * (2 * asked + curves * (BINS + 1)) + (len(columns) - numbers) * levels * LEVELS


class _Moved:
    """One input of a sample of rows, and how it is moved."""

    def __init__(
        self, ask: Ask, questions: Questions, sample: pd.DataFrame, keys: Keys, column: ColumnFacts
    ) -> None:
        self._ask, self._questions = ask, questions
        self._sample, self._keys, self._name = sample, keys, column.name

    def number(self) -> Effect:
        """Return differences over the bin of each row, and curves over all edges."""
        observed = self._sample[self._name]
        values = observed.to_numpy(dtype=np.float64, na_value=np.nan)
        grid = edges_of(values)
        bins = bins_of(values, grid)
        change = np.zeros((len(values), len(self._ask.outputs)))
        inside = np.flatnonzero(bins >= 0)
        if len(inside):
            rows = self._sample.iloc[inside]
            upper = self._answers(rows, self._typed(grid[bins[inside] + 1]))
            change[inside] = upper - self._answers(rows, self._typed(grid[bins[inside]]))
        return self._effect(tuple(float(edge) for edge in grid), self._typed(grid), CURVES, bins, change)

    def category(self) -> Effect:
        """Return curves over the commonest levels."""
        counts = self._sample[self._name].value_counts()
        levels = sorted(counts.index, key=lambda level: (-counts[level], str(level)))[:LEVELS]
        typed = pd.Series(levels, dtype=self._sample[self._name].dtype)
        return self._effect(tuple(str(level) for level in levels), typed, LEVEL_CURVES, None, None)

    def _effect(
        self,
        grid: tuple[float, ...] | tuple[str, ...],
        typed: pd.Series,
        curves: int,
        bins: NDArray[np.intp] | None,
        change: Floats | None,
    ) -> Effect:
        few = self._sample.head(curves)
        moved = few.loc[few.index.repeat(len(typed))].reset_index(drop=True)
        answers = self._answers(moved, pd.concat([typed] * len(few), ignore_index=True))
        return Effect(
            column=self._name,
            outputs=self._ask.outputs,
            unit=self._ask.unit,
            grid=grid,
            keys=self._keys,
            bins=bins,
            change=change,
            curve_keys=self._keys[:curves],
            curves=answers.reshape(len(few), len(typed), len(self._ask.outputs)),
        )

    def _typed(self, values: Floats) -> pd.Series:
        """Return numbers in the type of the column: a whole number stays one."""
        return pd.Series(values).astype(self._sample[self._name].dtype)

    def _answers(self, rows: pd.DataFrame, values: pd.Series) -> Floats:
        """Return the answers (n, k) for rows in which the input has other values."""
        moved = rows.reset_index(drop=True).assign(**{self._name: values.reset_index(drop=True)})
        batches = range(0, len(moved), BATCH_ROWS)
        answers = [self._questions(moved.iloc[start : start + BATCH_ROWS]) for start in batches]
        return np.concatenate([np.empty((0, len(self._ask.outputs))), *answers])


def edges_of(values: Floats) -> Floats:
    """Return the distinct quantiles of observed values, each one of them, so that every bin holds rows."""
    known = np.sort(values[~np.isnan(values)])
    if len(known) == 0:
        return np.empty(0)
    return np.unique(np.quantile(known, np.linspace(0, 1, BINS + 1), method="inverted_cdf"))


def bins_of(values: Floats, grid: Floats) -> NDArray[np.intp]:
    """Return the bin of each value, (low, high] and the first closed; −1 where it is missing or alone."""
    if len(grid) < 2:
        return np.full(len(values), -1, dtype=np.intp)
    bins = np.clip(np.searchsorted(grid, values, side="left") - 1, 0, len(grid) - 2)
    return np.where(np.isnan(values), -1, bins).astype(np.intp)
