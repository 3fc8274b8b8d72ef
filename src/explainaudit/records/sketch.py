"""What a model and a table look like to somebody who starts a plan for them."""

from explainaudit.records.bundle import ModelIdentity
from explainaudit.records.plan import ColumnType
from explainaudit.records.record import Record


class ColumnSketch(Record):
    """One column of the table.

    ``values`` counts its distinct values where there are few; ``quantiles`` are the minimum, the
    quartiles and the maximum of a numeric one; ``whole`` tells whole numbers; ``other_dates`` that a
    text looks like dates in another form than the one that is read.
    """

    name: str
    type: ColumnType
    distinct: int
    missing: int
    values: dict[str, int] = {}
    quantiles: tuple[float, ...] = ()
    whole: bool = False
    other_dates: bool = False


class Reading(Record):
    """How a table has to be read, where that differs from what a plan assumes."""

    delimiter: str | None = None
    decimal: str | None = None
    encoding: str | None = None
    na_values: tuple[str, ...] = ()
    text_columns: tuple[str, ...] = ()


class Sketch(Record):
    """The model, the table and how it was read.

    ``features`` counts the inputs of the model; ``renamed`` tells that the file writes their names
    otherwise than the table; ``numbered_classes`` that it has numbers in place of labels.
    """

    model: ModelIdentity
    features: int
    renamed: bool = False
    numbered_classes: bool = False
    rows: int
    columns: tuple[ColumnSketch, ...]
    reading: Reading = Reading()
