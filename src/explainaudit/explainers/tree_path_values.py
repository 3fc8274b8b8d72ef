"""Exact path-dependent Shapley values of trees, a raw column being one player.

An absent player goes both ways at a split, by the shares of the training weight that went there. So for
a row, a player j of the path to a leaf is worth o_j where present, 1 if the row meets all its conditions
and else 0, and z_j where absent, the product of the shares at its splits. A leaf of value v is the game

    v · ∏_{j in S} o_j · ∏_{j not in S} z_j,

whose Shapley values are v (o_i − z_i) ∫ ∏_{j≠i} ((1 − t) z_j + t o_j) dt over [0, 1]. The integrand has
degree m − 1 for m players, so that ⌈m/2⌉ Gauss-Legendre nodes give it exactly. The game is that of
Lundberg et al. (2020), algorithm 1; the integral is Owen's (1972).
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from explainaudit.explainers.tree_paths import Leaves
from explainaudit.explainers.tree_tables import Pattern, Places, bits, over_leaves, unit_nodes
from explainaudit.records.inside import Linear, Trees

Floats = NDArray[np.float64]
# XGBoost writes the weights in float32; what is farther off is no count of what reached the nodes.
_WHOLE = 1e-3


def has_cover(parts: Trees | Linear) -> bool:
    """Return whether path-dependent values are known: each split passes all its weight to its children."""
    if isinstance(parts, Linear) or parts.cover is None:
        return False
    splits = np.flatnonzero(parts.column >= 0)
    weight = parts.cover[splits]
    with np.errstate(all="ignore"):
        shares = parts.cover[np.stack([parts.left[splits], parts.right[splits]])] / weight
        within = (weight > 0) & (shares >= 0).all(axis=0) & (shares <= 1).all(axis=0)
        return bool((within & (np.abs(shares.sum(axis=0) - 1) <= _WHOLE)).all())


def path_values(trees: Trees, player: Places, encoded: Floats, players: int) -> Floats:
    """Return Shapley values of shape (k, n, players).

    Parameters
    ----------
    trees : Trees
        Of k outputs, with cover: see `has_cover`.
    player : ndarray of shape (m,)
        Player of each encoded column.
    encoded : ndarray of shape (n, m)
        Rows explained.
    players : int
        Number of raw columns.

    Raises
    ------
    ValueError
        More than 64 players on the path to a leaf.
    """
    shares = split_shares(trees)

    def game_of(leaves: Leaves) -> _Game:
        return _Game(_absent(leaves, shares))

    return over_leaves(trees, player, encoded, players, game_of=game_of)


def path_base(trees: Trees) -> Floats:
    """Return what the trees answer when every player is absent, shape (k,)."""
    shares = split_shares(trees)
    reached = np.zeros(len(trees.column))
    reached[trees.roots] = 1.0
    at = trees.roots
    while len(at := at[trees.column[at] >= 0]):
        below = np.stack([trees.left[at], trees.right[at]])
        reached[below] = reached[at] * shares[:, at]
        at = below.ravel()
    # Nodes of a tree stand together, its root first.
    sums = np.add.reduceat(trees.value * reached[:, None], trees.roots)
    found = trees.base.copy()
    for tree, output in zip(sums, trees.output, strict=True):
        found[output : output + len(tree)] += tree
    return found


def split_shares(trees: Trees) -> Floats:
    """Return the share of each split's weight that went left, and right, shape (2, nodes); 0 at leaves."""
    if trees.cover is None:
        raise ValueError("the trees have no cover")
    splits = np.flatnonzero(trees.column >= 0)
    found = np.zeros((2, len(trees.column)))
    for side, child in enumerate((trees.left, trees.right)):
        found[side, splits] = trees.cover[child[splits]] / trees.cover[splits]
    return found


def _absent(leaves: Leaves, shares: Floats) -> Floats:
    """Return z by leaf and slot, shape (leaves, depth)."""
    found = np.ones(leaves.players.shape)
    for path, left, slot in zip(leaves.path, leaves.left, leaves.slot, strict=True):
        held = np.flatnonzero(path >= 0)
        found[held, slot[held]] *= shares[np.where(left[held], 0, 1), leaves.nodes[path[held]]]
    return found


class _Game:
    """Some leaves, by what each slot is worth where its player is absent."""

    def __init__(self, absent: Floats) -> None:
        self._absent = absent

    def table(self, chosen: Places, size: int) -> Floats:
        return _table(self._absent[chosen, :size])

    def given(self, leaf: int, size: int) -> "_Integral":
        return _Integral(self._absent[leaf, :size])


class _Integral:
    """The integral for one leaf, for any patterns."""

    def __init__(self, absent: Floats) -> None:
        nodes, weights = _nodes(len(absent))
        self._away = (1 - nodes)[:, None] * absent
        self._met = self._away + nodes[:, None]
        self._gain = weights[:, None] * (1 - absent) / self._met
        self._loss = (weights / (1 - nodes))[:, None]

    def __call__(self, own: Pattern) -> Floats:
        """Return what each slot is given for each pattern, shape (patterns, size)."""
        out = bits(own, self._away.shape[1]).astype(np.bool_)
        worth = np.where(out, self._away[:, None], self._met[:, None]).prod(axis=2)
        each = np.where(out, -self._loss[:, None], self._gain[:, None])
        return np.asarray((worth[:, :, None] * each).sum(axis=0))


def _table(absent: Floats) -> Floats:
    """Return what each slot of each leaf is given for each pattern, shape (leaves, 2^s, s).

    The factor of a player is divided out of the product over all: where its conditions are met it is above
    0, and where they are not (o − z) / ((1 − t) z) is −1 / (1 − t), whatever z is.
    """
    leaves, size = absent.shape
    nodes, weights = _nodes(size)
    away = (1 - nodes)[:, None, None] * absent
    met = away + nodes[:, None, None]
    worth = np.ones((len(nodes), leaves, 1))
    for slot in range(size):
        worth = np.concatenate([worth * met[:, :, [slot]], worth * away[:, :, [slot]]], axis=2)
    loss = np.einsum("g,glx->lx", weights / (1 - nodes), worth)
    gain = weights[:, None, None] * (1 - absent) / met
    table = np.empty((leaves, size, 2**size))
    for slot in range(size):
        halves = (-1, 2, 1 << slot)
        held = table[:, slot].reshape(leaves, *halves)
        within = worth.reshape(len(nodes), leaves, *halves)[..., 0, :]
        held[..., 0, :] = np.einsum("gl,glab->lab", gain[:, :, slot], within)
        held[..., 1, :] = -loss.reshape(leaves, *halves)[..., 1, :]
    return np.ascontiguousarray(table.transpose(0, 2, 1))


@cache
def _nodes(size: int) -> tuple[Floats, Floats]:
    return unit_nodes((size + 1) // 2)
