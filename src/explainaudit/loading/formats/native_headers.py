"""What XGBoost's and LightGBM's files say of themselves at their head; neither library is asked."""

import json
from typing import Any

from explainaudit.loading.formats.ubjson import read_ubjson


def native_header(data: bytes, file_format: str) -> dict[str, Any]:
    """Return objective, counts of classes, trees and inputs, and the names of the inputs.

    Raises ``ValueError``, ``LookupError``, ``TypeError`` or ``AttributeError`` for a damaged file.
    """
    return _lightgbm(data) if file_format == "LightGBM" else _xgboost(data)


def _lightgbm(data: bytes) -> dict[str, Any]:
    text = data.decode("utf-8")
    body, end, _ = text.partition("\nend of trees")
    if not end:
        raise ValueError("the file ends early")
    head, *trees = body.split("\nTree=")
    pairs = dict(line.split("=", 1) for line in head.splitlines() if "=" in line)
    names = tuple(pairs["feature_names"].split(" "))
    return {
        "objective": pairs.get("objective", "").split(" ")[0][:60] or None,
        "counts": {
            "classes": _classes(pairs.get("objective", ""), int(pairs["num_class"])),
            "trees": len(trees),
            "features": int(pairs["max_feature_idx"]) + 1,
        },
        "inputs": names,
        "saved_with": {"LightGBM format": pairs.get("version", "?")[:40]},
    }


def _xgboost(data: bytes) -> dict[str, Any]:
    content = read_ubjson(data) if data[1:2] == b"L" else json.loads(data)
    learner, version = content["learner"], content.get("version", [])
    objective = str(learner["objective"]["name"])[:60]
    parameters, booster = learner["learner_model_param"], learner["gradient_booster"]
    model = booster.get("gbtree", booster)["model"] if booster["name"] != "gblinear" else {}
    return {
        "objective": objective,
        "counts": {
            "classes": _classes(objective, int(parameters.get("num_class", 0))),
            "trees": len(model.get("trees", ())),
            "features": int(parameters["num_feature"]),
        },
        "inputs": tuple(str(name) for name in learner.get("feature_names") or ()),
        "saved_with": {"XGBoost": ".".join(str(int(part)) for part in version)} if version else {},
    }


def _classes(objective: str, number: int) -> int:
    """Return the number of classes: files of binary models count one, or none."""
    return max(number, 2) if objective.startswith(("binary", "multi")) else number if number > 1 else 0
