"""Who of a group was selected, in counts that intervals can rest on."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explainaudit.stats.design import Design, share_of

Counts = tuple[float, float]  # those selected, and all


@dataclass(frozen=True)
class Selection:
    """Who of a group was selected, and how its rows stand for people.

    Attributes
    ----------
    hit : ndarray of bool, shape (n,)
        The rows of the group that were selected.
    design : Design
        Weights and clusters of the group's rows.
    """

    hit: NDArray[np.bool_]
    design: Design

    @property
    def selected(self) -> int:
        """Rows selected that have weight."""
        return self.design.number(self.hit)

    @property
    def size(self) -> int:
        """Rows of the group that have weight."""
        return self.design.number()

    @property
    def weighted(self) -> Counts:
        """Sum of the weights of the rows selected, and of all."""
        return float(self.design.weight @ self.hit), self.design.total

    def effective(self, level: float) -> Counts:
        """Return the counts that would give the share and its interval, had rows been drawn one by one.

        Without weights and clusters the counts themselves; (0, 0) where no row stands for anybody.
        """
        found = share_of(self.hit, self.design, level)
        if found is None:
            return 0, 0
        if self.design.simple:
            return found.k, found.n
        return found.value * found.effective_n, found.effective_n
