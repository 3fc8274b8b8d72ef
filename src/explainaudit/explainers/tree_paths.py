"""Leaves of trees as conditions on players: which of them a row meets, as bits of one number."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explainaudit.records.inside import Trees

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bits = NDArray[np.uint64]

CHUNK_NODES = 4096
KINDS = (np.uint8, np.uint16, np.uint32, np.uint64)
LONGEST = 64


@dataclass(frozen=True)
class Leaves:
    """The leaves of some trees that add to the same outputs, and the paths that lead to them.

    Attributes
    ----------
    nodes : ndarray of shape (s,)
        Splits of these trees, as places in the list of all nodes.
    path : ndarray of shape (depth, leaves)
        Place within ``nodes`` of each split on the way to a leaf, from the leaf up; −1 past the root.
    left : ndarray of shape (depth, leaves)
        Whether the way goes left there.
    slot : ndarray of shape (depth, leaves)
        Number of the split's player among the players of this path.
    players : ndarray of shape (leaves, depth)
        Players by slot; −1 where a path has fewer.
    sizes : ndarray of shape (leaves,)
        Number of players on each path.
    value : ndarray of shape (leaves, w)
        What each leaf adds.
    output : int
        First of the w outputs it adds to.
    """

    nodes: Ints
    path: Ints
    left: NDArray[np.bool_]
    slot: Ints
    players: Ints
    sizes: Ints
    value: Floats
    output: int


def leaves_of(trees: Trees, player: NDArray[np.intp]) -> Iterator[Leaves]:
    """Return the leaves of all trees in chunks that depend on the trees alone."""
    ends = np.append(trees.roots[1:], len(trees.column))
    for output in np.unique(trees.output):
        start: list[int] = []
        held = 0
        for tree in np.flatnonzero(trees.output == output):
            start.append(int(tree))
            held += int(ends[tree] - trees.roots[tree])
            if held >= CHUNK_NODES:
                yield _leaves(trees, player, start, ends)
                start, held = [], 0
        if start:
            yield _leaves(trees, player, start, ends)


def _leaves(trees: Trees, player: NDArray[np.intp], chunk: list[int], ends: NDArray[np.int32]) -> Leaves:
    nodes = np.concatenate([np.arange(trees.roots[tree], ends[tree]) for tree in chunk])
    splits = nodes[trees.column[nodes] >= 0]
    leaves = nodes[trees.column[nodes] < 0]
    place = np.full(len(trees.column), -1, dtype=np.int64)
    place[splits] = np.arange(len(splits))
    parent = np.full(len(trees.column), -1, dtype=np.int64)
    parent[trees.left[splits]] = splits
    parent[trees.right[splits]] = splits
    path, left = [], []
    node = leaves.astype(np.int64)
    above = parent[node]
    while (above >= 0).any():
        path.append(np.where(above >= 0, place[above], -1))
        left.append((above >= 0) & (trees.left[above] == node))
        node = above
        above = np.where(node >= 0, parent[node], -1)
    shape = (len(path), len(leaves))
    paths = np.array(path, dtype=np.int64).reshape(shape)
    asked = np.where(paths >= 0, player[trees.column[splits]][paths] if len(splits) else -1, -1)
    slot, players, sizes = _slots(asked)
    return Leaves(
        nodes=splits,
        path=paths,
        left=np.array(left, dtype=np.bool_).reshape(shape),
        slot=slot,
        players=players,
        sizes=sizes,
        value=trees.value[leaves],
        output=int(trees.output[chunk[0]]),
    )


def _slots(asked: Ints) -> tuple[Ints, Ints, Ints]:
    """Return slots that number the players of each path as they come, the players by slot, their number."""
    depth, leaves = asked.shape
    slot = np.full((depth, leaves), -1, dtype=np.int64)
    players = np.full((leaves, depth), -1, dtype=np.int64)
    sizes = np.zeros(leaves, dtype=np.int64)
    for level in range(depth):
        known = asked[level] >= 0
        for before in range(level):
            same = known & (slot[level] < 0) & (asked[before] == asked[level])
            slot[level, same] = slot[before, same]
        new = np.flatnonzero(known & (slot[level] < 0))
        slot[level, new] = sizes[new]
        players[new, sizes[new]] = asked[level, new]
        sizes[new] += 1
    return slot, players, sizes


def goes_left(trees: Trees, nodes: Ints, encoded: Floats) -> NDArray[np.bool_]:
    """Return whether each row goes left at each split, shape (splits, n)."""
    values = np.ascontiguousarray(encoded.T)[trees.column[nodes]]
    left = values <= trees.threshold[nodes][:, None]
    for place in np.flatnonzero(np.isin(nodes, list(trees.codes))):
        left[place] = np.isin(values[place], trees.codes[int(nodes[place])])
    missing = np.isnan(values)
    return np.where(missing, trees.missing_left[nodes][:, None], left) if missing.any() else left


def violations(trees: Trees, leaves: Leaves, encoded: Floats) -> NDArray[np.unsignedinteger]:
    """Return for each leaf and row the players whose conditions the row does not meet, as bits by slot.

    Shape (leaves, n), in the smallest type of number that holds the longest path.
    """
    most = int(leaves.sizes.max(initial=0))
    kind = next((kind for kind in KINDS if most <= 8 * kind().itemsize), None)
    if kind is None:
        raise ValueError(f"more than {LONGEST} players on a path")
    found = np.zeros((len(leaves.sizes), len(encoded)), dtype=kind)
    decided = goes_left(trees, leaves.nodes, encoded).view(np.uint8)
    for path, left, slot in zip(leaves.path, leaves.left, leaves.slot, strict=True):
        held = np.flatnonzero(path >= 0)
        whole = len(held) == len(path)
        off = decided[path[held]] ^ left[held].view(np.uint8)[:, None]
        bits = off.astype(kind, copy=False) << slot[held].astype(kind)[:, None]
        if whole:
            found |= bits
        else:
            found[held] |= bits
    return found


def path_lengths(trees: Trees, player: NDArray[np.intp]) -> tuple[int, int]:
    """Return how many players stand on the paths to all leaves, and how many on the longest.

    The first is what explaining one row costs; at most `LONGEST` may stand on one path.
    """
    sizes = np.concatenate([leaves.sizes for leaves in leaves_of(trees, player)])
    return int(sizes.sum()), int(sizes.max())
