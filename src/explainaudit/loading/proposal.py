"""What somebody who starts a plan has to know: what the model takes, and what the columns look like."""

import re
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from explainaudit.errors import DataRefused
from explainaudit.loading.dialect import read_as_found
from explainaudit.loading.formats.boosters import NativeBooster
from explainaudit.loading.label_text import label_text
from explainaudit.loading.model import load_model
from explainaudit.loading.predictor import Predictor
from explainaudit.records.plan import ColumnType
from explainaudit.records.sketch import ColumnSketch, Sketch
from explainaudit.records.stage import Consent

MOST_VALUES = 20
_OTHER_DATE = re.compile(r"\d{1,2}[./-]\d{1,2}[./-](\d{4}|\d{2})|\d{4}[./]\d{1,2}[./]\d{1,2}|\d{4}-\d{2}")
_DATES_LOOKED_AT = 200


def sketch_of(files: Mapping[str, str], consent: Consent) -> Sketch:
    """Return what a model and a table look like.

    Parameters
    ----------
    files : mapping of str to str
        ``model``, ``sample`` and perhaps ``training``; all tables have to be readable in one way.
    consent : Consent
        As for a run: a pickle is loaded only with it.

    Raises
    ------
    UsageError, DataRefused, ModelRefused, ModelFailed
        See `load_model` and `read_table`; E430 for a table that lacks inputs of the model.
    """
    predictor = load_model(Path(files["model"]), consent)
    names = [name for name in ("sample", "training") if name in files]
    tables, reading = read_as_found([Path(files[name]) for name in names])
    sample = tables[0]
    inputs = _in_the_table(predictor.identity.inputs, tuple(sample.types))
    for table in tables:
        if missing := [name for name in inputs if name not in table.types]:
            raise DataRefused("E430", columns=", ".join(missing))
    return Sketch(
        model=predictor.identity.model_copy(update={"inputs": inputs}),
        features=len(inputs) or int(getattr(predictor.estimator, "n_features_in_", 0)),
        renamed=inputs != predictor.identity.inputs,
        numbered_classes=_only_numbers_its_classes(predictor),
        rows=len(sample.frame),
        columns=tuple(_column(sample.frame[name], name, kind) for name, kind in sample.types.items()),
        reading=reading,
    )


def _in_the_table(inputs: tuple[str, ...], names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the inputs under the table's names: LightGBM writes blanks in names as ``_``."""
    written = {"_".join(name.split()): name for name in names}
    return tuple(name if name in names else written.get(name, name) for name in inputs)


def _only_numbers_its_classes(predictor: Predictor) -> bool:
    return isinstance(predictor.estimator, NativeBooster) and bool(predictor.identity.classes)


def _column(values: pd.Series, name: str, kind: ColumnType) -> ColumnSketch:
    known = values.dropna()
    counts = known.value_counts()
    is_number = kind in {"integer", "number"} and len(known) > 0
    few = counts if len(counts) <= MOST_VALUES and kind != "date" else counts[:0]
    return ColumnSketch(
        name=name,
        type=kind,
        distinct=len(counts),
        missing=len(values) - len(known),
        values={label_text(value): int(count) for value, count in few.sort_index().items()},
        quantiles=tuple(
            float(q) for q in known.astype("float64").quantile([0, 0.25, 0.5, 0.75, 1], interpolation="lower")
        )
        if is_number
        else (),
        whole=is_number and bool((known.astype("float64") % 1 == 0).all()),
        other_dates=kind == "text" and _look_like_dates(known),
    )


def _look_like_dates(texts: pd.Series) -> bool:
    looked_at = texts.iloc[:_DATES_LOOKED_AT]
    return len(looked_at) > 0 and all(_OTHER_DATE.match(text.strip()) for text in looked_at)
