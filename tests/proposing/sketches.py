"""Sketches of models and tables made by hand, and a proposed plan read back."""

import json

from ruamel.yaml import YAML

from explainaudit.proposing import Start
from explainaudit.records.bundle import ModelIdentity
from explainaudit.records.sketch import ColumnSketch, Sketch

ROWS = 200
START = Start(paths={"model": "model.skops", "sample": "data.csv"}, schema="audit.schema.json")


def text(name, *values, **more):
    counts = dict.fromkeys(values, 1)
    return ColumnSketch(name=name, type="text", distinct=len(values), missing=0, values=counts, **more)


def number(name, distinct=150, *, whole=True, low=0, high=90, **more):
    quantiles = tuple(low + (high - low) * part / 4 for part in range(5))
    kind = "integer" if whole else "number"
    given = {"name": name, "type": kind, "distinct": distinct, "missing": 0, "whole": whole}
    return ColumnSketch(**given, quantiles=quantiles, **more)


def unique(name, kind="text"):
    return ColumnSketch(name=name, type=kind, distinct=ROWS, missing=0)


def sketch(*columns, classes=("good", "bad"), inputs=("income",), **more):
    model = ModelIdentity(digest=None, format="skops", estimator="E", inputs=inputs, classes=classes)
    features = more.pop("features", len(inputs))
    columns = (number("income", whole=False), *columns)
    return Sketch(model=model, features=features, rows=ROWS, columns=columns, **more)


def read(draft):
    return json.loads(json.dumps(YAML(typ="safe", pure=True).load(draft.text)))


def line(draft, start):
    (found,) = [each for each in draft.text.splitlines() if each.strip().startswith(start)]
    return found


CREDIT = (text("outcome", "good", "bad"), text("sex", "f", "m"), number("age"), unique("loan id"))
