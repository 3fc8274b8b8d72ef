"""Exact interventional Shapley values of trees, a raw column being one player.

For a leaf, a row x and a reference row b only two sets matter: the players whose conditions x does not
meet (X), and those b does not meet (B). A hybrid reaches the leaf only if X and B have no player in
common and it takes B's from x and X's from b. So the leaf gives each player of B
(|B| − 1)! |X|! / (|B| + |X|)! of its value, and takes |B|! (|X| − 1)! / (|B| + |X|)! of it from each of X.
Reference rows with one B count together: a table over all X is made once for a leaf, and a row looks up
its own. Source of the two weights: Lundberg et al. (2020), algorithm 3; of counting reference rows by
pattern: Nadel and Wettenstein (2024).
"""

from functools import cache
from math import factorial

import numpy as np
from numpy.typing import NDArray

from explainaudit.explainers.tree_paths import Leaves, violations
from explainaudit.explainers.tree_tables import Pattern, Places, bits, over_leaves, places, unit_nodes
from explainaudit.records.inside import Trees

Floats = NDArray[np.float64]


def tree_values(trees: Trees, player: Places, encoded: Floats, background: Floats, players: int) -> Floats:
    """Return Shapley values of shape (k, n, players).

    Parameters
    ----------
    trees : Trees
        Of k outputs.
    player : ndarray of shape (m,)
        Player of each encoded column.
    encoded : ndarray of shape (n, m)
        Rows explained.
    background : ndarray of shape (b, m)
        Reference rows, each as likely as another.
    players : int
        Number of raw columns.

    Raises
    ------
    ValueError
        More than 64 players on the path to a leaf, see `longest_path`.
    """

    def game_of(leaves: Leaves) -> _Game:
        return _Game(violations(trees, leaves, background))

    return over_leaves(trees, player, encoded, players, game_of=game_of)


class _Game:
    """The reference rows at some leaves: the players whose conditions they do not meet."""

    def __init__(self, outside: Pattern) -> None:
        self._outside = outside

    def table(self, chosen: Places, size: int) -> Floats:
        at = places(self._outside, chosen, size)
        counts = np.bincount(at.ravel(), minlength=len(chosen) << size)
        return _table(counts.reshape(len(chosen), -1) / at.shape[1], size)

    def given(self, leaf: int, size: int) -> "_Counted":
        return _Counted(self._outside[leaf], size)


class _Counted:
    """The patterns of the reference rows at one leaf, each with its count."""

    def __init__(self, outside: Pattern, size: int) -> None:
        self._patterns, counts = np.unique(outside, return_counts=True)
        held = bits(self._patterns, size)
        sizes = held.sum(axis=1).astype(np.intp)
        # By size of B: sums of counts are whole numbers, the same in whatever order they are added.
        of_size = sizes == np.arange(size + 1)[:, None]
        member = np.column_stack([np.ones(len(sizes)), held]) * counts[:, None]
        self._members = (of_size[:, :, None] * member).transpose(1, 0, 2).reshape(len(sizes), -1)
        self._rows, self._size = len(outside), size

    def __call__(self, own: Pattern) -> Floats:
        """Return what each slot is given for each pattern X, shape (patterns, size)."""
        apart = (own[:, None] & self._patterns) == 0
        counts = (apart.astype(np.float64) @ self._members).reshape(len(own), self._size + 1, -1)
        held = bits(own, self._size)
        gains, losses = _by_sizes(self._size)
        away = held.sum(axis=1).astype(np.intp)
        given = np.zeros((len(own), self._size))
        taken = np.zeros(len(own))
        for size in range(self._size + 1):
            given += gains[size, away][:, None] * counts[:, size, 1:]
            taken += losses[size, away] * counts[:, size, 0]
        return np.asarray((given - taken[:, None] * held) / self._rows)


@cache
def _by_sizes(size: int) -> tuple[Floats, Floats]:
    """Return the weight of a player of B and of one of X, by |B| and |X|."""
    gains, losses = np.zeros((size + 1, size + 1)), np.zeros((size + 1, size + 1))
    for inner in range(size + 1):
        for outer in range(size + 1 - inner):
            both = factorial(inner + outer)
            gains[inner, outer] = factorial(inner - 1) * factorial(outer) / both if inner else 0.0
            losses[inner, outer] = factorial(inner) * factorial(outer - 1) / both if outer else 0.0
    return gains, losses


def _table(shares: Floats, size: int) -> Floats:
    """Return what each slot of each leaf is given for each pattern X, shape (leaves, 2^s, s).

    The weight (b − 1)! x! / (b + x)! is the integral of t^(b−1) (1 − t)^x over [0, 1], which Gauss-Legendre
    nodes give exactly. At a node it is a product over players, so that one sum over all subsets, taken
    player by player, serves every X.
    """
    nodes, held, gain, loss = _nodes(size)
    sums = shares * nodes[:, None, None] ** held.sum(axis=1)
    for slot in range(size):
        pairs = sums.reshape(*sums.shape[:2], -1, 2, 1 << slot)
        pairs[..., 1, :] += pairs[..., 0, :]
    within = sums[..., ::-1]  # over the patterns B that have nothing in common with X
    given = np.einsum("gx,glx->lx", gain, within)
    taken = np.einsum("gx,glx->lx", loss, within)
    less = np.einsum("gx,glx->lx", loss / nodes[:, None], within)
    table = np.empty((*given.shape, size))
    for slot in range(size):
        shape = (len(given), -1, 2, 1 << slot)
        held = table[..., slot].reshape(shape)
        held[..., 0, :] = given.reshape(shape)[..., 0, :] - less.reshape(shape)[..., 1, :]
        held[..., 1, :] = -taken.reshape(shape)[..., 1, :]
        table[..., slot] = held.reshape(given.shape)
    return table


@cache
def _nodes(size: int) -> tuple[Floats, Floats, Floats, Floats]:
    """Return nodes in (0, 1), the bits of all patterns, and what a node weighs for B and for X by X."""
    nodes, weights = unit_nodes((size + 1) // 2)
    held = bits(np.arange(2**size, dtype=np.uint32), size)
    outside = held.sum(axis=1)
    gain = (weights / nodes)[:, None] * (1 - nodes)[:, None] ** outside
    loss = weights[:, None] * (1 - nodes)[:, None] ** (outside - 1)
    return nodes, held, gain, loss
