"""How sure LIME's answers are: standard errors, agreement of ten blocks, and whether the order is settled."""

import numpy as np
from numpy.typing import NDArray

from explainaudit.explainers.lime_moments import Moments
from explainaudit.explainers.lime_pool import BLOCKS, GROUPS
from explainaudit.explainers.lime_solve import Fit

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

LEADING = 4
LEVEL = 0.05


def influences(moments: Moments, found: Fit) -> Floats:
    """Return how far each of the fifty groups of the pool draws each coefficient, shape (r, k, d, 50).

    The sum of scores, weight × residual × centred match, over a group, times the inverse that was
    solved: what the coefficients would change by, to first order, if the group counted twice. In
    units of the level of the answers, so that squares neither overflow nor vanish.
    """
    d, r, k = moments.columns, len(found.centre), moments.outputs
    unit = moments.level.unit[:, None]
    slopes = found.coefficients / unit
    constant = (found.intercept - moments.level.middle) / unit[:, 0]
    residual = np.zeros((r, moments.groups.shape[2], k))
    residual[:, 0] = -constant
    residual[:, 1 : d + 1] = -slopes.swapaxes(1, 2)
    residual[:, d + 1 : d + 1 + k] = np.eye(k)
    flat = moments.groups.reshape(r, -1, moments.groups.shape[3])
    scores = (flat @ residual).reshape(r, GROUPS, -1, k)
    centred = scores[:, :, 1 : d + 1] - found.centre[:, None, :, None] * scores[:, :, :1]
    centred -= centred.mean(axis=1, keepdims=True)  # all scores add up to what the penalty holds back
    each = np.ascontiguousarray(centred.transpose(0, 3, 2, 1))
    return np.asarray(found.inverse[:, None] @ each)


def standard_errors(influence: Floats) -> Floats:
    """Return the sandwich standard error of each coefficient, shape (r, k, d), in the units of influence.

    The sandwich of the weighted ridge whose middle is the sum over fifty equal groups of the pool of
    the outer product of their scores (Liang and Zeger 1986, with the factor groups / (groups − 1)).
    Perturbations are drawn independently, so that it estimates what the sandwich over single
    perturbations does, robust to unequal variances, with 49 degrees of freedom: its own relative
    error is about 10 %. In return no perturbation is looked at twice, however large the pool grows.
    """
    return np.asarray(np.sqrt((influence**2).sum(axis=3) * (GROUPS / (GROUPS - 1))))


def by_block(contributions: Floats, influence: Floats) -> Floats:
    """Return the contributions that each of ten blocks of the pool gives by itself, shape (r, k, d, 10).

    To first order: the whole's, moved by ten times the influence of the block's groups.

    Parameters
    ----------
    contributions : ndarray of shape (r, k, d)
        Coefficients times (1 − bin share).
    influence : ndarray of shape (r, k, d, 50)
        Influence of each group on them.
    """
    moved = influence.reshape(*contributions.shape, BLOCKS, GROUPS // BLOCKS).sum(axis=4) * BLOCKS
    return np.asarray(contributions[..., None] + moved)


def block_overlap(contributions: Floats, blocks: Floats) -> Floats:
    """Return the mean Jaccard overlap of the leading four columns of ten blocks and the whole, shape (r, k).

    Parameters
    ----------
    contributions, blocks
        As in `by_block`.
    """
    whole = _leading(contributions)[:, :, None, :, None]
    each = _leading(blocks.swapaxes(2, 3))[:, :, :, None, :]
    common = (whole == each).any(axis=4).sum(axis=3)
    return np.asarray((common / (2 * LEADING - common)).mean(axis=2))


def is_settled(contributions: Floats, influence: Floats, *, varying: int, looks: int) -> Flags:
    """Return whether the leading columns, their order and their signs are told apart, shape (r, k).

    Each of the four largest contributions differs from zero, and each from the next (the fourth from
    the fifth), by more than z standard errors of that difference. z is Student's with 49 degrees of freedom
    at .05 / looks, shared by the row's comparisons after Bonferroni. With fewer columns there are
    fewer comparisons; columns that cannot vary in the source take no part.

    Parameters
    ----------
    contributions, influence
        As in `by_block`.
    varying : int
        Columns that vary in the source.
    looks : int
        Looks that the settings allow.
    """
    from scipy.special import stdtrit

    signs, gaps = min(LEADING, varying), min(LEADING, varying - 1)
    limit = stdtrit(GROUPS - 1, 1 - LEVEL / looks / (signs + gaps) / 2)
    order = np.argsort(-np.abs(contributions), axis=2, kind="stable")[..., : gaps + 1]
    held = np.take_along_axis(contributions, order, axis=2)
    moved = np.take_along_axis(influence, order[..., None], axis=2) * np.sign(held)[..., None]
    sizes = np.abs(held)
    clear = (sizes > limit * standard_errors(moved))[..., :signs].all(axis=2)
    apart = sizes[..., :-1] - sizes[..., 1:] > limit * standard_errors(moved[..., :-1, :] - moved[..., 1:, :])
    return np.asarray(clear & apart.all(axis=2))


def _leading(contributions: Floats) -> NDArray[np.intp]:
    """Return the places of the largest along the last axis."""
    return np.argsort(-np.abs(contributions), axis=-1, kind="stable")[..., :LEADING]
