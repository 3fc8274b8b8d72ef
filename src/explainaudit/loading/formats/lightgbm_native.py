"""LightGBM's text file: a data format, checked and written anew before the library reads it."""

import json
import re
from typing import Any

import numpy as np

from explainaudit.errors import ModelFailed, ModelRefused
from explainaudit.loading.formats.boosters import (
    MOST_INPUTS,
    NativeBooster,
    directions,
    distinct,
    library,
    parameters,
)
from explainaudit.loading.formats.lightgbm_splits import reading
from explainaudit.loading.formats.lightgbm_text import Block, blocks, numbers, whole, written_tree
from explainaudit.loading.formats.tree_shape import complexity
from explainaudit.records.bundle import Makeup

# Objectives whose prediction is the target itself, through the identity or a logarithmic link.
REGRESSIONS = {
    "regression", "regression_l1", "huber", "fair", "poisson", "quantile", "mape", "gamma", "tweedie",
}  # fmt: skip
_OBJECTIVE = re.compile(r"[a-z_0-9]+( sqrt| [a-z_]+:[-+.e\d]+)*", re.ASCII)
_END = "\nend of parameters"


def load_lightgbm(data: bytes, where: str) -> NativeBooster:
    """Return the model that a text file holds.

    Raises
    ------
    ModelFailed
        The file is damaged, or a tree leads out of itself (E616).
    ModelRefused
        The objective is not one that can be audited (E507), or levels are missing (E508).
    UsageError
        LightGBM is not installed (E257).
    """
    try:
        head, trees, tail = blocks(data.decode("utf-8"))
        names = _inputs(head)
        classes, outputs, slope = _task(head, len(trees), where)
        if "average_output" in head:  # a forest: the library adds raw scores, and averages its answers only
            slope /= len(trees) // outputs
        pairs = [written_tree(tree, number, len(names), where) for number, tree in enumerate(trees)]
        given = _parameters(tail)
        levels = _levels(tail, head, names, given, where)
        makeup = Makeup.model_validate(
            {
                "parameters": parameters(given),
                "complexity": complexity([size for _, size in pairs]),
                "constraints": _constraints(head, names),
            }
        )
    except (KeyError, ValueError, IndexError, TypeError, OverflowError, RecursionError):
        raise ModelFailed("E616", where=where) from None
    predict = _answers(_head(head, len(names), outputs) + "".join(tree for tree, _ in pairs), where)
    return NativeBooster(
        library="LightGBM",
        margins=lambda codes: slope * predict(codes, raw_score=True),
        answer=lambda codes: predict(codes, raw_score=False),
        reading=lambda: (
            reading(trees, len(names), outputs, slope) if classes or _is_score(head["objective"]) else None
        ),
        feature_names_in_=names,
        levels=levels,
        classes_=classes,
        makeup=makeup,
        named=names != tuple(f"Column_{place}" for place in range(len(names))),
        title="LightGBM Booster",
    )


def _answers(text: str, where: str) -> Any:
    lightgbm = library("lightgbm", where)
    try:
        booster = lightgbm.Booster(model_str=text + "end of trees\n")
    except lightgbm.basic.LightGBMError as problem:
        raise ModelFailed("E616", where=where) from problem

    def predict(codes: Any, *, raw_score: bool) -> Any:
        if not len(codes):
            return np.empty(0)
        return booster.predict(codes, raw_score=raw_score, num_threads=1)

    return predict


def _inputs(head: Block) -> tuple[str, ...]:
    names = tuple(head["feature_names"].split(" "))
    infos = head["feature_infos"].split(" ")
    (last,) = whole(head["max_feature_idx"])
    if not len(infos) == len(names) == last + 1 <= MOST_INPUTS or len(set(names)) < len(names):
        raise ValueError("names do not fit the number of inputs")
    return names


def _task(head: Block, trees: int, where: str) -> tuple[tuple[str, ...], int, float]:
    """Return classes, number of raw scores for a row, and what makes a raw score log-odds."""
    objective, *given = head.get("objective", "?").split(" ")
    settings = dict(each.partition(":")[::2] for each in given)
    (number,), (outputs,) = whole(head["num_class"]), whole(head["num_tree_per_iteration"])
    if objective not in {"binary", "multiclass", *REGRESSIONS}:
        raise ModelRefused("E507", where=where, objective=objective[:60])
    several = objective == "multiclass"
    if (
        not _OBJECTIVE.fullmatch(head["objective"])
        or not outputs == number <= trees
        or trees % outputs
        or (int(settings["num_class"]) != number or number < 2 if several else number != 1)
    ):
        raise ValueError("counts do not agree")
    if several:
        return tuple(str(place) for place in range(number)), outputs, 1.0
    if objective == "binary":
        (slope,) = numbers(settings.get("sigmoid", "1"))
        if slope <= 0:
            raise ValueError("no slope")
        return ("0", "1"), outputs, slope
    return (), outputs, 1.0


def _is_score(objective: str) -> bool:
    """Return whether a regression answers its raw score, with no link and no square root between."""
    name, *given = objective.split(" ")
    return name in REGRESSIONS - {"poisson", "gamma", "tweedie"} and "sqrt" not in given


def _head(head: Block, inputs: int, outputs: int) -> str:
    """Return the header as the library takes it: without names, and without the sizes of trees."""
    lines = {
        "tree": "",
        "version=": "v4",
        "num_class=": str(outputs),
        "num_tree_per_iteration=": str(outputs),
        "label_index=": "0",
        "max_feature_idx=": str(inputs - 1),
        "objective=": head["objective"],
        **({"average_output": ""} if "average_output" in head else {}),
        "feature_names=": " ".join(f"Column_{place}" for place in range(inputs)),
        "feature_infos=": " ".join("none" for _ in range(inputs)),
    }
    return "".join(f"{name}{value}\n" for name, value in lines.items()) + "\n"


def _levels(
    tail: str, head: Block, names: tuple[str, ...], given: Block, where: str
) -> dict[str, tuple[Any, ...]]:
    """Return the levels of the categorical inputs, which the file lists in the order of the columns.

    Categories without levels are numbers in the table already, and pass as they are.
    """
    _, _, line = tail.rpartition("\npandas_categorical:")
    known = json.loads(line.partition("\n")[0]) if line and line != tail else None
    if not known:
        return {}
    # A number's range stands in brackets, a category's codes between colons; "none" is a constant.
    seen = [
        name
        for name, info in zip(names, head["feature_infos"].split(" "), strict=True)
        if info[0] not in "[n"
    ]
    places = given.get("categorical_feature", "")
    marked = (
        [names[int(place)] for place in places.split(",")] if places.replace(",", "").isdecimal() else seen
    )
    columns = next((each for each in (marked, seen) if len(each) == len(known)), None)
    if columns is None or not all(distinct(tuple(levels)) for levels in known):
        raise ModelRefused("E508", where=where, column=", ".join(seen))
    return {name: tuple(levels) for name, levels in zip(columns, known, strict=True)}


def _parameters(tail: str) -> Block:
    _, _, block = tail.partition("\nparameters:\n")
    lines = (line.strip("[]").partition(": ") for line in block.partition(_END)[0].split("\n"))
    return {name: value for name, mark, value in lines if mark and value}


def _constraints(head: Block, names: tuple[str, ...]) -> dict[str, Any]:
    signs = whole(head["monotone_constraints"]) if head.get("monotone_constraints") else []
    return dict(directions(zip(names, signs, strict=False)))
