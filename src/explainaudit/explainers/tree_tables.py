"""Values of leaves by pattern: the players whose conditions a row does not meet decide what a leaf gives.

Few players on a path: a table over all patterns is made once and rows look their own up. Many players:
values are worked out for the patterns that occur among the rows of a batch.
"""

from collections.abc import Callable, Iterator
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from explainaudit.explainers.tree_paths import Leaves, leaves_of, violations
from explainaudit.records.inside import Trees

Floats = NDArray[np.float64]
Places = NDArray[np.intp]
Pattern = NDArray[np.unsignedinteger]

BATCH = 256
TABLED = 12
TABLE_ENTRIES = 2**13


class Game(Protocol):
    """What the players on the paths to some leaves are given, of leaves of value 1."""

    def table(self, chosen: Places, size: int) -> Floats:
        """Return what the slots of leaves of so many players are given, shape (chosen, 2^size, size)."""

    def given(self, leaf: int, size: int) -> Callable[[Pattern], Floats]:
        """Return what brings patterns of one leaf to what its slots are given, shape (patterns, size).

        No row of it depends on the others.
        """


def over_leaves(
    trees: Trees,
    player: Places,
    encoded: Floats,
    players: int,
    *,
    game_of: Callable[[Leaves], Game],
) -> Floats:
    """Return the values that the leaves of all trees give to rows, shape (k, n, players).

    Every batch has one shape, so that no value depends on which other rows are explained. Raises
    ``ValueError`` for more than 64 players on the path to a leaf.
    """
    rows, width = len(encoded), trees.value.shape[1]
    batches = -(-rows // BATCH) * BATCH
    padded = np.concatenate([encoded, np.zeros((batches - rows, encoded.shape[1]))])
    values = np.zeros((len(trees.base), batches, players))
    for leaves in leaves_of(trees, player):
        held = values[leaves.output : leaves.output + width]
        tables = list(_looked_up(leaves, game_of(leaves), players))
        for start in range(0, batches, BATCH):
            found = violations(trees, leaves, padded[start : start + BATCH])
            for table in tables:
                held[:, start : start + BATCH] += table.look_up(found)
    return values[:, :rows]


def _looked_up(leaves: Leaves, game: Game, players: int) -> Iterator["_Tabled | _Occurring"]:
    for size in range(1, int(leaves.sizes.max(initial=0)) + 1):
        chosen = np.flatnonzero(leaves.sizes == size)
        if size > TABLED:
            for leaf in chosen:
                yield _Occurring(leaves, int(leaf), game.given(int(leaf), size), players)
            continue
        each = TABLE_ENTRIES >> size
        for start in range(0, len(chosen), each):
            some = chosen[start : start + each]
            yield _Tabled(leaves, some, game.table(some, size), players)


def places(outside: Pattern, chosen: Places, size: int) -> Places:
    """Return where the patterns of chosen leaves stand in a table of them, shape (chosen, n)."""
    first = np.arange(len(chosen), dtype=np.intp)[:, None] << size
    return outside[chosen].astype(np.intp) + first


class _Tabled:
    """Leaves with as many players each, few enough for a table over all patterns."""

    def __init__(self, leaves: Leaves, chosen: Places, table: Floats, players: int) -> None:
        self._chosen, self._size = chosen, table.shape[2]
        self._table = table.reshape(-1, self._size)
        self._spread = _spread(leaves, chosen, self._size, players)
        self._shape = (leaves.value.shape[1], players)

    def look_up(self, outside: Pattern) -> Floats:
        at = places(outside, self._chosen, self._size).T
        found = self._table.take(at, axis=0).reshape(len(at), -1) @ self._spread
        return found.reshape(len(at), *self._shape).transpose(1, 0, 2)


class _Occurring:
    """One leaf with many players: only the patterns that occur are worked out."""

    def __init__(self, leaves: Leaves, leaf: int, given: Callable[[Pattern], Floats], players: int) -> None:
        self._leaf, self._given = leaf, given
        self._spread = _spread(leaves, np.array([leaf]), int(leaves.sizes[leaf]), players)
        self._shape = (leaves.value.shape[1], players)

    def look_up(self, outside: Pattern) -> Floats:
        own, inverse = np.unique(outside[self._leaf], return_inverse=True)
        found: Floats = self._given(own)[inverse] @ self._spread
        return found.reshape(len(inverse), *self._shape).transpose(1, 0, 2)


def bits(patterns: Pattern, size: int) -> Floats:
    """Return which slots stand in each pattern, 0 or 1, shape (patterns, size)."""
    return ((patterns[:, None] >> np.arange(size).astype(patterns.dtype)) & 1).astype(np.float64)


def unit_nodes(count: int) -> tuple[Floats, Floats]:
    """Return Gauss-Legendre nodes in (0, 1) and their weights."""
    nodes, weights = np.polynomial.legendre.leggauss(count)
    return (nodes + 1) / 2, weights / 2


def _spread(leaves: Leaves, chosen: Places, size: int, players: int) -> Floats:
    """Return what brings the slots of leaves to their players and outputs, times the leaves' values."""
    width = leaves.value.shape[1]
    found = np.zeros((len(chosen), size, width, players))
    leaf, slot = np.indices((len(chosen), size))
    found[leaf, slot, :, leaves.players[chosen, :size]] = leaves.value[chosen][:, None]
    return found.reshape(len(chosen) * size, width * players)
