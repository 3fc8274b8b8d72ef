"""Plain lime on raw columns, repeated with other draws to see how far its answer depends on them."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from explainaudit.explainers.ask import Ask, Questions, keyed_seed
from explainaudit.explainers.lime_columns import Unexplainable, lime_columns
from explainaudit.explainers.quiet import importing, undisturbed
from explainaudit.records.plan import Explain

Floats = NDArray[np.float64]
LEADING = 4


@dataclass(frozen=True)
class LimeRow:
    """lime's answer for one row: coefficients and their spread (d,), intercept, R², top-4 overlap."""

    values: Floats
    base: float
    spread: Floats
    fidelity: float
    stability: float

    @classmethod
    def missing(cls, columns: int) -> Self:
        """Return what stands for a row that lime cannot explain."""
        nothing = np.full(columns, np.nan)
        return cls(nothing, math.nan, nothing, math.nan, math.nan)


class Lime:
    """`lime.lime_tabular.LimeTabularExplainer` in regression mode on the output explained.

    lime's defaults stand (quartile bins, kernel width 0.75 √d, ridge with α = 1) except that all
    columns are fitted. Repeat 0 is the answer.

    Raises
    ------
    Unexplainable
        Fewer than two rows in the source, or no column of it varies: lime would answer zeros.
    """

    def __init__(self, ask: Ask, questions: Questions, settings: Explain) -> None:
        if len(ask.source) < 2:
            raise Unexplainable("rows")
        self._ask = ask
        self._questions = questions
        self._settings = settings
        self._columns = lime_columns(ask)
        self._lime = _explainer(ask.names, self._columns_coded(), self._encoded(ask.source))
        frequencies = self._lime.feature_frequencies
        if all(len(shares) == 1 for shares in frequencies.values()):
            raise Unexplainable("variation")
        self._shares = [
            dict(zip(self._lime.feature_values[place], frequencies[place], strict=True))
            for place in range(len(ask.columns))
        ]
        self._scale = np.std(questions(ask.background[ask.names]), axis=0)

    def shares(self, rows: pd.DataFrame) -> Floats:
        """Return the share of the source in each row's bin, shape (n, d).

        Raises
        ------
        Unexplainable
            A value that no row of the source shares a category or bin with. "This bin against
            the rest" has no meaning then.
        """
        codes = self._encoded(rows)
        bins = self._lime.discretizer.discretize(np.nan_to_num(codes))
        found = np.zeros(codes.shape)
        for place, name in enumerate(self._ask.names):
            found[:, place] = [self._shares[place].get(held, 0.0) for held in bins[:, place]]
            if (np.isnan(codes[:, place]) | (found[:, place] == 0)).any():
                raise Unexplainable(name)
        return found

    def explain(self, row: pd.DataFrame, key: str, shares: Floats) -> list[LimeRow]:
        """Return lime's answers for one row (a frame of one row), its key and its bin shares (d,)."""
        repeats = [self._repeat(row, key, repeat) for repeat in range(self._settings.lime_repeats)]
        return [
            self._answer([answers[k] for answers in repeats], shares) for k in range(len(self._ask.outputs))
        ]

    def _answer(self, repeats: list[tuple[Floats, float, float]], shares: Floats) -> LimeRow:
        """Return the answer for one output: the first repeat, and how far the others are from it."""
        coefficients = np.array([coefficient for coefficient, _, _ in repeats])
        values, base, fidelity = repeats[0]
        leading = [
            set(np.argsort(-held, kind="stable")[:LEADING]) for held in np.abs(coefficients * (1 - shares))
        ]
        overlap = [len(leading[0] & other) / len(leading[0] | other) for other in leading[1:]]
        # With no more columns than leading ones the overlap is complete whatever lime says.
        vacuous = len(self._columns) <= LEADING or math.isnan(fidelity)
        stability = math.nan if vacuous else float(np.mean(overlap))
        return LimeRow(values, base, coefficients.std(axis=0, ddof=1), fidelity, stability)

    def _repeat(self, row: pd.DataFrame, key: str, repeat: int) -> list[tuple[Floats, float, float]]:
        """Return coefficients, intercept and R² of each output, all on one pool.

        lime starts from the same state for every output and so draws the same pool; the model is asked once.
        """
        seed = keyed_seed(self._ask.seed, "lime", key, repeat)
        draw = np.random.default_rng([seed, 1])
        pool: dict[str, Floats] = {}

        def answered(k: int) -> Callable[[Floats], Floats]:
            return lambda _coded: pool["answers"][:, k]

        def answer(coded: Floats) -> Floats:
            frame = {
                name: column.decode(coded[:, place].copy(), row[name], draw)
                for place, (name, column) in enumerate(zip(self._ask.names, self._columns, strict=True))
            }
            pool["coded"], pool["answers"] = coded, self._questions(pd.DataFrame(frame))
            return pool["answers"][:, 0]

        others = range(1, len(self._ask.outputs))
        found = [self._fit(row, seed, answer), *(self._fit(row, seed, answered(k)) for k in others)]
        constant = self._constant(pool["coded"], pool["answers"])
        return [
            (values, base, math.nan if still else fidelity)
            for (values, base, fidelity), still in zip(found, constant, strict=True)
        ]

    def _fit(
        self, row: pd.DataFrame, seed: int, answer: Callable[[Floats], Floats]
    ) -> tuple[Floats, float, float]:
        """Let lime draw its pool from a seed and fit one output."""
        _reseed(self._lime, seed)
        with undisturbed():
            found = self._lime.explain_instance(
                self._encoded(row)[0],
                answer,
                num_features=len(self._columns),
                num_samples=self._settings.lime_samples,
            )
        coefficients = np.zeros(len(self._columns))
        for place, coefficient in found.local_exp[1]:
            coefficients[place] = coefficient
        return coefficients, float(found.intercept[1]), float(found.score)

    def _constant(self, coded: Floats, answers: Floats) -> NDArray[np.bool_]:
        """Return for each output whether it varies by no more than rounding: lime reports R² = 1 there.

        The limit is 1e-12 of the variance over the background (decisions 11.5).
        """
        bins = self._lime.discretizer.discretize(coded)
        weights = self._lime.base.kernel_fn(np.sqrt((bins != bins[0]).sum(axis=1)))
        mean = np.average(answers, axis=0, weights=weights)
        variance = np.average((answers - mean) ** 2, axis=0, weights=weights)
        rounding = 16 * np.finfo(np.float64).eps * np.abs(answers).max(axis=0)
        return np.asarray(variance <= np.maximum(1e-12 * self._scale**2, rounding**2))

    def _encoded(self, frame: pd.DataFrame) -> Floats:
        names = self._ask.names
        return np.column_stack([c.encode(frame[n]) for n, c in zip(names, self._columns, strict=True)])

    def _columns_coded(self) -> list[int]:
        return [place for place, column in enumerate(self._columns) if column.coded]


def _explainer(names: list[str], coded: list[int], source: Floats) -> Any:
    with importing():
        from lime.lime_tabular import LimeTabularExplainer
    with undisturbed():
        return LimeTabularExplainer(
            source,
            mode="regression",
            feature_names=names,
            categorical_features=coded,
            feature_selection="none",
            discretize_continuous=True,
            random_state=0,
        )


def _reseed(explainer: Any, seed: int) -> None:
    """Give an explainer the state of a fresh one: its three parts share one stream of draws."""
    state = np.random.RandomState(seed)
    explainer.random_state = explainer.base.random_state = explainer.discretizer.random_state = state
