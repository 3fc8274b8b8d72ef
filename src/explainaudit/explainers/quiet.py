"""Calls of shap and lime that leave nothing behind: no text, no warnings, no changed random state."""

import contextlib
import io
import warnings
from collections.abc import Iterator

import numpy as np


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Hold back what shap and lime print and warn, and restore NumPy's global random state after.

    shap's permutation explainer seeds and draws from that state. Warnings of the model itself pass.
    """
    state = np.random.get_state()  # noqa: NPY002 - shap uses the legacy state
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.filterwarnings("ignore", module=r"(shap|lime|numba|tqdm)(\.|$)")
            yield
    finally:
        np.random.set_state(state)  # noqa: NPY002


@contextlib.contextmanager
def importing() -> Iterator[None]:
    """Hold back what shap and lime, and what they import, warn while they are compiled and loaded."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
