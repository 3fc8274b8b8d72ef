"""LightGBM's trees as splits and leaf values, from the lines that were checked.

Reference: ``Tree::NumericalDecision`` and ``Tree::CategoricalDecision`` of LightGBM's ``tree.h``.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from explainaudit.loading.formats.lightgbm_text import Block, numbers, thresholds, whole
from explainaudit.loading.readings import Reading, Tree, dense, planted

Floats = NDArray[np.float64]
# The library takes what is as near to zero as this for zero; the limit is written in float32.
_NEAR_ZERO = float(np.float32(1e-35))
_CATEGORICAL, _DEFAULT_LEFT = 1, 2
_ZERO, _NAN = 1, 2


def reading(blocks: Sequence[Block], features: int, outputs: int, scale: float) -> Reading | None:
    """Return the sum of the trees, each leaf value times a scale.

    ``None`` where a column is split by codes here and by numbers there, or zero is a missing value here
    and a number there: such a column has no one way to be seen.

    Parameters
    ----------
    blocks : sequence of dict
        Lines of each tree, checked.
    features : int
        Number of inputs.
    outputs : int
        Number of raw scores for a row: the trees add to each in turn.
    scale : float
        What makes a raw score the output.
    """
    kinds: list[set[int]] = [set() for _ in range(features)]
    trees = [_tree(block, scale, kinds) for block in blocks]
    categorical = [place for place, kind in enumerate(kinds) if -1 in kind]
    zero_missing = [place for place, kind in enumerate(kinds) if _ZERO in kind]
    if any(len(kinds[place]) > 1 for place in categorical) or any(_NAN in kinds[at] for at in zero_missing):
        return None

    def seen(given: object) -> Floats:
        found = dense(given)
        found[np.abs(found) <= _NEAR_ZERO] = 0.0
        found[:, categorical] = np.trunc(found[:, categorical])
        found[:, zero_missing] = np.where(found[:, zero_missing] == 0.0, np.nan, found[:, zero_missing])
        return found

    output = np.arange(len(trees)) % outputs
    return Reading(planted(trees, output, np.zeros(outputs)), seen, np.arange(features))


def _tree(block: Block, scale: float, kinds: list[set[int]]) -> Tree:
    """Return a tree, the splits first, and note for each column how it is split."""
    value = scale * np.array(numbers(block["leaf_value"]))
    leaves = len(value)
    if leaves == 1:
        nothing = np.zeros(1)
        return Tree(nothing, nothing, nothing, nothing - 1, nothing - 1, value[:, None], cover=np.ones(1))
    inner = leaves - 1
    column, kind, left, right = (
        np.array(whole(block[name]))
        for name in ("split_feature", "decision_type", "left_child", "right_child")
    )
    threshold = np.array(thresholds(block["threshold"]))
    by_code = (kind & _CATEGORICAL) > 0
    missing = (kind >> 2) & 3
    for at, how in zip(column, np.where(by_code, -1, missing), strict=True):
        kinds[at].add(int(how))
    # Without a place for missing values the library reads them as zero; no set of codes holds them.
    missing_left = np.where(missing == 0, threshold >= 0.0, (kind & _DEFAULT_LEFT) > 0) & ~by_code
    below = [np.where(child >= 0, child, inner + ~child) for child in (left, right)]
    none = np.full(leaves, -1)
    return Tree(
        column=np.concatenate([column, none]),
        threshold=np.concatenate([np.where(by_code, 0.0, threshold), np.zeros(leaves)]),
        missing_left=np.concatenate([missing_left, np.zeros(leaves, dtype=np.bool_)]),
        left=np.concatenate([below[0], none]),
        right=np.concatenate([below[1], none]),
        value=np.concatenate([np.zeros(inner), value])[:, None],
        codes=_codes(block, {int(node): int(threshold[node]) for node in np.flatnonzero(by_code)}),
        cover=_cover(block, leaves),
    )


def _cover(block: Block, leaves: int) -> Floats | None:
    """Return how many rows reached each split and leaf, where the lines say so: nothing else needs them."""
    try:
        splits, ends = numbers(block["internal_count"]), numbers(block["leaf_count"])
    except (KeyError, ValueError):
        return None
    return np.array([*splits, *ends]) if len(splits) == leaves - 1 and len(ends) == leaves else None


def _codes(block: Block, rows: dict[int, int]) -> dict[int, Floats]:
    """Return the codes that go left at each categorical split, from their bits in words of 32."""
    if not rows:
        return {}
    bounds, words = whole(block["cat_boundaries"]), np.array(whole(block["cat_threshold"]), dtype="<u4")
    return {
        node: np.flatnonzero(
            np.unpackbits(words[bounds[row] : bounds[row + 1]].view(np.uint8), bitorder="little")
        ).astype(np.float64)
        for node, row in rows.items()
    }
