"""LightGBM's text: its header and trees, checked line by line, then written anew for the library.

The library trusts the counts and indices of a file, finds trees by the sizes that the header states, and
takes the last of two lines with one name. Reference: ``GBDT::LoadModelFromString`` and ``Tree::Tree``.
"""

import math
import re
from itertools import pairwise

from explainaudit.errors import ModelFailed, ModelRefused
from explainaudit.loading.formats.tree_shape import Size, check_tree

Block = dict[str, str]
_WHOLE = re.compile(r"-?\d{1,10}( -?\d{1,10})*", re.ASCII)
_NUMBERS = re.compile(r"[-+]?[\d.]+(e[-+]?\d+)?( [-+]?[\d.]+(e[-+]?\d+)?)*", re.ASCII | re.IGNORECASE)
# Lines for splits and leaves that say how a tree was grown; they are kept where they are whole.
_GROWN = ("split_gain", "internal_value", "internal_weight", "internal_count", "leaf_weight", "leaf_count")
_CATEGORICAL, _KINDS = 1, 11  # of a decision type: bit 1 for categories, 2 for the default, 4 and 8 missing


def blocks(text: str) -> tuple[Block, list[Block], str]:
    """Return the header and the trees, each as its ``key=value`` lines, and what follows the trees.

    Raises ``ValueError`` where the end of the trees is missing, the trees are not counted from 0, or one
    is not as long as the header says.
    """
    body, end, tail = text.partition("\nend of trees")
    head, *trees = body.split("\nTree=")
    if not end or [tree.partition("\n")[0] for tree in trees] != [str(n) for n in range(len(trees))]:
        raise ValueError("the trees are not whole")
    sizes = re.search(r"^tree_sizes=(.*)$", head, re.MULTILINE)
    lengths = [len(f"Tree={tree}\n".encode()) for tree in trees]
    if sizes is not None and whole(sizes[1]) != lengths:
        raise ValueError("a tree is not as long as the header says")
    return _lines(head), [_lines(tree) for tree in trees], tail


def _lines(block: str) -> Block:
    found: Block = {}
    for line in filter(None, block.split("\n")):
        name, _, value = line.partition("=")
        if name in found:
            raise ValueError("a line stands twice")
        found[name] = value
    return found


def written_tree(tree: Block, number: int, features: int, where: str) -> tuple[str, Size]:
    """Return a tree as the library takes it, once it is known to stay inside itself, and its size.

    Raises
    ------
    ModelFailed
        The lines do not fit each other, or lead out of the tree (E616).
    ModelRefused
        The leaves hold linear models (E507).
    """
    if int(tree.get("is_linear", "0")):
        raise ModelRefused("E507", where=where, objective="linear_tree")
    leaves = int(tree["num_leaves"])
    counts = int(tree["num_cat"])
    values = numbers(tree["leaf_value"])
    _require(1 <= leaves == len(values) and counts >= 0, where)
    kept: Block = {"num_leaves": str(leaves), "num_cat": str(counts), "leaf_value": tree["leaf_value"]}
    size = (1, 0)
    if leaves > 1:
        size = _splits(tree, leaves, features, where)
        names = ("split_feature", "threshold", "decision_type", "left_child", "right_child")
        kept |= {name: tree[name] for name in names}
        kept |= _categories(tree, counts, where)
        kept |= {name: tree[name] for name in _GROWN if _fits(tree.get(name, ""), name, leaves)}
    kept["shrinkage"] = tree["shrinkage"] if _fits(tree.get("shrinkage", ""), "leaf", 1) else "1"
    return f"Tree={number}\n" + "".join(f"{name}={value}\n" for name, value in kept.items()) + "\n\n", size


def _splits(tree: Block, leaves: int, features: int, where: str) -> Size:
    left, right, split, kinds = (
        whole(tree[name]) for name in ("left_child", "right_child", "split_feature", "decision_type")
    )
    inner = leaves - 1
    arrays = (left, right, split, kinds, thresholds(tree["threshold"]))
    _require(all(len(array) == inner for array in arrays), where)
    _require(all(0 <= feature < features for feature in split), where)
    _require(all(0 <= kind <= _KINDS for kind in kinds), where)
    # Leaves are numbered -1, -2, …: behind the splits they become nodes of one tree.
    _require(all(-leaves <= child < inner for child in (*left, *right)), where)
    places = [
        [child if child >= 0 else inner + ~child for child in pair] for pair in zip(left, right, strict=True)
    ]
    found = check_tree([*places, *([] for _ in range(leaves))], inner + leaves, where)
    _require(found[0] == leaves, where)
    return found


def _categories(tree: Block, counts: int, where: str) -> Block:
    """Return the lines of the categorical splits, which point into a table of bits."""
    kinds, limits = whole(tree["decision_type"]), thresholds(tree["threshold"])
    rows = [limit for kind, limit in zip(kinds, limits, strict=True) if kind & _CATEGORICAL]
    if not counts and not rows:
        return {}
    bounds, bits = whole(tree["cat_boundaries"]), whole(tree["cat_threshold"])
    _require(all(row.is_integer() and 0 <= row < counts for row in rows), where)
    _require(len(bounds) == counts + 1 and bounds[0] == 0 and bounds[-1] == len(bits), where)
    _require(all(low < high for low, high in pairwise(bounds)), where)
    _require(all(0 <= word < 2**32 for word in bits), where)
    return {name: tree[name] for name in ("cat_boundaries", "cat_threshold")}


def numbers(text: str) -> list[float]:
    """Return the finite numbers of a line. Raises ``ValueError`` for anything else."""
    found = [float(part) for part in text.split(" ")] if _NUMBERS.fullmatch(text) else [math.nan]
    if not all(map(math.isfinite, found)):
        raise ValueError("no finite numbers")
    return found


def thresholds(text: str) -> list[float]:
    """Return the limits of the splits; ``inf`` sends every number left, and missing values right."""
    finite = numbers(" ".join("0" if part == "inf" else part for part in text.split(" ")))
    return [math.inf if part == "inf" else limit for part, limit in zip(text.split(" "), finite, strict=True)]


def whole(text: str) -> list[int]:
    """Return the whole numbers of a line. Raises ``ValueError`` for anything else."""
    if not _WHOLE.fullmatch(text):
        raise ValueError("no whole numbers")
    return [int(part) for part in text.split(" ")]


def _fits(text: str, name: str, leaves: int) -> bool:
    try:
        return len(numbers(text)) == (leaves if name.startswith("leaf") else leaves - 1)
    except ValueError:
        return False


def _require(sound: bool, where: str) -> None:
    if not sound:
        raise ModelFailed("E616", where=where)
