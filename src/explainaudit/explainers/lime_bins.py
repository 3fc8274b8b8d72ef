"""lime's own bins of the source: which one a value lies in, how common it is, and draws from it."""

import hashlib
import json
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from explainaudit.explainers.ask import Ask
from explainaudit.explainers.lime_columns import Unexplainable, lime_columns
from explainaudit.explainers.quiet import importing, undisturbed

Floats = NDArray[np.float64]
Places = NDArray[np.intp]
NO_LIKE = -1


class LimeBins:
    """Bins, frequencies, discretizer and kernel of a `lime.lime_tabular.LimeTabularExplainer`.

    lime's defaults stand: quartile bins, kernel width 0.75 √d. It is built from the whole source,
    each column sorted, which changes none of its statistics but makes sums of them independent of
    the order of rows. A bin is known by its place among lime's ``feature_values`` of the column.

    Parameters
    ----------
    ask : Ask
        The question, for its source and input columns.

    Attributes
    ----------
    values : list of ndarray
        For each column the bins or codes that occur in the source.
    frequencies : list of ndarray
        Share of the source in each.
    coded : ndarray of shape (d,)
        Whether a column enters lime as codes, not as numbers.

    Raises
    ------
    Unexplainable
        Fewer than two rows in the source, or no column of it varies (lime would answer zeros), or its
        numbers are too large for lime.
    """

    def __init__(self, ask: Ask) -> None:
        if len(ask.source) < 2:
            raise Unexplainable("rows")
        self.names = ask.names
        self._columns = lime_columns(ask)
        self.coded = np.array([column.coded for column in self._columns])
        self.explainer = _explainer(self.names, self.coded, np.sort(self.encode(ask.source), axis=0))
        d = len(self.names)
        self.values: list[Floats] = [np.asarray(self.explainer.feature_values[j]) for j in range(d)]
        self.frequencies: list[Floats] = [self.explainer.feature_frequencies[j] for j in range(d)]
        if self.varying == 0:
            raise Unexplainable("variation")

    @property
    def varying(self) -> int:
        """Number of columns that are not constant in the source."""
        return sum(len(values) > 1 for values in self.values)

    @cached_property
    def kernel(self) -> Floats:
        """The weight lime gives a perturbation that shares 0 … d bins with the row, shape (d + 1,)."""
        d = len(self.names)
        return np.asarray(self.explainer.base.kernel_fn(np.sqrt(d - np.arange(d + 1.0))))

    @cached_property
    def digest(self) -> str:
        """SHA-256, in hex, of the names, bins, frequencies and limits: all that draws depend on."""
        cuts = self.explainer.discretizer
        limits = {
            j: [np.asarray(cuts.mins[j]).tolist(), np.asarray(cuts.maxs[j]).tolist()] for j in cuts.means
        }
        columns = [[v.tolist(), f.tolist()] for v, f in zip(self.values, self.frequencies, strict=True)]
        text = json.dumps([self.names, columns, limits], ensure_ascii=False)
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()

    def encode(self, frame: pd.DataFrame) -> Floats:
        """Return typed rows as lime takes them, shape (n, d); NaN for a value without a code."""
        return np.column_stack([c.encode(frame[n]) for n, c in zip(self.names, self._columns, strict=True)])

    def decode(self, codes: Floats, draw: np.random.Generator) -> pd.DataFrame:
        """Return the typed rows that codes (n, d) stand for."""
        columns = enumerate(zip(self.names, self._columns, strict=True))
        return pd.DataFrame({name: column.decode(codes[:, j], draw) for j, (name, column) in columns})

    def places(self, frame: pd.DataFrame) -> Places:
        """Return the bin of each value, shape (n, d); −1 where no row of the source is in one with it.

        "This bin against the rest" has no meaning there: such a row cannot be explained.
        """
        codes = self.encode(frame)
        held = self.explainer.discretizer.discretize(np.nan_to_num(codes))
        found = np.empty(codes.shape, dtype=np.intp)
        for j, values in enumerate(self.values):
            place = np.minimum(np.searchsorted(values, held[:, j]), len(values) - 1)
            known = (values[place] == held[:, j]) & ~np.isnan(codes[:, j])
            found[:, j] = np.where(known, place, NO_LIKE)
        return found

    def shares(self, places: Places) -> Floats:
        """Return the share of the source in each bin, shape (n, d)."""
        return np.column_stack([f[places[:, j]] for j, f in enumerate(self.frequencies)])

    def draw(self, state: np.random.RandomState, size: int) -> tuple[Places, Floats]:
        """Return bins and codes of ``size`` perturbations, each of shape (size, d).

        They are lime's own for that state: the calls of ``_LimeTabularExplainer__data_inverse``, in its
        order and without its row 0, the instance. A value within a bin is scipy's ``truncnorm.rvs``,
        the inverse of the normal distribution at a uniform draw, here with the limits of each bin taken once.
        One thing differs: in a bin of a single value lime gives the standardised limit, 0, for that
        value; here it is the value.
        """
        places = np.empty((size, len(self.names)), dtype=np.intp)
        codes = np.empty(places.shape)
        for j, (values, shares) in enumerate(zip(self.values, self.frequencies, strict=True)):
            places[:, j] = state.choice(len(values), size=size + 1, replace=True, p=shares)[1:]
            codes[:, j] = values[places[:, j]]
        for j in self.explainer.discretizer.means:
            codes[:, j] = self._within(j, codes[:, j].astype(np.intp), state)
        return places, codes

    def _within(self, column: int, held: Places, state: np.random.RandomState) -> Floats:
        """Return draws from the truncated normal distribution of each bin held, shape (n,)."""
        from scipy.special import ndtr, ndtri

        cuts = self.explainer.discretizer
        statistics = (cuts.mins, cuts.maxs, cuts.means, cuts.stds)
        low, high, mean, spread = (np.asarray(of_bins[column]) for of_bins in statistics)
        below, above = ndtr((low - mean) / spread), ndtr((high - mean) / spread)
        wide = ((low - mean) / spread != (high - mean) / spread)[held]  # lime draws for no other
        uniform = np.zeros(len(held))
        uniform[wide] = state.uniform(size=int(wide.sum()))
        drawn = mean[held] + spread[held] * ndtri(below[held] + uniform * (above - below)[held])
        return np.asarray(np.clip(drawn, low[held], high[held]))


def _explainer(names: list[str], coded: NDArray[np.bool_], source: Floats) -> Any:
    with importing():
        from lime.lime_tabular import LimeTabularExplainer
    with undisturbed():
        return LimeTabularExplainer(
            source,
            mode="regression",
            feature_names=names,
            categorical_features=np.flatnonzero(coded).tolist(),
            feature_selection="none",
            discretize_continuous=True,
            random_state=0,
        )
