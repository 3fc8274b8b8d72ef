"""Exact interventional Shapley values on raw columns, by enumeration of all coalitions."""

from itertools import combinations
from math import comb, factorial
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from explainaudit.explainers.ask import Ask, Questions
from explainaudit.explainers.players import Codes, Players

Coalitions = NDArray[np.int32]
Floats = NDArray[np.float64]


class Exact(NamedTuple):
    """One row's answer: values (k, d), base values (k,), interactions of the pairs (k, d(d − 1)/2)."""

    values: Floats
    base: Floats
    interactions: Floats


class Enumeration:
    """Shapley values of v(S) = mean over the background b of f(x on S, b elsewhere).

    A hybrid of x and b is known by the set T of all columns in which it equals x and by b outside
    T, so equal hybrids are found without sorting any row: columns in which x and b agree join S.
    Which background rows are equal outside T is worked out once, for all rows explained.

    References
    ----------
    Lundberg and Lee (2017), equation 4, with the interventional value function of Janzing, Minorics
    and Blöbaum (2020). Interactions: the Shapley interaction index of Grabisch and Roubens (1999), halved
    as in Lundberg et al. (2020), equation 5, so that a pair's two halves add up to it.
    """

    def __init__(self, ask: Ask, questions: Questions) -> None:
        self._questions = questions
        self._players = Players(ask.background[ask.names])
        self._size = len(ask.names)
        self._coalitions: Coalitions = np.arange(2**self._size, dtype=np.int32)
        self._bits: Coalitions = 1 << np.arange(self._size, dtype=np.int32)
        self._hybrids, self._set, self._example = _hybrids(self._players.codes)
        self._without, self._weights = _marginals(self._size)
        self._apart, self._pair_weights = _pairs(self._size)

    def explain(self, row: pd.DataFrame) -> Exact:
        """Return the Shapley values of one row (a frame of one row), for every output."""
        worth = self._worth(row)
        gains = worth[:, self._without | self._bits[:, None]] - worth[:, self._without]
        return Exact((gains * self._weights).sum(axis=2), worth[:, 0], self._interactions(worth))

    def _interactions(self, worth: Floats) -> Floats:
        found = np.empty((len(worth), len(self._apart)))
        for place, (first, second) in enumerate(combinations(self._bits, 2)):
            neither = self._apart[place]
            both = worth[:, neither | first | second] + worth[:, neither]
            found[:, place] = (
                both - worth[:, neither | first] - worth[:, neither | second]
            ) @ self._pair_weights[place]
        return found

    def _worth(self, row: pd.DataFrame) -> Floats:
        """Return v(S) of each output for all 2^d coalitions, shape (k, 2^d)."""
        players = self._players
        agreeing = ((players.encode(row) == players.codes) * self._bits).sum(axis=1, dtype=np.int32)
        equal_to_row = self._coalitions[:, None] | agreeing
        hybrid = self._hybrids[equal_to_row, np.arange(players.rows)]
        asked = np.zeros(len(self._set), dtype=bool)
        asked[hybrid] = True
        place = np.cumsum(asked) - 1
        own = (self._set[asked][:, None] & self._bits) != 0
        codes = np.where(own, players.rows, players.codes[self._example[asked]])
        answers = players.ask(codes, row, self._questions)
        # An output at a time: its mean is summed in the same order whatever stands beside it.
        return np.array([answer[place[hybrid]].mean(axis=1) for answer in np.ascontiguousarray(answers.T)])


def _hybrids(codes: Codes) -> tuple[Coalitions, Coalitions, Coalitions]:
    """Give each hybrid a number: by the columns that equal the row, and the background outside them.

    Returns the number of each (set, background row), shape (2^d, rows), and by number the set and
    one background row that makes the hybrid.
    """
    rows, size = codes.shape
    everything = 2**size - 1
    inside = np.zeros((2**size, rows), dtype=np.int32)
    examples: list[Coalitions] = [np.zeros(1, dtype=np.int32)]
    for columns in range(1, 2**size):
        lowest = (columns & -columns).bit_length() - 1
        pair = inside[columns & (columns - 1)].astype(np.int64) * rows + codes[:, lowest]
        _, first, inside[columns] = np.unique(pair, return_index=True, return_inverse=True)
        examples.append(first.astype(np.int32))
    examples.reverse()
    found = np.array([len(example) for example in examples])
    numbers = inside[::-1] + (np.cumsum(found) - found)[:, None].astype(np.int32)
    sets = np.repeat(np.arange(everything + 1, dtype=np.int32), found)
    return numbers, sets, np.concatenate(examples)


def _marginals(size: int) -> tuple[Coalitions, NDArray[np.float64]]:
    """Return the coalitions without each player, shape (d, 2^(d-1)), and Shapley's weights of them."""
    others = np.arange(2 ** (size - 1), dtype=np.int32)
    player = np.arange(size, dtype=np.int32)[:, None]
    below = others & ((1 << player) - 1)
    without = ((others >> player) << (player + 1)) | below
    members = np.bitwise_count(others)
    by_size = np.array([1.0 / (size * comb(size - 1, k)) for k in range(size)])
    return without, by_size[members]


def _pairs(size: int) -> tuple[list[Coalitions], list[Floats]]:
    """Return, for each pair of players, the coalitions without both and the weights of their interaction."""
    everyone = np.arange(2**size, dtype=np.int32)
    by_size = np.array(
        [factorial(k) * factorial(size - k - 2) / (2 * factorial(size - 1)) for k in range(size - 1)]
    )
    apart = [
        everyone[(everyone & (1 << first | 1 << second)) == 0]
        for first, second in combinations(range(size), 2)
    ]
    return apart, [by_size[np.bitwise_count(neither)] for neither in apart]
