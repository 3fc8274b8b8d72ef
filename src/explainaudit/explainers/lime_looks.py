"""The looks that rows take at the pool of perturbations, each until its own answer is settled."""

import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explainaudit.explainers.ask import Ask, Questions
from explainaudit.explainers.lime_bins import LimeBins, Places
from explainaudit.explainers.lime_certainty import (
    LEADING,
    block_overlap,
    by_block,
    influences,
    is_settled,
    standard_errors,
)
from explainaudit.explainers.lime_moments import Level, Moments, Space, match_counts
from explainaudit.explainers.lime_pool import BLOCKS, GROUPS, Pool
from explainaudit.explainers.lime_solve import fit
from explainaudit.explainers.off_manifold import Manifold

Floats = NDArray[np.float64]
Found = dict[str, NDArray[Any]]

FEWEST = 10.0  # perturbations, by weight, on either side of a match
ROWS, CELLS = 16, 2**20  # rows solved at a time, and sums of products held for them
THREADS, FEWEST_ROWS = 4, 32  # rows that a thread of its own is worth


def nothing_found(rows: int, outputs: int, columns: int) -> Found:
    """Return what stands for rows that lime cannot explain, by the names of `Attribution`.

    Shapes are (n, k, d) for values and spread, (n, k, d, 10) for blocks, (n, d) for bin_share, (n,) for
    off_manifold, else (n, k).
    """
    return {
        "values": np.full((rows, outputs, columns), np.nan),
        "spread": np.full((rows, outputs, columns), np.nan),
        "blocks": np.full((rows, outputs, columns, BLOCKS), np.nan),
        "base": np.full((rows, outputs), np.nan),
        "fidelity": np.full((rows, outputs), np.nan),
        "stability": np.full((rows, outputs), np.nan),
        "samples": np.zeros((rows, outputs), dtype=np.int64),
        "settled": np.zeros((rows, outputs), dtype=np.bool_),
        "bin_share": np.full((rows, columns), np.nan),
        "off_manifold": np.full(rows, np.nan),
    }


class Looks:
    """What the rows explained have in common: the pool, and what is known of the model over the source.

    Parameters
    ----------
    ask : Ask
        For background and source.
    bins : LimeBins
        Bins, shares and weights.
    pool : Pool
        Perturbations and the model's answers.
    questions : Questions
        Asked about the background, whose spread a constant is told from.

    Attributes
    ----------
    step : int
        Rows solved at a time, so that memory stays bounded.
    """

    def __init__(self, ask: Ask, bins: LimeBins, pool: Pool, questions: Questions) -> None:
        self._bins, self._pool = bins, pool
        self._scale = np.std(questions(ask.background[ask.names]), axis=0)
        first = pool.part(0).answers
        self._level = Level.of(first)
        self._largest = np.abs(first).max(axis=0)
        self._outside = Manifold(bins.encode(ask.source), bins.coded, ask.seed).outside(pool.head)
        columns, outputs = len(ask.columns), len(ask.outputs)
        self.step = max(1, min(ROWS, CELLS // (GROUPS * (1 + columns + outputs) ** 2)))
        self._size = (columns, outputs)

    def take(self, places: Places, own: Floats, found: Found, rows: NDArray[np.intp]) -> None:
        """Write into ``found`` what is found of rows, some at a time, side by side in threads.

        A row's answer is the same whichever rows and threads there are.

        Parameters
        ----------
        places : ndarray of shape (n, d)
            Bins of all rows.
        own : ndarray of shape (n, k)
            The model's answers for all rows.
        found : dict of ndarray
            See `nothing_found`.
        rows : ndarray of shape (r,)
            The rows to look at.
        """
        threads = min(THREADS, os.cpu_count() or 1, max(1, len(rows) // FEWEST_ROWS))

        def some_of(thread: int) -> None:
            space = Space(self.step, *self._size)
            for start in range(thread * self.step, len(rows), threads * self.step):
                some = rows[start : start + self.step]
                self._take(places[some], own[some], found, some, space)

        with ThreadPoolExecutor(threads) as executor:
            for done in [executor.submit(some_of, thread) for thread in range(threads)]:
                done.result()

    def _take(self, places: Places, own: Floats, found: Found, rows: NDArray[np.intp], space: Space) -> None:
        shares, open_ = self._bins.shares(places), np.ones(own.shape, dtype=np.bool_)
        found["bin_share"][rows] = shares
        if self._outside is not None:
            found["off_manifold"][rows] = self._outside_share(places, self._outside)
        moments = Moments(places, own, kernel=self._bins.kernel, level=self._level, space=space)
        for look, size in enumerate(self._pool.sizes):
            moments.add(self._pool.part(look))
            judged = self._judged(moments, shares, own)
            done = open_ & (judged["settled"] | (look == len(self._pool.sizes) - 1))
            row, output = np.nonzero(done)
            for name, array in judged.items():
                found[name][rows[row], output] = array[done]
            found["samples"][rows[row], output] = size
            open_ &= ~done
            left = np.flatnonzero(open_.any(axis=1))
            if not len(left):
                return
            rows, shares, own, open_ = rows[left], shares[left], own[left], open_[left]
            moments = moments.of(left)

    def _judged(self, moments: Moments, shares: Floats, own: Floats) -> Found:
        """Return what one look says of each row and output."""
        answer = fit(moments)
        influence = influences(moments, answer)
        rest = 1.0 - shares[:, None]
        # A bin that the pool hardly draws, or hardly leaves, tells nothing of how sure its coefficient is.
        other = np.minimum(answer.centre, 1 - answer.centre) * answer.weight[:, None]
        influence[np.broadcast_to(((other < FEWEST) & (shares < 1))[:, None], influence.shape[:3])] = np.nan
        unit = self._level.unit[:, None]
        contributions, moved = answer.coefficients / unit * rest, influence * rest[..., None]
        varying, looks = self._bins.varying, len(self._pool.sizes)
        rounding = 16 * np.finfo(np.float64).eps * np.maximum(self._largest, np.abs(own))
        # lime reports R² = 1 where answers vary by no more than rounding (decisions 11.5).
        still = answer.deviation <= np.maximum(1e-6 * self._scale, rounding)
        blocks = by_block(contributions, moved)
        # With no more columns than leading ones the overlap is complete whatever lime says.
        overlap = block_overlap(contributions, blocks) if varying > LEADING else np.full(still.shape, np.nan)
        return {
            "values": np.where(rest > 0, answer.coefficients, 0.0),  # a column that cannot vary
            "base": answer.intercept,
            "spread": np.where(rest > 0, standard_errors(influence) * unit, 0.0),
            "blocks": blocks * unit[..., None],
            "fidelity": np.where(still, np.nan, answer.score),
            "stability": np.where(still, np.nan, overlap),
            "settled": is_settled(contributions, moved, varying=varying, looks=looks) & ~still,
        }

    def _outside_share(self, places: Places, outside: NDArray[np.bool_]) -> Floats:
        """Return the share of the kernel's weight that lies on perturbations outside, shape (r,)."""
        head = self._pool.part(0).places[:, : len(outside)]
        weights = self._bins.kernel[match_counts(places.astype(head.dtype), head)[1]]
        return np.asarray((weights * outside).sum(axis=1) / weights.sum(axis=1))
