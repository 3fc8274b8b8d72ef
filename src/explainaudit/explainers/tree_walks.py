"""The game of path-dependent values as a question: what trees answer where only some columns are known.

Each tree is walked from its root. A column that is known sends a row to one side; one that is not sends it
to both, by the shares of the training weight.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from explainaudit.explainers.ask import Ask
from explainaudit.explainers.tree_paths import goes_left
from explainaudit.records.inside import Trees

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

ABSENT = -1
# Equal reference rows: sampling draws as many orders in a round.
REPEATS = 32
_AT_ONCE = 4096


@dataclass(frozen=True)
class Walked:
    """The first trees of a model, and the question that walking them answers.

    Attributes
    ----------
    trees : Trees
        So many of the first trees as the work allows.
    players : ndarray of shape (p,)
        Columns that they read: no other has a value.
    ask : Ask
        Of these columns. A cell holds the number of the row that its value is taken from, or −1 where it is
        absent, as in all reference rows.
    rows : DataFrame of shape (n, p)
        The rows in that form.
    """

    trees: Trees
    players: Ints
    ask: Ask
    rows: pd.DataFrame


def walked(
    ask: Ask, trees: Trees, player: Ints, encoded: Floats, *, work: Callable[[int, int], bool]
) -> Walked:
    """Return the question about the first trees.

    Parameters
    ----------
    ask : Ask
        The question about the model.
    trees : Trees
        Trees with cover.
    player : ndarray of shape (m,)
        Column of each encoded column.
    encoded : ndarray of shape (n, m)
        Rows that may be asked about.
    work : callable
        Columns and nodes -> whether trees of so many may be walked. The first of each output is, whatever
        it says.
    """
    ends = np.append(trees.roots[1:], len(trees.column))
    known: set[int] = set()
    count, least = 0, len(trees.base) // trees.value.shape[1]
    for root, end in zip(trees.roots, ends, strict=True):
        asked = trees.column[root:end]
        wider = known | set(player[asked[asked >= 0]].tolist())
        if count >= least and not work(len(wider), int(end)):
            break
        known, count = wider, count + 1
    first = first_trees(trees, count)
    players = np.array(sorted(known or {0}), dtype=np.intp)
    names = [ask.names[place] for place in players]
    slot = np.searchsorted(players, player)

    def predict(frame: pd.DataFrame) -> Floats:
        numbers = frame.to_numpy(dtype=np.intp)
        batches = range(0, len(numbers), _AT_ONCE)
        found = [_walk(first, slot, encoded, numbers[start : start + _AT_ONCE]) for start in batches]
        return np.concatenate([np.empty((0, len(first.base))), *found])

    numbers = np.repeat(np.arange(len(encoded))[:, None], len(names), axis=1)
    question = replace(
        ask,
        predict=predict,
        columns=tuple(ask.columns[place] for place in players),
        background=pd.DataFrame(np.full((REPEATS, len(names)), ABSENT), columns=names),
        inside=None,
        values="interventional",
    )
    return Walked(first, players, question, pd.DataFrame(numbers, columns=names))


def first_trees(trees: Trees, count: int) -> Trees:
    """Return the first trees alone."""
    end = np.append(trees.roots, len(trees.column))[count]
    nodes = ("column", "threshold", "missing_left", "left", "right", "value")
    return replace(
        trees,
        **{name: getattr(trees, name)[:end] for name in nodes},
        codes={node: codes for node, codes in trees.codes.items() if node < end},
        roots=trees.roots[:count],
        output=trees.output[:count],
        cover=None if trees.cover is None else trees.cover[:end],
    )


def _walk(trees: Trees, slot: Ints, encoded: Floats, numbers: Ints) -> Floats:
    """Return what the trees answer, shape (n, k), where cells are numbers of the rows they are taken from."""
    if trees.cover is None:
        raise ValueError("the trees have no cover")
    row, width = numbers.max(axis=1), trees.value.shape[1]
    known = np.ascontiguousarray(numbers.T != ABSENT)
    found = np.tile(trees.base, (len(numbers), 1))
    ends = np.append(trees.roots[1:], len(trees.column))
    for root, end, output in zip(trees.roots, ends, trees.output, strict=True):
        weight = np.zeros((end - root, len(numbers)))
        weight[0] = 1.0
        at = np.array([root])
        while len(at := at[trees.column[at] >= 0]):
            left = goes_left(trees, at, encoded)[:, row]
            told = known[slot[trees.column[at]]]
            for child, taken in ((trees.left[at], left), (trees.right[at], ~left)):
                share = (trees.cover[child] / trees.cover[at])[:, None]
                weight[child - root] = weight[at - root] * np.where(told, taken, share)
            at = np.concatenate([trees.left[at], trees.right[at]])
        leaves = np.flatnonzero(trees.column[root:end] < 0)
        found[:, output : output + width] += weight[leaves].T @ trees.value[root:end][leaves]
    return found
