"""One pool of perturbations for all rows and outputs, in nested looks; the model is asked of each once."""

import threading
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explainaudit.explainers.ask import Questions, keyed_seed
from explainaudit.explainers.lime_bins import LimeBins
from explainaudit.records.plan import Explain

Floats = NDArray[np.float64]

BLOCKS = 10
GROUPS = 50  # five to a block: what standard errors are computed from
LOOKS = 8
BATCH = 10_000
HEAD = 2000


def look_sizes(settings: Explain) -> tuple[int, ...]:
    """Return the perturbations of each look: the first size, doubled up to the most, at most eight times.

    The first is rounded up to a multiple of fifty, so that every look is made of equal groups.
    """
    sizes = [-(-settings.lime_samples // GROUPS) * GROUPS]
    while len(sizes) < LOOKS and 2 * sizes[-1] <= settings.lime_most:
        sizes.append(2 * sizes[-1])
    return tuple(sizes)


@dataclass(frozen=True)
class Part:
    """The perturbations that a look adds: bins, shape (d, n), and the model's answers, shape (n, k)."""

    places: NDArray[np.unsignedinteger]
    answers: Floats


class Pool:
    """Perturbations drawn from lime's own bins and frequencies by (seed, digest of the bins).

    The rows explained have no part in it. A look's pool is a prefix of the next one's. Its groups are
    equal: group g of fifty is the g-th fiftieth of what each look adds, and five groups are a block.

    Parameters
    ----------
    bins : LimeBins
        What to draw from.
    questions : Questions
        Asks the model, in batches of at most 10,000 perturbations, whose sizes follow from the settings.
    settings : Explain
        Sizes of the looks.
    seed : int
        Seed of the plan.

    Attributes
    ----------
    sizes : tuple of int
        Perturbations of each look.
    head : ndarray of shape (at most 2,000, d)
        The first perturbations, as `LimeBins.encode` gives rows.
    """

    def __init__(self, bins: LimeBins, questions: Questions, settings: Explain, *, seed: int) -> None:
        self._bins = bins
        self._seed = seed
        self._questions = questions
        self._type = np.min_scalar_type(max(len(values) for values in bins.values))
        self.sizes = look_sizes(settings)
        self.head = np.empty((0, len(bins.names)))
        self._parts: list[Part] = []
        self._asking = threading.Lock()

    def part(self, look: int) -> Part:
        """Return what a look adds to the one before; the model is asked when it is first wanted."""
        with self._asking:
            while len(self._parts) <= look:
                self._parts.append(self._asked(len(self._parts)))
            return self._parts[look]

    def _asked(self, look: int) -> Part:
        size = self.sizes[look] - (self.sizes[look - 1] if look else 0)
        places = np.empty((len(self._bins.names), size), dtype=self._type)
        answers = []
        for batch, start in enumerate(range(0, size, BATCH)):
            stop = min(start + BATCH, size)
            seed = keyed_seed(self._seed, "lime pool", self._bins.digest, look, batch)
            held, codes = self._bins.draw(np.random.RandomState(seed), stop - start)
            places[:, start:stop] = held.T
            frame = self._bins.decode(codes, np.random.default_rng([seed, 1]))
            if not len(self.head):
                self.head = self._bins.encode(frame.iloc[:HEAD])
            answers.append(self._questions(frame))
        return Part(places, np.concatenate(answers))
