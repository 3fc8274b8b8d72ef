"""The shape of a tree: that it is one, how many leaves it has, how deep it goes."""

from collections.abc import Sequence

from explainaudit.errors import ModelFailed

DEEPEST = 5_000
Size = tuple[int, int]


def check_tree(children: Sequence[Sequence[int]], nodes: int, where: str) -> Size:
    """Return leaves and depth of a tree, once its nodes are known to form one tree from node 0.

    Parameters
    ----------
    children : sequence of sequence of int
        For each node the nodes below it; none below a leaf.
    nodes : int
        Number of nodes.

    Raises
    ------
    ModelFailed
        A node is not there, is reached twice, or lies deeper than any tree that was grown (E616).
    """
    seen, waiting, leaves, depth = {0}, [(0, 0)], 0, 0
    while waiting:
        node, level = waiting.pop()
        leaves, depth = leaves + (not children[node]), max(depth, level)
        for child in children[node]:
            if not 0 <= child < nodes or child in seen or level >= DEEPEST:
                raise ModelFailed("E616", where=where)
            seen.add(child)
            waiting.append((child, level + 1))
    return leaves, depth


def complexity(sizes: Sequence[Size]) -> dict[str, int]:
    """Return the counts of trees and leaves, and the greatest depth."""
    leaves, depths = zip(*sizes, strict=True)
    return {"trees": len(sizes), "leaves": sum(leaves), "depth": max(depths)}
