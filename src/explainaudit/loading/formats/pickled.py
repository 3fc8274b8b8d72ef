"""Pickle and joblib: loading runs the file's code, so `explainaudit.loading.model` asks for consent first."""

import io
from typing import Any


def load_pickled(data: bytes) -> Any:
    """Return the object that a pickle or joblib file holds, compressed or not. Executes its code."""
    import joblib

    return joblib.load(io.BytesIO(data))
