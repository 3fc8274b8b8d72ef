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
from itertools import pairwise
from math import factorial

import numpy as np
from numpy.typing import NDArray

from explainaudit.explainers.tree_paths import Leaves, leaves_of, violations
from explainaudit.records.inside import Trees

Floats = NDArray[np.float64]
Pattern = NDArray[np.unsignedinteger]

BATCH = 256
TABLED = 12
TABLE_ENTRIES = 2**13


def tree_values(
    trees: Trees, player: NDArray[np.intp], encoded: Floats, background: Floats, players: int
) -> Floats:
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
    rows, width = len(encoded), trees.value.shape[1]
    batches = -(-rows // BATCH) * BATCH
    # Every batch has one shape, so that no value depends on which other rows are explained.
    padded = np.concatenate([encoded, np.zeros((batches - rows, encoded.shape[1]))])
    values = np.zeros((len(trees.base), batches, players))
    for leaves in leaves_of(trees, player):
        held = values[leaves.output : leaves.output + width]
        tables = _tables(leaves, violations(trees, leaves, background), players)
        for start in range(0, batches, BATCH):
            found = violations(trees, leaves, padded[start : start + BATCH])
            for table in tables:
                held[:, start : start + BATCH] += table.look_up(found)
    return values[:, :rows]


class _Tabled:
    """Leaves with as many players each, few enough for a table over all patterns."""

    def __init__(self, leaves: Leaves, chosen: NDArray[np.intp], outside: Pattern, players: int) -> None:
        size = int(leaves.sizes[chosen[0]])
        self._chosen = chosen
        self._first = np.arange(len(chosen), dtype=np.intp)[:, None] << size
        counts = np.bincount(self._places(outside).ravel(), minlength=len(chosen) << size)
        shares = counts.reshape(len(chosen), -1) / outside.shape[1]
        self._table = _table(shares, size).reshape(-1, size)
        self._spread = _spread(leaves, chosen, size, players)
        self._shape = (leaves.value.shape[1], players)

    def _places(self, outside: Pattern) -> NDArray[np.intp]:
        return outside[self._chosen].astype(np.intp) + self._first

    def look_up(self, outside: Pattern) -> Floats:
        places = self._places(outside).T
        found = self._table.take(places, axis=0).reshape(len(places), -1) @ self._spread
        return found.reshape(len(places), *self._shape).transpose(1, 0, 2)


class _Counted:
    """One leaf with many players: only the patterns that occur are met with each other."""

    def __init__(self, leaves: Leaves, leaf: int, outside: Pattern, players: int) -> None:
        self._leaf = leaf
        size = int(leaves.sizes[leaf])
        self._patterns, counts = np.unique(outside[leaf], return_counts=True)
        self._bits = _bits(self._patterns, size)
        sizes = self._bits.sum(axis=1).astype(np.intp)
        # By size of B: sums of counts are whole numbers, the same in whatever order they are added.
        of_size = sizes == np.arange(size + 1)[:, None]
        member = np.column_stack([np.ones(len(sizes)), self._bits]) * counts[:, None]
        self._members = (of_size[:, :, None] * member).transpose(1, 0, 2).reshape(len(sizes), -1)
        self._rows = outside.shape[1]
        self._size = size
        self._spread = _spread(leaves, np.array([leaf]), size, players)
        self._shape = (leaves.value.shape[1], players)

    def look_up(self, outside: Pattern) -> Floats:
        own, inverse = np.unique(outside[self._leaf], return_inverse=True)
        apart = (own[:, None] & self._patterns) == 0
        counts = (apart.astype(np.float64) @ self._members).reshape(len(own), self._size + 1, -1)
        bits = _bits(own, self._size)
        gains, losses = _by_sizes(self._size)
        away = bits.sum(axis=1).astype(np.intp)
        given = np.zeros((len(own), self._size))
        taken = np.zeros(len(own))
        for size in range(self._size + 1):
            given += gains[size, away][:, None] * counts[:, size, 1:]
            taken += losses[size, away] * counts[:, size, 0]
        table = (given - taken[:, None] * bits) / self._rows
        found: Floats = table[inverse] @ self._spread
        return found.reshape(len(inverse), *self._shape).transpose(1, 0, 2)


def _tables(leaves: Leaves, outside: Pattern, players: int) -> list[_Tabled | _Counted]:
    found: list[_Tabled | _Counted] = []
    for size in range(1, int(leaves.sizes.max(initial=0)) + 1):
        chosen = np.flatnonzero(leaves.sizes == size)
        if size > TABLED:
            found += [_Counted(leaves, int(leaf), outside, players) for leaf in chosen]
            continue
        each = TABLE_ENTRIES >> size
        cuts = [*range(0, len(chosen), each), len(chosen)]
        found += [_Tabled(leaves, chosen[low:high], outside, players) for low, high in pairwise(cuts)]
    return found


def _spread(leaves: Leaves, chosen: NDArray[np.intp], size: int, players: int) -> Floats:
    """Return what brings the slots of leaves to their players and outputs, times the leaves' values."""
    width = leaves.value.shape[1]
    found = np.zeros((len(chosen), size, width, players))
    leaf, slot = np.indices((len(chosen), size))
    found[leaf, slot, :, leaves.players[chosen, :size]] = leaves.value[chosen][:, None]
    return found.reshape(len(chosen) * size, width * players)


def _bits(patterns: Pattern, size: int) -> Floats:
    return ((patterns[:, None] >> np.arange(size).astype(patterns.dtype)) & 1).astype(np.float64)


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
    nodes, bits, gain, loss = _nodes(size)
    sums = shares * nodes[:, None, None] ** bits.sum(axis=1)
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
    nodes, weights = np.polynomial.legendre.leggauss((size + 1) // 2)
    nodes, weights = (nodes + 1) / 2, weights / 2
    bits = _bits(np.arange(2**size, dtype=np.uint32), size)
    outside = bits.sum(axis=1)
    gain = (weights / nodes)[:, None] * (1 - nodes)[:, None] ** outside
    loss = weights[:, None] * (1 - nodes)[:, None] ** (outside - 1)
    return nodes, bits, gain, loss
